/**
 * The frame of the console: title, alert bar, on-air panel, and the strip with what was sent.
 * Each function draws its part of the page from `context`: `{ words, store, desk, outbox, stream, halls, hall, link, note, player }`.
 */

import { sittingStateWord } from "../council/words.js";
import { h, keep, mark, write } from "./dom.js";
import { alerts } from "./next.js";

const part = (id) => document.getElementById(id);

export function paintTop({ words, store: { state }, halls, hall }) {
    write(part("council"), state.council.name || halls.find(({ hall: name }) => name === hall)?.title || hall);
    write(part("sitting"), state.sitting ? `${sittingStateWord(words, state.sitting.status)} · ${state.sitting.title}` : words.say("noSitting"));
    document.title = words.say("title", { council: part("council").textContent });
}

/** The bar's button by alert: its text, and its action (without one it dismisses the alert). */
const alertActions = {
    refused: { word: "dismiss" }, timeOver: { word: "do.closeRound", action: "closeRound" },
    tie: { word: "do.chairVote", action: "chairVote" }, notOnAir: { word: "air.start", action: "start" },
};

export function paintBar(context) {
    const { words, store, desk, outbox, stream, link } = context;
    const bar = part("bar");
    const waiting = outbox.unanswered.filter((entry) => Date.now() - entry.at > 3000);
    const first = alerts({
        state: store.state, stream: stream.value, streamWanted: true, link,
        outbox: { unanswered: waiting.length, why: waiting.find(({ problem }) => problem) ?? null, refused: outbox.refused },
        now: store.now(), linkNow: Date.now(),
    })[0];
    mark(bar, "data-red", Boolean(first));
    mark(part("bar-words"), "role", first ? "alert" : null);
    write(part("bar-words"), first ? alertWords(context, first) : calmWords(context));
    const button = part("bar-button");
    const { word, action } = alertActions[first?.key] ?? {};
    button.hidden = !word || (action !== undefined && !desk.may(action));
    if (word) write(button, words.say(word));
    button.dataset.act = action ?? "dismiss";
    bar.hidden = false;
}

function alertWords({ words, store }, { key, entry, since, count, present, needed }) {
    const time = since ? words.moment(since, Date.now()) : "";
    if (entry) return words.say(`alert.${key}`, { what: nameOf(words, entry), why: words.refusal(entry.problem, store.state) });
    return words.say(`alert.${key}`, { time, count: count ?? "", present: present ?? "", needed: needed ?? "" });
}

function calmWords({ words, store: { state } }) {
    if (!state) return words.say("alert.connecting");
    const quorum = state.presence?.quorum;
    const parts = [words.say("alert.none")];
    if (quorum && ["open", "suspended"].includes(state.sitting?.status)) {
        parts.push(words.say(quorum.met ? "quorum.met" : "quorum.missing", { count: state.presence.count, needed: quorum.needed }));
    }
    return parts.join(" ");
}

const airOrder = ["start", "slateOn", "slateOff", "hide", "show", "stop"];

export function paintAir({ words, desk, outbox, stream, hall, player }) {
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
        ...(status?.failure ? [[words.say("onAir.failure"), failureWords(words, status.failure)]] : []),
    ];
    write(part("air-facts"), facts.map(([name, text]) => `${name}: ${text}`).join(" · "));
    const make = (name) => h("button", { type: "button", class: "plain", "data-do": name });
    keep(part("air-buttons"), airOrder.filter((name) => desk.may(name)), make, (button, name) => {
        write(button, words.say(`air.${name}`));
        button.disabled = outbox.isBusy(`air:${hall}`);
    });
    const veil = part("veil");
    const shows = player?.phase === "playing";
    veil.hidden = shows;
    if (!shows) write(veil, words.say(status ? `onAir.${onAir === "camera" ? "coming" : onAir}` : "onAir.unknown"));
}

/** Why there is no picture: translated when the kind is known, else as the daemon says it. */
const failureWords = (words, { kind, sentence, detail }) =>
    (words.has(`failure.${kind}`) ? words.say(`failure.${kind}`) : String(sentence ?? detail ?? kind ?? ""));

const nameOf = (words, entry) => [words.say(entry.name.includes(".") ? entry.name : `do.${entry.name}`), entry.subject].filter(Boolean).join(": ");
const stateOf = (words, entry) => (entry.steps[0].stream && entry.state === "record" ? words.say("sent.done") : words.say(`sent.${entry.state}`));

export function paintStrip({ words, desk, outbox, note }) {
    part("strip").hidden = false;
    const last = outbox.entries.at(-1);
    write(part("last-sent"), note || (last ? `${nameOf(words, last)} — ${stateOf(words, last)}` : words.say("sent.none")));
    mark(part("strip"), "data-state", note ? null : last?.state);
    const undoable = desk.undoable;
    const undo = part("undo");
    undo.hidden = !undoable || !desk.may(undoable.undo.name.replace(/^air\./, "").replace(/^state\..*/, "setItemState"));
    if (undoable) write(undo, words.say("undo", { what: nameOf(words, undoable.undo) }));
}

/** What this console has sent, newest first. */
export function sentList({ words, store, outbox }) {
    if (outbox.entries.length === 0) return h("p", {}, words.say("sent.none"));
    const line = (entry) => `${words.clock(entry.at)} · ${stateOf(words, entry)}${entry.problem ? `: ${words.refusal(entry.problem, store.state)}` : ""}`;
    return h("ol", { class: "sent" }, ...outbox.entries.slice(-60).reverse().map((entry) =>
        h("li", { "data-state": entry.state }, h("span", {}, nameOf(words, entry)), h("span", { class: "quiet" }, line(entry)))));
}
