import { clean, freshId } from "./commands.js";
import { importFile } from "./files.js";
import { itemOf, roundAtHand, roundOf } from "./next.js";

/** The sitting: schedule, open, suspend, close; notices; file imports. */
export const sittingActions = (desk) => ({
    async schedule() {
        const id = freshId("s");
        const old = desk.state?.sitting;
        const answer = await desk.ask(desk.say("do.schedule"), desk.say("schedule.text"), "do.schedule", { fields: [
            { name: "title", label: desk.say("field.title"), required: true, max: 2000 },
            { name: "scheduled_for", label: desk.say("field.when"), kind: "time", value: Math.ceil(desk.now() / 900_000) * 900_000 },
            { name: "place", label: desk.say("field.place"), value: old?.place },
            { name: "term", label: desk.say("field.term"), half: true, value: old?.term },
            { name: "session", label: desk.say("field.session"), half: true },
        ] });
        if (answer) desk.send(desk.make.schedule(id, clean(answer.values)), "schedule");
    },

    async openSitting() {
        if (await desk.ask(desk.say("do.openSitting"), [desk.state.sitting.title, desk.say("openSitting.text")], "do.openSitting")) {
            desk.send(desk.make.openSitting(), "openSitting");
        }
    },

    async suspendSitting() {
        const answer = await desk.ask(desk.say("do.suspendSitting"), desk.say("suspend.text"), "do.suspendSitting", { fields: [
            { name: "notice", label: desk.say("field.notice"), max: 500 },
            { name: "until", label: desk.say("field.until"), kind: "time", value: Math.ceil((desk.now() + 600_000) / 300_000) * 300_000 },
        ] });
        if (answer) desk.send(desk.make.suspendSitting(answer.values), "suspendSitting");
    },

    resumeSitting() { desk.send(desk.make.resumeSitting()); },

    async closeSitting() {
        const left = desk.state.agenda.order.filter((id) => ["pending", "under_discussion", "voting"].includes(itemOf(desk.state, id).state)).length;
        const round = roundOf(desk.state, roundAtHand(desk.state));
        const text = [
            desk.say("closeSitting.text"),
            round?.status === "closed" ? desk.say("closeSitting.unannounced", { round: round.question }) : "",
            left > 0 ? desk.say("closeSitting.left", { count: left }) : "",
        ];
        if (await desk.ask(desk.say("do.closeSitting"), text, "do.closeSitting", { danger: true })) desk.send(desk.make.closeSitting(), "closeSitting");
    },

    async postNotice() {
        const answer = await desk.ask(desk.say("do.postNotice"), desk.say("notice.text"), "do.postNotice", { fields: [
            { name: "text", label: desk.say("field.notice"), required: true, max: 500, value: desk.state.notice?.text },
            { name: "until", label: desk.say("field.until"), kind: "time" },
        ] });
        if (answer) desk.send(desk.make.postNotice(answer.values), "postNotice");
    },

    clearNotice() { desk.send(desk.make.clearNotice()); },

    importRoster() { return importFile("roster", desk.context); },
    importRules() { return importFile("rules", desk.context); },
    importAgenda() { return importFile("agenda", desk.context); },

    break() { return desk.run(desk.state.sitting?.status === "suspended" ? "resumeSitting" : "suspendSitting"); },
    /** Opens the sitting, or closes it. */
    session() { return desk.run(desk.state.sitting?.status === "scheduled" ? "openSitting" : "closeSitting"); },
});
