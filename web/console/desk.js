import { speakerName, deputyName, itemStateWord, roundKindWord, roundKinds, speechKinds, speechKindWord, speechLeft, verdict } from "../council/words.js";
import { freshId, intents, subjectOf } from "./commands.js";
import { allowed, allowedOnAir, itemOf, mayDo, nextAction, openRound, roundAtHand, roundOf, roundsOf, roundToAnnul, roundToRepeat } from "./next.js";
import { importFile } from "./files.js";

/** Streams' wishes as the API names them. */
const wishes = { start: "start", stop: "stop", slateOn: "slate-on", slateOff: "slate-off", hide: "hide", show: "show" };

/**
 * What the person at the desk wants, as questions (where the record knows no way back, or something must be said) and intents for the outbox.
 * Every wish is a method; `run(name, …)` asks first whether role and state allow it, and again after a question.
 */
export class Desk {
    #at;

    /** @param at `{ store, outbox, dialogs, stream, api, words(), roles(), hall(), note(text), focus(where) }` */
    constructor(at) {
        this.#at = at;
    }

    get state() { return this.#at.store.state; }
    #say(key, values) { return this.#at.words().say(key, values); }
    #now() { return this.#at.store.now(); }
    get #make() { return intents(this.state); }
    name(id) { return deputyName(this.state.council.deputies[id] ?? { family: id }, "name", this.state.council.language); }
    speaker(entry) { return speakerName(entry, this.state.council); }

    may(name) {
        if (!mayDo(this.#at.roles(), name)) return false;
        return name in wishes ? allowedOnAir(this.#at.stream.value).has(name) : allowed(this.state).has(name);
    }

    /** Runs a wish unless role or state forbid it. */
    async run(name, ...subject) {
        const meta = { next: 1, undo: 1, callRoll: 1, registerAll: 1, roll: 1, item: 1, deputy: 1, rounds: 1 };
        if (!(name in meta) && !this.may(name)) return;
        await (name in wishes ? this.#air(name) : this[name](...subject));
    }

    /** Sends, unless the state has moved on while a person was asked. */
    #send(intent, name) {
        if (name && !this.may(name)) return this.#at.note(this.#say("movedOn"));
        this.#at.outbox.submit({ ...intent, hall: this.#at.hall() }, this.#at.store.seq);
    }

    #ask(title, text, button, more = {}) {
        return this.#at.dialogs.ask({ title, text: typeof text === "function" ? text : [text].flat(), buttons: [{ value: "yes", word: button, danger: more.danger }], fields: more.fields });
    }

    // — what is next, and back —

    next() {
        const { key, item, round, speaker } = nextAction(this.state);
        const subject = key === "takeUp" ? item : key === "startSpeech" ? speaker : key === "addItem" || key === "planRound" ? undefined : round;
        return this.run(key, subject);
    }

    get undoable() {
        return this.#at.outbox.entries.findLast((entry) => entry.state === "record" && entry.undo && !entry.undone && entry.hall === this.#at.hall() && this.#isHere(entry.undo)) ?? null;
    }

    /** An intent of a sitting that is no longer on show is not taken back. */
    #isHere(intent) { return intent.steps.every(({ sitting }) => sitting === undefined || sitting === this.state?.sitting?.id); }

    undo() {
        const entry = this.undoable;
        if (!entry) return;
        entry.undone = true;
        this.#send(entry.undo);
    }

    // — the sitting —

    async schedule() {
        const id = freshId("s");
        const old = this.state?.sitting;
        const answer = await this.#ask(this.#say("do.schedule"), this.#say("schedule.text"), "do.schedule", { fields: [
            { name: "title", label: this.#say("field.title"), required: true, most: 2000 },
            { name: "scheduled_for", label: this.#say("field.when"), kind: "time", value: Math.ceil(this.#now() / 900_000) * 900_000 },
            { name: "place", label: this.#say("field.place"), value: old?.place },
            { name: "term", label: this.#say("field.term"), half: true, value: old?.term },
            { name: "session", label: this.#say("field.session"), half: true },
        ] });
        if (answer) this.#send(this.#make.schedule(id, cleaned(answer.values)), "schedule");
    }

    async openSitting() {
        if (await this.#ask(this.#say("do.openSitting"), [this.state.sitting.title, this.#say("openSitting.text")], "do.openSitting")) this.#send(this.#make.openSitting(), "openSitting");
    }

    async suspendSitting() {
        const answer = await this.#ask(this.#say("do.suspendSitting"), this.#say("suspend.text"), "do.suspendSitting", { fields: [
            { name: "notice", label: this.#say("field.notice"), most: 500 },
            { name: "until", label: this.#say("field.until"), kind: "time", value: Math.ceil((this.#now() + 600_000) / 300_000) * 300_000 },
        ] });
        if (answer) this.#send(this.#make.suspendSitting(answer.values), "suspendSitting");
    }

    resumeSitting() { this.#send(this.#make.resumeSitting()); }

    async closeSitting() {
        const left = this.state.agenda.order.filter((id) => ["pending", "under_discussion", "voting"].includes(itemOf(this.state, id).state)).length;
        const text = [this.#say("closeSitting.text"), left > 0 ? this.#say("closeSitting.left", { count: left }) : ""];
        if (await this.#ask(this.#say("do.closeSitting"), text, "do.closeSitting", { danger: true })) this.#send(this.#make.closeSitting(), "closeSitting");
    }

    async postNotice() {
        const answer = await this.#ask(this.#say("do.postNotice"), this.#say("notice.text"), "do.postNotice", { fields: [
            { name: "text", label: this.#say("field.notice"), required: true, most: 500, value: this.state.notice?.text },
            { name: "until", label: this.#say("field.until"), kind: "time" },
        ] });
        if (answer) this.#send(this.#make.postNotice(answer.values), "postNotice");
    }

    clearNotice() { this.#send(this.#make.clearNotice()); }

    importRoster() { return importFile("roster", this.#at); }
    importRules() { return importFile("rules", this.#at); }
    importAgenda() { return importFile("agenda", this.#at); }

    // — the agenda —

    async addItem() {
        const id = freshId("i");
        const order = this.state.agenda.order;
        const numbers = order.map((one) => Number.parseInt(itemOf(this.state, one).number, 10)).filter(Number.isFinite);
        const values = await this.#itemForm(this.#say("do.addItem"), { number: String(Math.max(0, ...numbers) + 1) });
        if (values) this.#send(this.#make.addItem({ item: id, ...values, number: values.number ?? "" }), "addItem");
    }

    async editItem(id) {
        const values = await this.#itemForm(this.#say("do.editItem"), itemOf(this.state, id));
        if (values) this.#send(this.#make.editItem(id, values), "editItem");
    }

    async #itemForm(title, item) {
        const answer = await this.#ask(title, "", "save", { fields: [
            { name: "title", label: this.#say("field.title"), kind: "area", required: true, focus: true, most: 2000, value: item.title },
            { name: "rapporteur", label: this.#say("field.rapporteur"), value: item.rapporteur },
            { name: "number", label: this.#say("field.number"), half: true, most: 20, value: item.number },
            { name: "draft", label: this.#say("field.draft"), half: true, value: item.draft },
        ] });
        return answer?.values;
    }

    moveItem(id, index) {
        const order = this.state.agenda.order;
        if (index >= 0 && index < order.length && order[index] !== id) this.#send(this.#make.moveItem(id, index));
    }

    takeUp(id) { this.#send(this.#make.takeUp(id)); }
    setItemState(id, to) { this.#send(this.#make.setItemState(id, to), "setItemState"); }

    /** Everything that may be done with an item. */
    async item(id) {
        const item = itemOf(this.state, id);
        const order = this.state.agenda.order;
        const index = order.indexOf(id);
        const give = (name, value, label = this.#say(`do.${name}`)) => (this.may(name) ? { label, value } : null);
        const states = item.state === "voting" ? [] : ["pending", "postponed", "withdrawn", "adopted", "rejected"].filter((to) => to !== item.state);
        const entries = [
            id === this.state.current_item ? null : give("takeUp", () => this.takeUp(id)),
            give("planRound", () => this.planRound(id)),
            give("editItem", () => this.editItem(id)),
            index > 0 ? give("moveItem", () => this.moveItem(id, index - 1), this.#say("agenda.up")) : null,
            index < order.length - 1 ? give("moveItem", () => this.moveItem(id, index + 1), this.#say("agenda.down")) : null,
            ...states.map((to) => give("setItemState", () => this.setItemState(id, to), this.#say("agenda.mark", { state: itemStateWord(this.#at.words(), to) }))),
            give("declareRecusal", () => this.declareRecusal(id)),
            ...(item.recused ?? []).map((deputy) => give("withdrawRecusal", () => this.#send(this.#make.withdrawRecusal(id, deputy, this.name(deputy))), this.#say("recusal.withdraw", { who: this.name(deputy) }))),
        ].filter(Boolean);
        const rounds = roundsOf(this.state, id).map((round) => this.#roundLine(round));
        if (entries.length > 0) (await this.#at.dialogs.menu({ title: subjectOf(item), text: rounds, entries }))?.();
    }

    #roundLine(id) {
        const round = roundOf(this.state, id);
        const words = this.#at.words();
        return [round.question, words.say(`round.${round.status}`), verdict(words, round)?.sentence].filter(Boolean).join(" · ");
    }

    // — speakers —

    async queueSpeaker(deputy) {
        const id = freshId("p");
        const people = Object.keys(this.state.council.deputies).sort((a, b) => this.name(a).localeCompare(this.name(b), this.state.council.language));
        const words = this.#at.words();
        const answer = await this.#ask(this.#say("do.queueSpeaker"), "", "do.queueSpeaker", { fields: [
            { name: "deputy", label: this.#say("field.deputy"), kind: "select", value: deputy ?? "", options: [{ value: "", label: this.#say("speakers.guest") }, ...people.map((value) => ({ value, label: this.name(value) }))] },
            { name: "guest", label: this.#say("field.guest"), hint: this.#say("speakers.guestHint") },
            { name: "kind", label: this.#say("field.kind"), kind: "select", value: "debate", options: speechKinds.map((value) => ({ value, label: speechKindWord(words, value) })) },
            { name: "seconds", label: this.#say("field.seconds"), kind: "number", least: 1, most: 86_400, hint: this.#say("field.usual") },
        ] });
        if (!answer) return;
        const { guest, ...entry } = answer.values;
        if (!entry.deputy && !guest) return this.queueSpeaker(deputy);
        const who = entry.deputy ? this.name(entry.deputy) : guest;
        this.#send(this.#make.queueSpeaker({ speaker: id, ...entry, guest: entry.deputy ? undefined : guest }, who), "queueSpeaker");
    }

    removeSpeaker(id) { this.#send(this.#make.removeSpeaker(id, this.speaker(this.state.speakers.queue.find((entry) => entry.id === id)))); }

    startSpeech(id = this.state.speakers.queue[0]?.id) {
        const entry = this.state.speakers.queue.find((one) => one.id === id);
        if (entry) this.#send(this.#make.startSpeech(id, this.speaker(entry)));
    }

    get #whoSpeaks() { return this.speaker(this.state.speakers.speech.entry); }
    pauseSpeech() { this.#send(this.#make.pauseSpeech(this.#whoSpeaks)); }
    resumeSpeech() { this.#send(this.#make.resumeSpeech(this.#whoSpeaks)); }
    extendSpeech() { this.#send(this.#make.extendSpeech(60, this.#whoSpeaks)); }
    endSpeech() { this.#send(this.#make.endSpeech(this.#whoSpeaks, freshId("p"), Math.ceil(speechLeft(this.state.speakers.speech, this.#now()) / 1000))); }
    floor() { return this.state.speakers?.speech ? this.run("endSpeech") : this.run("startSpeech"); }
    pause() { return this.state.speakers?.speech?.running_since === undefined ? this.run("resumeSpeech") : this.run("pauseSpeech"); }

    // — deputies —

    callRoll() { this.#at.focus("roll"); }
    register(ids) { this.#send(this.#make.register(ids, this.#people(ids))); }
    depart(ids) { this.#send(this.#make.depart(ids, this.#people(ids))); }
    #people(ids) { return ids.length === 1 ? this.name(ids[0]) : this.#say("people", { count: ids.length }); }

    registerAll() {
        const away = Object.keys(this.state.council.deputies).filter((id) => !this.state.presence.present[id]);
        if (away.length > 0 && this.may("register")) this.register(away);
    }

    /** An answer of the roll call. */
    roll({ name, deputy, choice }) {
        if (name !== "castBallot") return this.run(name, [deputy]);
        if (this.may("castBallot")) this.#send(this.#make.castBallot(this.state.open_round, deputy, choice, this.name(deputy)));
    }

    async deputy(id) {
        const present = this.state.presence?.present?.[id] === true;
        const item = this.state.current_item;
        const recused = itemOf(this.state, item)?.recused?.includes(id);
        const round = openRound(this.state) ?? roundOf(this.state, roundAtHand(this.state));
        const voted = round?.positions?.[id] ?? round?.ballots?.[id];
        const give = (condition, name, value, label = this.#say(`do.${name}`)) => (condition && this.may(name) ? { label, value } : null);
        const entries = [
            give(!present, "register", () => this.register([id])),
            give(present, "depart", () => this.depart([id])),
            give(true, "queueSpeaker", () => this.queueSpeaker(id)),
            give(["yes", "no", "abstain"].includes(voted), "correctBallot", () => this.correctBallot(id, voted)),
            give(item && !recused, "declareRecusal", () => this.declareRecusal(item, id)),
            give(item && recused, "withdrawRecusal", () => this.#send(this.#make.withdrawRecusal(item, id, this.name(id)))),
        ].filter(Boolean);
        if (entries.length > 0) (await this.#at.dialogs.menu({ title: deputyName(this.state.council.deputies[id], "full", this.state.council.language), entries }))?.();
    }

    async declareRecusal(item, deputy) {
        const free = Object.keys(this.state.council.deputies).filter((id) => !itemOf(this.state, item).recused?.includes(id));
        const answer = await this.#ask(this.#say("do.declareRecusal"), [subjectOf(itemOf(this.state, item)), this.#say("recusal.text")], "do.declareRecusal", { fields: [
            { name: "deputy", label: this.#say("field.deputy"), kind: "select", required: true, value: deputy, options: free.map((value) => ({ value, label: this.name(value) })) },
            { name: "reason", label: this.#say("field.reason"), required: true, most: 1000, value: this.#say("recusal.usual") },
        ] });
        if (answer) this.#send(this.#make.declareRecusal(item, answer.values.deputy, answer.values.reason, this.name(answer.values.deputy)), "declareRecusal");
    }

    async correctBallot(id, old) {
        const round = roundAtHand(this.state);
        const answer = await this.#ask(this.#say("do.correctBallot"), [this.name(id), this.#say("correct.text")], "do.correctBallot", { danger: true, fields: [
            this.#choices(["yes", "no", "abstain"].filter((choice) => choice !== old)),
            { name: "reason", label: this.#say("field.reason"), required: true, most: 1000 },
        ] });
        if (answer) this.#send(this.#make.correctBallot(round, id, answer.values.choice, answer.values.reason, this.name(id)), "correctBallot");
    }

    #choices(values) { return { name: "choice", label: this.#say("field.choice"), kind: "choice", options: values.map((value) => ({ value, label: this.#say(`count.${value}`) })) }; }

    // — rounds —

    /** Plans a round of an item (the current one when not said), and opens it if wished. */
    async planRound(item = this.state.current_item ?? "", kind = item ? "whole" : "procedural", supersedes = undefined) {
        const id = freshId("r");
        const words = this.#at.words();
        const old = roundOf(this.state, supersedes);
        const items = this.state.agenda.order.map((value) => ({ value, label: subjectOf(itemOf(this.state, value)) }));
        const presence = this.state.presence;
        const rules = await this.#at.rules();
        const answer = await this.#at.dialogs.ask({
            title: this.#say(supersedes ? "do.repeatRound" : "do.planRound"),
            text: [this.#quorum(presence), old ? this.#say("repeat.text", { question: old.question }) : ""],
            fields: [
                { name: "kind", label: this.#say("field.roundKind"), kind: "select", value: kind, options: roundKinds.map((value) => ({ value, label: roundKindWord(words, value) })) },
                { name: "question", label: this.#say("field.question"), most: 2000, value: old?.question, hint: this.#say("round.questionHint") },
                { name: "item", label: this.#say("field.item"), kind: "select", value: item, options: [{ value: "", label: this.#say("round.noItem") }, ...items] },
                { name: "method", label: this.#say("field.method"), kind: "select", half: true, options: ["", "roll_call", "procedural", "secret"].map((value) => ({ value, label: this.#say(value ? `method.${value}` : "round.usual") })) },
                { name: "reveal", label: this.#say("field.reveal"), kind: "select", half: true, options: ["", "live", "count"].map((value) => ({ value, label: this.#say(value ? `reveal.${value}` : "round.usual") })) },
                { name: "rule", label: this.#say("field.rule"), kind: "select", half: true, options: ["", ...rules].map((value) => ({ value, label: value || this.#say("round.usual") })) },
                { name: "seconds", label: this.#say("field.countdown"), kind: "number", half: true, least: 1, most: 86_400, hint: this.#say("field.usual") },
            ],
            buttons: [...(this.state.sitting.status === "open" && !this.state.open_round ? [{ value: "open", word: "do.openNow" }] : []), { value: "plan", word: "do.planOnly", plain: true }],
        });
        if (!answer) return;
        const plan = { ...answer.values, question: answer.values.question || roundKindWord(words, answer.values.kind), supersedes };
        if (plan.method === "secret") plan.reveal = "secret";
        if (answer.button === "open") this.#send(this.#make.planAndOpen(id, plan), this.state.open_round ? "none" : "planRound");
        else this.#send(this.#make.planRound(id, plan), "planRound");
    }

    #quorum(presence) {
        if (!presence) return "";
        const { quorum, count } = presence;
        return quorum ? this.#say(quorum.met ? "quorum.met" : "quorum.missing", { count, needed: quorum.needed }) : this.#say("quorum.unknown", { count });
    }

    openRegistration() { return this.#openNew("registration"); }

    async #openNew(kind) {
        const id = freshId("r");
        const question = roundKindWord(this.#at.words(), kind);
        if (await this.#ask(this.#say("do.openRegistration"), this.#say("registration.text"), "do.openRegistration")) this.#send(this.#make.planAndOpen(id, { kind, question }), "openRegistration");
    }

    async openRound(id = roundAtHand(this.state)) {
        const round = roundOf(this.state, id);
        const text = [round.question, round.kind === "registration" ? "" : this.#quorum(this.state.presence), this.#say("openRound.text")];
        if (await this.#ask(this.#say("do.openRound"), text, "do.openRound")) this.#send(this.#make.openRound(id, round.question), "openRound");
    }

    async closeRound(id = this.state.open_round) {
        const round = roundOf(this.state, id);
        const registration = round.kind === "registration";
        const text = () => {
            const now = roundOf(this.state, id) ?? round;
            return [round.question, this.#say(registration ? "closeRegistration.text" : "closeRound.text", { voted: now.voted ?? 0, all: Object.keys(round.entitled ?? {}).length })];
        };
        if (await this.#ask(this.#say("do.closeRound"), text, "do.closeRound")) this.#send(this.#make.closeRound(id, round.question), this.state.open_round === id ? "closeRound" : "none");
    }

    async announceRound(id = roundAtHand(this.state)) {
        const round = roundOf(this.state, id);
        const said = verdict(this.#at.words(), round);
        const decides = round.kind === "whole" && round.item ? this.#say("announce.item", { state: itemStateWord(this.#at.words(), round.result.outcome) }) : "";
        const text = [round.question, [said?.word, said?.sentence].filter(Boolean).join(". "), decides, this.#say("announce.text")];
        if (await this.#ask(this.#say("do.announceRound"), text, "do.announceRound")) this.#send(this.#make.announceRound(id, round.question), "announceRound");
    }

    async annulRound(id = roundToAnnul(this.state)) {
        const round = roundOf(this.state, id);
        const answer = await this.#ask(this.#say("do.annulRound"), [round.question, this.#say("annul.text")], "do.annulRound", { danger: true, fields: [{ name: "reason", label: this.#say("field.reason"), required: true, most: 1000 }] });
        if (answer) this.#send(this.#make.annulRound(id, answer.values.reason, round.question), "annulRound");
    }

    repeatRound() {
        const id = roundToRepeat(this.state);
        const round = roundOf(this.state, id);
        return this.planRound(round.item ?? "", round.kind, id);
    }

    async recordTotals(id = this.state.open_round) {
        const round = roundOf(this.state, id);
        const count = (name) => ({ name, label: this.#say(`count.${name}`), kind: "number", required: true, most: 1000 });
        const answer = await this.#ask(this.#say("do.recordTotals"), [round.question, this.#say("totals.text")], "do.recordTotals", { fields: ["yes", "no", "abstain"].map(count) });
        if (answer) this.#send(this.#make.recordTotals(id, answer.values, round.question), "recordTotals");
    }

    async chairVote(id = roundAtHand(this.state)) {
        const round = roundOf(this.state, id);
        const here = Object.keys(this.state.council.deputies).filter((one) => this.state.presence.present[one]);
        const head = here.find((one) => this.state.council.deputies[one].role === "head");
        const answer = await this.#ask(this.#say("do.chairVote"), [verdict(this.#at.words(), round)?.sentence, this.#say("chair.text")], "do.chairVote", { fields: [
            { name: "deputy", label: this.#say("field.chair"), kind: "select", required: true, value: head ?? here[0], options: here.map((value) => ({ value, label: this.name(value) })) },
            this.#choices(["yes", "no"]),
        ] });
        if (answer) this.#send(this.#make.chairVote(id, answer.values.deputy, answer.values.choice, this.name(answer.values.deputy)), "chairVote");
    }

    // — on air —

    async #air(name) {
        const asks = { stop: true, show: true };
        if (asks[name] && !(await this.#ask(this.#say(`air.${name}`), this.#say(`air.${name}.text`), `air.${name}`, { danger: name === "stop" }))) return;
        const back = { slateOn: "slateOff", slateOff: "slateOn", hide: "show" }[name];
        const intent = this.#make.air(wishes[name], this.#at.hall());
        const undo = back === undefined || back === "show" ? null : { ...this.#make.air(wishes[back], this.#at.hall()), name: `air.${back}` };
        this.#send({ ...intent, name: `air.${name}`, undo }, name);
    }

    slate() { return this.run(this.may("slateOff") ? "slateOff" : "slateOn"); }
    hidden() { return this.run(this.may("show") ? "show" : "hide"); }
    break() { return this.run(this.state.sitting?.status === "suspended" ? "resumeSitting" : "suspendSitting"); }
}

const cleaned = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "" && value !== undefined));
