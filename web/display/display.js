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
// The display uses the council's language, whatever the computer's is.
const words = await Words.load(chooseLanguage(asked.get("lang"), [page.lang], page.lang));
page.lang = words.language;
dress(document, words);

// The display never goes back, so it keeps no history.
const store = new CouncilStore({ keep: 0, maxEntries: 2 });
const painter = new Painter(document.getElementById("display"), () => store.now());
const sign = document.querySelector(".sign");
const announcement = document.getElementById("announcement");
const clocks = document.querySelectorAll(".clock");
let sceneTimer = 0, said = "";

// The stored last state stands in for the daemon's: at once when it is fresh (after F5), else when the daemon is away.
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
    clearTimeout(sceneTimer);
    writeClock();
    const now = store.now();
    const scene = draw(now);
    // A result or a break ends without an event. (A timer takes at most 2^31 − 1 ms.)
    if (scene.until !== null) sceneTimer = setTimeout(show, Math.min(2 ** 31 - 1, Math.max(50, scene.until - now)));
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
        // The stored state may be damaged, or from another version.
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

// — connection —

/** Milliseconds before a lost connection is shown. */
const patience = 1_500;
let signTimer = 0, nudgeTimer = 0;

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
    clearInterval(nudgeTimer);
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
    // A hall has few displays, and they must be back within a second: retry often.
    nudgeTimer = setInterval(() => wire.nudge(), 400);
    if (status.state === "lost" && store.state !== null) putUpSign(status.since + store.clockOffset);
}

// — newer pages, after an update of the daemon: loaded while the display shows nothing important —

let newer = null;
const askForNewer = keepPage(page.dataset.shell, (version) => { newer = version; });

function takeNewer() {
    if (newer === null || !["empty", "waiting", "closed"].includes(painter.scene)) return;
    try {
        // Reload only once for each version, whatever a proxy serves.
        if (sessionStorage.getItem("plenary.display.newer") === newer) return;
        sessionStorage.setItem("plenary.display.newer", newer);
    } catch {
        return; // without storage it might reload for ever
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

// Loaded only on request: the player is larger than all the rest.
if (asked.get("picture") === "yes") {
    const { showPicture } = await import("./picture.js");
    showPicture(document.getElementById("display"), hall, show);
}

// Keeps the screen awake where the browser allows it; elsewhere the computer's settings must.
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
