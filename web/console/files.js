import { h } from "./dom.js";

const accept = { roster: ".csv,.tsv,.txt,.json", agenda: ".csv,.tsv,.txt,.json", rules: ".yaml,.yml" };

/**
 * Imports a roster, rules or agenda: choose a file, dry run, confirm, import. The daemon reads the whole file and reports every fault with its
 * line. One id is sent with both requests, so that a repeated request is the same import.
 */
export async function importFile(what, { dialogs, api, words, note, store }) {
    const say = (key, values) => words().say(key, values);
    const title = say(`do.import${what[0].toUpperCase()}${what.slice(1)}`);
    const answer = await dialogs.ask({
        title, text: [say(`import.${what}`)], buttons: [{ value: "look", word: "import.look" }],
        fields: [
            { name: "file", label: say("field.file"), kind: "file", accept: accept[what], required: true },
            ...(what === "roster" ? [{
                name: "seats", label: say("field.seats"), kind: "number", min: 1, max: 1000, value: store.state?.council?.seats || undefined,
                hint: say("import.seats"),
            }] : []),
        ],
    });
    if (!answer?.values.file) return;
    const id = crypto.randomUUID();
    const query = { id, ...(answer.values.seats ? { seats: answer.values.seats } : {}), ...(what === "agenda" ? { sitting: store.state.sitting.id } : {}) };
    const send = async (dryRun) => {
        try {
            return await api.file(what, answer.values.file.text, { ...query, dry_run: dryRun ? "yes" : "no" });
        } catch {
            return null;
        }
    };
    const trial = await send(true);
    if (!trial || trial.status !== 200) return dialogs.show(title, faults(trial, words(), store.state));
    const changes = trial.body.changes ?? [];
    if (changes.length === 0) return dialogs.show(title, h("p", {}, say("import.same")));
    const sure = await dialogs.ask({
        title, text: [say(`import.${what}.text`), ...summary(changes, say), ...(trial.body.warnings ?? [])],
        buttons: [{ value: "take", word: "import.take", danger: true }],
    });
    if (!sure) return;
    const taken = await send(false);
    if (taken?.status === 200) note(say("import.done"));
    else await dialogs.show(title, faults(taken, words(), store.state));
}

/** How many changes of each kind, then the first `max` of them in the daemon's words: `+ d7: Левчук Ганна`. */
export function summary(changes, say, max = 10) {
    const kinds = [...new Set(changes.map(({ kind }) => kind))];
    const counts = kinds.map((kind) => say(`import.change.${kind}`, { count: changes.filter((change) => change.kind === kind).length }));
    const lines = changes.filter(({ kind }) => kind !== "rules").map(({ text }) => text);
    return [...counts, ...lines.slice(0, max), ...(lines.length > max ? [say("import.more", { count: lines.length - max })] : [])];
}

function faults(answer, words, state) {
    const say = (key, values) => words.say(key, values);
    if (!answer) return h("p", {}, say("import.noAnswer"));
    const list = answer.body?.faults ?? [];
    if (list.length === 0) return h("p", {}, words.refusal(answer.body ?? { status: answer.status }, state));
    return h("ol", { class: "faults" }, ...list.slice(0, 50).map(({ line, column, message, problem }) =>
        h("li", {}, say("import.fault", { line, column, problem: message ?? problem ?? "" }))));
}
