import { el } from "./dom.js";
import { linkTo } from "./links.js";
import { swatch } from "./vote.js";
import { rowsOf, votesOf } from "../council/board.js";
import { markPicture } from "../council/marks.js";
import { choiceWord, roundKindWord, verdict } from "../council/words.js";

/** A deputy's page: who it is, and every named vote of the sitting. @returns {Node[] | null} `null` when the council has no such deputy */
export function deputyPage(state, id, words) {
    const row = rowsOf(state, null).find((one) => one.id === id);
    if (!row) return null;
    const votes = votesOf(state, id);
    const facts = [
        row.role === "head" ? words.say("board.head") : row.factionName,
        row.seat === null ? null : words.say("deputy.seat", { seat: row.seat }),
    ];
    return [
        el("h2", { id: "deputy-title" }, row.full),
        el("p", { class: "facts" }, swatch(row.color), facts.filter(Boolean).join(" · ")),
        el("h3", {}, words.say("deputy.votes")),
        votes.length === 0 ? el("p", { class: "quiet" }, words.say("deputy.none"))
            : el("ul", { class: "votes" }, votes.map(({ round, choice }) => voteLine(state, round, choice, row, words))),
    ];
}

function voteLine(state, round, choice, row, words) {
    const item = state.agenda?.items?.[round.item];
    return el("li", { key: round.id },
        el("a", { href: linkTo("round", round.id) },
            item ? el("span", { class: "title" }, `${item.number}. ${item.title}`) : null,
            el("span", { class: "asked" }, [round.question || roundKindWord(words, round.kind), verdict(words, round)?.word].filter(Boolean).join(" · "))),
        el("span", { class: "choice", "data-choice": choice }, markPicture(choice), choiceWord(words, choice, row.gender)));
}
