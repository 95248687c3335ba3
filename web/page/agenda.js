import { el, mark } from "./dom.js";
import { linkTo } from "./links.js";
import { documents } from "./now.js";
import { countsOf, roundsOf } from "../council/board.js";
import { countWord, itemStateWord, roundKindWord, roundStateWord, verdict } from "../council/words.js";

/** The agenda as it stands: each item with its state and its votes. @returns {Node[]} */
export function agendaList(state, words) {
    const { agenda } = state;
    if (!agenda?.order?.length) return [el("p", { class: "quiet" }, words.say("agendaList.empty"))];
    const others = roundsOf(state, undefined).filter((round) => round.opened_at !== undefined);
    return [
        el("ol", { class: "items", key: "items" }, agenda.order.map((id) => itemLine(id, agenda.items[id], state, words))),
        others.length ? el("div", { class: "others", key: "others" },
            el("h3", {}, words.say("agendaList.others")),
            el("ul", { class: "rounds" }, others.map((round) => roundLine(round, words)))) : null,
    ].filter(Boolean);
}

function itemLine(id, item, state, words) {
    const isCurrent = id === state.current_item;
    const rounds = roundsOf(state, id).filter((round) => round.opened_at !== undefined);
    return el("li", { key: id, "data-state": item.state, "data-sub": item.parent !== undefined, "aria-current": isCurrent ? "true" : null },
        el("a", { class: "item", href: linkTo("item", id) },
            el("span", { class: "number" }, item.number),
            el("span", { class: "title" }, item.title),
            el("span", { class: "state" }, mark(item.state), itemStateWord(words, item.state))),
        documents(item),
        rounds.length ? el("ul", { class: "rounds" }, rounds.map((round) => roundLine(round, words))) : null);
}

function roundLine(round, words) {
    const result = verdict(words, round);
    const numbers = countsOf(round);
    return el("li", { key: round.id },
        el("a", { class: "round", href: linkTo("round", round.id) },
            el("span", { class: "asked" }, round.question || roundKindWord(words, round.kind)),
            el("span", { class: "outcome", "data-outcome": result?.outcome ?? round.status },
                result ? result.word : roundStateWord(words, round.status),
                numbers && result && result.outcome !== "annulled" ? ` · ${countWord(words, "yes")} ${numbers.yes}` : null),
            el("time", { datetime: new Date(round.opened_at).toISOString() }, words.hour(round.opened_at))));
}
