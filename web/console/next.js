/**
 * What the sitting asks for next, what may be done now, and what needs a person, as functions of the public state. Pure.
 * The daemon decides again; this only keeps buttons that would be refused out of the way.
 */

const over = new Set(["adopted", "rejected", "withdrawn"]);

export const itemOf = (state, id) => state?.agenda?.items?.[id] ?? null;
export const roundOf = (state, id) => state?.rounds?.by_id?.[id] ?? null;
export const openRound = (state) => roundOf(state, state?.open_round);

/** Ids of the rounds of an item, oldest first; of the sitting itself for `undefined`. */
export function roundsOf(state, item) {
    return (state?.rounds?.order ?? []).filter((id) => roundOf(state, id)?.item === item);
}

/** The round on the table: the open one, else the one that waits to be announced, else the last planned. `null` for none. */
export function roundAtHand(state) {
    if (state?.open_round) return state.open_round;
    const ids = state?.rounds?.order ?? [];
    const last = (status) => ids.findLast((id) => roundOf(state, id).status === status) ?? null;
    return last("closed") ?? last("scheduled");
}

/** The next item that waits for its turn, after the current one, else from the beginning. */
export function nextItem(state) {
    const order = state?.agenda?.order ?? [];
    const after = order.indexOf(state?.current_item) + 1;
    const waits = (id) => itemOf(state, id)?.state === "pending" && id !== state.current_item;
    return [...order.slice(after), ...order.slice(0, after)].find(waits) ?? null;
}

/**
 * @returns {{ key: string, item?: string, round?: string, speaker?: string }} the one thing to do next
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

/** Whether this sitting has had its registration. */
const registered = (state) => state.rounds.order.some((id) => {
    const { kind, status } = roundOf(state, id);
    return kind === "registration" && ["closed", "announced"].includes(status);
});

/** A secret round in which nothing was cast: the ballots are on paper, the counting commission's totals are awaited. */
export const waitsForTotals = (round) => round?.status === "open" && round.method === "secret" && round.voted === 0;

/**
 * The actions that the record would take now.
 * @returns {Set<string>}
 */
export function allowed(state) {
    const may = new Set();
    const give = (condition, ...names) => { if (condition) for (const name of names) may.add(name); };
    const status = state?.sitting?.status ?? "none";
    const open = openRound(state);
    const session = status === "open" || status === "suspended";
    const live = session || status === "scheduled";
    give(status === "none" || status === "closed" || status === "scheduled", "schedule");
    give(!open, "importRoster", "importRules");
    give(status === "scheduled", "openSitting");
    // An agenda that was forgotten may still be given to an open sitting; one that is there is not replaced any more.
    give(status === "scheduled" || (session && (state?.agenda?.order.length ?? 0) === 0), "importAgenda");
    give(status === "open" && !open, "suspendSitting", "takeUp");
    give(status === "suspended", "resumeSitting");
    give(session && !open, "closeSitting");
    give(live, "postNotice", "addItem", "editItem", "setItemState", "declareRecusal", "withdrawRecusal", "queueSpeaker", "planRound");
    give(live && state?.notice, "clearNotice");
    give(live && (state?.agenda?.order.length ?? 0) > 1, "moveItem");
    give(session, "register", "depart");
    const speech = state?.speakers?.speech;
    const waiting = state?.speakers?.queue?.length > 0;
    give(status === "open" && !speech && waiting, "startSpeech");
    give(waiting, "removeSpeaker");
    give(speech, "endSpeech", "extendSpeech");
    give(speech && speech.running_since !== undefined, "pauseSpeech");
    give(status === "open" && speech && speech.running_since === undefined, "resumeSpeech");
    const round = roundOf(state, roundAtHand(state));
    give(status === "open" && round?.status === "scheduled", "openRound");
    give(status === "open" && !open && (state?.rounds?.order ?? []).every((id) => roundOf(state, id).status !== "closed"), "openRegistration");
    give(live && open, "closeRound");
    give(live && waitsForTotals(open), "recordTotals");
    give(live && open && open.method !== "secret", "castBallot");
    give(live && (open || round?.status === "closed") && (open ?? round).method !== "secret" && (open ?? round).kind !== "registration", "correctBallot");
    const undecided = round?.status === "closed" && round.result?.outcome === "undecided";
    give(live && undecided, "chairVote");
    give(live && round?.status === "closed" && !undecided, "announceRound");
    const last = roundOf(state, roundToAnnul(state));
    give(live && last, "annulRound");
    give(live && roundToRepeat(state), "repeatRound");
    return may;
}

/** The round that an annulment would mean now: the one at hand when it was opened, else the last announced. `null` for none. */
export function roundToAnnul(state) {
    const at = roundAtHand(state);
    if (["open", "closed"].includes(roundOf(state, at)?.status)) return at;
    return (state?.rounds?.order ?? []).findLast((id) => roundOf(state, id).status === "announced") ?? null;
}

/** The last round that is over and was not held again yet. */
export function roundToRepeat(state) {
    if (state?.open_round) return null;
    const last = (state?.rounds?.order ?? []).findLast((id) => ["closed", "announced", "annulled"].includes(roundOf(state, id).status));
    return last && !roundOf(state, last).superseded_by ? last : null;
}

/** The actions that steer the stream, and what the API calls each: `POST …/stream/slate-on`. */
export const streamCommands = { start: "start", stop: "stop", slateOn: "slate-on", slateOff: "slate-off", hide: "hide", show: "show" };

/**
 * The permission that an action needs. Who has it the server says, in the session's `permissions`; it names the permission by what is sent:
 * a stream command, a ballot, or any other command or file of the sitting.
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
 * What needs a person, the most pressing first. Empty when nothing does.
 * @param {{ state: object | null, stream: object | null, streamWanted: boolean, link: { state: string, since: number },
 *          outbox: { unanswered: number, why?: object | null, refused: object[] }, now: number, linkNow: number }} at
 *        `now`: UTC ms on the daemon's clock; `linkNow`: on the clock of `link.since`
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
