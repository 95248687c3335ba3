import "../council/countdown.js";
import "../council/hemicycle.js";
import { markPicture } from "../council/marks.js";
import { CouncilStore } from "../council/store.js";
import { connect } from "../council/wire.js";
import { Fitter, measureIn } from "../display/fitted.js";
import { chooseLanguage, dress, Words } from "../page/language.js";
import { readOptions } from "./options.js";
import { overlayOf } from "./scene.js";

/** Milliseconds without a connection, or without a message (the daemon sends one every 10 s), before the overlay is hidden. */
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
/** CSS pixels of a pixel of a 1920 × 1080 picture. At a scale above 1 texts may still shrink to the smallest size of scale 1. */
const pixel = () => Math.min(innerWidth / 1920, innerHeight / 1080);
const fitter = new Fitter(family, () => pixel() * options.scale, () => pixel() * Math.min(1, options.scale));
root.toggleAttribute("data-seats", options.parts.has("hemicycle"));

// Keeps the history that the delay needs.
const store = new CouncilStore({ keep: options.delay + 5_000, maxEntries: 2_000 });
const now = () => store.now() - options.delay;
const due = find(".due");
due.clock = now;
let sceneTimer = 0, nudgeTimer = 0, countsKey = "";

function show() {
    clearTimeout(sceneTimer);
    if (store.state === null || hidden) return;
    const at = now();
    const scene = overlayOf(options.delay > 0 ? store.stateAt(at) : store.state, at, words, options);
    showLower(scene.lower, scene.side === null && scene.seats === null);
    showSide(scene.side);
    seats.toggleAttribute("data-on", scene.seats !== null);
    if (scene.seats) find("council-hemicycle").model = { ...scene.seats, theme: options.theme };
    const next = [scene.until, options.delay > 0 ? store.nextChange(at) : null].filter((one) => one !== null);
    if (next.length > 0) sceneTimer = setTimeout(show, Math.max(5, Math.min(...next) - at));
}

/** In pixels of a 1920 × 1080 picture: the width of the lower third's text beside the tally, and the preferred size of two lines. */
const width = 1012, large = { item: 40, speaker: 32 };

/** @param {boolean} alone nothing is beside it: a long title may take the whole width */
function showLower(lines, alone) {
    lower.toggleAttribute("data-on", lines !== null);
    if (lines === null) return; // the text stays while it fades out
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

// — hide rather than show an outdated state —

let hidden = true, hideTimer = 0, silence = 0;
function hide() {
    hidden = true;
    root.hidden = true;
    page.dataset.onAir = "no";
}
function heard(message) {
    clearTimeout(silence);
    silence = setTimeout(hide, silentFor);
    const outcome = store.take(message);
    // After hiding, only a snapshot brings the overlay back.
    if (hidden && outcome === "taken" && message.type === "snapshot") {
        hidden = false;
        root.hidden = false;
        page.dataset.onAir = "yes";
        show();
    } else if (hidden && outcome !== "gap") return "gap";
    return outcome;
}

store.subscribe(show);
page.dataset.onAir = "no";
const wire = connect({
    hall: page.dataset.hall, onMessage: heard, place: () => (hidden ? null : store.place), maxPause: 1_000,
    onStatus: ({ state }) => {
        page.dataset.wire = state;
        clearTimeout(hideTimer);
        clearInterval(nudgeTimer);
        if (state === "live") return;
        hideTimer = setTimeout(hide, lostFor);
        if (state !== "damaged") nudgeTimer = setInterval(() => wire.nudge(), 500);
    },
});

addEventListener("resize", show);
document.fonts.addEventListener("loadingdone", () => {
    fitter.forget();
    show();
});
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
