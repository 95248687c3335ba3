import { dress, Words } from "../page/language.js";
import { explain } from "./refusals.js";

/** The console's texts, with those of the pages as fallback. They are separate files, so that residents do not load them. */
export class ConsoleWords extends Words {
    #pages;
    #own;

    constructor(pages, own) {
        super(pages.language, {});
        this.#pages = pages;
        this.#own = own;
    }

    static async of(pages) {
        const answer = await fetch(new URL(`languages/${pages.language}.json`, import.meta.url));
        if (!answer.ok) throw new Error(`could not load the console's “${pages.language}” texts: ${answer.status}`);
        return new ConsoleWords(pages, await answer.json());
    }

    has(key) { return Object.hasOwn(this.#own, key); }

    say(key, values = {}) {
        if (!this.has(key)) return this.#pages.say(key, values);
        return this.#own[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
    }

    /** Why something was refused; names come from `state`. */
    refusal(problem, state) { return explain(this, problem, state); }
}

/** Translates the page: `data-word` as text, `data-name` as accessible name. */
export function dressConsole(root, words) {
    dress(root, words);
    for (const element of root.querySelectorAll("[data-word]")) element.textContent = words.say(element.dataset.word);
    for (const element of root.querySelectorAll("[data-name]")) element.setAttribute("aria-label", words.say(element.dataset.name));
}
