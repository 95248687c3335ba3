import { fit } from "./fit.js";

/** The canvas context that measures text, at font size 100. */
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

/**
 * Writes texts as large as their elements allow. The bounds are in an element's style: `--largest` and `--smallest` (in `unit`s),
 * `--lines`, `--worth`, `--tall` (see `fit`).
 */
export class Fitter {
    #family;
    #unit;
    #least;
    #written = new WeakMap();

    /** @param {string} family the page's font @param {() => number} unit CSS pixels of the style's unit @param {() => number} least those of `--smallest` */
    constructor(family, unit, least = unit) {
        this.#family = family;
        this.#unit = unit;
        this.#least = least;
    }

    write(element, text) {
        if (text === "") {
            if (element.firstChild) element.replaceChildren();
            this.#written.delete(element);
            return;
        }
        // An empty paragraph is hidden, and has no width.
        if (!element.firstChild) element.replaceChildren(document.createElement("span"));
        const style = getComputedStyle(element);
        const value = (name) => Number(style.getPropertyValue(name));
        const unit = this.#unit();
        const room = {
            width: element.clientWidth, lines: value("--lines"), largest: value("--largest") * unit, smallest: value("--smallest") * this.#least(),
            worth: value("--worth") || undefined, tall: value("--tall") * unit || undefined,
        };
        const key = JSON.stringify([text, room, style.fontWeight]);
        if (this.#written.get(element) === key || room.width === 0) return;
        this.#written.set(element, key);
        const { size, lines } = fit(text, measureIn(this.#family, style.fontWeight), room);
        element.style.fontSize = `${size.toFixed(2)}px`;
        element.replaceChildren(...lines.flatMap((line, index) => {
            const span = document.createElement("span");
            span.textContent = line;
            return index === 0 ? [span] : [" ", span];
        }));
    }

    /** Web fonts have loaded: earlier measurements are of another font. */
    forget() {
        measures.clear();
        this.#written = new WeakMap();
    }
}
