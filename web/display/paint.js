import { markPicture } from "../council/marks.js";
import { fit } from "./fit.js";

/** One pen for all measuring; widths at font size 100. */
const pen = new OffscreenCanvas(1, 1).getContext("2d");
const measures = new Map();

/** The width of a text in `weight` at font size 1, in the page's font. */
export function measureIn(family, weight) {
    return (text) => {
        const key = `${weight} ${text}`;
        let width = measures.get(key);
        if (width === undefined) {
            if (measures.size > 2000) measures.clear();
            pen.font = `${weight} 100px ${family}`;
            width = (pen.measureText(text).width / 100) * 1.01;
            measures.set(key, width);
        }
        return width;
    };
}

/** The fonts came: what was measured before was another font. */
export const forgetMeasures = () => measures.clear();

/** Draws scenes into the display's one set of elements. Nothing is taken away before its successor is there. */
export class Painter {
    #root;
    #parts;
    #clock;
    #family;
    #fitted = new WeakMap();
    #scene = null;
    #counts = "";

    /** @param {HTMLElement} root @param {() => number} clock UTC ms of the daemon */
    constructor(root, clock) {
        this.#root = root;
        this.#clock = clock;
        this.#family = getComputedStyle(root).fontFamily;
        const find = (selector) => root.querySelector(selector);
        this.#parts = {
            number: find(".number"), role: find(".role"), feet: find(".feet-text"), counts: find(".counts"), seats: find("council-hemicycle"),
            left: find(".left"), due: find(".due"), whole: find(".whole"), rest: find(".rest"),
            fitted: ["title", "note", "word", "sentence", "voted", "person"].map((name) => [name, find(`.${name}`)]),
        };
        this.#parts.left.addEventListener("tick", ({ detail }) => this.#ticked(detail.left));
        for (const countdown of [this.#parts.left, this.#parts.due]) countdown.clock = clock;
    }

    show(scene) {
        this.#scene = scene;
        const { number, role, feet, seats } = this.#parts;
        set(this.#root, "scene", scene.name);
        set(this.#root, "tone", scene.tone);
        write(number, scene.number);
        write(role, scene.role);
        write(feet, scene.feet.join("   ·   "));
        this.#showCounts(scene.counts);
        this.#showCountdown(scene);
        seats.hidden = scene.seats === null;
        this.refit();
        if (scene.seats) seats.model = { seats: scene.seats, label: scene.seatsLabel, names: true, smallest: (Math.min(innerWidth, innerHeight) * 2.4) / 100, theme: "dark" };
    }

    /** Fits every text anew: the window has another size, or the fonts have come. */
    refit() {
        if (this.#scene === null) return;
        for (const [name, element] of this.#parts.fitted) this.#fit(element, this.#scene[name]);
        this.#fitTime();
        this.#fitCounts();
    }

    /** One line of counts, however long the words are. */
    #fitCounts() {
        const { counts } = this.#parts;
        counts.style.removeProperty("--shrink");
        if (counts.scrollWidth > counts.clientWidth) counts.style.setProperty("--shrink", (counts.clientWidth / counts.scrollWidth * 0.99).toFixed(3));
    }

    #fit(element, text) {
        if (text === "") {
            if (element.firstChild) element.replaceChildren();
            this.#fitted.delete(element);
            return;
        }
        if (!element.firstChild) element.replaceChildren(document.createElement("span"));
        const style = getComputedStyle(element);
        const unit = Math.min(innerWidth, innerHeight) / 100;
        const value = (name) => Number(style.getPropertyValue(name));
        const room = { width: element.clientWidth, lines: value("--lines"), largest: value("--largest") * unit, smallest: value("--smallest") * unit, worth: value("--worth") };
        const key = JSON.stringify([text, room, style.fontWeight]);
        if (this.#fitted.get(element) === key || room.width === 0) return;
        this.#fitted.set(element, key);
        const { size, lines } = fit(text, measureIn(this.#family, style.fontWeight), room);
        element.style.fontSize = `${size.toFixed(2)}px`;
        element.replaceChildren(...lines.flatMap((line, index) => {
            const span = document.createElement("span");
            span.textContent = line;
            return index === 0 ? [span] : [" ", span];
        }));
    }

    #showCounts(counts) {
        const key = JSON.stringify(counts.map(({ choice, word }) => [choice, word]));
        if (key !== this.#counts) {
            this.#counts = key;
            this.#parts.counts.replaceChildren(...counts.map(({ choice, word }) => {
                const line = document.createElement("li");
                line.dataset.choice = choice;
                line.toggleAttribute("data-minor", choice === "absent" || choice === "recused");
                const [number, label] = [document.createElement("b"), document.createElement("span")];
                label.textContent = word;
                line.append(markPicture(choice), number, " ", label);
                return line;
            }));
        }
        for (const [index, { count }] of counts.entries()) write(this.#parts.counts.children[index].querySelector("b"), String(count));
    }

    #showCountdown({ countdown }) {
        const { left, due, whole } = this.#parts;
        const inBand = countdown?.kind === "round";
        due.source = inBand ? countdown : null;
        left.source = inBand ? null : countdown;
        whole.hidden = inBand || !countdown?.whole;
        if (!inBand && countdown) this.#ticked(countdown.left(this.#clock()));
    }

    /** The digits fill the width or the height, whichever ends first; the bar below is what is left of the whole. */
    #ticked(left) {
        const whole = this.#scene?.countdown?.whole;
        if (whole) this.#parts.rest.style.setProperty("--share", String(Math.max(0, Math.min(1, left / whole)).toFixed(4)));
        this.#fitTime();
    }

    #fitTime() {
        const { left } = this.#parts;
        if (left.hidden || left.textContent === "") return;
        const width = measureIn(this.#family, 700)(left.textContent.replace(/\d/g, "0"));
        // A digit is 0.71 of the font's size high.
        const tallest = (Number(getComputedStyle(left).getPropertyValue("--tallest")) || 100) * Math.min(innerWidth, innerHeight) / 100;
        const size = Math.floor(Math.min(left.clientWidth / width, left.clientHeight / 0.86, tallest));
        const text = `${size}px`;
        if (left.style.fontSize !== text) left.style.fontSize = text;
    }
}

function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

function set(element, key, value) {
    if (element.dataset[key] !== value) element.dataset[key] = value;
}
