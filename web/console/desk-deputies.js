import { deputyName } from "../council/words.js";
import { subjectOf } from "./commands.js";
import { choices } from "./desk-rounds.js";
import { itemOf, openRound, roundAtHand, roundOf } from "./next.js";

/** Deputies: presence, roll call, recusals, corrected ballots. */
export function deputyActions(desk) {
    const people = (ids) => (ids.length === 1 ? desk.name(ids[0]) : desk.say("people", { count: ids.length }));

    return {
        callRoll() { desk.context.focus("roll"); },
        register(ids) { desk.send(desk.make.register(ids, people(ids))); },
        depart(ids) { desk.send(desk.make.depart(ids, people(ids))); },

        registerAll() {
            const away = Object.keys(desk.state.council.deputies).filter((id) => !desk.state.presence.present[id]);
            if (away.length > 0 && desk.may("register")) desk.register(away);
        },

        /** Sends what a key or button of the roll call stands for (`answer` in `rollcall.js`). */
        roll({ name, deputy, choice }) {
            if (name !== "castBallot") return desk.run(name, [deputy]);
            if (desk.may("castBallot")) desk.send(desk.make.castBallot(desk.state.open_round, deputy, choice, desk.name(deputy)));
        },

        /** The menu of what can be done about a deputy. */
        async deputy(id) {
            const present = desk.state.presence?.present?.[id] === true;
            const item = desk.state.current_item;
            const recused = itemOf(desk.state, item)?.recused?.includes(id);
            const round = openRound(desk.state) ?? roundOf(desk.state, roundAtHand(desk.state));
            const voted = round?.positions?.[id] ?? round?.ballots?.[id];
            const entry = (condition, name, value, label = desk.say(`do.${name}`)) => (condition && desk.may(name) ? { label, value } : null);
            const entries = [
                entry(!present, "register", () => desk.register([id])),
                entry(present, "depart", () => desk.depart([id])),
                entry(true, "queueSpeaker", () => desk.queueSpeaker(id)),
                entry(["yes", "no", "abstain"].includes(voted), "correctBallot", () => desk.correctBallot(id, voted)),
                entry(item && !recused, "declareRecusal", () => desk.declareRecusal(item, id)),
                entry(item && recused, "withdrawRecusal", () => desk.withdrawRecusal(item, id)),
            ].filter(Boolean);
            if (entries.length === 0) return;
            const title = deputyName(desk.state.council.deputies[id], "full", desk.state.council.language);
            (await desk.context.dialogs.menu({ title, entries }))?.();
        },

        async declareRecusal(item, deputy) {
            const free = Object.keys(desk.state.council.deputies).filter((id) => !itemOf(desk.state, item).recused?.includes(id));
            const text = [subjectOf(itemOf(desk.state, item)), desk.say("recusal.text")];
            const answer = await desk.ask(desk.say("do.declareRecusal"), text, "do.declareRecusal", { fields: [
                {
                    name: "deputy", label: desk.say("field.deputy"), kind: "select", required: true, value: deputy,
                    options: free.map((value) => ({ value, label: desk.name(value) })),
                },
                { name: "reason", label: desk.say("field.reason"), required: true, max: 1000, value: desk.say("recusal.usual") },
            ] });
            if (!answer) return;
            const { deputy: who, reason } = answer.values;
            desk.send(desk.make.declareRecusal(item, who, reason, desk.name(who)), "declareRecusal");
        },

        async correctBallot(id, old) {
            const round = roundAtHand(desk.state);
            const answer = await desk.ask(desk.say("do.correctBallot"), [desk.name(id), desk.say("correct.text")], "do.correctBallot", { danger: true, fields: [
                choices(desk, ["yes", "no", "abstain"].filter((choice) => choice !== old)),
                { name: "reason", label: desk.say("field.reason"), required: true, max: 1000 },
            ] });
            if (answer) desk.send(desk.make.correctBallot(round, id, answer.values.choice, answer.values.reason, desk.name(id)), "correctBallot");
        },

        /** The public state does not carry the reason, so undo could not restore it. */
        async withdrawRecusal(item, deputy) {
            const text = [subjectOf(itemOf(desk.state, item)), desk.name(deputy), desk.say("recusal.again")];
            if (await desk.ask(desk.say("do.withdrawRecusal"), text, "do.withdrawRecusal")) {
                desk.send(desk.make.withdrawRecusal(item, deputy, desk.name(deputy)), "withdrawRecusal");
            }
        },
    };
}
