import "../council/countdown.js";
import "../council/hemicycle.js";
import { markPicture } from "../council/marks.js";
import { CouncilStore } from "../council/store.js";
import { connect } from "../council/wire.js";
import { Fitter, measureIn } from "../display/fitted.js";
import { chooseLanguage, dress, Words } from "../page/language.js";
import { readOptions } from "./options.js";
import { overlayOf } from "./scene.js";

/** After so long without a connection, or without a word from the daemon (which speaks every 10 s), nothing is left on air. */
const lostFor = 3_000, silentFor = 13_000;

const page = document.documentElement;
const { options, faults } = readOptions(location.search);
for (const fault of faults) console.warn(`overlay: ${fault}`);
page.dataset.theme = options.theme;
page.style.setProperty("--scale", String(options.scale));
const words = await Words.load(chooseLanguage(options.lang, [page.lang], page.lang));
page.lang = words.language;
dress(document, words);

const root = document.getElementById("overlay");
const [lower, side, seats] = ["lower", "side", "seats"].map((name) => root.querySelector(`.${name}`));
const find = (selector) => root.querySelector(selector);
const family = getComputedStyle(document.body).fontFamily;
/** CSS pixels of a pixel of a 1920 × 1080 picture. What is asked to be larger may become as small as at 1; it is legible there. */
const pixel = () => Math.min(innerWidth / 1920, innerHeight / 1080);
const fitter = new Fitter(family, () => pixel() * options.scale, () => pixel() * Math.min(1, options.scale));
root.toggleAttribute("data-seats", options.parts.has("hemicycle"));

// A little of the past, for the delay.
const store = new CouncilStore({ keep: options.delay + 5_000, maxEntries: 2_000 });
const now = () => store.now() - options.delay;
const due = find(".due");
due.clock = now;
let turn = 0, again = 0, countsKey = "";

function show() {
    clearTimeout(turn);
    if (store.state === null || hidden) return;
    const at = now();
    const scene = overlayOf(options.delay > 0 ? store.stateAt(at) : store.state, at, words, options);
    showLower(scene.lower, scene.side === null && scene.seats === null);
    showSide(scene.side);
    seats.toggleAttribute("data-on", scene.seats !== null);
    if (scene.seats) find("council-hemicycle").model = { ...scene.seats, theme: options.theme };
    const next = [scene.until, options.delay > 0 ? store.nextChange(at) : null].filter((one) => one !== null);
    if (next.length > 0) turn = setTimeout(show, Math.max(5, Math.min(...next) - at));
}

/** Pixels of a 1920 × 1080 picture that the lower third's text has beside the tally; and the sizes at which two lines of a title are large. */
const width = 1012, large = { item: 40, speaker: 32 };

/** @param {boolean} alone nothing is beside it: a long title may have the whole width */
function showLower(lines, alone) {
    lower.toggleAttribute("data-on", lines !== null);
    if (lines === null) return; // what it said stays while it fades
    lower.toggleAttribute("data-item", lines.item);
    lower.toggleAttribute("data-two", lines.second !== "");
    const [text, weight, size] = lines.item ? [lines.first, 700, large.item] : [lines.second, 400, large.speaker];
    const beside = width - (lower.querySelector(".arms").clientWidth > 0 ? 120 * options.scale + 16 : 0);
    lower.toggleAttribute("data-wide", alone && measureIn(family, weight)(text.slice(0, 1200)) * size * options.scale > beside * 1.9);
    fitter.write(find(".second"), lines.second);
    fitter.write(find(".first"), lines.first);
}

function showSide(said) {
    side.toggleAttribute("data-on", said !== null);
    if (said === null) {
        due.source = null;
        return;
    }
    side.dataset.kind = said.kind;
    side.dataset.outcome = said.outcome;
    due.source = said.countdown;
    fitter.write(find(".word"), said.word);
    fitter.write(find(".sentence"), said.sentence);
    const counts = find(".counts");
    const key = said.counts.map(({ choice }) => choice).join();
    if (key !== countsKey) {
        countsKey = key;
        counts.replaceChildren(...said.counts.map(({ choice }) => {
            const line = document.createElement("li");
            const [number, label] = [document.createElement("b"), document.createElement("p")];
            label.className = "label fitted";
            line.append(markPicture(choice), number, " ", label);
            return line;
        }));
    }
    for (const [index, { count, word }] of said.counts.entries()) {
        const number = counts.children[index].querySelector("b");
        fitter.write(counts.children[index].querySelector(".label"), word);
        if (number.textContent !== String(count)) number.textContent = String(count);
    }
}

// — nothing wrong stays on air —

let hidden = true, hideTimer = 0, silence = 0;
function hide() {
    hidden = true;
    root.hidden = true;
    page.dataset.onAir = "no";
}
function heard(message) {
    clearTimeout(silence);
    silence = setTimeout(hide, silentFor);
    const fate = store.take(message);
    // What was hidden comes back only with the whole state.
    if (hidden && fate === "taken" && message.type === "snapshot") {
        hidden = false;
        root.hidden = false;
        page.dataset.onAir = "yes";
        show();
    } else if (hidden && fate !== "gap") return "gap";
    return fate;
}

store.subscribe(show);
page.dataset.onAir = "no";
const wire = connect({
    hall: page.dataset.hall, onMessage: heard, place: () => (hidden ? null : store.place), maxPause: 1_000,
    onStatus: ({ state }) => {
        page.dataset.wire = state;
        clearTimeout(hideTimer);
        clearInterval(again);
        if (state === "live") return;
        hideTimer = setTimeout(hide, lostFor);
        if (state !== "damaged") again = setInterval(() => wire.nudge(), 500);
    },
});

addEventListener("resize", show);
document.fonts.addEventListener("loadingdone", () => {
    fitter.forget();
    show();
});
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
