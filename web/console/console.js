import "../council/countdown.js";
import "../council/hemicycle.js";
import { seatsOf } from "../council/seats.js";
import { CouncilStore } from "../council/store.js";
import { follow } from "../council/wire.js";
import { positions, marks, roundKindWord, sittingStateWord, speechKindWord, verdict } from "../council/words.js";
import { LivePlayer } from "../player/player.js";
import { NativePlayer } from "../player/native.js";
import { followLanguage } from "../page/language.js";
import { Outbox } from "./actions.js";
import { API, StreamWatch } from "./api.js";
import { subjectOf } from "./commands.js";
import { Desk } from "./desk.js";
import { Dialogs } from "./dialogs.js";
import { h, keep, mark, write } from "./dom.js";
import { everywhere, inAgenda, inRoll, keyOf, meaningOf, takesText } from "./keys.js";
import { Agenda, Roll } from "./lists.js";
import { Login } from "./login.js";
import { alerts, allowedOnAir, itemOf, nextAction, openRound, roundAtHand, roundOf } from "./next.js";
import { ConsoleWords, dressConsole } from "./words.js";

const part = (id) => document.getElementById(id);
const memory = { hall: "plenary.console.hall", keys: "plenary.console.keys", outbox: "plenary.console.outbox" };

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
        write: (entries) => { try { sessionStorage.setItem(memory.outbox, JSON.stringify(entries)); } catch { /* no storage: what waits is lost with the page */ } },
    },
});

const roles = () => session?.roles ?? [];
const desk = new Desk({
    get store() { return store; }, outbox, dialogs, stream, api, rules: () => api.rules(), words: () => words, roles, hall: () => hall,
    note(text) { note = text; renderSoon(); }, focus: (where) => (where === "roll" ? roll : agenda).focus(),
});
const agenda = new Agenda(part("agenda"), desk, () => words);
const roll = new Roll(part("roll"), desk, () => words);
const login = new Login(api, () => words, signedIn);

// — drawing —

let waiting = false;
function renderSoon() {
    if (waiting) return;
    waiting = true;
    // A window in the background draws no frames, and must be up to date when it is looked at.
    (document.hidden ? (draw) => setTimeout(draw, 200) : requestAnimationFrame)(() => {
        waiting = false;
        render();
    });
}

function render() {
    if (!words || !session) return;
    renderBar();
    renderAir();
    renderStrip();
    const state = store.state;
    if (!state) return;
    dialogs.refresh();
    renderTop(state);
    renderSpeakers(state);
    renderNow(state);
    agenda.render(state);
    part("agenda-empty").hidden = (state.agenda?.order.length ?? 0) > 0;
    renderRoll(state);
    for (const button of document.querySelectorAll("[data-do]")) {
        const name = button.dataset.do;
        if (name !== "next" && name !== "undo") button.hidden = !desk.may(name === "registerAll" ? "register" : name);
    }
    part("register-all").hidden = roll.mode !== "presence" || !desk.may("register") || state.presence.count >= Object.values(state.council.deputies).filter(({ role }) => role === "deputy").length;
}

function renderTop(state) {
    write(part("council"), state.council.name || halls.find(({ hall: name }) => name === hall)?.title || hall);
    write(part("sitting"), state.sitting ? `${sittingStateWord(words, state.sitting.status)} · ${state.sitting.title}` : words.say("noSitting"));
    document.title = words.say("title", { council: part("council").textContent });
}

function renderBar() {
    const bar = part("bar");
    const first = alerts({
        state: store.state, stream: stream.value, streamWanted: true, link,
        outbox: { unanswered: outbox.unanswered.filter(({ at }) => Date.now() - at > 3000).length, refused: outbox.refused },
        now: store.now(), linkNow: Date.now(),
    })[0];
    mark(bar, "data-red", Boolean(first));
    mark(part("bar-words"), "role", first ? "alert" : null);
    write(part("bar-words"), first ? alertWords(first) : calmWords());
    const button = part("bar-button");
    const act = { refused: "dismiss", timeOver: "do.closeRound", tie: "do.chairVote", notOnAir: "air.start" }[first?.key];
    const may = { timeOver: "closeRound", tie: "chairVote", notOnAir: "start" }[first?.key];
    button.hidden = !act || (may !== undefined && !desk.may(may));
    if (act) write(button, words.say(act));
    button.dataset.act = may ?? "dismiss";
    bar.hidden = false;
}

function alertWords({ key, entry, since, count, present, needed }) {
    const time = since ? words.moment(since, Date.now()) : "";
    if (key === "refused") return words.say("alert.refused", { what: nameOf(entry), why: words.refusal(entry.problem) });
    return words.say(`alert.${key}`, { time, count: count ?? "", present: present ?? "", needed: needed ?? "" });
}

function calmWords() {
    if (!store.state) return words.say("alert.connecting");
    const quorum = store.state.presence?.quorum;
    const parts = [words.say("alert.none")];
    if (quorum && ["open", "suspended"].includes(store.state.sitting?.status)) parts.push(words.say(quorum.met ? "quorum.met" : "quorum.missing", { count: store.state.presence.count, needed: quorum.needed }));
    return parts.join(" ");
}

function renderAir() {
    const status = stream.value;
    const air = part("air");
    air.hidden = false;
    const onAir = status ? (["stopped", "stopping"].includes(status.state) ? "nothing" : status.onAir) : "unknown";
    mark(air, "data-on", onAir);
    const seen = status?.viewers === undefined ? "" : ` · ${words.say("onAir.viewersShort", { count: status.viewers })}`;
    write(air.querySelector(".air-words"), words.say(`onAir.${onAir}`) + seen);
    const facts = [
        [words.say("onAir.state"), status ? words.say(`streamState.${status.state}`) : words.say("onAir.unknown")],
        ...(status?.viewers === undefined ? [] : [[words.say("onAir.viewers"), String(status.viewers)]]),
        ...(status?.vitals?.bitsPerSecond ? [[words.say("onAir.rate"), `${(status.vitals.bitsPerSecond / 1e6).toFixed(1)} Mbit/s`]] : []),
        ...(status?.failure ? [[words.say("onAir.failure"), String(status.failure.sentence ?? status.failure.detail ?? status.failure.kind ?? "")]] : []),
    ];
    write(part("air-facts"), facts.map(([name, text]) => `${name}: ${text}`).join(" · "));
    const offered = [...allowedOnAir(status)].filter((name) => desk.may(name));
    const order = ["start", "slateOn", "slateOff", "hide", "show", "stop"].filter((name) => offered.includes(name));
    keep(part("air-buttons"), order, (name) => h("button", { type: "button", class: "plain", "data-do": name }), (button, name) => {
        write(button, words.say(`air.${name}`));
        button.disabled = outbox.isBusy(`air:${hall}`);
    });
    const veil = part("veil");
    const shows = player?.phase === "playing";
    veil.hidden = shows;
    if (!shows) write(veil, words.say(status ? `onAir.${onAir === "camera" ? "coming" : onAir}` : "onAir.unknown"));
}

function renderSpeakers(state) {
    const { speech, queue } = state.speakers ?? { queue: [] };
    part("speech").hidden = !speech;
    if (speech) {
        write(part("speech-who"), desk.speaker(speech.entry));
        write(part("speech-kind"), speechKindWord(words, speech.entry.kind));
        const left = part("speech-left");
        left.clock = () => store.now();
        left.source = { left: (now) => speech.allotted - speech.spent - (speech.running_since === undefined ? 0 : now - speech.running_since), paused: speech.running_since === undefined };
    }
    part("queue-empty").hidden = Boolean(speech) || queue.length > 0;
    const byId = new Map(queue.map((entry) => [entry.id, entry]));
    const mayStart = desk.may("startSpeech");
    const mayRemove = desk.may("removeSpeaker");
    keep(part("queue"), queue.map(({ id }) => id), (id) => h("li", {}, h("span", {}, h("span"), h("span", { class: "quiet" })),
        h("button", { type: "button", class: "plain small", onclick: () => desk.run("startSpeech", id) }), h("button", { type: "button", class: "plain more", onclick: () => desk.run("removeSpeaker", id) }, "×")), (row, id) => {
        const entry = byId.get(id);
        const who = desk.speaker(entry);
        const [text, start, remove] = row.children;
        write(text.firstChild, who);
        write(text.lastChild, speechKindWord(words, entry.kind));
        write(start, words.say("do.startSpeech"));
        mark(start, "aria-label", `${words.say("do.startSpeech")}: ${who}`);
        start.hidden = !mayStart;
        mark(remove, "aria-label", `${words.say("do.removeSpeaker")}: ${who}`);
        remove.hidden = !mayRemove;
    });
    const { notice } = state;
    write(part("notice"), notice ? [notice.text, notice.until ? words.say("notice.until", { time: words.moment(notice.until, Date.now()) }) : ""].filter(Boolean).join(" · ") : "");
    part("notice").hidden = !notice;
}

function renderNow(state) {
    const item = itemOf(state, state.current_item);
    const id = roundAtHand(state);
    const round = roundOf(state, id);
    write(part("now-state"), item ? words.say("now.item", { state: words.say(`item.${item.state}`) }) : state.sitting ? sittingStateWord(words, state.sitting.status) : words.say("noSitting"));
    write(part("now-title"), item ? subjectOf(item) : state.sitting?.title ?? words.say("now.nothing"));
    write(part("now-detail"), item ? [item.rapporteur, item.draft].filter(Boolean).join(" · ") : state.sitting?.place ?? "");
    renderRound(state, round);
    const next = nextAction(state);
    const button = part("next");
    write(part("next-words"), words.say(`do.${next.key}`));
    write(part("next-about"), aboutNext(state, next));
    button.hidden = next.key !== "callRoll" && !desk.may(next.key);
    const busy = outbox.unfinished.some((entry) => entry.hall === hall && !entry.name.startsWith("cast."))
        || outbox.entries.some((entry) => entry.state === "record" && entry.hall === hall && entry.last > (store.seq ?? 0) && Date.now() - entry.at < 5000);
    mark(button, "aria-disabled", busy ? "true" : null);
    mark(button, "data-key", next.key);
    const others = ["openRegistration", "planRound", "repeatRound", "closeRound", "recordTotals", "announceRound", "annulRound", "suspendSitting", "resumeSitting", "schedule", "openSitting", "closeSitting", "importRoster", "importRules"]
        .filter((name) => name !== next.key && desk.may(name) && offers(name, state));
    keep(part("others"), others, (name) => h("button", { type: "button", class: "plain", "data-do": name }), (other, name) => write(other, words.say(name === "planRound" && (state.open_round || state.sitting.status !== "open") ? "do.plan" : `do.${name}`)));
}

/** Files are for before the sitting. */
const offers = (name, state) => !(name.startsWith("import") || name === "schedule") || !["open", "suspended"].includes(state.sitting?.status);

function aboutNext(state, { key, item, round, speaker }) {
    if (item && key === "takeUp") return subjectOf(itemOf(state, item));
    if (key === "planRound") return subjectOf(itemOf(state, state.current_item));
    if (round) return roundOf(state, round).question;
    if (speaker) return desk.speaker(state.speakers.queue[0]);
    if (key === "endSpeech") return desk.speaker(state.speakers.speech.entry);
    return words.has(`about.${key}`) ? words.say(`about.${key}`) : "";
}

function renderRound(state, round) {
    const shown = round && round.status !== "annulled";
    part("round").hidden = !shown;
    if (!shown) return;
    const said = verdict(words, round);
    write(part("round-question"), round.question);
    write(part("round-kind"), [roundKindWord(words, round.kind), round.method ? words.say(`method.${round.method}`) : "", words.say(`round.${round.status}`)].filter(Boolean).join(" · "));
    write(part("round-verdict"), said?.word ?? "");
    mark(part("round-verdict"), "data-outcome", said?.outcome);
    write(part("round-sentence"), said?.sentence ?? (round.status === "open" ? words.say("round.voted", { voted: round.voted ?? 0, all: Object.keys(round.entitled ?? {}).length }) : ""));
    const left = part("round-left");
    left.clock = () => store.now();
    left.source = { left: (now) => (round.ends_at === undefined ? null : Math.max(0, round.ends_at - now)), low: 5000 };
    const counts = round.result?.counts ?? round.counts;
    const kinds = counts && round.kind !== "registration" ? positions.filter((position) => ["yes", "no", "abstain"].includes(position) || (round.status !== "open" && counts[position] > 0)) : [];
    keep(part("counts"), kinds, (position) => h("li", { "data-choice": position }, h("span", { class: "figure" }), h("span", {})), (row, position) => {
        write(row.firstChild, String(counts[position]));
        write(row.lastChild, `${marks[position]} ${words.say(`count.${position}`)}`.trim());
    });
    const hemicycle = part("hemicycle");
    hemicycle.hidden = round.status === "scheduled";
    if (!hemicycle.hidden) hemicycle.model = { seats: seatsOf(state, round), label: [round.question, said?.sentence ?? part("round-sentence").textContent].filter(Boolean).join(". ") };
}

function renderRoll(state) {
    const open = state.open_round;
    const mine = {};
    const sending = new Set();
    for (const { hall: where, name, state: at, steps } of outbox.entries) {
        const [step] = steps;
        if (where !== hall || at === "refused") continue;
        if (step.command === "cast_ballot" && step.round === open) mine[step.deputy] = step.choice;
        if (at === "record" || at === "already") continue;
        if (step.command === "cast_ballot") sending.add(step.deputy);
        if (name === "register" || name === "depart") for (const id of step.deputies) sending.add(id);
    }
    const list = roll.render(state, mine, sending);
    const { mode } = roll;
    write(part("roll-title"), words.say(`roll.${mode}`));
    const quorum = state.presence?.quorum;
    const waits = list.filter(({ canVote }) => canVote).length;
    write(part("roll-facts"), [
        state.presence ? (quorum ? words.say("roll.present", { count: state.presence.count, needed: quorum.needed }) : words.say("quorum.unknown", { count: state.presence.count })) : "",
        mode === "vote" || mode === "registration" ? words.say("roll.waiting", { count: waits }) : "",
    ].filter(Boolean).join(" · "));
    write(part("roll-keys"), ["vote", "registration", "presence", "secret"].includes(mode) ? words.say(`roll.keys.${mode}`) : "");
}

const nameOf = (entry) => [words.say(entry.name.includes(".") ? entry.name : `do.${entry.name}`), entry.subject].filter(Boolean).join(": ");
const stateOf = (entry) => (entry.steps[0].wish && entry.state === "record" ? words.say("sent.done") : words.say(`sent.${entry.state}`));

function renderStrip() {
    part("strip").hidden = false;
    const last = outbox.entries.at(-1);
    const text = note || (last ? `${nameOf(last)} — ${stateOf(last)}` : words.say("sent.none"));
    write(part("last-sent"), text);
    mark(part("strip"), "data-state", note ? null : last?.state);
    const undoable = desk.undoable;
    const undo = part("undo");
    undo.hidden = !undoable || !desk.may(undoable.undo.name.replace(/^air\./, "").replace(/^state\..*/, "setItemState"));
    if (undoable) write(undo, words.say("undo", { what: nameOf(undoable.undo) }));
}

function showSent() {
    const list = h("ol", { class: "sent" }, ...outbox.entries.slice(-60).reverse().map((entry) => h("li", { "data-state": entry.state }, h("span", {}, nameOf(entry)), h("span", { class: "quiet" }, `${words.clock(entry.at)} · ${stateOf(entry)}${entry.problem ? `: ${words.refusal(entry.problem)}` : ""}`))));
    return dialogs.show(words.say("sent.title"), outbox.entries.length > 0 ? list : h("p", {}, words.say("sent.none")));
}

// — keys and presses —

const keysOn = () => { try { return localStorage.getItem(memory.keys) !== "off"; } catch { return true; } };

function showKeys() {
    const line = (keys, text) => [h("dt", {}, ...keys.map((key) => h("kbd", {}, key))), h("dd", {}, text)];
    const group = (title, entries) => [h("h3", {}, words.say(title)), h("dl", {}, ...entries.flat())];
    const box = h("input", { type: "checkbox", checked: keysOn(), onchange: () => { try { localStorage.setItem(memory.keys, box.checked ? "on" : "off"); } catch { /* for this visit only */ } } });
    return dialogs.show(words.say("keys.title"), h("div", { class: "keys-list" },
        ...group("keys.everywhere", everywhere.map(({ key, name }) => line([key.toUpperCase()], words.say(`keys.${name}`)))),
        ...group("keys.inRoll", inRoll.map(({ keys, name }) => line(keys.map((key) => (key === "Space" ? words.say("keys.space") : key)), words.say(`keys.${name}`)))),
        ...group("keys.inAgenda", inAgenda.map(({ keys, name }) => line(keys, words.say(`keys.${name}`)))),
        h("label", { class: "check" }, box, h("span", {}, words.say("keys.single")))));
}

const special = {
    goRoll: () => roll.focus(), goAgenda: () => agenda.focus(), help: showKeys, undo: () => desk.undo(), next: () => desk.next(),
    slate: () => desk.slate(), hidden: () => desk.hidden(), break: () => desk.break(), floor: () => desk.floor(), pause: () => desk.pause(), registerAll: () => desk.registerAll(),
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

/** The large button changes under the finger: a second press within half a second was meant for the first. */
let pressedAt = -Infinity;
function isSettling() {
    const soon = performance.now() - pressedAt < 500;
    if (!soon) pressedAt = performance.now();
    return soon || part("next").getAttribute("aria-disabled") === "true";
}

document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-do]");
    // The second click of a double click is no wish.
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

// — coming in —

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
    try { localStorage.setItem(memory.hall, name); } catch { /* chosen anew next time */ }
    part("desk").hidden = false;
    store.subscribe(renderSoon);
    link = { state: "connecting", since: Date.now() };
    connection = follow({ hall, store, most: 3000, onStatus(status) {
        if (status.state !== link.state) link = status;
        if (status.state === "live") outbox.resume();
        renderSoon();
    } });
    const video = part("video");
    player = LivePlayer.isSupported ? new LivePlayer(video, `/live/${encodeURIComponent(name)}/index.m3u8`) : new NativePlayer(video, `/live/${encodeURIComponent(name)}/index.m3u8`);
    player.muted = true;
    player.addEventListener("change", renderSoon);
    player.start();
    stream.whole = roles().includes("operator");
    stream.look();
    renderSoon();
}

stream.addEventListener("change", renderSoon);
outbox.addEventListener("change", renderSoon);
outbox.addEventListener("settled", ({ entry }) => {
    note = "";
    if (entry.steps[0].wish) stream.look();
});
let renewedAt = -Infinity;
/** The session may only have a new CSRF text, in another window; else somebody must sign in. */
outbox.addEventListener("login", async () => {
    const found = performance.now() - renewedAt > 10_000 ? await api.session().catch(() => null) : null;
    renewedAt = performance.now();
    if (found) outbox.resume();
    else login.ask();
});
globalThis.addEventListener("online", () => outbox.resume());
// What waits, time that is over and a link that is lost come without an event.
setInterval(renderSoon, 1000);

await followLanguage(part("language"), async (pages) => {
    words = await ConsoleWords.of(pages);
    dressConsole(document, words);
    login.dress();
    renderSoon();
});
await login.begin();
