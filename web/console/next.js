/**
 * The next step of the sitting, the actions it allows now, and the alerts, as pure functions of the public state.
 * The daemon has the last word; this only hides buttons whose commands it would refuse.
 */

const over = new Set(["adopted", "rejected", "withdrawn"]);

export const itemOf = (state, id) => state?.agenda?.items?.[id] ?? null;
export const roundOf = (state, id) => state?.rounds?.by_id?.[id] ?? null;
export const openRound = (state) => roundOf(state, state?.open_round);

/** Ids of the rounds of an item, oldest first; of the sitting itself for `undefined`. */
export function roundsOf(state, item) {
    return (state?.rounds?.order ?? []).filter((id) => roundOf(state, id)?.item === item);
}

/** The round at hand: the open one, else the one waiting to be announced, else the last planned. `null` for none. */
export function roundAtHand(state) {
    if (state?.open_round) return state.open_round;
    const ids = state?.rounds?.order ?? [];
    const last = (status) => ids.findLast((id) => roundOf(state, id).status === status) ?? null;
    return last("closed") ?? last("scheduled");
}

/** The next pending item after the current one, wrapping to the start of the agenda. */
export function nextItem(state) {
    const order = state?.agenda?.order ?? [];
    const after = order.indexOf(state?.current_item) + 1;
    const waits = (id) => itemOf(state, id)?.state === "pending" && id !== state.current_item;
    return [...order.slice(after), ...order.slice(0, after)].find(waits) ?? null;
}

/**
 * @returns {{ key: string, item?: string, round?: string, speaker?: string }} what the large button does
 */
export function nextAction(state) {
    if (!state?.council || Object.keys(state.council.deputies ?? {}).length === 0) return { key: "importRoster" };
    if (!state.council.language) return { key: "importRules" };
    const sitting = state.sitting;
    if (!sitting || sitting.status === "closed") return { key: "schedule" };
    if (sitting.status === "scheduled") return { key: state.agenda.order.length === 0 ? "addItem" : "openSitting" };
    if (sitting.status === "suspended") return { key: "resumeSitting" };
    return nextInSession(state);
}

function nextInSession(state) {
    const id = roundAtHand(state);
    const round = roundOf(state, id);
    if (round?.status === "open") return { key: waitsForTotals(round) ? "recordTotals" : "closeRound", round: id };
    if (round?.status === "closed") return { key: round.result?.outcome === "undecided" ? "chairVote" : "announceRound", round: id };
    const quorum = state.presence?.quorum;
    if (round?.status === "scheduled" && (round.kind === "registration" || quorum?.met !== false)) return { key: "openRound", round: id };
    if (quorum && !quorum.met) return { key: registered(state) ? "callRoll" : "openRegistration" };
    const current = itemOf(state, state.current_item);
    if (current && !over.has(current.state) && current.state !== "postponed") {
        if (state.speakers?.speech) return { key: "endSpeech" };
        const first = state.speakers?.queue?.[0];
        if (first) return { key: "startSpeech", speaker: first.id };
        return { key: "planRound", item: state.current_item };
    }
    const item = nextItem(state);
    if (item) return { key: "takeUp", item };
    return { key: state.agenda.order.length === 0 ? "addItem" : "closeSitting" };
}

/** Whether this sitting has held its registration. */
const registered = (state) => state.rounds.order.some((id) => {
    const { kind, status } = roundOf(state, id);
    return kind === "registration" && ["closed", "announced"].includes(status);
});

/** A secret round on paper: no ballot is cast here, and the counting commission reports its totals. */
const waitsForTotals = (round) => round?.status === "open" && round.method === "secret" && round.voted === 0;

/**
 * The actions that the record would accept now, whoever asks.
 * @returns {Set<string>}
 */
export function allowed(state) {
    const may = new Set();
    const allow = (condition, ...names) => { if (condition) for (const name of names) may.add(name); };
    const status = state?.sitting?.status ?? "none";
    const open = openRound(state);
    const session = status === "open" || status === "suspended";
    const live = session || status === "scheduled";
    allow(status === "none" || status === "closed" || status === "scheduled", "schedule");
    allow(!open, "importRoster", "importRules");
    allow(status === "scheduled", "openSitting");
    // An open sitting without an agenda may still get one; an agenda that is in use is not replaced.
    allow(status === "scheduled" || (session && (state?.agenda?.order.length ?? 0) === 0), "importAgenda");
    allow(status === "open" && !open, "suspendSitting", "takeUp");
    allow(status === "suspended", "resumeSitting");
    allow(session && !open, "closeSitting");
    allow(live, "postNotice", "addItem", "editItem", "setItemState", "declareRecusal", "withdrawRecusal", "queueSpeaker", "planRound");
    allow(live && state?.notice, "clearNotice");
    allow(live && (state?.agenda?.order.length ?? 0) > 1, "moveItem");
    allow(session, "register", "depart");
    const speech = state?.speakers?.speech;
    const waiting = state?.speakers?.queue?.length > 0;
    allow(status === "open" && !speech && waiting, "startSpeech");
    allow(waiting, "removeSpeaker");
    allow(speech, "endSpeech", "extendSpeech");
    allow(speech && speech.running_since !== undefined, "pauseSpeech");
    allow(status === "open" && speech && speech.running_since === undefined, "resumeSpeech");
    const round = roundOf(state, roundAtHand(state));
    allow(status === "open" && round?.status === "scheduled", "openRound");
    allow(status === "open" && !open && (state?.rounds?.order ?? []).every((id) => roundOf(state, id).status !== "closed"), "openRegistration");
    allow(live && open, "closeRound");
    allow(live && waitsForTotals(open), "recordTotals");
    allow(live && open && open.method !== "secret", "castBallot");
    allow(live && (open || round?.status === "closed") && (open ?? round).method !== "secret" && (open ?? round).kind !== "registration", "correctBallot");
    const undecided = round?.status === "closed" && round.result?.outcome === "undecided";
    allow(live && undecided, "chairVote");
    allow(live && round?.status === "closed" && !undecided, "announceRound");
    const last = roundOf(state, roundToAnnul(state));
    allow(live && last, "annulRound");
    allow(live && roundToRepeat(state), "repeatRound");
    return may;
}

/** The round that would be annulled now: the one at hand if it was opened, else the last announced. `null` for none. */
export function roundToAnnul(state) {
    const at = roundAtHand(state);
    if (["open", "closed"].includes(roundOf(state, at)?.status)) return at;
    return (state?.rounds?.order ?? []).findLast((id) => roundOf(state, id).status === "announced") ?? null;
}

/** The last round that is over and has not been held again. */
export function roundToRepeat(state) {
    if (state?.open_round) return null;
    const last = (state?.rounds?.order ?? []).findLast((id) => ["closed", "announced", "annulled"].includes(roundOf(state, id).status));
    return last && !roundOf(state, last).superseded_by ? last : null;
}

/** The actions that steer the stream, and what the API calls each: `POST …/stream/slate-on`. */
export const streamCommands = { start: "start", stop: "stop", slateOn: "slate-on", slateOff: "slate-off", hide: "hide", show: "show" };

/**
 * The permission that an action needs, by what it sends: a stream command, a ballot, or any other command or file of the sitting.
 * The session's `permissions`, from the server, say who has it.
 */
export function permissionFor(name) {
    if (Object.hasOwn(streamCommands, name)) return "streams";
    return name === "castBallot" ? "ballots" : "sitting";
}

/** The stream commands that would change something. `status`: the stream's status, `null` when unknown. */
export function allowedOnAir(status) {
    if (!status) return new Set();
    if (["stopped", "stopping"].includes(status.state)) return new Set(["start"]);
    const may = new Set(["stop"]);
    const hidden = status.onAir === "hidden" || Boolean(status.hiddenSince);
    may.add(hidden ? "show" : "hide");
    if (!hidden) may.add(status.slateOn ?? status.onAir === "slate" ? "slateOff" : "slateOn");
    return may;
}

/**
 * What needs attention, most urgent first.
 * @param {{ state: object | null, stream: object | null, streamWanted: boolean, link: { state: string, since: number },
 *          outbox: { unanswered: number, why?: object | null, refused: object[] }, now: number, linkNow: number }} at
 *        `now`: UTC ms by the daemon's clock; `linkNow`: by the clock of `link.since`
 */
export function alerts({ state, stream, streamWanted, link, outbox, now, linkNow }) {
    const found = [];
    const add = (condition, key, more = {}) => { if (condition) found.push({ key, ...more }); };
    const round = openRound(state);
    const atHand = roundOf(state, roundAtHand(state));
    const session = state?.sitting?.status === "open";
    add(link.state === "lost" && linkNow - link.since > 3000, "linkLost", { since: link.since });
    add(outbox.unanswered > 0 && outbox.why, "waits", { entry: outbox.why });
    add(link.state === "damaged", "recordDamaged");
    add(outbox.unanswered > 0, "unanswered", { count: outbox.unanswered });
    add(outbox.refused.length > 0, "refused", { entry: outbox.refused[0] });
    add(round?.ends_at !== undefined && now >= round?.ends_at, "timeOver");
    add(atHand?.status === "closed" && atHand.result?.outcome === "undecided", "tie");
    if (streamWanted && stream) {
        add(stream.state === "lost", "cameraLost", { since: stream.since });
        add(session && ["stopped", "stopping"].includes(stream.state), "notOnAir");
        add(round && (stream.onAir === "slate" || stream.onAir === "hidden"), "voteUnseen");
    }
    const quorum = state?.presence?.quorum;
    add(session && !round && quorum && !quorum.met && registered(state), "noQuorum", { present: state?.presence?.count, needed: quorum?.needed });
    return found;
}
