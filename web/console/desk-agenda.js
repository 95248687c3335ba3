import { itemStateWord, verdict } from "../council/words.js";
import { freshId, subjectOf } from "./commands.js";
import { itemOf, roundOf, roundsOf } from "./next.js";
import { drop, endOfBlock, step } from "./tree.js";

/** The agenda: items and sub-items, their order, their states. */
export function agendaActions(desk) {
    function explainBlock(id) {
        if (itemOf(desk.state, id)?.parent !== undefined) desk.context.note(desk.say("agenda.together"));
    }

    /** The next free number: 4 at the top level, 2.3 below item 2. */
    function nextNumber(parent) {
        const { order, items } = desk.state.agenda;
        const mine = order.filter((id) => items[id].parent === parent).map((id) => items[id].number ?? "");
        if (parent === undefined) return String(Math.max(0, ...mine.map((number) => Number.parseInt(number, 10)).filter(Number.isFinite)) + 1);
        const last = mine.map((number) => Number.parseInt(number.split(".").at(-1), 10)).filter(Number.isFinite);
        return items[parent].number ? `${items[parent].number}.${Math.max(0, ...last) + 1}` : "";
    }

    async function itemForm(title, item, id) {
        const { order, items } = desk.state.agenda;
        // Sub-items have no sub-items.
        const hasOwn = order.some((one) => items[one].parent === id && id !== undefined);
        const parents = order.filter((one) => one !== id && items[one].parent === undefined);
        const answer = await desk.ask(title, "", "save", { fields: [
            { name: "title", label: desk.say("field.title"), kind: "area", required: true, focus: true, max: 2000, value: item.title },
            { name: "rapporteur", label: desk.say("field.rapporteur"), value: item.rapporteur },
            { name: "number", label: desk.say("field.number"), half: true, max: 20, value: item.number },
            { name: "draft", label: desk.say("field.draft"), half: true, value: item.draft },
            ...(hasOwn || parents.length === 0 ? [] : [{
                name: "parent", label: desk.say("field.parent"), kind: "select", value: item.parent ?? "",
                options: [{ value: "", label: desk.say("agenda.own") }, ...parents.map((value) => ({ value, label: subjectOf(items[value]) }))],
            }]),
            { name: "links", label: desk.say("field.links"), kind: "links", value: item.links },
        ] });
        return answer?.values;
    }

    function roundLine(id) {
        const round = roundOf(desk.state, id);
        return [round.question, desk.say(`round.${round.status}`), verdict(desk.words, round)?.sentence].filter(Boolean).join(" · ");
    }

    return {
        /** Adds an item, or a sub-item at the end of `parent`'s. */
        async addItem(parent) {
            const id = freshId("i");
            const values = await itemForm(desk.say(parent ? "do.addSubItem" : "do.addItem"), { number: nextNumber(parent), parent });
            if (!values) return;
            const index = values.parent ? endOfBlock(desk.state.agenda, values.parent) : undefined;
            desk.send(desk.make.addItem({ item: id, ...values, number: values.number ?? "" }, index), "addItem");
        },

        async editItem(id) {
            const values = await itemForm(desk.say("do.editItem"), itemOf(desk.state, id), id);
            if (values) desk.send(desk.make.editItem(id, values), "editItem");
        },

        /** One place up (−1) or down (+1), past a neighbour and its sub-items. */
        stepItem(id, by) {
            const to = step(desk.state.agenda, id, by);
            if (to !== null) desk.send(desk.make.moveItem(id, to), "moveItem");
            else explainBlock(id);
        },

        dropItem(id, over) {
            const to = drop(desk.state.agenda, id, over);
            if (to !== null) desk.send(desk.make.moveItem(id, to), "moveItem");
            else if (id !== over) explainBlock(id);
        },

        takeUp(id) { desk.send(desk.make.takeUp(id)); },
        setItemState(id, to) { desk.send(desk.make.setItemState(id, to), "setItemState"); },

        /** The menu of what can be done with an item. */
        async item(id) {
            const item = itemOf(desk.state, id);
            const { agenda } = desk.state;
            const entry = (name, value, label = desk.say(`do.${name}`)) => (desk.may(name) ? { label, value } : null);
            const states = item.state === "voting" ? [] : ["pending", "postponed", "withdrawn", "adopted", "rejected"].filter((to) => to !== item.state);
            const entries = [
                id === desk.state.current_item ? null : entry("takeUp", () => desk.takeUp(id)),
                entry("planRound", () => desk.planRound(id)),
                entry("editItem", () => desk.editItem(id)),
                item.parent === undefined ? entry("addItem", () => desk.addItem(id), desk.say("do.addSubItem")) : null,
                step(agenda, id, -1) === null ? null : entry("moveItem", () => desk.stepItem(id, -1), desk.say("agenda.up")),
                step(agenda, id, 1) === null ? null : entry("moveItem", () => desk.stepItem(id, 1), desk.say("agenda.down")),
                ...states.map((to) =>
                    entry("setItemState", () => desk.setItemState(id, to), desk.say("agenda.mark", { state: itemStateWord(desk.words, to) }))),
                entry("declareRecusal", () => desk.declareRecusal(id)),
                ...(item.recused ?? []).map((deputy) =>
                    entry("withdrawRecusal", () => desk.withdrawRecusal(id, deputy), desk.say("recusal.withdraw", { who: desk.name(deputy) }))),
            ].filter(Boolean);
            const rounds = roundsOf(desk.state, id).map((round) => roundLine(round));
            if (entries.length > 0) (await desk.context.dialogs.menu({ title: subjectOf(item), text: rounds, entries }))?.();
        },
    };
}
