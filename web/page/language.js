import { civil, isSameDay } from "../council/times.js";

/** The languages of the pages, by their own names. */
export const languages = { uk: "Українська", lt: "Lietuvių", ka: "ქართული", en: "English" };

const memory = "plenary.language";

/** What the visitor chose, else the first of the browser's languages that we have, else the council's, else English. */
export function chooseLanguage(chosen, preferred, council) {
    const known = (tag) => {
        const language = String(tag ?? "").toLowerCase().split("-")[0];
        return Object.hasOwn(languages, language) ? language : null;
    };
    return known(chosen) ?? preferred.map(known).find((language) => language !== null) ?? known(council) ?? "en";
}

/** Words of one language, and times in them. */
export class Words {
    #words;
    /** The council's time zone (IANA), which times are told in; until it is known, the visitor's. */
    zone;
    /** The visitor's time zone; `undefined` is what the computer is set to. */
    visitorZone;

    constructor(language, words) {
        this.language = language;
        this.#words = words;
    }

    static async load(language) {
        const answer = await fetch(new URL(`../languages/${language}.json`, import.meta.url));
        if (!answer.ok) throw new Error(`the words of “${language}” cannot be had: ${answer.status}`);
        return new Words(language, await answer.json());
    }

    /** The text of `key` with `{name}` filled in. */
    say(key, values = {}) {
        return (this.#words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
    }

    /** What to call a sound: the operator's name for it, else its language, else its number. */
    soundName({ name, language }, index) {
        if (!/^Audio \d+$/.test(name)) return name;
        return languageName(language, this.language) ?? this.say("player.soundNumber", { number: index + 1 });
    }

    /** A moment as people say it: the council's time today, else day and time; and the visitor's beside it where it is another. In UTC ms. */
    moment(at, now) {
        const [told, today] = [civil(at, this.zone), civil(now, this.zone)];
        return this.#withVisitors(isSameDay(told, today) ? told.time : this.#dayAndTime(told), at, told);
    }

    /** The council's time of day to the minute, and the visitor's beside it where it is another. */
    hour(at) {
        const told = civil(at, this.zone);
        return this.#withVisitors(told.time, at, told);
    }

    /** The council's time of day to the second. */
    clock(at) {
        return civil(at, this.zone).clock;
    }

    #withVisitors(time, at, told) {
        const theirs = civil(at, this.visitorZone);
        const isDayKnown = isSameDay(theirs, told);
        if (isDayKnown && theirs.time === told.time) return time;
        return this.say("time.yours", { time, yours: isDayKnown ? theirs.time : this.#dayAndTime(theirs) });
    }

    #dayAndTime(told) {
        const date = this.say("date.day", { day: told.day, month: this.say(`date.month.${told.month}`) });
        return this.say("date.moment", { date, time: told.time });
    }
}

/** A language's name in another; `null` when it is not known. */
function languageName(tag, inLanguage) {
    try {
        return new Intl.DisplayNames([inLanguage], { type: "language", fallback: "none" }).of(tag) ?? null;
    } catch {
        return null; // no tag at all
    }
}

/**
 * Writes the words into everything below `root` that asks for them: `data-text` as text, `data-label` as name and tooltip,
 * `data-alt` as what a picture shows.
 */
export function dress(root, words) {
    for (const element of root.querySelectorAll("[data-text]")) element.textContent = words.say(element.dataset.text);
    for (const element of root.querySelectorAll("[data-hint]")) element.placeholder = words.say(element.dataset.hint);
    for (const element of root.querySelectorAll('img[data-alt]:not([data-alt=""])')) element.alt = words.say(element.dataset.alt);
    for (const element of root.querySelectorAll("[data-label]")) name(element, words.say(element.dataset.label));
}

/** Gives an element its accessible name, and a button its tooltip. */
export function name(element, text) {
    if (element.getAttribute("aria-label") === text) return;
    element.setAttribute("aria-label", text);
    if (element.tagName === "BUTTON") element.title = text;
}

const stored = () => {
    try {
        return localStorage.getItem(memory);
    } catch {
        return null; // storage is switched off
    }
};

/** Loads the visitor's language, fills the page's `<select>`, and calls `changed(words)` now and at each change. */
export async function followLanguage(select, changed) {
    for (const [code, label] of Object.entries(languages)) {
        const option = new Option(label, code);
        option.lang = code;
        select.add(option);
    }
    const council = document.documentElement.lang;
    const apply = async (language) => {
        const words = await Words.load(language);
        document.documentElement.lang = language;
        select.value = language;
        dress(document, words);
        changed(words);
    };
    select.addEventListener("change", () => {
        try {
            localStorage.setItem(memory, select.value);
        } catch {
            // The choice holds for this visit.
        }
        apply(select.value);
    });
    select.parentElement.hidden = false;
    await apply(chooseLanguage(stored(), navigator.languages ?? [navigator.language], council));
}
