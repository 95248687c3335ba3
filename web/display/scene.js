import { roundLeft, speechLeft } from "../council/countdown.js";
import { countChoices, seatsOf } from "../council/seats.js";
import { capital, countWord, roundKindWord, speakerName, speechKindWord, verdict } from "../council/words.js";
import { Calendar } from "./calendar.js";

/** How long a result is shown, in ms, when nothing else happens: while a speech goes on, and otherwise. */
const besideSpeech = 20_000, alone = 120_000;

/**
 * What the hall's display shows, as a function of the public state. Pure; `now` is UTC ms by the daemon's clock.
 *
 * @param {object | null} state the public state, `null` before the first message
 * @param {number} now
 * @param {import("../page/language.js").Words} words
 * @param {string} title the hall's name, shown while nothing else is known
 * @returns the scene: `name`, `tone` (colour of the lower band), `number` `title` `note` (what), `person` `role` (who), `word`
 *          `sentence` (result), `counts`, `seats`, `countdown`, `feet` (the bottom line), `until` (UTC ms when the scene changes by itself, or `null`)
 */
export function sceneOf(state, now, words, title = "") {
    if (!state?.council) return scene("empty", { title });
    const about = { state, now, words, calendar: new Calendar(words, state.council.time_zone), title: state.council.name || title };
    switch (state.sitting?.status) {
        case "open": return openScene(about);
        case "suspended": return breakScene(about);
        case "closed": return waitingScene(about, words.say("sitting.closed"), state.sitting.closed_at);
        default: return waitingScene(about, words.say(state.sitting ? "display.next" : "display.none"), null);
    }
}

const scene = (name, parts) => ({
    name, tone: "", number: "", title: "", note: "", person: "", role: "", word: "", sentence: "", voted: "", counts: [], seats: null, seatsLabel: "",
    countdown: null, feet: [], until: null, ...parts,
});

function waitingScene({ state, now, words, calendar, title }, word, closedAt) {
    const { sitting } = state;
    if (closedAt !== null) {
        return scene("closed", { title, word, sentence: sitting.title, voted: closedAt === undefined ? "" : calendar.moment(closedAt, now) });
    }
    const begins = sitting?.scheduled_for === undefined ? "" : calendar.moment(sitting.scheduled_for, now);
    return scene("waiting", {
        title, word, sentence: sitting?.title ?? "",
        voted: capital([begins, sitting?.place ?? ""].filter(Boolean).join(" · "), words.language),
    });
}

function breakScene({ state, now, words, calendar }) {
    const { notice } = state;
    const until = notice?.until;
    return scene("break", {
        title: words.say("display.break"), sentence: notice?.text ?? "",
        note: until === undefined ? "" : words.say("display.until", { time: calendar.time(until) }),
        countdown: until === undefined || until <= now ? null : { kind: "break", left: (at) => Math.max(0, until - at), paused: false, whole: null },
        feet: presenceFeet(state, words), until: until !== undefined && until > now ? until : null,
    });
}

function openScene(about) {
    const { state, now } = about;
    const open = roundOf(state, state.open_round);
    if (open) return roundScene(about, open);
    const shown = resultOnShow(state, now);
    if (shown) return resultScene(about, shown.round, shown.until);
    const item = state.agenda?.items?.[state.current_item] ?? null;
    const speech = state.speakers?.speech ?? null;
    if (speech) return speechScene(about, item, speech);
    return item ? itemScene(about, item) : quorumScene(about);
}

const roundOf = (state, id) => (id === undefined ? null : state.rounds?.by_id?.[id] ?? null);

/** The round whose result is still shown: the last one, until the sitting goes on; `until` as in a scene. */
export function resultOnShow(state, now) {
    const ended = Object.values(state.rounds?.by_id ?? {})
        .filter(({ status, opened_at }) => opened_at !== undefined && ["closed", "announced", "annulled"].includes(status));
    const round = ended.reduce((best, one) => (best === null || one.opened_at >= best.opened_at ? one : best), null);
    if (round === null || (round.item ?? state.current_item) !== state.current_item) return null;
    const at = Math.max(round.opened_at, round.closed_at ?? 0, round.announced_at ?? 0);
    const { speech } = state.speakers ?? {};
    if (speech && speech.running_since !== undefined && speech.running_since >= at) return null;
    // A round without an item, such as a registration, gives way to an item taken up after it.
    const aside = round.item === undefined && state.current_item !== undefined;
    if (aside && state.current_item_since >= at) return null;
    // An annulled vote has to be held again, and stays until then.
    if (round.status === "annulled" && !speech && round.item !== undefined) return { round, until: null };
    const until = at + (speech ? besideSpeech : alone);
    return now < until ? { round, until } : null;
}

/** The item with the question below it; without an item the question alone. */
function matter({ state, words }, round) {
    const item = state.agenda?.items?.[round.item];
    const question = round.question || roundKindWord(words, round.kind);
    return item ? { number: item.number, title: item.title, note: question } : { title: question };
}

function roundScene(about, round) {
    if (round.kind === "registration") return registrationScene(about, round);
    const { state, words } = about;
    const seats = seatsOf(state, round);
    const found = countChoices(seats);
    const counts = round.counts === undefined ? [] : ["yes", "no", "abstain"].map((choice) => count(words, choice, round.counts[choice] ?? 0));
    const voted = words.say("display.voted", { count: round.voted ?? 0, of: seats.length - (found.absent ?? 0) - (found.vacant ?? 0) - (found.recused ?? 0) });
    return scene("round", {
        ...matter(about, round), tone: "open", seats, counts, voted, word: words.say(round.method === "secret" ? "display.secret" : "display.voting"),
        seatsLabel: counts.length ? spoken(counts) : voted, countdown: dueOf(round),
    });
}

/** Registration decides who is present: until then a seat is shown as waiting. */
function registrationScene(about, round) {
    const { state, words } = about;
    const turned = { yes: "present", absent: "waiting" };
    const seats = seatsOf(state, round).map((seat) => ({ ...seat, choice: turned[seat.choice] ?? seat.choice }));
    const registered = round.ballots ? seats.filter(({ choice, head }) => choice === "present" && !head).length : round.voted ?? 0;
    const voted = words.say("display.registered", { count: registered, of: state.council.seats });
    const needed = state.presence?.quorum?.needed;
    return scene("registration", {
        ...matter(about, round), tone: "open", seats, voted, word: words.say("display.registration"),
        sentence: needed === undefined ? "" : words.say("display.needed", { count: needed }), seatsLabel: voted, countdown: dueOf(round),
    });
}

const dueOf = (round) => (round.ends_at === undefined ? null : {
    kind: "round", left: (at) => roundLeft(round, at), paused: false, whole: round.ends_at - round.opened_at, low: 5_000,
});

function resultScene(about, round, until) {
    const { state, words } = about;
    const said = verdict(words, round) ?? { word: words.say("display.voting"), sentence: "", outcome: "undecided" };
    const registering = round.kind === "registration";
    const counts = round.status === "annulled" || registering || !round.result ? []
        : ["yes", "no", "abstain", "not_voting", "absent", "recused"].map((choice) => count(words, choice, round.result.counts[choice] ?? 0))
            .filter(({ choice, count: number }) => number > 0 || ["yes", "no", "abstain", "not_voting"].includes(choice));
    const turned = registering ? { yes: "present", not_voting: "absent" } : {};
    const seats = round.status === "annulled" ? null
        : seatsOf(state, round).map((seat) => ({ ...seat, choice: turned[seat.choice] ?? seat.choice }));
    return scene("result", {
        ...matter(about, round), tone: said.outcome, word: said.word, sentence: said.sentence, counts, seats,
        seatsLabel: counts.length ? spoken(counts) : said.sentence, until,
    });
}

function speechScene({ state, words }, item, speech) {
    const { entry } = speech;
    return scene("speech", {
        number: item?.number ?? "", title: item?.title ?? state.sitting.title ?? "",
        person: speakerName(entry, state.council), role: capital(speechKindWord(words, entry.kind), words.language),
        countdown: { kind: "speech", left: (at) => speechLeft(speech, at), paused: speech.running_since === undefined, whole: speech.allotted },
        feet: [...queueFeet(state, words, entry.id), ...presenceFeet(state, words)],
    });
}

function itemScene({ state, words }, item) {
    const done = ["adopted", "rejected", "postponed", "withdrawn"].includes(item.state);
    return scene("item", {
        number: item.number, title: item.title, person: item.rapporteur ?? "", role: item.rapporteur ? words.say("display.rapporteur") : "",
        note: item.draft ? words.say("display.draft", { number: item.draft }) : "",
        word: done ? capital(words.say(`item.${item.state}`), words.language) : "",
        tone: done && ["adopted", "rejected"].includes(item.state) ? item.state : "",
        feet: [...queueFeet(state, words, null), ...presenceFeet(state, words)],
    });
}

function quorumScene({ state, words }) {
    const seats = seatsOf(state);
    const { quorum, count: present = 0 } = state.presence ?? {};
    const known = quorum !== undefined;
    return scene("quorum", {
        title: state.sitting.title || state.council.name, seats,
        word: known ? words.say(quorum.met ? "outcome.quorum" : "outcome.no_quorum") : "", tone: known ? (quorum.met ? "adopted" : "undecided") : "",
        voted: words.say("display.present", { count: present, of: state.council.seats }),
        sentence: known ? words.say("display.needed", { count: quorum.needed }) : "",
        seatsLabel: words.say("display.present", { count: present, of: state.council.seats }),
    });
}

const count = (words, choice, number) => ({ choice, word: countWord(words, choice), count: number });
const spoken = (counts) => counts.map(({ word, count: number }) => `${word}: ${number}`).join(", ");

function presenceFeet(state, words) {
    const { presence, council } = state;
    return presence?.count === undefined ? [] : [words.say("display.present", { count: presence.count, of: council.seats })];
}

function queueFeet(state, words, speaking) {
    const queue = (state.speakers?.queue ?? []).filter(({ id }) => id !== speaking);
    if (queue.length === 0) return [];
    const name = speakerName(queue[0], state.council);
    return [queue.length === 1 ? words.say("display.queue", { name }) : words.say("display.queueMore", { name, count: queue.length - 1 })];
}
