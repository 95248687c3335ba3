import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { clean, freshId, intents } from "../console/commands.js";
import { Desk } from "../console/desk.js";
import { alerts, allowed, allowedOnAir, nextAction, nextItem, permissionFor, roundToRepeat } from "../console/next.js";

const golden = (name) => JSON.parse(readFileSync(new URL(`../../Tests/VoteBoardTests/Fixtures/wire/${name}.json`, import.meta.url), "utf8")).state;

/** The registered hall of the golden files, changed. */
function hall(change = () => {}) {
    const state = golden("snapshot-registered");
    change(state);
    return state;
}

const addRound = (state, id, round) => {
    state.rounds.order.push(id);
    state.rounds.by_id[id] = { kind: "whole", method: "roll_call", question: "…", item: "i1", ...round };
    if (round.status === "open") state.open_round = id;
};

test("before anything there is a roster, then rules, then a sitting, its agenda and its opening", () => {
    assert.equal(nextAction({}).key, "importRoster");
    assert.equal(nextAction(hall((s) => { delete s.council.language; })).key, "importRules");
    assert.equal(nextAction(hall((s) => { delete s.sitting; })).key, "schedule");
    assert.equal(nextAction(hall((s) => { s.sitting.status = "scheduled"; s.agenda.order = []; })).key, "addItem");
    assert.equal(nextAction(hall((s) => { s.sitting.status = "scheduled"; })).key, "openSitting");
});

test("an open sitting without quorum registers; with one it takes up the first item", () => {
    const none = (s) => { s.presence = { present: {}, count: 0, quorum: { needed: 3, base: 5, met: false } }; };
    assert.equal(nextAction(hall(none)).key, "openRegistration");
    assert.equal(nextAction(hall((s) => { none(s); addRound(s, "reg", { kind: "registration", status: "announced" }); })).key, "callRoll");
    assert.deepEqual(nextAction(hall()), { key: "takeUp", item: "i1" });
});

test("an item goes from its speakers to the vote, and when it is decided to the next", () => {
    const discussed = (s) => { s.current_item = "i1"; s.agenda.items.i1.state = "under_discussion"; };
    assert.deepEqual(nextAction(hall(discussed)), { key: "planRound", item: "i1" });
    const queued = hall((s) => { discussed(s); s.speakers.queue = [{ id: "p1", deputy: "d1", kind: "debate" }]; });
    assert.deepEqual(nextAction(queued), { key: "startSpeech", speaker: "p1" });
    assert.equal(nextAction(hall((s) => { discussed(s); s.speakers.speech = { entry: { id: "p1" } }; })).key, "endSpeech");
    assert.deepEqual(nextAction(hall((s) => { discussed(s); s.agenda.items.i1.state = "adopted"; })), { key: "takeUp", item: "i2" });
    assert.equal(nextAction(hall((s) => { s.current_item = "i2"; s.agenda.items.i1.state = s.agenda.items.i2.state = "rejected"; })).key, "closeSitting");
});

test("a round goes from planned to open, closed, announced; a tie waits for the chair", () => {
    const at = (round) => nextAction(hall((s) => addRound(s, "r1", round)));
    assert.deepEqual(at({ status: "scheduled" }), { key: "openRound", round: "r1" });
    assert.deepEqual(at({ status: "open" }), { key: "closeRound", round: "r1" });
    assert.deepEqual(at({ status: "open", method: "secret", voted: 0 }), { key: "recordTotals", round: "r1" });
    assert.deepEqual(at({ status: "open", method: "secret", voted: 4 }), { key: "closeRound", round: "r1" });
    assert.deepEqual(at({ status: "closed", result: { outcome: "adopted" } }), { key: "announceRound", round: "r1" });
    assert.deepEqual(at({ status: "closed", result: { outcome: "undecided" } }), { key: "chairVote", round: "r1" });
});

test("the next item is sought after the current one, then from the beginning", () => {
    assert.equal(nextItem(hall((s) => { s.current_item = "i2"; })), "i1");
    assert.equal(nextItem(hall((s) => { s.agenda.items.i1.state = "postponed"; })), "i2");
});

test("the allowed actions follow from the state", () => {
    const idle = allowed(hall());
    for (const name of ["takeUp", "planRound", "suspendSitting", "closeSitting", "register", "moveItem", "queueSpeaker"]) assert.ok(idle.has(name), name);
    const others = ["openSitting", "closeRound", "announceRound", "annulRound", "castBallot", "resumeSitting", "endSpeech"];
    for (const name of others) assert.ok(!idle.has(name), name);
    const voting = allowed(hall((s) => addRound(s, "r1", { status: "open" })));
    for (const name of ["closeRound", "annulRound", "castBallot", "correctBallot", "depart"]) assert.ok(voting.has(name), name);
    for (const name of ["takeUp", "suspendSitting", "closeSitting", "openRegistration", "recordTotals", "repeatRound"]) assert.ok(!voting.has(name), name);
    const secret = allowed(hall((s) => addRound(s, "r1", { status: "open", method: "secret", voted: 0 })));
    assert.ok(secret.has("recordTotals") && !secret.has("castBallot") && !secret.has("correctBallot"));
    assert.ok(!allowed(hall((s) => { s.sitting.status = "closed"; })).has("register"));
});

test("a round can be repeated once", () => {
    assert.equal(roundToRepeat(hall((s) => addRound(s, "r1", { status: "annulled" }))), "r1");
    assert.equal(roundToRepeat(hall((s) => addRound(s, "r1", { status: "annulled", superseded_by: "r2" }))), null);
});

test("an action needs the permission that the server asks for", () => {
    for (const name of ["start", "stop", "slateOn", "slateOff", "hide", "show"]) assert.equal(permissionFor(name), "streams", name);
    assert.equal(permissionFor("castBallot"), "ballots");
    for (const name of ["openRound", "correctBallot", "register", "importRules", "toString"]) assert.equal(permissionFor(name), "sitting", name);
    const { schemas } = JSON.parse(readFileSync(new URL("../openapi.json", import.meta.url), "utf8")).components;
    const known = schemas.Session.properties.permissions.items.enum;
    for (const permission of ["streams", "sitting", "ballots"]) assert.ok(known.includes(permission), permission);
});

test("only what the session permits is offered", () => {
    const state = hall((s) => addRound(s, "r1", { status: "open", method: "roll_call" }));
    const stream = { value: { state: "live", onAir: "camera" } };
    const offered = (...permissions) => {
        const desk = new Desk({ store: { state }, stream, permissions: () => permissions });
        return ["stop", "closeRound", "castBallot"].filter((name) => desk.may(name));
    };
    assert.deepEqual(offered("streams"), ["stop"]);
    assert.deepEqual(offered("sitting", "ballots"), ["closeRound", "castBallot"]);
    assert.deepEqual(offered("ballots", "hall-system"), ["castBallot"]);
    assert.deepEqual(offered("tokens", "reload", "logs"), []);
});

test("on air, only what changes something is offered", () => {
    assert.deepEqual([...allowedOnAir({ state: "stopped", onAir: "nothing" })], ["start"]);
    assert.deepEqual([...allowedOnAir({ state: "live", onAir: "camera", slateOn: false })], ["stop", "hide", "slateOn"]);
    assert.deepEqual([...allowedOnAir({ state: "live", onAir: "hidden", hiddenSince: 5 })], ["stop", "show"]);
    assert.deepEqual([...allowedOnAir(null)], []);
});

test("there are alerts only when somebody has to act", () => {
    const calm = {
        state: hall(), stream: { state: "live", onAir: "camera" }, streamWanted: true, link: { state: "live", since: 0 },
        outbox: { unanswered: 0, refused: [] }, now: 1000, linkNow: 1000,
    };
    const keys = (change) => alerts({ ...calm, ...change }).map(({ key }) => key);
    assert.deepEqual(keys({}), []);
    assert.deepEqual(keys({ state: null, stream: null }), []);
    assert.deepEqual(keys({ link: { state: "lost", since: 0 }, linkNow: 2000 }), []);
    assert.deepEqual(keys({ link: { state: "lost", since: 0 }, linkNow: 4000 }), ["linkLost"]);
    assert.deepEqual(keys({ outbox: { unanswered: 0, refused: [{ key: "x" }] } }), ["refused"]);
    const limited = { unanswered: 1, why: { key: "x", problem: { status: 429 } }, refused: [] };
    assert.deepEqual(keys({ outbox: limited }), ["waits", "unanswered"], "it says why it waits where that is known");
    assert.deepEqual(keys({ stream: { state: "stopped", onAir: "nothing" } }), ["notOnAir"]);
    assert.deepEqual(keys({ stream: { state: "stopped", onAir: "nothing" }, streamWanted: false }), []);
    const overdue = hall((s) => addRound(s, "r1", { status: "open", ends_at: 900 }));
    assert.deepEqual(keys({ state: overdue, stream: { state: "live", onAir: "slate" } }), ["timeOver", "voteUnseen"]);
    assert.deepEqual(keys({ state: hall((s) => addRound(s, "r1", { status: "closed", result: { outcome: "undecided" } })) }), ["tie"]);
});

test("an intent that can be undone has its undo", () => {
    const make = intents(hall((s) => {
        s.notice = { text: "old" };
        s.speakers = { queue: [], speech: { entry: { id: "p1", deputy: "d1", kind: "debate" } } };
    }));
    assert.deepEqual(make.register(["d1"], "x").undo.steps, [{ command: "depart", sitting: "s1", deputies: ["d1"] }]);
    assert.deepEqual(make.moveItem("i2", 0).undo.steps, [{ command: "move_item", sitting: "s1", item: "i2", index: 1 }]);
    assert.deepEqual(make.postNotice({ text: "new" }).undo.steps, [{ command: "post_notice", sitting: "s1", text: "old" }]);
    const { steps } = make.endSpeech("x", "p2", 30).undo;
    assert.deepEqual(steps.map(({ command, seconds }) => [command, seconds]), [["queue_speaker", 30], ["start_speech", undefined]]);
    for (const name of ["closeRound", "announceRound", "openRound"]) assert.equal(make[name]("r1", "…").undo, null, name);
});

test("two actions that differ have keys that differ, the same action has the same key", () => {
    const make = intents(hall());
    assert.equal(make.closeRound("r1", "a").key, make.closeRound("r1", "b").key);
    assert.notEqual(make.castBallot("r1", "d1", "yes", "").key, make.castBallot("r1", "d2", "yes", "").key);
    assert.equal(make.castBallot("r1", "d1", "yes", "").key, make.castBallot("r1", "d1", "no", "").key);
    assert.equal(make.planAndOpen("a", { question: "" }).key, make.planAndOpen("b", { question: "" }).key);
});

test("ids have the characters that the record allows, and empty fields are left out", () => {
    assert.match(freshId("r"), /^r-[0-9a-f]{10}$/);
    assert.deepEqual(clean({ a: "", b: undefined, c: null, d: 0, e: false }), { d: 0, e: false });
});

test("an agenda is imported before the opening, and into an open sitting that has none", () => {
    const may = (status, order) => allowed(hall((s) => { s.sitting.status = status; s.agenda.order = order; })).has("importAgenda");
    assert.equal(may("scheduled", ["i1"]), true);
    assert.equal(may("open", []), true);
    assert.equal(may("open", ["i1"]), false);
    assert.equal(may("closed", []), false);
});
