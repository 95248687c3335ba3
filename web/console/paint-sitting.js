/** The sitting: speakers, current item and round, roll call. Each function draws its part from `context` (see `paint-bar.js`). */

import { seatsOf } from "../council/seats.js";
import { marks, positions, roundKindWord, sittingStateWord, speechKindWord, speechLeft, verdict } from "../council/words.js";
import { subjectOf } from "./commands.js";
import { h, keep, mark, write } from "./dom.js";
import { itemOf, nextAction, roundAtHand, roundOf } from "./next.js";

const part = (id) => document.getElementById(id);

export function paintSpeakers({ words, store, desk }) {
    const { state } = store;
    const { speech, queue } = state.speakers ?? { queue: [] };
    part("speech").hidden = !speech;
    if (speech) {
        write(part("speech-who"), desk.speaker(speech.entry));
        write(part("speech-kind"), speechKindWord(words, speech.entry.kind));
        const left = part("speech-left");
        left.clock = () => store.now();
        left.source = { left: (now) => speechLeft(speech, now), paused: speech.running_since === undefined };
    }
    part("queue-empty").hidden = Boolean(speech) || queue.length > 0;
    const byId = new Map(queue.map((entry) => [entry.id, entry]));
    const mayStart = desk.may("startSpeech");
    const mayRemove = desk.may("removeSpeaker");
    const waiting = (id) => h("li", {}, h("span", {}, h("span"), h("span", { class: "quiet" })),
        h("button", { type: "button", class: "plain small", onclick: () => desk.run("startSpeech", id) }),
        h("button", { type: "button", class: "plain more", onclick: () => desk.run("removeSpeaker", id) }, "×"));
    keep(part("queue"), queue.map(({ id }) => id), waiting, (row, id) => {
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
    const until = notice?.until ? words.say("notice.until", { time: words.moment(notice.until, Date.now()) }) : "";
    write(part("notice"), notice ? [notice.text, until].filter(Boolean).join(" · ") : "");
    part("notice").hidden = !notice;
}

/** The smaller buttons below the large one, in this order. */
const otherActions = [
    "openRegistration", "planRound", "repeatRound", "closeRound", "recordTotals", "announceRound", "annulRound",
    "suspendSitting", "resumeSitting", "schedule", "openSitting", "closeSitting", "importRoster", "importRules",
];

export function paintNow(context) {
    const { words, store, desk, outbox, hall } = context;
    const { state } = store;
    const item = itemOf(state, state.current_item);
    const id = roundAtHand(state);
    const round = roundOf(state, id);
    const sitting = state.sitting ? sittingStateWord(words, state.sitting.status) : words.say("noSitting");
    write(part("now-state"), item ? words.say("now.item", { state: words.say(`item.${item.state}`) }) : sitting);
    write(part("now-title"), item ? subjectOf(item) : state.sitting?.title ?? words.say("now.nothing"));
    write(part("now-detail"), item ? [item.rapporteur, item.draft].filter(Boolean).join(" · ") : state.sitting?.place ?? "");
    paintRound(context, round);
    const next = nextAction(state);
    const button = part("next");
    write(part("next-words"), words.say(`do.${next.key}`));
    write(part("next-about"), aboutNext(context, next));
    button.hidden = next.key !== "callRoll" && !desk.may(next.key);
    const busy = outbox.unfinished.some((entry) => entry.hall === hall && !entry.name.startsWith("cast."))
        || outbox.entries.some((entry) => entry.state === "record" && entry.hall === hall && entry.last > (store.seq ?? 0) && Date.now() - entry.at < 5000);
    mark(button, "aria-disabled", busy ? "true" : null);
    mark(button, "data-key", next.key);
    const others = otherActions.filter((name) => name !== next.key && desk.may(name) && offers(name, state));
    const onlyPlan = state.open_round || state.sitting?.status !== "open";
    const other = (name) => h("button", { type: "button", class: "plain", "data-do": name });
    keep(part("others"), others, other, (button, name) => write(button, words.say(name === "planRound" && onlyPlan ? "do.plan" : `do.${name}`)));
}

/** Files are imported and sittings scheduled before a sitting, not during it. */
const offers = (name, state) => !(name.startsWith("import") || name === "schedule") || !["open", "suspended"].includes(state.sitting?.status);

function aboutNext({ words, desk, store: { state } }, { key, item, round, speaker }) {
    if (item && key === "takeUp") return subjectOf(itemOf(state, item));
    if (key === "planRound") return subjectOf(itemOf(state, state.current_item));
    if (round) return roundOf(state, round).question;
    if (speaker) return desk.speaker(state.speakers.queue[0]);
    if (key === "endSpeech") return desk.speaker(state.speakers.speech.entry);
    return words.has(`about.${key}`) ? words.say(`about.${key}`) : "";
}

function paintRound({ words, store }, round) {
    const { state } = store;
    const shown = round && round.status !== "annulled";
    part("round").hidden = !shown;
    if (!shown) return;
    const said = verdict(words, round);
    write(part("round-question"), round.question);
    const method = round.method ? words.say(`method.${round.method}`) : "";
    write(part("round-kind"), [roundKindWord(words, round.kind), method, words.say(`round.${round.status}`)].filter(Boolean).join(" · "));
    write(part("round-verdict"), said?.word ?? "");
    mark(part("round-verdict"), "data-outcome", said?.outcome);
    const voted = () => words.say("round.voted", { voted: round.voted ?? 0, all: Object.keys(round.entitled ?? {}).length });
    write(part("round-sentence"), said?.sentence ?? (round.status === "open" ? voted() : ""));
    const left = part("round-left");
    left.clock = () => store.now();
    left.source = { left: (now) => (round.ends_at === undefined ? null : Math.max(0, round.ends_at - now)), low: 5000 };
    const counts = round.result?.counts ?? round.counts;
    const shows = (position) => ["yes", "no", "abstain"].includes(position) || (round.status !== "open" && counts[position] > 0);
    const kinds = counts && round.kind !== "registration" ? positions.filter(shows) : [];
    keep(part("counts"), kinds, (position) => h("li", { "data-choice": position }, h("span", { class: "figure" }), h("span", {})), (row, position) => {
        write(row.firstChild, String(counts[position]));
        write(row.lastChild, `${marks[position]} ${words.say(`count.${position}`)}`.trim());
    });
    const hemicycle = part("hemicycle");
    hemicycle.hidden = round.status === "scheduled";
    if (!hemicycle.hidden) {
        const label = [round.question, said?.sentence ?? part("round-sentence").textContent].filter(Boolean).join(". ");
        hemicycle.model = { seats: seatsOf(state, round), label };
    }
}

/** The list of deputies, and the line above it that says how far the roll call has come. */
export function paintRoll({ words, store: { state }, outbox, hall, roll }) {
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
    const present = !state.presence ? ""
        : quorum ? words.say("roll.present", { count: state.presence.count, needed: quorum.needed })
        : words.say("quorum.unknown", { count: state.presence.count });
    write(part("roll-facts"), [
        present,
        mode === "vote" || mode === "registration" ? words.say("roll.waiting", { count: waits }) : "",
    ].filter(Boolean).join(" · "));
    write(part("roll-keys"), ["vote", "registration", "presence", "secret"].includes(mode) ? words.say(`roll.keys.${mode}`) : "");
}
