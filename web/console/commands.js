/**
 * Builds the intents that the console sends: `{ key, name, subject, steps, conflictsWith, undo }`. Pure; new ids are passed in.
 *
 * `key`: identifies the action, so that a second click sends nothing. `name`: the key of its text. `subject`: whom or what it concerns.
 * `steps`: commands in order; each waits for the one before; `{ stream }` is a stream command. `conflictsWith`: see `Outbox.submit`.
 * `undo`: the intent that reverts it, `null` where the rules allow none.
 */

import { itemOf } from "./next.js";
import { blockOf, carry, carryBack, endOfBlock } from "./tree.js";

/** Events that make a move based on an older order wrong. */
const reordering = ["item_moved", "item_added", "agenda"];

const one = (name, subject, command, more = {}) => ({
    key: more.key ?? keyOf(command), name, subject, steps: [command], conflictsWith: more.conflictsWith, undo: more.undo ?? null,
});

const keyOf = ({ command, sitting, ...fields }) => [command, sitting, ...Object.values(fields).filter((value) => typeof value !== "object")].join(":");

/** Intents for the sitting in `state`. */
export function intents(state) {
    const sitting = state?.sitting?.id;
    const make = (command, fields = {}) => ({ command, sitting, ...fields });
    const title = (item) => subjectOf(itemOf(state, item));
    const simple = (name, command) => one(name, state?.sitting?.title ?? "", make(command));
    const self = {
        schedule: (id, plan) => one("schedule", plan.title, { command: "schedule_sitting", sitting: id, ...plan }, { key: `schedule:${id}` }),
        openSitting: () => simple("openSitting", "open_sitting"),
        resumeSitting: () => simple("resumeSitting", "resume_sitting"),
        closeSitting: () => simple("closeSitting", "close_sitting"),
        suspendSitting: ({ until, notice }) => ({
            ...one("suspendSitting", notice ?? "", make("suspend_sitting", clean({ until, notice })), { key: `suspend_sitting:${sitting}` }),
            undo: simple("resumeSitting", "resume_sitting"),
        }),
        postNotice: ({ text, until }) => one("postNotice", text, make("post_notice", clean({ text, until })), {
            undo: state.notice ? one("postNotice", state.notice.text, make("post_notice", clean(state.notice))) : simple("clearNotice", "clear_notice"),
        }),
        clearNotice: () => ({
            ...simple("clearNotice", "clear_notice"),
            undo: state.notice ? one("postNotice", state.notice.text, make("post_notice", clean(state.notice))) : null,
        }),

        addItem: (item, index) => one("addItem", subjectOf(item), make("add_item", clean({ ...item, index })), { key: `add_item:${item.item}` }),
        /** `changed`: every field of the form; without `parent` the item stands on its own. */
        editItem: (id, changed) => {
            const { order, items } = state.agenda;
            const old = itemOf(state, id);
            const next = { ...old, ...changed, parent: changed.parent || undefined };
            const fields = (from) => make("edit_item", clean({
                item: id, number: from.number ?? "", title: from.title, rapporteur: from.rapporteur, draft: from.draft,
                links: from.links ?? [], parent: from.parent,
            }));
            // It moves to the end of its new parent's block, or just past its former parent's.
            const beside = old.parent === next.parent ? null : next.parent ?? old.parent;
            const rest = { order: order.filter((one) => one !== id), items };
            const [from, to] = [order.indexOf(id), beside ? endOfBlock(rest, beside) : order.indexOf(id)];
            const moves = (all) => all.map((move) => make("move_item", move));
            const key = `edit_item:${id}`;
            return {
                key, name: "editItem", subject: subjectOf(next),
                conflictsWith: ["item_edited", "agenda", ...(from === to ? [] : reordering)],
                steps: [fields(next), ...moves(carry(order, from, 1, to))],
                undo: { key, name: "editItem", subject: subjectOf(old), undo: null, steps: [fields(old), ...moves(carryBack(order, from, 1, to))] },
            };
        },
        /** Moves the item and its sub-items to index `to` of the order without them. */
        moveItem: (id, to) => {
            const { order } = state.agenda;
            const { start, size } = blockOf(state.agenda, id);
            const move = (moves, undo) => ({
                key: `move_item:${id}`, name: "moveItem", subject: title(id), conflictsWith: reordering, undo,
                steps: moves.map((one) => make("move_item", one)),
            });
            return move(carry(order, start, size, to), move(carryBack(order, start, size, to), null));
        },
        takeUp: (id) => {
            const before = state.current_item;
            return one("takeUp", title(id), make("take_up_item", { item: id }), {
                undo: before ? one("takeUp", title(before), make("take_up_item", { item: before })) : null,
            });
        },
        setItemState: (id, to, reason) => {
            const from = itemOf(state, id).state;
            return one(`state.${to}`, title(id), make("set_item_state", clean({ item: id, state: to, reason })), {
                key: `set_item_state:${id}:${to}`,
                undo: from === "voting" ? null : one(`state.${from}`, title(id), make("set_item_state", { item: id, state: from })),
            });
        },

        queueSpeaker: (entry, who, index) => one("queueSpeaker", who, make("queue_speaker", clean({ ...entry, index })), {
            key: `queue_speaker:${entry.speaker}`, undo: one("removeSpeaker", who, make("remove_speaker", { speaker: entry.speaker })),
        }),
        removeSpeaker: (id, who) => {
            const index = state.speakers.queue.findIndex((entry) => entry.id === id);
            const { id: speaker, ...entry } = state.speakers.queue[index] ?? { id };
            return one("removeSpeaker", who, make("remove_speaker", { speaker: id }), {
                undo: one("queueSpeaker", who, make("queue_speaker", clean({ speaker, ...entry, index }))),
            });
        },
        startSpeech: (id, who) => one("startSpeech", who, make("start_speech", { speaker: id })),
        pauseSpeech: (who) => ({ ...simple("pauseSpeech", "pause_speech"), subject: who, undo: { ...simple("resumeSpeech", "resume_speech"), subject: who } }),
        resumeSpeech: (who) => ({ ...simple("resumeSpeech", "resume_speech"), subject: who, undo: { ...simple("pauseSpeech", "pause_speech"), subject: who } }),
        extendSpeech: (seconds, who) => one("extendSpeech", who, make("extend_speech", { seconds })),
        /** `again`: the id of the queue entry with which undo gives the floor back, for `seconds`. */
        endSpeech: (who, again, seconds) => {
            const { id, ...entry } = state.speakers.speech.entry;
            const back = {
                key: `again:${again}`, name: "startSpeech", subject: who, undo: null,
                steps: [
                    make("queue_speaker", clean({ speaker: again, ...entry, seconds: Math.max(1, seconds), index: 0 })),
                    make("start_speech", { speaker: again }),
                ],
            };
            return { ...simple("endSpeech", "end_speech"), key: `end_speech:${id}`, subject: who, undo: back };
        },

        register: (ids, who) => ({ ...self.here("register", ids, who), undo: self.here("depart", ids, who) }),
        depart: (ids, who) => ({ ...self.here("depart", ids, who), undo: self.here("register", ids, who) }),
        here: (name, ids, who) => ({ key: `${name}:${ids.join(",")}`, name, subject: who, steps: [make(name, { deputies: ids })], undo: null }),
        declareRecusal: (item, deputy, reason, who) => one("declareRecusal", who, make("declare_recusal", { item, deputy, reason }), {
            key: `recusal:${item}:${deputy}`, undo: one("withdrawRecusal", who, make("withdraw_recusal", { item, deputy })),
        }),
        withdrawRecusal: (item, deputy, who) => one("withdrawRecusal", who, make("withdraw_recusal", { item, deputy }), { key: `recusal:${item}:${deputy}` }),

        planRound: (id, plan) => one("plan", plan.question, make("plan_round", clean({ round: id, ...plan })), { key: `plan:${id}` }),
        openRound: (id, question) => one("openRound", question, make("open_round", { round: id })),
        /** When two consoles plan at once, the second gets a conflict and plans nothing. */
        planAndOpen: (id, plan) => ({
            key: `open_new_round:${sitting}`, name: "openRound", subject: plan.question, undo: null,
            conflictsWith: ["round_planned", "round_opened", "sitting_"],
            steps: [make("plan_round", clean({ round: id, ...plan })), make("open_round", { round: id })],
        }),
        closeRound: (id, question) => one("closeRound", question, make("close_round", { round: id })),
        castBallot: (round, deputy, choice, who) =>
            one(`cast.${choice}`, who, make("cast_ballot", { round, deputy, choice }), { key: `ballot:${round}:${deputy}` }),
        correctBallot: (round, deputy, choice, reason, who) =>
            one(`correct.${choice}`, who, make("correct_ballot", { round, deputy, choice, reason }), { key: `correct:${round}:${deputy}` }),
        recordTotals: (round, totals, question) =>
            one("recordTotals", question, make("record_secret_totals", { round, ...totals }), { key: `totals:${round}` }),
        chairVote: (round, deputy, choice, who) => one(`chair.${choice}`, who, make("cast_chair_vote", { round, deputy, choice }), { key: `chair:${round}` }),
        announceRound: (id, question) => one("announceRound", question, make("announce_round", { round: id })),
        annulRound: (id, reason, question) => one("annulRound", question, make("annul_round", { round: id, reason }), { key: `annul:${id}` }),

        air: (stream, hall) => ({ key: `air:${hall}`, name: `air.${stream}`, subject: "", steps: [{ stream }], undo: null }),
    };
    return self;
}

/** `fields` without empty ones. */
export function clean(fields) {
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== ""));
}

/** An item in one line. */
export const subjectOf = (item) => (item ? `${item.number ? `${item.number}. ` : ""}${item.title}` : "");

/** A fresh id: a letter and ten random hexadecimal digits. */
export function freshId(letter, bytes = crypto.getRandomValues(new Uint8Array(5))) {
    return `${letter}-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
