/** Why something was refused, as a sentence in the person's language with what it is about. Pure. */

import { deputyName, itemStateWord, roundStateWord, sittingStateWord, speakerName } from "../council/words.js";
import { subjectOf } from "./commands.js";

/** Inputs that are called otherwise on the page. What is not here is `field.{name}`. */
const inputs = {
    scheduled_for: "field.when", text: "field.notice", url: "field.links", speaker: "speakers.title", speakers: "speakers.title", deputies: "roll.none", agenda: "agenda.title",
    items: "agenda.title", rounds: "field.roundKind", round: "field.roundKind", index: "do.moveItem", state: "do.editItem", roster: "roll.none", sitting: "noSitting",
    council: "field.title", name: "field.title", family: "field.deputy", given: "field.deputy", patronymic: "field.deputy", yes: "count.yes", no: "count.no", abstain: "count.abstain",
};

/** The problem's code; `""` when the status says all. */
export const codeOf = (problem) => String(problem?.code ?? (String(problem?.type ?? "").startsWith("urn:plenary:") ? problem.type.split(":").at(-1) : ""));

/** The name of an input: `items[3].links[0].url` is a document's. */
export function inputWord(words, field) {
    const name = String(field ?? "").split(".").at(-1).replace(/\[\d+\]$/, "");
    const key = inputs[name] ?? `field.${name}`;
    const word = words.say(key);
    return word === key ? String(field ?? "") : word;
}

/** @param problem a body of RFC 9457, or `{ code, … }` of our own */
export function explain(words, problem, state) {
    const code = codeOf(problem);
    if (code.startsWith("camera_")) return sentence(words, `failure.${code.slice(7)}`, {});
    const values = named(words, code, problem, state);
    const timed = code === "bad_number" && ["until", "scheduled_for"].includes(problem.field);
    const variant = problem?.values?.fault ?? (code === "speech_state" ? problem?.values?.state : undefined);
    const said = sentence(words, timed ? "refused.bad_time" : `refused.${code}`, values) ?? (variant ? sentence(words, `refused.${code}.${variant}`, values) : null);
    // A blank that nothing fills says less than the daemon's own words.
    return said ?? (code ? problem?.detail : null) ?? sentence(words, `refused.status.${problem?.status}`, {}) ?? problem?.detail ?? words.say("refused.unknown", { status: problem?.status ?? "" });
}

function sentence(words, key, values) {
    if (!words.has(key)) return null;
    const text = words.say(key, values);
    return /\{\w+\}/.test(text) ? null : text;
}

/** Ids become what people call them. */
function named(words, code, problem, state) {
    const { deputy, item, round, speaker, state: status, ...figures } = problem?.values ?? {};
    const values = { ...figures };
    if (problem?.field !== undefined) values.field = inputWord(words, problem.field);
    if (deputy !== undefined) values.deputy = state?.council?.deputies?.[deputy] ? deputyName(state.council.deputies[deputy], "name", state.council.language) : deputy;
    if (item !== undefined) values.item = subjectOf(state?.agenda?.items?.[item]) || item;
    if (round !== undefined) values.round = state?.rounds?.by_id?.[round]?.question || round;
    if (speaker !== undefined) {
        const { speech, queue = [] } = state?.speakers ?? {};
        const entry = [speech?.entry, ...queue].find((one) => one?.id === speaker);
        values.speaker = entry ? speakerName(entry, state.council) : speaker;
    }
    if (status !== undefined) values.state = { sitting_state: sittingStateWord, item_state: itemStateWord }[code]?.(words, status) ?? roundStateWord(words, status);
    if (code === "conflict") values.change = changed(words, problem) ?? undefined;
    return values;
}

/** What another console did: the newest of what has happened that has a word. */
function changed(words, { since = [], minds }) {
    const touched = since.filter(({ type }) => words.has(`changed.${type}`) && (minds ?? [""]).some((prefix) => String(type).startsWith(prefix)));
    return touched.length > 0 ? words.say(`changed.${touched.at(-1).type}`) : null;
}
