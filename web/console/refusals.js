/** Turns a refusal into a sentence in the user's language that names what it is about. Pure. */

import { deputyName, itemStateWord, roundStateWord, sittingStateWord, speakerName } from "../council/words.js";
import { subjectOf } from "./commands.js";

/** Text keys of inputs whose label is not `field.{name}`. */
const inputs = {
    scheduled_for: "field.when", text: "field.notice", url: "field.links", speaker: "speakers.title", speakers: "speakers.title",
    deputies: "roll.none", agenda: "agenda.title", items: "agenda.title", rounds: "field.roundKind", round: "field.roundKind", index: "do.moveItem",
    state: "do.editItem", roster: "roll.none", sitting: "noSitting", council: "field.title", name: "field.title",
    family: "field.deputy", given: "field.deputy", patronymic: "field.deputy", yes: "count.yes", no: "count.no", abstain: "count.abstain",
};

/** The problem's code; `""` when there is only a status. */
export function codeOf(problem) {
    const type = String(problem?.type ?? "");
    return String(problem?.code ?? (type.startsWith("urn:plenary:") ? type.split(":").at(-1) : ""));
}

/** The label of an input, by the last part of its path: `items[3].links[0].url`. */
export function inputWord(words, field) {
    const name = String(field ?? "").split(".").at(-1).replace(/\[\d+\]$/, "");
    const key = inputs[name] ?? `field.${name}`;
    const word = words.say(key);
    return word === key ? String(field ?? "") : word;
}

/** @param problem a problem document (RFC 9457), or `{ code, … }` from the console itself */
export function explain(words, problem, state) {
    const code = codeOf(problem);
    if (code.startsWith("camera_")) return sentence(words, `failure.${code.slice(7)}`, {});
    const values = named(words, code, problem, state);
    const timed = code === "bad_number" && ["until", "scheduled_for"].includes(problem.field);
    const variant = problem?.values?.fault ?? (code === "speech_state" ? problem?.values?.state : undefined);
    const said = sentence(words, timed ? "refused.bad_time" : `refused.${code}`, values)
        ?? (variant ? sentence(words, `refused.${code}.${variant}`, values) : null);
    // A sentence with an unfilled placeholder is worth less than the daemon's English one.
    return said
        ?? (code ? problem?.detail : null)
        ?? sentence(words, `refused.status.${problem?.status}`, {})
        ?? problem?.detail
        ?? words.say("refused.unknown", { status: problem?.status ?? "" });
}

function sentence(words, key, values) {
    if (!words.has(key)) return null;
    const text = words.say(key, values);
    return /\{\w+\}/.test(text) ? null : text;
}

/** The problem's values with names in place of ids. */
function named(words, code, problem, state) {
    const { deputy, item, round, speaker, state: status, ...figures } = problem?.values ?? {};
    const values = { ...figures };
    if (problem?.field !== undefined) values.field = inputWord(words, problem.field);
    if (deputy !== undefined) {
        const known = state?.council?.deputies?.[deputy];
        values.deputy = known ? deputyName(known, "name", state.council.language) : deputy;
    }
    if (item !== undefined) values.item = subjectOf(state?.agenda?.items?.[item]) || item;
    if (round !== undefined) values.round = state?.rounds?.by_id?.[round]?.question || round;
    if (speaker !== undefined) {
        const { speech, queue = [] } = state?.speakers ?? {};
        const entry = [speech?.entry, ...queue].find((one) => one?.id === speaker);
        values.speaker = entry ? speakerName(entry, state.council) : speaker;
    }
    if (status !== undefined) {
        const word = { sitting_state: sittingStateWord, item_state: itemStateWord }[code];
        values.state = word?.(words, status) ?? roundStateWord(words, status);
    }
    if (code === "conflict") values.change = changed(words, problem) ?? undefined;
    return values;
}

/** What another console did: the latest conflicting event that has a text. */
function changed(words, { since = [], conflictsWith }) {
    const touched = since.filter(({ type }) => words.has(`changed.${type}`) && (conflictsWith ?? [""]).some((prefix) => String(type).startsWith(prefix)));
    return touched.length > 0 ? words.say(`changed.${touched.at(-1).type}`) : null;
}
