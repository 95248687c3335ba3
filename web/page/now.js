import { el } from "./dom.js";
import { speechLeft } from "../council/countdown.js";
import { queued, sittingStateWord, speakerName, speechKindWord } from "../council/words.js";

/** What is before the council: sitting, item, speaker, presence. `clock()`: the shown moment, UTC ms. @returns {Node[]} */
export function nowPanel(state, words, clock) {
    const { sitting } = state;
    if (!sitting) return [el("p", { class: "quiet" }, words.say("now.empty"))];
    return [
        el("div", { class: "sitting" },
            el("p", { class: "sitting-state", "data-state": sitting.status }, sittingStateWord(words, sitting.status)),
            el("p", { class: "sitting-title" }, sitting.title),
            sittingFacts(sitting, words, clock())),
        notice(state.notice, words, clock()),
        currentItem(state, words),
        speaker(state, words, clock),
        presence(state, words),
    ].filter(Boolean);
}

function notice(said, words, now) {
    if (!said) return null;
    const until = said.until ? words.say("now.until", { time: words.moment(said.until, now) }) : null;
    return el("p", { class: "notice" }, [said.text, until].filter(Boolean).join(" · "));
}

function sittingFacts(sitting, words, now) {
    if (sitting.status !== "scheduled") return null;
    const begins = sitting.scheduled_for ? words.say("now.begins", { time: words.moment(sitting.scheduled_for, now) }) : null;
    const facts = [begins, sitting.place].filter(Boolean);
    return facts.length ? el("p", { class: "facts" }, facts.join(" · ")) : null;
}

function currentItem(state, words) {
    const item = state.agenda?.items?.[state.current_item];
    if (!item) return null;
    const facts = [
        item.rapporteur ? words.say("now.rapporteur", { name: item.rapporteur }) : null,
        item.draft ? words.say("now.draft", { number: item.draft }) : null,
    ].filter(Boolean);
    return el("div", { class: "current" },
        el("p", { class: "eyebrow" }, words.say("now.itemNumber", { number: item.number })),
        el("h2", {}, item.title),
        facts.length ? el("p", { class: "facts" }, facts.join(" · ")) : null,
        documents(item));
}

/** Only addresses of the web are links. */
export function documents(item) {
    const links = (item.links ?? []).filter(({ url }) => /^https?:\/\//i.test(url));
    if (links.length === 0) return null;
    const link = ({ title, url }) => el("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, title);
    return el("ul", { class: "documents" }, links.map((one) => el("li", {}, link(one))));
}

function speaker(state, words, clock) {
    const { speech, queue = [] } = state.speakers ?? {};
    const next = queue.slice(0, queued).map((entry) => speakerName(entry, state.council)).join(", ");
    if (!speech && !next) return null;
    return el("div", { class: "speakers" },
        speech ? el("div", { class: "speech" },
            el("div", {},
                el("p", { class: "who" }, speakerName(speech.entry, state.council)),
                el("p", { class: "facts" },
                    [speechKindWord(words, speech.entry.kind), factionOf(speech.entry, state.council)].filter(Boolean).join(" · "))),
            el("council-countdown", { class: "left", ".clock": clock, ".source": source(speech) })) : null,
        next ? el("p", { class: "facts next" }, words.say("now.next", { names: queue.length > queued ? `${next}…` : next })) : null);
}

let lastSpeech = null;
let lastSource = null;

/** The same object for the same speech, so that the countdown goes on undisturbed. */
function source(speech) {
    if (speech !== lastSpeech) {
        lastSpeech = speech;
        lastSource = { left: (now) => speechLeft(speech, now), paused: speech.running_since === undefined };
    }
    return lastSource;
}

function factionOf(entry, council) {
    return council?.factions?.[council?.deputies?.[entry.deputy]?.faction]?.name ?? null;
}

function presence(state, words) {
    const { presence: here, sitting } = state;
    if (!here || sitting.status === "scheduled" || sitting.status === "closed") return null;
    const quorum = here.quorum ? words.say(here.quorum.met ? "now.quorum" : "now.noQuorum", { needed: here.quorum.needed }) : null;
    return el("p", { class: "facts presence", "data-met": here.quorum?.met === false ? "no" : null },
        [words.say("now.present", { count: here.count }), quorum].filter(Boolean).join(" · "));
}

