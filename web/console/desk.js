import { deputyName, itemStateWord, roundStateWord, sittingStateWord, speakerName } from "../council/words.js";
import { intents, subjectOf } from "./commands.js";
import { agendaDeeds } from "./desk-agenda.js";
import { airDeeds } from "./desk-air.js";
import { deputyDeeds } from "./desk-deputies.js";
import { roundDeeds } from "./desk-rounds.js";
import { sittingDeeds } from "./desk-sitting.js";
import { speakerDeeds } from "./desk-speakers.js";
import { allowed, allowedOnAir, itemOf, nextAction, permissionFor, roundAtHand, roundOf, streamCommands } from "./next.js";

/** What is allowed whenever something it leads to is. */
const always = new Set(["next", "undo", "callRoll", "registerAll", "roll", "item", "deputy"]);

/**
 * What the person at the desk wants, as questions (where the record knows no way back, or something must be said) and intents for the outbox.
 * Every wish is a method of one of the `desk-….js`; `run(name, …)` asks first whether role and state allow it, and again after a question.
 */
export class Desk {
    #known = { from: null, make: null, allowed: null };
    /** Wishes whose question is on its way or open: pressed again, they are not asked twice. */
    #underWay = new Set();

    /** @param at `{ store, outbox, dialogs, stream, api, rules(), words(), permissions(), hall(), note(text), focus(where) }` */
    constructor(at) {
        this.at = at;
        for (const deeds of [sittingDeeds, agendaDeeds, speakerDeeds, deputyDeeds, roundDeeds, airDeeds]) Object.assign(this, deeds(this));
    }

    get state() { return this.at.store.state; }
    get words() { return this.at.words(); }
    say(key, values) { return this.words.say(key, values); }
    now() { return this.at.store.now(); }
    get make() { return this.#of(this.state).make; }
    name(id) { return deputyName(this.state.council.deputies[id] ?? { family: id }, "name", this.state.council.language); }
    speaker(entry) { return speakerName(entry, this.state.council); }

    /** What follows from a state, worked out once for each. */
    #of(state) {
        if (this.#known.from !== state || !this.#known.make) this.#known = { from: state, make: intents(state), allowed: allowed(state) };
        return this.#known;
    }

    may(name) {
        if (!this.at.permissions().includes(permissionFor(name))) return false;
        return name in streamCommands ? allowedOnAir(this.at.stream.value).has(name) : this.#of(this.state).allowed.has(name);
    }

    /** Runs a wish unless role or state forbid it, or it is under way. */
    async run(name, ...subject) {
        if (this.#underWay.has(name) || (!always.has(name) && !this.may(name))) return;
        this.#underWay.add(name);
        try {
            await (name in streamCommands ? this.air(name) : this[name](...subject));
        } finally {
            this.#underWay.delete(name);
        }
    }

    /** Sends, unless the state has moved on while a person was asked. */
    send(intent, name) {
        if (name && !this.may(name)) return this.at.note(this.say("movedOn", { now: this.#whatIsNow() }));
        this.at.outbox.submit({ ...intent, hall: this.at.hall() }, this.at.store.seq);
    }

    /** What another console, or time, has made of it. */
    #whatIsNow() {
        const { state, words } = this;
        const round = roundOf(state, roundAtHand(state));
        const item = itemOf(state, state?.current_item);
        if (round) return `${round.question}: ${roundStateWord(words, round.status)}`;
        if (item && state.sitting?.status === "open") return `${subjectOf(item)}: ${itemStateWord(words, item.state)}`;
        return state?.sitting ? sittingStateWord(words, state.sitting.status) : this.say("noSitting");
    }

    ask(title, text, button, more = {}) {
        return this.at.dialogs.ask({
            title, text: typeof text === "function" ? text : [text].flat(),
            buttons: [{ value: "yes", word: button, danger: more.danger }], fields: more.fields,
        });
    }

    next() {
        const { key, item, round, speaker } = nextAction(this.state);
        const subject = key === "takeUp" ? item : key === "startSpeech" ? speaker : key === "addItem" || key === "planRound" ? undefined : round;
        return this.run(key, subject);
    }

    get undoable() {
        return this.at.outbox.entries.findLast((entry) => entry.state === "record" && entry.undo && !entry.undone
            && entry.hall === this.at.hall() && this.#isHere(entry.undo)) ?? null;
    }

    /** An intent of a sitting that is no longer on show is not taken back. */
    #isHere(intent) { return intent.steps.every(({ sitting }) => sitting === undefined || sitting === this.state?.sitting?.id); }

    undo() {
        const entry = this.undoable;
        if (!entry) return;
        entry.undone = true;
        this.send(entry.undo);
    }
}
