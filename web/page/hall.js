import { Past } from "../council/past.js";
import { CouncilStore } from "../council/store.js";
import { follow } from "../council/wire.js";
import { LivePlayer } from "../player/player.js";
import { NativePlayer } from "../player/native.js";
import { ChapterMarks } from "./chapter-marks.js";
import { Controls, wantsSound } from "./controls.js";
import { CouncilView } from "./council.js";
import { followLanguage } from "./language.js";
import { liveSource, MediaClock } from "./media-clock.js";
import { Places } from "./places.js";
import { wordsFor } from "./screens.js";
import { HallStatus } from "./status.js";

const hall = document.documentElement.dataset.hall;
const stage = document.getElementById("player");
const video = document.getElementById("video");
const screen = document.getElementById("screen");
const line = document.getElementById("now");

// The <video> has a source and controls only for visitors without a script.
const stream = video.getAttribute("src");
video.removeAttribute("src");
video.removeAttribute("controls");
video.preload = "auto";
video.muted = !wantsSound();
video.load();

const player = LivePlayer.isSupported ? new LivePlayer(video, stream) : new NativePlayer(video, stream);
const status = new HallStatus(hall);
const controls = new Controls(player, video, stage);
const store = new CouncilStore();
const clock = new MediaClock(liveSource(player, video), () => store.now());
const past = new Past(hall, store);
const council = new CouncilView(store, clock, past);
const chapters = new ChapterMarks({ player, store, past, seek: document.getElementById("seek") });
controls.chapters = chapters;
const places = new Places({ player, store, clock, council, past });
let words = null;
let movedAt = performance.now();

function show() {
    if (words === null) return;
    if (player.phase === "playing" || player.phase === "paused") movedAt = performance.now();
    const starvedFor = performance.now() - movedAt;
    status.calm = player.phase === "playing" || player.phase === "paused";
    const said = wordsFor(status.value, {
        phase: player.phase, following: player.following, hasShown: player.hasShown, hasPicture: player.hasPicture,
        inGap: player.inGap, problem: player.problem, starvedFor,
    }, status.silentSince);
    showScreen(said.screen);
    line.dataset.said = said.line?.key ?? "";
    write(line, said.line ? sentence(`line.${said.line.key}`, said.line.since) : "");
}

/** A text that overflows can be scrolled by keyboard (WCAG 2.1.1); otherwise the screen is no tab stop. */
function reachScreen() {
    if (screen.scrollHeight > screen.clientHeight || screen.scrollWidth > screen.clientWidth) screen.tabIndex = 0;
    else screen.removeAttribute("tabindex");
}
new ResizeObserver(reachScreen).observe(screen);

function showScreen(said) {
    screen.hidden = said === null;
    // Before the broadcast the controls have nothing to operate.
    stage.toggleAttribute("data-unbegun", said?.key === "notBegun");
    if (said === null) return;
    screen.toggleAttribute("data-veil", said.veil);
    write(screen.querySelector("h2"), words.say(`screen.${said.key}.title`));
    write(screen.querySelector(".since"), said.since === null ? "" : words.say("since", { time: words.moment(said.since, Date.now()) }));
    write(screen.querySelector(".next"), words.say(`screen.${said.key}.next`, { detail: said.detail }));
    reachScreen();
}

const sentence = (key, since) => (since ? `${words.say(key)} ${words.say("since", { time: words.moment(since, Date.now()) })}` : words.say(key));

function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

let phase = "";
player.addEventListener("change", () => {
    if (phase !== player.phase) {
        phase = player.phase;
        status.ask();
    }
    show();
});
player.addEventListener("position", () => {
    show();
    council.show();
});
video.addEventListener("seeked", () => council.show());
status.addEventListener("change", show);
globalThis.addEventListener("offline", () => status.ask());
globalThis.addEventListener("online", () => status.ask());
globalThis.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// For tests.
stage.livePlayer = player;
stage.council = { store, clock, view: council };

player.start();
status.ask();
follow({ hall, store, onStatus: (now) => { council.status = now; } });
await followLanguage(document.getElementById("language"), (loaded) => {
    words = loaded;
    controls.words = loaded;
    council.words = loaded;
    places.words = loaded;
    chapters.words = loaded;
    show();
});
