import "../council/countdown.js";
import "../council/hemicycle.js";
import { CouncilStore } from "../council/store.js";
import { follow } from "../council/wire.js";
import { LivePlayer } from "../player/player.js";
import { NativePlayer } from "../player/native.js";
import { followLanguage } from "../page/language.js";
import { Outbox } from "./actions.js";
import { API, StreamWatch } from "./api.js";
import { Desk } from "./desk.js";
import { Dialogs } from "./dialogs.js";
import { keyOf, meaningOf, takesText } from "./keys.js";
import { keysList, keysOn } from "./keys-list.js";
import { Agenda, Roll } from "./lists.js";
import { Login } from "./login.js";
import { paintAir, paintBar, paintStrip, paintTop, sentList } from "./paint-bar.js";
import { paintNow, paintRoll, paintSpeakers } from "./paint-sitting.js";
import { ConsoleWords, dressConsole } from "./words.js";

const part = (id) => document.getElementById(id);
const memory = { hall: "plenary.console.hall", outbox: "plenary.console.outbox" };

let words = null;
let session = null;
let hall = "";
let halls = [];
let store = new CouncilStore();
let link = { state: "connecting", since: Date.now() };
let connection = null;
let player = null;
let note = "";

const api = new API();
const stream = new StreamWatch(api);
const dialogs = new Dialogs(() => words);
const outbox = new Outbox({
    send: (step, id, entry) => api.send(entry.hall, step, id),
    uuid: () => crypto.randomUUID(),
    pause: (ms, give) => new Promise((resolve) => {
        const timer = ms === Infinity ? 0 : setTimeout(resolve, ms);
        give(() => { clearTimeout(timer); resolve(); });
    }),
    keep: {
        read: () => { try { return JSON.parse(sessionStorage.getItem(memory.outbox) ?? "[]"); } catch { return []; } },
        write: (entries) => {
            try {
                sessionStorage.setItem(memory.outbox, JSON.stringify(entries));
            } catch {
                // No storage: a reload loses unfinished entries.
            }
        },
    },
});

const permissions = () => session?.permissions ?? [];
const desk = new Desk({
    get store() { return store; },
    outbox, dialogs, stream, api, rules: () => api.rules(), words: () => words, permissions, hall: () => hall,
    note(text) { note = text; renderSoon(); }, focus: (where) => (where === "roll" ? roll : agenda).focus(),
});
const agenda = new Agenda(part("agenda"), desk, () => words);
const roll = new Roll(part("roll"), desk, () => words);
const login = new Login(api, () => words, signedIn);

// — drawing —

const context = {
    desk, outbox, stream, roll,
    get words() { return words; }, get store() { return store; }, get halls() { return halls; }, get hall() { return hall; },
    get link() { return link; }, get note() { return note; },
    get player() { return player; },
};

let waiting = false;
function renderSoon() {
    if (waiting) return;
    waiting = true;
    // A hidden window gets no animation frames, and must still be up to date when it is shown.
    (document.hidden ? (draw) => setTimeout(draw, 200) : requestAnimationFrame)(() => {
        waiting = false;
        render();
    });
}

function render() {
    if (!words || !session) return;
    words.zone = store.state?.council?.time_zone;
    paintBar(context);
    paintAir(context);
    paintStrip(context);
    const { state } = store;
    if (!state) return;
    dialogs.refresh();
    paintTop(context);
    paintSpeakers(context);
    paintNow(context);
    agenda.render(state);
    part("agenda-empty").hidden = (state.agenda?.order.length ?? 0) > 0;
    paintRoll(context);
    for (const button of document.querySelectorAll("[data-do]")) {
        const name = button.dataset.do;
        if (name !== "next" && name !== "undo") button.hidden = !desk.may(name === "registerAll" ? "register" : name);
    }
    const deputies = Object.values(state.council.deputies).filter(({ role }) => role === "deputy").length;
    part("register-all").hidden = roll.mode !== "presence" || !desk.may("register") || state.presence.count >= deputies;
    // Which event of the record the page shows.
    part("desk").dataset.seq = store.seq;
}

// — keyboard and buttons —

const showKeys = () => dialogs.show(words.say("keys.title"), keysList(words));
const showSent = () => dialogs.show(words.say("sent.title"), sentList(context));

const special = {
    goRoll: () => roll.focus(), goAgenda: () => agenda.focus(), help: showKeys, undo: () => desk.undo(), next: () => desk.next(),
    slate: () => desk.slate(), hidden: () => desk.hidden(), break: () => desk.break(), floor: () => desk.floor(),
    pause: () => desk.pause(), registerAll: () => desk.registerAll(),
    air: () => desk.onAir(), session: () => desk.session(), figures: () => desk.figures(),
};
const act = (name) => { note = ""; return (special[name] ?? (() => desk.run(name)))(); };

document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || !session || !words || Dialogs.isOpen || takesText(event.target)) return;
    const name = meaningOf(keyOf(event));
    if (!name || (!keysOn() && name !== "help")) return;
    if (name === "next" && isSettling()) return;
    event.preventDefault();
    act(name);
});

/** The large button's action changes after a press: a second press within half a second was meant for the old one. */
let pressedAt = -Infinity;
function isSettling() {
    const soon = performance.now() - pressedAt < 500;
    if (!soon) pressedAt = performance.now();
    return soon || part("next").getAttribute("aria-disabled") === "true";
}

document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-do]");
    // Ignore the second click of a double click.
    if (!button || event.detail > 1) return;
    if (button.id === "next" && isSettling()) return;
    act(button.dataset.do);
});

part("bar-button").addEventListener("click", () => {
    const { act: name } = part("bar-button").dataset;
    if (name === "dismiss") for (const entry of outbox.refused.slice(0, 1)) outbox.dismiss(entry);
    else desk.run(name);
});
part("help-button").addEventListener("click", showKeys);
part("sent-button").addEventListener("click", showSent);
part("sign-out").addEventListener("click", async () => {
    await api.signOut().catch(() => {});
    location.reload();
});
part("hall").addEventListener("change", () => enter(part("hall").value));

// — sign-in and choice of the hall —

async function signedIn(found) {
    session = found;
    part("sign-out").hidden = false;
    outbox.resume();
    if (hall) return renderSoon();
    await chooseHall();
    outbox.restore();
}

async function chooseHall() {
    const answer = await api.halls();
    const mine = session.halls?.length ? (name) => session.halls.includes(name) : () => true;
    halls = (Array.isArray(answer.body) ? answer.body : []).filter(({ hall: name }) => mine(name));
    const pick = part("hall");
    pick.replaceChildren(...halls.map(({ hall: name, title }) => new Option(title, name)));
    part("hall-pick").hidden = halls.length < 2;
    let kept = null;
    try { kept = localStorage.getItem(memory.hall); } catch { /* none */ }
    const wanted = new URLSearchParams(location.search).get("hall") ?? kept ?? document.documentElement.dataset.hall;
    const first = halls.find(({ hall: name }) => name === wanted) ?? halls[0];
    if (!first) {
        note = words.say("noHall");
        return renderSoon();
    }
    pick.value = first.hall;
    enter(first.hall);
}

function enter(name) {
    connection?.close();
    player?.stop?.();
    [hall, api.hall, store, note] = [name, name, new CouncilStore(), ""];
    try { localStorage.setItem(memory.hall, name); } catch { /* the choice holds for this visit only */ }
    part("desk").hidden = false;
    store.subscribe(renderSoon);
    link = { state: "connecting", since: Date.now() };
    connection = follow({ hall, store, maxPause: 3000, onStatus(status) {
        if (status.state !== link.state) link = status;
        if (status.state === "live") outbox.resume();
        renderSoon();
    } });
    const video = part("video");
    const address = `/live/${encodeURIComponent(name)}/index.m3u8`;
    player = LivePlayer.isSupported ? new LivePlayer(video, address) : new NativePlayer(video, address);
    player.muted = true;
    player.addEventListener("change", renderSoon);
    player.start();
    stream.full = permissions().includes("streams");
    stream.poll();
    renderSoon();
}

stream.addEventListener("change", renderSoon);
outbox.addEventListener("change", renderSoon);
outbox.addEventListener("settled", ({ entry }) => {
    note = "";
    if (entry.steps[0].stream) stream.poll();
});
let renewedAt = -Infinity;
/** Another window may only have changed the session's CSRF token; else somebody must sign in. */
outbox.addEventListener("login", async () => {
    const found = performance.now() - renewedAt > 10_000 ? await api.session().catch(() => null) : null;
    renewedAt = performance.now();
    if (found) outbox.resume();
    else login.ask();
});
globalThis.addEventListener("online", () => outbox.resume());
// Retries, elapsed time and a lost connection raise no event.
setInterval(renderSoon, 1000);

await followLanguage(part("language"), async (pages) => {
    words = await ConsoleWords.of(pages);
    dressConsole(document, words);
    login.translate();
    renderSoon();
});
await login.begin();
