import { itemStateWord, roundKinds, roundKindWord, verdict } from "../council/words.js";
import { freshId, subjectOf } from "./commands.js";
import { itemOf, roundAtHand, roundOf, roundToAnnul, roundToRepeat } from "./next.js";

/** A dialog field that asks for one of some ballot choices. */
export const choices = (desk, values) => ({
    name: "choice", label: desk.say("field.choice"), kind: "choice",
    options: values.map((value) => ({ value, label: desk.say(`count.${value}`) })),
});

/** Rounds: plan, open, close, announce, annul, repeat. */
export function roundActions(desk) {
    const mayOpen = () => desk.state.sitting.status === "open" && !desk.state.open_round;

    /** The options of a select whose first one leaves the choice to the rules. */
    function orUsual(values, label) {
        return [{ value: "", label: desk.say("round.usual") }, ...values.map((value) => ({ value, label: label(value) }))];
    }

    function quorum(presence) {
        if (!presence) return "";
        const { quorum: base, count } = presence;
        return base ? desk.say(base.met ? "quorum.met" : "quorum.missing", { count, needed: base.needed }) : desk.say("quorum.unknown", { count });
    }

    return {
        /** Plans a round about an item (by default the current one), and opens it if the dialog says so. */
        async planRound(item = desk.state.current_item ?? "", kind = item ? "whole" : "procedural", supersedes = undefined) {
            const id = freshId("r");
            const old = roundOf(desk.state, supersedes);
            const items = [
                { value: "", label: desk.say("round.noItem") },
                ...desk.state.agenda.order.map((value) => ({ value, label: subjectOf(itemOf(desk.state, value)) })),
            ];
            const presence = desk.state.presence;
            const kinds = roundKinds.map((value) => ({ value, label: roundKindWord(desk.words, value) }));
            const methods = orUsual(["roll_call", "procedural", "secret"], (value) => desk.say(`method.${value}`));
            const reveals = orUsual(["live", "count"], (value) => desk.say(`reveal.${value}`));
            const rules = orUsual(await desk.context.rules(), (value) => value);
            const answer = await desk.context.dialogs.ask({
                title: desk.say(supersedes ? "do.repeatRound" : "do.planRound"),
                text: [quorum(presence), old ? desk.say("repeat.text", { question: old.question }) : "", desk.say(mayOpen() ? "openRound.text" : "plan.text")],
                fields: [
                    { name: "kind", label: desk.say("field.roundKind"), kind: "select", value: kind, options: kinds },
                    { name: "question", label: desk.say("field.question"), max: 2000, value: old?.question, hint: desk.say("round.questionHint") },
                    { name: "item", label: desk.say("field.item"), kind: "select", value: item, options: items },
                    { name: "method", label: desk.say("field.method"), kind: "select", half: true, options: methods },
                    { name: "reveal", label: desk.say("field.reveal"), kind: "select", half: true, options: reveals },
                    { name: "rule", label: desk.say("field.rule"), kind: "select", half: true, options: rules },
                    { name: "seconds", label: desk.say("field.countdown"), kind: "number", half: true, min: 1, max: 86_400, hint: desk.say("field.usual") },
                ],
                buttons: [...(mayOpen() ? [{ value: "open", word: "do.openNow" }] : []), { value: "plan", word: "do.planOnly", plain: true }],
            });
            if (!answer) return;
            const plan = { ...answer.values, question: answer.values.question || roundKindWord(desk.words, answer.values.kind), supersedes };
            if (plan.method === "secret") plan.reveal = "secret";
            if (answer.button === "open") desk.send(desk.make.planAndOpen(id, plan), desk.state.open_round ? "none" : "planRound");
            else desk.send(desk.make.planRound(id, plan), "planRound");
        },

        async openRegistration() {
            const id = freshId("r");
            const question = roundKindWord(desk.words, "registration");
            if (await desk.ask(desk.say("do.openRegistration"), desk.say("registration.text"), "do.openRegistration")) {
                desk.send(desk.make.planAndOpen(id, { kind: "registration", question }), "openRegistration");
            }
        },

        async openRound(id = roundAtHand(desk.state)) {
            const round = roundOf(desk.state, id);
            const text = [round.question, round.kind === "registration" ? "" : quorum(desk.state.presence), desk.say("openRound.text")];
            if (await desk.ask(desk.say("do.openRound"), text, "do.openRound")) desk.send(desk.make.openRound(id, round.question), "openRound");
        },

        async closeRound(id = desk.state.open_round) {
            const round = roundOf(desk.state, id);
            const registration = round.kind === "registration";
            const text = () => {
                const now = roundOf(desk.state, id) ?? round;
                const key = registration ? "closeRegistration.text" : "closeRound.text";
                return [round.question, desk.say(key, { voted: now.voted ?? 0, all: Object.keys(round.entitled ?? {}).length })];
            };
            if (await desk.ask(desk.say("do.closeRound"), text, "do.closeRound")) {
                desk.send(desk.make.closeRound(id, round.question), desk.state.open_round === id ? "closeRound" : "none");
            }
        },

        async announceRound(id = roundAtHand(desk.state)) {
            const round = roundOf(desk.state, id);
            const said = verdict(desk.words, round);
            const decides = round.kind === "whole" && round.item ? desk.say("announce.item", { state: itemStateWord(desk.words, round.result.outcome) }) : "";
            const text = [round.question, [said?.word, said?.sentence].filter(Boolean).join(". "), decides, desk.say("announce.text")];
            if (await desk.ask(desk.say("do.announceRound"), text, "do.announceRound")) desk.send(desk.make.announceRound(id, round.question), "announceRound");
        },

        async annulRound(id = roundToAnnul(desk.state)) {
            const round = roundOf(desk.state, id);
            const answer = await desk.ask(desk.say("do.annulRound"), [round.question, desk.say("annul.text")], "do.annulRound", {
                danger: true, fields: [{ name: "reason", label: desk.say("field.reason"), required: true, max: 1000 }],
            });
            if (answer) desk.send(desk.make.annulRound(id, answer.values.reason, round.question), "annulRound");
        },

        repeatRound() {
            const id = roundToRepeat(desk.state);
            const round = roundOf(desk.state, id);
            return desk.planRound(round.item ?? "", round.kind, id);
        },

        async recordTotals(id = desk.state.open_round) {
            const round = roundOf(desk.state, id);
            const count = (name) => ({ name, label: desk.say(`count.${name}`), kind: "number", required: true, max: 1000 });
            const answer = await desk.ask(desk.say("do.recordTotals"), [round.question, desk.say("totals.text")], "do.recordTotals", {
                fields: ["yes", "no", "abstain"].map(count),
            });
            if (answer) desk.send(desk.make.recordTotals(id, answer.values, round.question), "recordTotals");
        },

        async chairVote(id = roundAtHand(desk.state)) {
            const round = roundOf(desk.state, id);
            const here = Object.keys(desk.state.council.deputies).filter((one) => desk.state.presence.present[one]);
            const options = here.map((value) => ({ value, label: desk.name(value) }));
            const head = here.find((one) => desk.state.council.deputies[one].role === "head");
            const text = [verdict(desk.words, round)?.sentence, desk.say("chair.text")];
            const answer = await desk.ask(desk.say("do.chairVote"), text, "do.chairVote", { fields: [
                { name: "deputy", label: desk.say("field.chair"), kind: "select", required: true, value: head ?? here[0], options },
                choices(desk, ["yes", "no"]),
            ] });
            if (answer) desk.send(desk.make.chairVote(id, answer.values.deputy, answer.values.choice, desk.name(answer.values.deputy)), "chairVote");
        },

        /** Asks for the chair's casting vote after a tie, else for the totals of a secret vote on paper. */
        figures() { return desk.run(desk.may("chairVote") ? "chairVote" : "recordTotals"); },
    };
}
