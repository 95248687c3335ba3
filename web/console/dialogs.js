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
            h("div", { class: "answers" }, ...actions, h("button", { type: "button", class: "plain back", onclick: () => close() }, words.say("back"))));
        let closed = () => {};
        const close = this.#open(title, form, () => {
            this.#live.delete(tell);
            closed();
        });
        this.#live.add(tell);
        form.addEventListener("keydown", (event) => {
            // Enter submits everywhere: titles and reasons have no line breaks, and a closed select ignores Enter.
            if (event.key !== "Enter" || event.shiftKey || event.isComposing || !["TEXTAREA", "SELECT"].includes(event.target.tagName)) return;
            event.preventDefault();
            if (!event.repeat) form.requestSubmit(actions[0]);
        });
        return new Promise((resolve) => {
            let isAnswered = false;
            closed = () => { if (!isAnswered) resolve(null); };
            form.addEventListener("submit", async (event) => {
                event.preventDefault();
                if (isAnswered) return;
                isAnswered = true;
                const values = {};
                for (const { field, read } of inputs) values[field.name] = await read();
                close();
                resolve({ button: event.submitter?.value ?? buttons[0].value, values });
            });
        });
    }

    menu({ title, text = [], entries }) {
        const words = this.#words();
        return new Promise((resolve) => {
            let answer = null;
            const list = h("div", { class: "menu" },
                ...text.filter(Boolean).map((sentence) => h("p", { class: "quiet" }, sentence)),
                ...entries.map(({ label, value }, index) => {
                    const choose = () => { answer = value; close(); };
                    return h("button", { type: "button", class: "plain", autofocus: index === 0, onclick: choose }, label);
                }),
                h("button", { type: "button", class: "plain back", onclick: () => close() }, words.say("back")));
            list.addEventListener("keydown", (event) => {
                if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
                const all = [...list.querySelectorAll("button")];
                all[(all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length].focus();
                event.preventDefault();
            });
            const close = this.#open(title, list, () => resolve(answer));
        });
    }

    /** Shows `content` in a dialog; resolves when it is closed. */
    show(title, content) {
        const words = this.#words();
        return new Promise((resolve) => {
            const button = h("button", { type: "button", class: "plain back", autofocus: true, onclick: () => close() }, words.say("help.close"));
            const sheet = h("div", { class: "menu" }, content, button);
            const close = this.#open(title, sheet, resolve);
            // The focus is on the button at the end; scroll back to the top.
            sheet.parentElement.scrollTop = 0;
        });
    }

    /**
     * Opens a dialog and returns what closes it. Focus is given back and `closed` is called at once, not in the `close` event: that event is
     * a task of its own, and a key pressed before it would find the dialog gone but its action still under way and the focus elsewhere.
     */
    #open(title, content, closed) {
        const id = `dialog-${(this.#count += 1)}`;
        const before = document.activeElement;
        const dialog = h("dialog", { class: "sheet", "aria-labelledby": id }, h("h2", { id }, title), content);
        let isOver = false;
        const close = () => {
            if (isOver) return;
            isOver = true;
            dialog.close();
            dialog.remove();
            if (before?.isConnected) before.focus({ preventScroll: true });
            closed();
        };
        dialog.addEventListener("cancel", (event) => {
            event.preventDefault();
            close();
        });
        // A browser may close it without asking.
        dialog.addEventListener("close", close);
        document.body.append(dialog);
        dialog.showModal();
        return close;
    }
}
