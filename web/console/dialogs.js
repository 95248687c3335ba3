import { h, keep, write } from "./dom.js";

/**
 * Questions to the person at the desk. Each is a modal `<dialog>`: Escape and “back” answer `null`, Enter takes the marked button.
 *
 * `ask({ title, text, fields, buttons })` resolves to `{ button, values }`; `text` is a list of sentences, or a function that gives it and is asked
 * again while the question stands (`refresh`); a field is
 * `{ name, label, kind, value, options, required, most, hint }` with kind `text`, `area`, `number`, `time`, `select`, `choice` (large), `file`;
 * `half` ones stand two in a row, `focus` is where typing begins.
 * `menu({ title, text, entries })` resolves to an entry's `value`.
 */
export class Dialogs {
    #words;
    #count = 0;
    #live = new Set();

    constructor(words) {
        this.#words = words;
    }

    /** Whether one is open: then the desk's keys are silent. */
    static get isOpen() { return document.querySelector("dialog[open]") !== null; }

    /** The state has moved on: questions say what is so now. */
    refresh() { for (const again of this.#live) again(); }

    ask({ title, text = [], fields = [], buttons }) {
        const words = this.#words();
        const inputs = fields.map((field) => ({ field, ...this.#input(field) }));
        const told = h("div", { class: "told" });
        const tell = () => {
            const sentences = (typeof text === "function" ? text() : text).filter(Boolean);
            keep(told, sentences.map((_, index) => index), () => h("p"), (line, key) => write(line, sentences[key]));
        };
        tell();
        const actions = buttons.map(({ value, word, danger, plain }, index) =>
            h("button", { type: "submit", value, class: plain ? "plain" : danger ? "main danger" : "main", autofocus: fields.length === 0 && index === 0 }, words.say(word)));
        const form = h("form", {},
            told,
            ...inputs.map(({ element }) => element),
            h("div", { class: "answers" }, ...actions, h("button", { type: "button", class: "plain back", onclick: () => dialog.close() }, words.say("back"))));
        const dialog = this.#dialog(title, form);
        this.#live.add(tell);
        dialog.addEventListener("close", () => this.#live.delete(tell));
        form.addEventListener("keydown", (event) => {
            // Enter is yes everywhere: titles and reasons are one line, and a closed list has no use for it.
            if (event.key !== "Enter" || event.shiftKey || event.isComposing || !["TEXTAREA", "SELECT"].includes(event.target.tagName)) return;
            event.preventDefault();
            if (!event.repeat) form.requestSubmit(actions[0]);
        });
        return new Promise((resolve) => {
            form.addEventListener("submit", async (event) => {
                event.preventDefault();
                if (dialog.dataset.answered !== undefined) return;
                dialog.dataset.answered = "";
                const values = {};
                for (const { field, read } of inputs) values[field.name] = await read();
                dialog.close();
                resolve({ button: event.submitter?.value ?? buttons[0].value, values });
            });
            dialog.addEventListener("close", () => { if (dialog.dataset.answered === undefined) resolve(null); });
        });
    }

    menu({ title, text = [], entries }) {
        const words = this.#words();
        return new Promise((resolve) => {
            let answer = null;
            const list = h("div", { class: "menu" },
                ...text.filter(Boolean).map((sentence) => h("p", { class: "quiet" }, sentence)),
                ...entries.map(({ label, value }, index) => h("button", { type: "button", class: "plain", autofocus: index === 0, onclick: () => { answer = value; dialog.close(); } }, label)),
                h("button", { type: "button", class: "plain back", onclick: () => dialog.close() }, words.say("back")));
            list.addEventListener("keydown", (event) => {
                if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
                const all = [...list.querySelectorAll("button")];
                all[(all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length].focus();
                event.preventDefault();
            });
            const dialog = this.#dialog(title, list);
            dialog.addEventListener("close", () => resolve(answer));
        });
    }

    /** Shows `content` until it is closed. */
    show(title, content) {
        const words = this.#words();
        const dialog = this.#dialog(title, h("div", { class: "menu" }, content, h("button", { type: "button", class: "plain back", autofocus: true, onclick: () => dialog.close() }, words.say("help.close"))));
        return new Promise((resolve) => { dialog.addEventListener("close", () => resolve()); });
    }

    #dialog(title, content) {
        const id = `dialog-${(this.#count += 1)}`;
        const before = document.activeElement;
        const dialog = h("dialog", { class: "sheet", "aria-labelledby": id }, h("h2", { id }, title), content);
        dialog.addEventListener("close", () => {
            dialog.remove();
            if (before?.isConnected) before.focus({ preventScroll: true });
        });
        document.body.append(dialog);
        dialog.showModal();
        return dialog;
    }

    /** The field's element, and how to read it. */
    #input(field) {
        const words = this.#words();
        const id = `field-${(this.#count += 1)}`;
        const common = { id, name: field.name, required: field.required, autofocus: field.focus, "aria-describedby": field.hint ? `${id}-hint` : undefined };
        const wrap = (input) => h("div", { class: field.half ? "field half" : "field" }, h("label", { for: id }, field.label), input, field.hint ? h("p", { class: "quiet", id: `${id}-hint` }, field.hint) : null);
        switch (field.kind) {
            case "area": {
                const input = h("textarea", { ...common, rows: 3, maxlength: field.most ?? 1000 });
                input.value = field.value ?? "";
                return { element: wrap(input), read: () => input.value.replace(/\s+/g, " ").trim() };
            }
            case "number": {
                const input = h("input", { ...common, type: "number", inputmode: "numeric", min: field.least ?? 0, max: field.most, step: 1, value: field.value ?? "" });
                return { element: wrap(input), read: () => (input.value === "" ? undefined : Number(input.value)) };
            }
            case "time": {
                const input = h("input", { ...common, type: "datetime-local", value: field.value ? localTime(field.value) : "" });
                return { element: wrap(input), read: () => (input.value ? new Date(input.value).getTime() : undefined) };
            }
            case "select": {
                const input = h("select", common, ...field.options.map(({ value, label }) => h("option", { value, selected: value === (field.value ?? "") }, label)));
                return { element: wrap(input), read: () => input.value };
            }
            case "choice": {
                const radios = field.options.map(({ value, label }, index) => h("label", { class: "choice" }, h("input", { type: "radio", name: `${id}-choice`, value, required: true, checked: field.value === undefined ? false : value === field.value, autofocus: index === 0 }), h("span", {}, label)));
                const group = h("fieldset", { class: "field" }, h("legend", {}, field.label), h("div", { class: "choices" }, ...radios));
                return { element: group, read: () => group.querySelector("input:checked")?.value };
            }
            case "file": {
                const input = h("input", { ...common, type: "file", accept: field.accept });
                return { element: wrap(input), read: async () => (input.files[0] ? { name: input.files[0].name, text: await decoded(input.files[0]) } : null) };
            }
            default: {
                const input = h("input", { ...common, type: "text", maxlength: field.most ?? 200, value: field.value ?? "", autocomplete: "off", placeholder: field.empty ? words.say(field.empty) : undefined });
                return { element: wrap(input), read: () => input.value.trim() };
            }
        }
    }
}

/** A file as text: UTF-8, or what a spreadsheet's “Unicode text” is. */
async function decoded(file) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const wide = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
    return new TextDecoder(wide).decode(bytes);
}

/** UTC ms as a `datetime-local` input has it, in this machine's time. */
function localTime(at) {
    const there = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
    return there.toISOString().slice(0, 16);
}
