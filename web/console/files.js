import { h } from "./dom.js";

const accept = { roster: ".csv,.tsv,.txt,.json", agenda: ".csv,.tsv,.txt,.json", rules: ".yaml,.yml" };

/**
 * Takes a file of the secretary's: chosen, tried without changing anything, shown, and only then taken. The daemon reads it whole
 * and names every fault with its line. It goes with an id of its own, so that
 * a second press of the button is the same import.
 */
export async function importFile(what, { dialogs, api, words, note, store }) {
    const say = (key, values) => words().say(key, values);
    const title = say(`do.import${what[0].toUpperCase()}${what.slice(1)}`);
    const answer = await dialogs.ask({
        title, text: [say(`import.${what}`)], buttons: [{ value: "look", word: "import.look" }],
        fields: [
            { name: "file", label: say("field.file"), kind: "file", accept: accept[what], required: true },
            ...(what === "roster" ? [{ name: "seats", label: say("field.seats"), kind: "number", least: 1, most: 1000, value: store.state?.council?.seats || undefined, hint: say("import.seats") }] : []),
        ],
    });
    if (!answer?.values.file) return;
    const id = crypto.randomUUID();
    const query = { id,  ...(answer.values.seats ? { seats: answer.values.seats } : {}), ...(what === "agenda" ? { sitting: store.state.sitting.id } : {}) };
    const send = async (dryRun) => {
        try {
            return await api.file(what, answer.values.file.text, { ...query, dry_run: dryRun ? "yes" : "no" });
        } catch {
            return null;
        }
    };
    const trial = await send(true);
    if (!trial || trial.status !== 200) return dialogs.show(title, faults(trial, say));
    const lines = [...(trial.body.changes ?? []), ...(trial.body.warnings ?? [])].map((line) => (typeof line === "string" ? line : line.sentence ?? line.problem ?? JSON.stringify(line)));
    const shown = lines.length > 12 ? [...lines.slice(0, 12), say("import.more", { count: lines.length - 12 })] : lines;
    const sure = await dialogs.ask({ title, text: shown.length > 0 ? shown : [say("import.ready")], buttons: [{ value: "take", word: "import.take" }] });
    if (!sure) return;
    const taken = await send(false);
    if (taken?.status === 200) note(say("import.done"));
    else await dialogs.show(title, faults(taken, say));
}

function faults(answer, say) {
    if (!answer) return h("p", {}, say("import.noAnswer"));
    const list = answer.body?.faults ?? [];
    if (list.length === 0) return h("p", {}, answer.body?.detail ?? String(answer.status));
    return h("ol", { class: "faults" }, ...list.slice(0, 50).map(({ line, column, message, problem }) => h("li", {}, say("import.fault", { line, column, problem: message ?? problem ?? "" }))));
}
