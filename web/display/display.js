import "../council/countdown.js";
import "../council/hemicycle.js";
import { CouncilStore } from "../council/store.js";
import { connect } from "../council/wire.js";
import { chooseLanguage, dress, Words } from "../page/language.js";
import { Calendar } from "./calendar.js";
import { keepPage, LastState } from "./keep.js";
import { Painter } from "./paint.js";
import { sceneOf } from "./scene.js";

const page = document.documentElement;
const hall = page.dataset.hall;
const asked = new URLSearchParams(location.search);
const hallTitle = document.querySelector(".title").textContent;
// A screen on the wall speaks the council's language, whatever its computer's is.
const words = await Words.load(chooseLanguage(asked.get("lang"), [page.lang], page.lang));
page.lang = words.language;
dress(document, words);

// A day's sitting leaves nothing behind: the display never goes back.
const store = new CouncilStore({ keep: 0, maxEntries: 2 });
const painter = new Painter(document.getElementById("display"), () => store.now());
const sign = document.querySelector(".sign");
const announcement = document.getElementById("announcement");
const clocks = document.querySelectorAll(".clock");
let turn = 0, said = "";

// What was last seen stands in until the daemon says more: at once after F5, later only when it is away.
const lastState = new LastState(hall, storage());
let last = lastState.recall();
let standIn = null;
if (last) {
    store.clockOffset = last.offset;
    if (Math.abs(store.now() - last.heard) < 60_000) standIn = last.state;
}

function storage() {
    try {
        return localStorage;
    } catch {
        return null; // switched off
    }
}

function show() {
    clearTimeout(turn);
    writeClock();
    const now = store.now();
    const scene = draw(now);
    // The end of a result or of a break comes by the clock alone. (A timer takes no more than 24 days.)
    if (scene.until !== null) turn = setTimeout(show, Math.min(2 ** 31 - 1, Math.max(50, scene.until - now)));
    const text = scene.name === "result" ? `${scene.word}. ${scene.sentence}` : "";
    if (text !== said) {
        said = text;
        if (text) announcement.textContent = text;
    }
}

function draw(now) {
    try {
        const scene = sceneOf(store.state ?? standIn, now, words, hallTitle);
        painter.show(scene);
        return scene;
    } catch (error) {
        // What a browser kept may be of another version, or spoilt.
        if (store.state !== null || standIn === null) throw error;
        standIn = last = null;
        return draw(now);
    }
}

// — the clock —

const calendar = () => new Calendar(words, (store.state ?? standIn)?.council?.time_zone);
function writeClock() {
    const text = calendar().time(store.now());
    for (const clock of clocks) if (clock.textContent !== text) clock.textContent = text;
}
function keepClock() {
    writeClock();
    takeNewer();
    setTimeout(keepClock, 1000 - (store.now() % 1000) + 5);
}

// — lost and found —

/** Milliseconds; a hiccup is not worth a sign. */
const patience = 1_500;
let signTimer = 0, again = 0;

/** @param {number} since UTC ms of the daemon */
function putUpSign(since) {
    clearTimeout(signTimer);
    signTimer = setTimeout(() => {
        if (store.state === null && standIn === null && last) {
            standIn = last.state;
            show();
        }
        sign.textContent = words.say("display.lost", { time: calendar().moment(since, store.now()) });
        sign.hidden = false;
    }, patience);
}

function showStatus(status) {
    clearInterval(again);
    page.dataset.wire = status.state;
    if (status.state === "live") {
        clearTimeout(signTimer);
        sign.hidden = true;
        askForNewer();
        return;
    }
    if (status.state === "damaged") {
        sign.textContent = words.say("record.restoring");
        sign.hidden = false;
        return;
    }
    // One screen in the hall asks at once and often: it is no stampede, and it must be back within a second.
    again = setInterval(() => wire.nudge(), 400);
    if (status.state === "lost" && store.state !== null) putUpSign(status.since + store.clockOffset);
}

// — newer pages, after an update of the daemon: taken when nobody reads the screen —

let newer = null;
const askForNewer = keepPage(page.dataset.shell, (version) => { newer = version; });

function takeNewer() {
    if (newer === null || !["empty", "waiting", "closed"].includes(painter.scene)) return;
    try {
        // Once for each version, whatever lies between here and the server.
        if (sessionStorage.getItem("plenary.display.newer") === newer) return;
        sessionStorage.setItem("plenary.display.newer", newer);
    } catch {
        return; // without a memory it might do so for ever
    }
    location.reload();
}

store.subscribe(() => {
    lastState.keep(store.state, store.clockOffset);
    show();
});
const wire = connect({
    hall, maxPause: 800, place: () => store.place, onStatus: showStatus,
    onMessage: (message) => {
        lastState.hear(store.now());
        return store.take(message);
    },
});
addEventListener("pagehide", () => lastState.write());
putUpSign(last?.heard ?? Date.now());
show();
keepClock();

addEventListener("resize", show);
document.fonts.addEventListener("loadingdone", () => {
    painter.forgetFonts();
    show();
});

// Only where it is asked for: a player is more to load than all the rest.
if (asked.get("picture") === "yes") {
    const { showPicture } = await import("./picture.js");
    showPicture(document.getElementById("display"), hall, show);
}

// The screen must not fall asleep; where the browser does not allow it, the operator's settings decide.
async function stayAwake() {
    try {
        if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen");
    } catch {
        // Not allowed here.
    }
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();

addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
