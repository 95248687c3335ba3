import { markPicture } from "../council/marks.js";
import { Fitter, measureIn } from "./fitted.js";

/** CSS pixels of 1 vmin. */
const vmin = () => Math.min(innerWidth, innerHeight) / 100;

/** Draws scenes into the display's one set of elements, so that nothing flashes blank between two scenes. */
export class Painter {
    #root;
    #parts;
    #clock;
    #family;
    #fitter;
    #scene = null;
    #counts = "";

    /** @param {HTMLElement} root @param {() => number} clock UTC ms of the daemon */
    constructor(root, clock) {
        this.#root = root;
        this.#clock = clock;
        this.#family = getComputedStyle(root).fontFamily;
        this.#fitter = new Fitter(this.#family, vmin);
        const find = (selector) => root.querySelector(selector);
        this.#parts = {
            number: find(".number"), role: find(".role"), feet: find(".feet-text"), counts: find(".counts"), seats: find("council-hemicycle"),
            left: find(".left"), due: find(".due"), whole: find(".whole"), rest: find(".rest"),
            fitted: ["title", "note", "word", "sentence", "voted", "person"].map((name) => [name, find(`.${name}`)]),
        };
        this.#parts.left.addEventListener("tick", ({ detail }) => this.#ticked(detail.left));
        for (const countdown of [this.#parts.left, this.#parts.due]) countdown.clock = clock;
    }

    /** The name of the current scene. */
    get scene() {
        return this.#scene?.name ?? "empty";
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
        if (scene.seats) seats.model = { seats: scene.seats, label: scene.seatsLabel, names: true, smallest: 2.4 * vmin(), theme: "dark" };
    }

    /** Web fonts have loaded: earlier measurements are of another font. */
    forgetFonts() {
        this.#fitter.forget();
    }

    /** Fits every text to its element. */
    refit() {
        if (this.#scene === null) return;
        for (const [name, element] of this.#parts.fitted) this.#fitter.write(element, this.#scene[name]);
        this.#fitTime();
        this.#fitCounts();
    }

    /** Shrinks the counts to one line, however long the words are. */
    #fitCounts() {
        const { counts } = this.#parts;
        counts.style.removeProperty("--shrink");
        if (getComputedStyle(counts).flexWrap === "wrap") return;
        if (counts.scrollWidth > counts.clientWidth) counts.style.setProperty("--shrink", (counts.clientWidth / counts.scrollWidth * 0.99).toFixed(3));
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

    /** Updates the size of the digits, and the bar below, which shows the share of the time that is left. */
    #ticked(left) {
        const whole = this.#scene?.countdown?.whole;
        if (whole) this.#parts.rest.style.setProperty("--share", String(Math.max(0, Math.min(1, left / whole)).toFixed(4)));
        this.#fitTime();
    }

    #fitTime() {
        const { left } = this.#parts;
        if (left.hidden || left.textContent === "") return;
        const width = measureIn(this.#family, 700)(left.textContent.replace(/\d/g, "0"));
        // A digit is 0.71 of the font size high.
        const tallest = (Number(getComputedStyle(left).getPropertyValue("--tallest")) || 100) * vmin();
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
