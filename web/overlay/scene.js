import { roundLeft } from "../council/countdown.js";
import { seatsOf } from "../council/seats.js";
import { capital, countWord, roundKindWord, speakerName, speechKindWord, verdict } from "../council/words.js";

/**
 * What the overlay shows, as a function of the public state. Pure; `now` is UTC ms by the daemon's clock minus the overlay's delay.
 *
 * @param {object | null} state the public state
 * @param {number} now
 * @param {import("../page/language.js").Words} words
 * @param {{ parts: Set<string>, verdict: number }} options
 * @returns {{ lower: { first: string, second: string, item: boolean } | null, side: object | null, seats: object | null, until: number | null }}
 *          `lower`: the lower third's lines; `side`: `tally` (word, voted, counts, countdown) or `verdict` (word, sentence, outcome);
 *          `seats`: the hemicycle's model; `until`: UTC ms when this changes by itself
 */
export function overlayOf(state, now, words, options) {
    const nothing = { lower: null, side: null, seats: null, until: null };
    if (state?.sitting?.status !== "open") return nothing;
    const open = state.rounds?.by_id?.[state.open_round];
    const ended = open ? null : lastEnded(state, now, options.verdict);
    const round = open ?? ended?.round ?? null;
    const side = open ? tallyOf(state, open, words, options) : ended && options.parts.has("verdict") ? verdictOf(ended.round, words) : null;
    const showsSeats = round && options.parts.has("hemicycle") && round.status !== "annulled";
    return {
        lower: lowerOf(state, round, words, options), side,
        seats: showsSeats ? { seats: seatsOf(state, round), label: side ? spoken(side) : "" } : null,
        until: ended?.until ?? null,
    };
}

function lowerOf(state, round, words, { parts }) {
    const item = parts.has("item") ? state.agenda?.items?.[round?.item ?? state.current_item] : undefined;
    const heading = item && `${item.number}. ${item.title}`;
    if (round) {
        const question = round.question || roundKindWord(words, round.kind);
        if (!parts.has("item")) return null;
        return heading ? { first: heading, second: question, item: true } : { first: question, second: "", item: true };
    }
    const speech = parts.has("speaker") ? state.speakers?.speech : undefined;
    if (speech) {
        const { entry } = speech;
        const faction = state.council.factions?.[state.council.deputies?.[entry.deputy]?.faction]?.name;
        const role = [capital(speechKindWord(words, entry.kind), words.language), faction].filter(Boolean).join(" · ");
        return { first: speakerName(entry, state.council), second: heading || role, item: false };
    }
    if (!heading) return null;
    const done = ["adopted", "rejected", "postponed", "withdrawn"].includes(item.state) ? capital(words.say(`item.${item.state}`), words.language) : "";
    return { first: heading, second: done, item: true };
}

/** The last round that ended, while its verdict is still shown. */
function lastEnded(state, now, lasting) {
    let best = null;
    for (const round of Object.values(state.rounds?.by_id ?? {})) {
        if (!["closed", "announced", "annulled"].includes(round.status) || round.opened_at === undefined) continue;
        const until = Math.max(round.closed_at ?? round.opened_at, round.announced_at ?? 0) + lasting;
        if (now < until && (best === null || round.opened_at > best.round.opened_at)) best = { round, until };
    }
    return best;
}

function tallyOf(state, round, words, { parts }) {
    if (!parts.has("tally")) return null;
    const registering = round.kind === "registration";
    const counts = registering || round.counts === undefined ? []
        : ["yes", "no", "abstain"].map((choice) => ({ choice, word: countWord(words, choice), count: round.counts[choice] ?? 0 }));
    const mayVote = (id) => state.presence?.present?.[id] && !state.agenda?.items?.[round.item]?.recused?.includes(id);
    const of = registering ? state.council.seats : Object.keys(round.entitled ?? {}).filter(mayVote).length;
    return {
        kind: "tally", outcome: "", counts,
        word: words.say(registering ? "display.registration" : round.method === "secret" ? "display.secret" : "display.voting"),
        sentence: counts.length ? "" : words.say(registering ? "display.registered" : "display.voted", { count: round.voted ?? 0, of }),
        countdown: round.ends_at === undefined ? null : { left: (at) => roundLeft(round, at), paused: false, low: 5_000 },
    };
}

function verdictOf(round, words) {
    const said = verdict(words, round);
    return said && { kind: "verdict", outcome: said.outcome, word: said.word, sentence: said.sentence, counts: [], countdown: null };
}

const spoken = ({ word, sentence, counts }) => [word, sentence, ...counts.map((one) => `${one.word}: ${one.count}`)].filter(Boolean).join(", ");
