import { el, mark } from "./dom.js";
import { countsOf, factionsOf, filtered, rowsOf, sorted } from "../council/board.js";
import { seatsOf } from "../council/seats.js";
import { markPicture } from "../council/marks.js";
import { roundLeft } from "../council/countdown.js";
import { choiceWord, counted, countWord, positions, roundKindWord, roundStateWord, verdict } from "../council/words.js";

/**
 * The vote board: what is asked, how it stands, the hall, and what came out and why. Without a round, who is in the hall.
 * @returns {Node[]}
 */
export function voteBoard(state, round, words, clock) {
    return round ? ofRound(state, round, words, clock) : ofHall(state, words);
}

function ofRound(state, round, words, clock) {
    const result = verdict(words, round);
    return [
        el("div", { class: "ask" },
            el("p", { class: "eyebrow" },
                [roundKindWord(words, round.kind), round.method === "secret" ? words.say("board.secret") : null].filter(Boolean).join(" · ")),
            el("h2", { id: "vote-title" }, round.question || roundKindWord(words, round.kind)),
            round.supersedes ? el("p", { class: "facts" }, words.say("board.repeats")) : null),
        el("div", { class: "board" },
            hemicycle(state, round, summary(round, words)),
            el("div", { class: "tally" },
                result ? verdictLines(result, round, words) : openLines(round, words, clock),
                counts(round, words))),
    ];
}

/** Before a sitting, with nobody there yet, an empty hall says nothing. */
export function isHallShown({ presence, sitting }) {
    return presence !== undefined && (presence.count > 0 || sitting?.status !== "scheduled");
}

function ofHall(state, words) {
    const { presence } = state;
    if (!isHallShown(state)) return [];
    return [
        el("div", { class: "ask" }, el("h2", { id: "vote-title" }, words.say("board.hall"))),
        el("div", { class: "board" },
            hemicycle(state, null, words.say("now.present", { count: presence.count })),
            el("div", { class: "tally" },
                el("p", { class: "big" }, String(presence.count)),
                el("p", { class: "why" }, words.say("board.ofSeats", { seats: state.council.seats })))),
    ];
}

function hemicycle(state, round, label) {
    return el("council-hemicycle", { ".model": modelOf(state, round, label) });
}

let last = { key: [], model: null };

/** The same model while nothing of it changes. */
function modelOf(state, round, label) {
    const key = [state.council, state.presence, state.agenda, round && state.rounds.by_id[round.id], label];
    if (key.some((part, index) => part !== last.key[index])) last = { key, model: { seats: seatsOf(state, round), label } };
    return last.model;
}

function verdictLines(result, round, words) {
    return [
        el("p", { class: "verdict", "data-outcome": result.outcome }, mark(result.outcome), result.word),
        el("p", { class: "why" }, result.sentence),
        round.status === "closed" ? el("p", { class: "facts" }, roundStateWord(words, "closed")) : null,
        round.status === "annulled" && round.superseded_by ? el("p", { class: "facts" }, words.say("board.repeated")) : null,
    ];
}

function openLines(round, words, clock) {
    if (round.status === "scheduled") return [el("p", { class: "why" }, roundStateWord(words, "scheduled"))];
    const all = Object.keys(round.entitled ?? {}).length;
    return [
        el("p", { class: "open-line" },
            el("span", {}, words.say("board.open")),
            round.ends_at === undefined ? null : el("council-countdown", { class: "left", ".clock": clock, ".source": source(round) })),
        el("p", { class: "why" }, words.say("board.voted", { voted: round.voted ?? 0, all })),
    ];
}

let lastEnd = null;
let lastSource = null;

function source(round) {
    if (round.ends_at !== lastEnd) {
        lastEnd = round.ends_at;
        lastSource = { left: (now) => roundLeft(round, now), paused: false, low: 5000 };
    }
    return lastSource;
}

function counts(round, words) {
    const numbers = countsOf(round);
    if (numbers === null) return null;
    const shown = positions.filter((position) => counted.includes(position) || numbers[position] > 0);
    return el("dl", { class: "counts" }, shown.map((position) => el("div", { key: position, "data-choice": position },
        el("dt", {}, markPicture(position), countWord(words, position)),
        el("dd", {}, String(numbers[position])))));
}

/** The board in one sentence, for those who do not see it. */
function summary(round, words) {
    const numbers = countsOf(round);
    if (numbers === null) return words.say("board.voted", { voted: round.voted ?? 0, all: Object.keys(round.entitled ?? {}).length });
    return positions.filter((position) => numbers[position] > 0).map((position) => `${countWord(words, position)} ${numbers[position]}`).join(", ");
}

// — the list —

/**
 * Who voted how, as the visitor wants to see it: `wish` is `{ faction, choice, text, sort }`.
 * @returns {Node[]} rows of the table's body
 */
export function voteRows(state, round, words, wish) {
    const rows = sorted(filtered(rowsOf(state, round), wish), wish.sort, state.council.language ?? words.language);
    if (rows.length === 0) return [el("tr", {}, el("td", { class: "quiet", colspan: 3 }, words.say("board.nobody")))];
    return rows.map((row) => el("tr", { key: row.id },
        el("th", { scope: "row" },
            el("a", { href: `#deputy=${encodeURIComponent(row.id)}` }, row.full),
            el("span", { class: "in-faction" }, row.role === "head" ? words.say("board.head") : row.factionName)),
        el("td", { class: "faction" }, swatch(row.color), row.role === "head" ? words.say("board.head") : row.factionName),
        el("td", { class: "choice", "data-choice": row.choice }, markPicture(row.choice), choiceWord(words, row.choice, row.gender))));
}

/** A faction's colour, beside its name. The policy of the page allows no style attribute: the colour is a drawing's. */
export function swatch(color) {
    return color ? el("svg", { class: "swatch", viewBox: "0 0 8 8", "aria-hidden": "true" }, el("path", { d: "M0 0h8v8H0z", fill: color })) : null;
}

/** The choices of the two menus. */
export function menus(state, round, words) {
    const choices = [...new Set(rowsOf(state, round).map((row) => row.choice))];
    return {
        factions: [["", words.say("board.allFactions")], ...factionsOf(state.council).map(({ id, name }) => [id, name])],
        choices: [["", words.say("board.allChoices")],
            ...choices.map((choice) => [choice, positions.includes(choice) ? countWord(words, choice) : choiceWord(words, choice)])],
    };
}
