import { deputyName } from "../council/words.js";
import { subjectOf } from "./commands.js";
import { choices } from "./desk-rounds.js";
import { itemOf, openRound, roundAtHand, roundOf } from "./next.js";

/** The deputies: who is here, what each says, recusals, corrections. */
export function deputyDeeds(desk) {
    const people = (ids) => (ids.length === 1 ? desk.name(ids[0]) : desk.say("people", { count: ids.length }));

    return {
        callRoll() { desk.at.focus("roll"); },
        register(ids) { desk.send(desk.make.register(ids, people(ids))); },
        depart(ids) { desk.send(desk.make.depart(ids, people(ids))); },

        registerAll() {
            const away = Object.keys(desk.state.council.deputies).filter((id) => !desk.state.presence.present[id]);
            if (away.length > 0 && desk.may("register")) desk.register(away);
        },

        /** An answer of the roll call. */
        roll({ name, deputy, choice }) {
            if (name !== "castBallot") return desk.run(name, [deputy]);
            if (desk.may("castBallot")) desk.send(desk.make.castBallot(desk.state.open_round, deputy, choice, desk.name(deputy)));
        },

        async deputy(id) {
            const present = desk.state.presence?.present?.[id] === true;
            const item = desk.state.current_item;
            const recused = itemOf(desk.state, item)?.recused?.includes(id);
            const round = openRound(desk.state) ?? roundOf(desk.state, roundAtHand(desk.state));
            const voted = round?.positions?.[id] ?? round?.ballots?.[id];
            const give = (condition, name, value, label = desk.say(`do.${name}`)) => (condition && desk.may(name) ? { label, value } : null);
            const entries = [
                give(!present, "register", () => desk.register([id])),
                give(present, "depart", () => desk.depart([id])),
                give(true, "queueSpeaker", () => desk.queueSpeaker(id)),
                give(["yes", "no", "abstain"].includes(voted), "correctBallot", () => desk.correctBallot(id, voted)),
                give(item && !recused, "declareRecusal", () => desk.declareRecusal(item, id)),
                give(item && recused, "withdrawRecusal", () => desk.withdrawRecusal(item, id)),
            ].filter(Boolean);
            if (entries.length === 0) return;
            const title = deputyName(desk.state.council.deputies[id], "full", desk.state.council.language);
            (await desk.at.dialogs.menu({ title, entries }))?.();
        },

        async declareRecusal(item, deputy) {
            const free = Object.keys(desk.state.council.deputies).filter((id) => !itemOf(desk.state, item).recused?.includes(id));
            const text = [subjectOf(itemOf(desk.state, item)), desk.say("recusal.text")];
            const answer = await desk.ask(desk.say("do.declareRecusal"), text, "do.declareRecusal", { fields: [
                {
                    name: "deputy", label: desk.say("field.deputy"), kind: "select", required: true, value: deputy,
                    options: free.map((value) => ({ value, label: desk.name(value) })),
                },
                { name: "reason", label: desk.say("field.reason"), required: true, most: 1000, value: desk.say("recusal.usual") },
            ] });
            if (!answer) return;
            const { deputy: who, reason } = answer.values;
            desk.send(desk.make.declareRecusal(item, who, reason, desk.name(who)), "declareRecusal");
        },

        async correctBallot(id, old) {
            const round = roundAtHand(desk.state);
            const answer = await desk.ask(desk.say("do.correctBallot"), [desk.name(id), desk.say("correct.text")], "do.correctBallot", { danger: true, fields: [
                choices(desk, ["yes", "no", "abstain"].filter((choice) => choice !== old)),
                { name: "reason", label: desk.say("field.reason"), required: true, most: 1000 },
            ] });
            if (answer) desk.send(desk.make.correctBallot(round, id, answer.values.choice, answer.values.reason, desk.name(id)), "correctBallot");
        },

        /** Its reason is the record's alone: taken back, it must be given anew. */
        async withdrawRecusal(item, deputy) {
            const text = [subjectOf(itemOf(desk.state, item)), desk.name(deputy), desk.say("recusal.again")];
            if (await desk.ask(desk.say("do.withdrawRecusal"), text, "do.withdrawRecusal")) {
                desk.send(desk.make.withdrawRecusal(item, deputy, desk.name(deputy)), "withdrawRecusal");
            }
        },
    };
}
