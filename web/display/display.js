import "../council/countdown.js";
import "../council/hemicycle.js";
import { CouncilStore } from "../council/store.js";
import { follow } from "../council/wire.js";
import { chooseLanguage, dress, Words } from "../page/language.js";
import { Calendar } from "./calendar.js";
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
const store = new CouncilStore({ keep: 0, most: 2 });
const painter = new Painter(document.getElementById("display"), () => store.now());
const sign = document.querySelector(".sign");
const announcement = document.getElementById("announcement");
const clocks = document.querySelectorAll(".clock");
let turn = 0, said = "";

function show() {
    clearTimeout(turn);
    writeClock();
    const now = store.now();
    const scene = sceneOf(store.state, now, words, hallTitle);
    painter.show(scene);
    // The end of a result or of a break comes by the clock alone. (A timer takes no more than 24 days.)
    if (scene.until !== null) turn = setTimeout(show, Math.min(2 ** 31 - 1, Math.max(50, scene.until - now)));
    const text = scene.name === "result" ? `${scene.word}. ${scene.sentence}` : "";
    if (text !== said) {
        said = text;
        if (text) announcement.textContent = text;
    }
}

// — the clock —

function writeClock() {
    const text = new Calendar(words, store.state?.council?.time_zone).time(store.now());
    for (const clock of clocks) if (clock.textContent !== text) clock.textContent = text;
}
function keepClock() {
    writeClock();
    setTimeout(keepClock, 1000 - (store.now() % 1000) + 5);
}

// — lost and found —

let signTimer = 0, again = 0;
function showStatus(status) {
    clearTimeout(signTimer);
    clearInterval(again);
    page.dataset.wire = status.state;
    if (status.state === "live") {
        sign.hidden = true;
        return;
    }
    // One screen in the hall asks at once and often: it is no stampede, and it must be back within a second.
    again = setInterval(() => wire.nudge(), 400);
    if (status.state === "lost") {
        signTimer = setTimeout(() => {
            sign.textContent = words.say("display.lost", { time: new Calendar(words, store.state?.council?.time_zone).time(status.since + store.clockOffset) });
            sign.hidden = false;
        }, 1500);
    }
}

store.subscribe(show);
const wire = follow({ hall, store, most: 800, onStatus: showStatus });
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
