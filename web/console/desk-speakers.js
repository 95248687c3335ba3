import { speechLeft } from "../council/countdown.js";
import { speechKinds, speechKindWord } from "../council/words.js";
import { freshId } from "./commands.js";

/** Who has the floor, and who is waiting for it. */
export function speakerActions(desk) {
    const whoSpeaks = () => desk.speaker(desk.state.speakers.speech.entry);

    return {
        async queueSpeaker(deputy) {
            const id = freshId("p");
            const people = Object.keys(desk.state.council.deputies).sort((a, b) => desk.name(a).localeCompare(desk.name(b), desk.state.council.language));
            const answer = await desk.ask(desk.say("do.queueSpeaker"), "", "do.queueSpeaker", { fields: [
                {
                    name: "deputy", label: desk.say("field.deputy"), kind: "select", value: deputy ?? "",
                    options: [{ value: "", label: desk.say("speakers.guest") }, ...people.map((value) => ({ value, label: desk.name(value) }))],
                },
                { name: "guest", label: desk.say("field.guest"), hint: desk.say("speakers.guestHint") },
                {
                    name: "kind", label: desk.say("field.kind"), kind: "select", value: "debate",
                    options: speechKinds.map((value) => ({ value, label: speechKindWord(desk.words, value) })),
                },
                { name: "seconds", label: desk.say("field.seconds"), kind: "number", min: 1, max: 86_400, hint: desk.say("field.usual") },
            ] });
            if (!answer) return;
            const { guest, ...entry } = answer.values;
            if (!entry.deputy && !guest) return desk.queueSpeaker(deputy);
            const who = entry.deputy ? desk.name(entry.deputy) : guest;
            desk.send(desk.make.queueSpeaker({ speaker: id, ...entry, guest: entry.deputy ? undefined : guest }, who), "queueSpeaker");
        },

        removeSpeaker(id) { desk.send(desk.make.removeSpeaker(id, desk.speaker(desk.state.speakers.queue.find((entry) => entry.id === id)))); },

        startSpeech(id = desk.state.speakers.queue[0]?.id) {
            const entry = desk.state.speakers.queue.find((one) => one.id === id);
            if (entry) desk.send(desk.make.startSpeech(id, desk.speaker(entry)));
        },

        pauseSpeech() { desk.send(desk.make.pauseSpeech(whoSpeaks())); },
        resumeSpeech() { desk.send(desk.make.resumeSpeech(whoSpeaks())); },
        extendSpeech() { desk.send(desk.make.extendSpeech(60, whoSpeaks())); },
        endSpeech() { desk.send(desk.make.endSpeech(whoSpeaks(), freshId("p"), Math.ceil(speechLeft(desk.state.speakers.speech, desk.now()) / 1000))); },
        floor() { return desk.state.speakers?.speech ? desk.run("endSpeech") : desk.run("startSpeech"); },
        pause() { return desk.state.speakers?.speech?.running_since === undefined ? desk.run("resumeSpeech") : desk.run("pauseSpeech"); },
    };
}
