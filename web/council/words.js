/**
 * The council's words: names, votes with the right grammatical gender, states, verdicts. Pure; `words` is `page/language.js`'s
 * `Words`, and every text is in `languages/*.json`. The server's pages say the same (`PageWords`): `tests/pages.test.js` compares them.
 */

import conventions from "./conventions.js";

/**
 * What no language's file can hold, JSON that the server reads too. `positions` are choices and positions in the order in which they are
 * counted, of which `counted` are shown even when nobody took them; `genders` the endings of keys; `names` the order of a name's parts
 * in the council's language (in Ukrainian official texts the family name comes first, in the others the given name); `unicase` languages
 * without capitals; `queued` how many who wait to speak are named.
 */
export const { positions, counted, queued } = conventions;
const { genders, names, unicase } = conventions;

/** The mark that stands for each choice beside its colour. */
export const marks = { yes: "✓", no: "✗", abstain: "○", not_voting: "–", absent: "", recused: "/", voted: "•" };
export const itemStates = ["pending", "under_discussion", "voting", "adopted", "rejected", "postponed", "withdrawn"];
export const roundKinds = ["basis", "whole", "amendment", "procedural", "registration", "confidence", "election"];
export const roundStates = ["scheduled", "open", "closed", "announced", "annulled"];
export const sittingStates = ["scheduled", "open", "suspended", "closed"];
export const speechKinds = ["report", "question", "debate", "reply"];
export const outcomes = ["adopted", "rejected", "undecided"];

/**
 * A deputy's name, in the order of the council's language: `full` with all its parts, `name` without the patronymic,
 * `short` the family name with initials, `family` alone.
 */
export function deputyName(deputy, form = "name", language = "uk") {
    const { family = "", given = "", patronymic = "" } = deputy ?? {};
    const order = names[language] ?? names.uk;
    if (form === "family") return family || given;
    if (form === "short") {
        const initials = [given, patronymic].filter(Boolean).map(initial).join("\u00a0");
        return (order[0] === "family" ? [family, initials] : [initials, family]).filter(Boolean).join("\u00a0");
    }
    const parts = { family, given, patronymic: form === "full" ? patronymic : "" };
    return order.map((part) => parts[part]).filter(Boolean).join(" ");
}

const initial = (name) => `${[...name][0]}.`;

/** Who speaks or will: a deputy's name, or the guest's as written. */
export function speakerName(entry, council, form = "name") {
    if (entry?.guest) return entry.guest;
    const deputy = council?.deputies?.[entry?.deputy];
    return deputy ? deputyName(deputy, form, council.language) : entry?.deputy ?? "";
}

/** How one deputy voted, as a word: “утрималась”. `gender` is the deputy's, as the wire has it; without one the neutral form. */
export function choiceWord(words, choice, gender) {
    return words.say(`vote.${choice}.${genders[gender] ?? "n"}`);
}

/** The heading of a number of votes: “За”, “Утрималися”. */
export const countWord = (words, position) => words.say(`count.${position}`);

export const itemStateWord = (words, state) => words.say(`item.${state}`);
export const roundKindWord = (words, kind) => words.say(`kind.${kind}`);
export const roundStateWord = (words, state) => words.say(`round.${state}`);
export const sittingStateWord = (words, state) => words.say(`sitting.${state}`);
export const speechKindWord = (words, kind) => words.say(`speech.${kind}`);

/**
 * What a round came to.
 * @returns {{ word: string, sentence: string, outcome: string } | null} `word` is one or two words; `sentence` says why, as the daemon explained it;
 *          `outcome`: `adopted`, `rejected`, `undecided`, `annulled`. `null` while there is no result
 */
export function verdict(words, round) {
    if (round?.status === "annulled") {
        return { word: words.say("outcome.annulled"), sentence: words.say("verdict.annulled", { reason: round.annulment ?? "" }), outcome: "annulled" };
    }
    const result = round?.result;
    if (!result) return null;
    const sentence = result.sentences?.[words.language] ?? result.sentences?.en ?? "";
    return { word: verdictWord(words, round.kind, result), sentence: capital(sentence, words.language), outcome: result.outcome };
}

function verdictWord(words, kind, { outcome, reason }) {
    if (reason === "no_quorum") return words.say("outcome.no_quorum");
    if (reason === "quorum_present" || kind === "registration") return words.say(outcome === "adopted" ? "outcome.quorum" : "outcome.no_quorum");
    return words.say(`outcome.${outcome}`);
}

/** `text` as a sentence begins: with a capital, where the language's script has them. */
export function capital(text, language) {
    return unicase.includes(language) || text === "" ? text : text[0].toLocaleUpperCase(language) + text.slice(1);
}
