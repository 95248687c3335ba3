/**
 * The council's words: names, votes with the right grammatical gender, states, verdicts, countdowns. Pure; `words` is `page/language.js`'s
 * `Words`, and every text is in `languages/*.json`.
 */

/** Choices and positions in the order in which they are counted, with the mark that stands for each beside its colour. */
export const positions = ["yes", "no", "abstain", "not_voting", "absent", "recused"];
export const marks = { yes: "✓", no: "✗", abstain: "○", not_voting: "–", absent: "", recused: "/", voted: "•" };
export const itemStates = ["pending", "under_discussion", "voting", "adopted", "rejected", "postponed", "withdrawn"];
export const roundKinds = ["basis", "whole", "amendment", "procedural", "registration", "confidence", "election"];
export const roundStates = ["scheduled", "open", "closed", "announced", "annulled"];
export const sittingStates = ["scheduled", "open", "suspended", "closed"];
export const speechKinds = ["report", "question", "debate", "reply"];
export const outcomes = ["adopted", "rejected", "undecided"];

/** Languages in which the family name comes last. */
const familyLast = new Set(["lt", "ka", "en"]);

/**
 * A deputy's name, in the order of the council's language: `full` with all its parts, `name` without the patronymic,
 * `short` the family name with initials, `family` alone.
 */
export function deputyName(deputy, form = "name", language = "uk") {
    const { family = "", given = "", patronymic = "" } = deputy ?? {};
    const last = familyLast.has(language);
    const join = (...parts) => parts.filter(Boolean).join(" ");
    if (form === "family") return family || given;
    if (form === "short") {
        const initials = [given, patronymic].filter(Boolean).map(initial).join("\u00a0");
        return last ? join(initials, family).replace(/^(\S+(?:\u00a0\S+)*) /u, "$1\u00a0") : [family, initials].filter(Boolean).join("\u00a0");
    }
    const first = form === "full" ? join(given, patronymic) : given;
    return last ? join(first, family) : join(family, first);
}

const initial = (name) => `${[...name][0]}.`;

/** Who speaks or will: a deputy's name, or the guest's as written. */
export function speakerName(entry, council, form = "name") {
    if (entry?.guest) return entry.guest;
    const deputy = council?.deputies?.[entry?.deputy];
    return deputy ? deputyName(deputy, form, council.language) : entry?.deputy ?? "";
}

const genders = { masculine: "m", feminine: "f" };

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
    if (round?.status === "annulled") return { word: words.say("outcome.annulled"), sentence: words.say("verdict.annulled", { reason: round.annulment ?? "" }), outcome: "annulled" };
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

/** The rule of a round before its result: “18 of 34 needed”. The base is known to the page only where it is the full composition. */
export function capital(text, language) {
    // Georgian has no capitals in a sentence.
    return language === "ka" || text === "" ? text : text[0].toLocaleUpperCase(language) + text.slice(1);
}

/** Milliseconds as a countdown shows them: `2:41`, `1:02:03`; past the end with a minus. */
export function countdownText(ms) {
    const over = ms < 0;
    // What is left is rounded up, so that “0:00” is the end; what is over is rounded down, so that it starts there.
    const seconds = over ? Math.floor(-ms / 1000) : Math.ceil(ms / 1000);
    const two = (value) => String(value).padStart(2, "0");
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    const text = hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
    return over && seconds > 0 ? `−${text}` : text;
}

/** Milliseconds left of a speech at `now` (UTC ms, the daemon's clock); negative when over. */
export function speechLeft(speech, now) {
    return speech.allotted - speech.spent - (speech.running_since === undefined ? 0 : now - speech.running_since);
}

/** Milliseconds left of an open round, `null` when it has no countdown. */
export function roundLeft(round, now) {
    return round?.ends_at === undefined ? null : Math.max(0, round.ends_at - now);
}
