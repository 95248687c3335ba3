import assert from "node:assert/strict";
import test from "node:test";
import { everywhere, keyOf, meaningOf } from "../console/keys.js";
import { answer, callOrder, modeOf, nextWaiting, press, rows } from "../console/rollcall.js";

/** A council of `count` deputies, all present; an open named round. */
function hall(count, more = {}) {
    const ids = Array.from({ length: count }, (_, index) => `d${index + 1}`);
    const round = {
        kind: "whole", status: "open", method: "roll_call", reveal: "live", item: "i1", entitled: Object.fromEntries(ids.map((id) => [id, ""])),
        ballots: {}, ...more,
    };
    return {
        council: { deputies: Object.fromEntries(ids.map((id, order) => [id, { family: id, given: "", role: "deputy", order }])) },
        sitting: { id: "s1", status: "open" }, presence: { present: Object.fromEntries(ids.map((id) => [id, true])) },
        agenda: { order: ["i1"], items: { i1: { number: "1", title: "…", state: "voting" } } },
        rounds: { order: ["r1"], by_id: { r1: round } }, open_round: "r1",
    };
}

/** Presses keys; each answer is recorded at once. */
function call(state, keys) {
    const round = state.rounds.by_id.r1;
    let at = 0;
    const sent = [];
    for (const key of keys) {
        const done = press(key, rows(state, round), at, modeOf(state, round));
        assert.ok(done, key);
        at = done.at;
        if (done.act) {
            sent.push(done.act);
            round.ballots[done.act.deputy] = done.act.choice;
        }
    }
    return { sent, at };
}

test("34 deputies are called with 34 keys", () => {
    const keys = Array.from({ length: 34 }, (_, index) => "yynya"[index % 5]);
    const { sent } = call(hall(34), keys);
    assert.equal(keys.length, 34);
    assert.equal(new Set(sent.map(({ deputy }) => deputy)).size, 34);
    assert.deepEqual(sent.slice(0, 5).map(({ choice }) => choice), ["yes", "yes", "no", "yes", "abstain"]);
});

test("whoever is away or has answered is not called", () => {
    const state = hall(6, { ballots: { d3: "no" } });
    delete state.presence.present.d2;
    delete state.presence.present.d4;
    assert.deepEqual(call(state, ["y", "y", "n"]).sent.map(({ deputy, choice }) => `${deputy} ${choice}`), ["d1 yes", "d5 yes", "d6 no"]);
});

test("space moves on without a ballot, the arrows and backspace go back", () => {
    const { sent, at } = call(hall(4), ["y", " ", "n", "arrowup", "backspace", "a"]);
    assert.deepEqual(sent.map(({ deputy, choice }) => `${deputy} ${choice}`), ["d1 yes", "d3 no", "d2 abstain"]);
    assert.equal(at, 3);
});

test("nobody who has voted, is absent or recused gets a ballot by mistake", () => {
    const state = hall(4, { ballots: { d1: "no" } });
    delete state.presence.present.d2;
    state.agenda.items.i1.recused = ["d3"];
    assert.deepEqual(call(state, ["y", "y", "y", "y"]).sent.map(({ deputy }) => deputy), ["d4"]);
    assert.equal(nextWaiting(rows(state, state.rounds.by_id.r1), 0, "vote"), -1);
});

test("a deputy who arrived after the list was fixed is not on it", () => {
    const state = hall(3);
    delete state.rounds.by_id.r1.entitled.d3;
    assert.equal(rows(state, state.rounds.by_id.r1)[2].canVote, false);
});

test("in a registration only yes is an answer, and only for those who are not here yet", () => {
    const state = hall(3, { kind: "registration" });
    state.presence.present = { d1: true };
    const [here, away] = rows(state, state.rounds.by_id.r1);
    assert.equal(answer(here, "yes", "registration"), null);
    assert.equal(answer(away, "no", "registration"), null);
    assert.deepEqual(answer(away, "yes", "registration"), { name: "castBallot", deputy: "d2", choice: "yes" });
});

test("without a round the same keys record presence", () => {
    const state = hall(2);
    state.rounds = { order: [], by_id: {} };
    state.presence.present = { d2: true };
    assert.equal(modeOf(state, null), "presence");
    const list = rows(state, null);
    assert.deepEqual(press("y", list, 0, "presence").act, { name: "register", deputy: "d1" });
    assert.deepEqual(press("n", list, 1, "presence").act, { name: "depart", deputy: "d2" });
    assert.equal(press("a", list, 0, "presence").act, undefined);
    assert.equal(nextWaiting(list, 1, "presence"), 0);
});

test("in a secret round no key casts a ballot", () => {
    const state = hall(2, { method: "secret" });
    const round = state.rounds.by_id.r1;
    assert.equal(modeOf(state, round), "secret");
    assert.equal(press("y", rows(state, round), 0, "secret").act, undefined);
});

test("a round that hides its ballots shows those of this console", () => {
    const state = hall(2, { reveal: "count", ballots: undefined });
    const list = rows(state, state.rounds.by_id.r1, { d1: "yes" });
    assert.deepEqual(list.map(({ choice, canVote }) => [choice, canVote]), [["yes", false], [null, true]]);
});

test("the head is called first, the others in the roster's order", () => {
    assert.deepEqual(callOrder({ d2: { order: 1 }, head: { role: "head", order: 2 }, d1: { order: 0 } }), ["head", "d1", "d2"]);
});

test("keys count by letter, on other scripts by position", () => {
    assert.equal(keyOf({ key: "Y", code: "KeyY" }), "y");
    assert.equal(keyOf({ key: "н", code: "KeyY" }), "y");
    assert.equal(keyOf({ key: "z", code: "KeyY" }), "z"); // a German keyboard
    assert.equal(keyOf({ key: "ყ", code: "KeyY" }), "y");
    assert.equal(keyOf({ key: "?", code: "Slash" }), "?");
    assert.equal(keyOf({ key: "ArrowUp", altKey: true }), "alt+arrowup");
    assert.equal(keyOf({ key: "c", code: "KeyC", ctrlKey: true }), null);
});

test("no key has two meanings, and none is a key of the roll", () => {
    assert.equal(new Set(everywhere.map(({ key }) => key)).size, everywhere.length);
    for (const key of ["y", "n", "a", " "]) assert.equal(meaningOf(key), null);
});
