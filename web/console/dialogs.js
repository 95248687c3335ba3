import { h, keep, write } from "./dom.js";
import { fieldOf } from "./fields.js";

/**
 * Modal dialogs: Escape and “back” resolve to `null`, Enter presses the main button.
 *
 * `ask({ title, text, fields, buttons })` resolves to `{ button, values }`; `text` is a list of sentences, or a function that returns one and is called
 * again by `refresh` while the dialog is open; a field is `{ name, label, kind, value, options, required, min, max, hint }` with a kind of
 * `fields.js`; `half`: two fit in a row; `focus`: gets the focus.
 * `menu({ title, text, entries })` resolves to an entry's `value`.
 */
export class Dialogs {
    #words;
    #count = 0;
    #live = new Set();

    constructor(words) {
        this.#words = words;
    }

    /** Whether any dialog is open: shortcuts do nothing then. */
    static get isOpen() { return document.querySelector("dialog[open]") !== null; }

    /** The state has changed: open dialogs update their text. */
    refresh() { for (const again of this.#live) again(); }

    ask({ title, text = [], fields = [], buttons }) {
        const words = this.#words();
        const inputs = fields.map((field) => ({ field, ...fieldOf(field, words, `field-${(this.#count += 1)}`) }));
        const told = h("div", { class: "told" });
        const tell = () => {
            const sentences = (typeof text === "function" ? text() : text).filter(Boolean);
            keep(told, sentences.map((_, index) => index), () => h("p"), (line, key) => write(line, sentences[key]));
        };
        tell();
        const actions = buttons.map(({ value, word, danger, plain }, index) =>
            h("button", {
                type: "submit", value, class: plain ? "plain" : danger ? "main danger" : "main", autofocus: fields.length === 0 && index === 0,
            }, words.say(word)));
        const form = h("form", {},
            told,
            ...inputs.map(({ element }) => element),
            h("div", { class: "answers" }, ...actions, h("button", { type: "button", class: "plain back", onclick: () => dialog.close() }, words.say("back"))));
        const dialog = this.#dialog(title, form);
        this.#live.add(tell);
        dialog.addEventListener("close", () => this.#live.delete(tell));
        form.addEventListener("keydown", (event) => {
            // Enter submits everywhere: titles and reasons have no line breaks, and a closed select ignores Enter.
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
                ...entries.map(({ label, value }, index) => {
                    const choose = () => { answer = value; dialog.close(); };
                    return h("button", { type: "button", class: "plain", autofocus: index === 0, onclick: choose }, label);
                }),
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

    /** Shows `content` in a dialog; resolves when it is closed. */
    show(title, content) {
        const words = this.#words();
        const close = h("button", { type: "button", class: "plain back", autofocus: true, onclick: () => dialog.close() }, words.say("help.close"));
        const dialog = this.#dialog(title, h("div", { class: "menu" }, content, close));
        // The focus is on the button at the end; scroll back to the top.
        dialog.scrollTop = 0;
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
}
