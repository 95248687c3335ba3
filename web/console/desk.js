import { deputyName, itemStateWord, roundStateWord, sittingStateWord, speakerName } from "../council/words.js";
import { intents, subjectOf } from "./commands.js";
import { agendaActions } from "./desk-agenda.js";
import { airActions } from "./desk-air.js";
import { deputyActions } from "./desk-deputies.js";
import { roundActions } from "./desk-rounds.js";
import { sittingActions } from "./desk-sitting.js";
import { speakerActions } from "./desk-speakers.js";
import { allowed, allowedOnAir, itemOf, nextAction, permissionFor, roundAtHand, roundOf, streamCommands } from "./next.js";

/** Actions that check for themselves what they lead to. */
const always = new Set(["next", "undo", "callRoll", "registerAll", "roll", "item", "deputy"]);

/**
 * The secretary's actions: each asks for confirmation (where there is no undo) or input, and hands an intent to the outbox.
 * They are methods from the `desk-….js` files; `run(name, …)` checks that permissions and state allow one, and `send` checks again after a dialog.
 */
export class Desk {
    #known = { from: null, make: null, allowed: null };
    /** Actions whose dialog is open or about to open: a second press does not open another. */
    #underWay = new Set();

    /** @param context `{ store, outbox, dialogs, stream, api, rules(), words(), permissions(), hall(), note(text), focus(where) }` */
    constructor(context) {
        this.context = context;
        const all = [sittingActions, agendaActions, speakerActions, deputyActions, roundActions, airActions];
        for (const actions of all) Object.assign(this, actions(this));
    }

    get state() { return this.context.store.state; }
    get words() { return this.context.words(); }
    say(key, values) { return this.words.say(key, values); }
    now() { return this.context.store.now(); }
    get make() { return this.#of(this.state).make; }
    name(id) { return deputyName(this.state.council.deputies[id] ?? { family: id }, "name", this.state.council.language); }
    speaker(entry) { return speakerName(entry, this.state.council); }

    /** Intents and allowed actions of a state, computed once for each state. */
    #of(state) {
        if (this.#known.from !== state || !this.#known.make) this.#known = { from: state, make: intents(state), allowed: allowed(state) };
        return this.#known;
    }

    may(name) {
        if (!this.context.permissions().includes(permissionFor(name))) return false;
        return name in streamCommands ? allowedOnAir(this.context.stream.value).has(name) : this.#of(this.state).allowed.has(name);
    }

    /** Runs an action unless permissions or state forbid it, or it is under way. */
    async run(name, ...subject) {
        if (this.#underWay.has(name) || (!always.has(name) && !this.may(name))) return;
        this.#underWay.add(name);
        try {
            await (name in streamCommands ? this.air(name) : this[name](...subject));
        } finally {
            this.#underWay.delete(name);
        }
    }

    /** Submits `intent`, unless the state no longer allows the action `name` it came from. */
    send(intent, name) {
        if (name && !this.may(name)) return this.context.note(this.say("movedOn", { now: this.#whatIsNow() }));
        this.context.outbox.submit({ ...intent, hall: this.context.hall() }, this.context.store.seq);
    }

    /** The current round, item or sitting with its state, in words. */
    #whatIsNow() {
        const { state, words } = this;
        const round = roundOf(state, roundAtHand(state));
        const item = itemOf(state, state?.current_item);
        if (round) return `${round.question}: ${roundStateWord(words, round.status)}`;
        if (item && state.sitting?.status === "open") return `${subjectOf(item)}: ${itemStateWord(words, item.state)}`;
        return state?.sitting ? sittingStateWord(words, state.sitting.status) : this.say("noSitting");
    }

    ask(title, text, button, more = {}) {
        return this.context.dialogs.ask({
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
        return this.context.outbox.entries.findLast((entry) => entry.state === "record" && entry.undo && !entry.undone
            && entry.hall === this.context.hall() && this.#isHere(entry.undo)) ?? null;
    }

    /** Only the current sitting's intents can be undone. */
    #isHere(intent) { return intent.steps.every(({ sitting }) => sitting === undefined || sitting === this.state?.sitting?.id); }

    undo() {
        const entry = this.undoable;
        if (!entry) return;
        entry.undone = true;
        this.send(entry.undo);
    }
}
