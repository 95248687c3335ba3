import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { CouncilStore, merge } from "../council/store.js";

const wire = new URL("../../Tests/VoteBoardTests/Fixtures/wire/", import.meta.url);
const golden = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, wire), "utf8"));

const snapshot = (seq, now, state, epoch = "e1") => ({ type: "snapshot", epoch, seq, now, state });
const delta = (after, seq, at, patch, epoch = "e1") => ({ type: "delta", epoch, after, seq, at, what: [], patch });

/** A store that has applied `count` changes of one counter, one a second from 1000. */
function counted(count, limits) {
    const store = new CouncilStore(limits);
    store.take(snapshot(0, 0, { n: 0, rest: { kept: true } }), 0);
    for (let i = 1; i <= count; i += 1) store.take(delta(i - 1, i, i * 1000, { n: i }), i * 1000);
    return store;
}

test("a merge patch does what RFC 7396 says", () => {
    const cases = [
        [{ a: "b" }, { a: "c" }, { a: "c" }], [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }], [{ a: "b" }, { a: null }, {}],
        [{ a: ["b"] }, { a: "c" }, { a: "c" }], [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
        [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }], [["a"], ["c"], ["c"]], [{ e: 1 }, { a: { bb: { ccc: null } } }, { e: 1, a: { bb: {} } }],
    ];
    for (const [target, patch, result] of cases) {
        const before = JSON.stringify(target);
        assert.deepEqual(merge(target, patch), result);
        assert.equal(JSON.stringify(target), before, "the target stays as it was");
    }
});

test("an id may have any name, even that of the prototype", () => {
    const merged = merge({}, JSON.parse('{"__proto__":{"evil":true},"constructor":{"a":1}}'));
    assert.equal({}.evil, undefined);
    assert.equal(Object.hasOwn(merged, "__proto__"), true);
    assert.deepEqual(merged.constructor, { a: 1 });
});

test("the golden messages lead from an opened round to its announced result", () => {
    const store = new CouncilStore();
    const begin = golden("snapshot-full");
    begin.seq = 15;
    begin.now = 1795341615000;
    begin.state.rounds = { by_id: {}, order: [] };
    begin.state.agenda.items.i1.state = "under_discussion";
    assert.equal(store.take(begin), "taken");
    const votes = ["delta-round-opened", "delta-ballot-live", "delta-round-closed", "delta-round-announced", "delta-round-annulled"];
    for (const name of votes) assert.equal(store.take(golden(name)), "taken", name);
    assert.equal(store.state.rounds.by_id.r1.status, "annulled");
    assert.equal(store.state.open_round, undefined);
    const open = store.stateAt(1795341618000);
    assert.equal(open.open_round, "r1");
    assert.deepEqual(open.rounds.by_id.r1.ballots, { d1: "yes" });
    assert.equal(open.rounds.by_id.r1.counts.yes, 1);
    assert.equal(open.rounds.by_id.r1.counts.recused, 1, "a patch leaves alone what it does not name");
    assert.equal(store.stateAt(1795341616000).rounds.by_id.r1.voted, 0, "the state at a change's own time has the change");
    assert.equal(store.stateAt(1795341620500).rounds.by_id.r1.status, "announced");
    assert.deepEqual(store.place, { epoch: "e1", seq: 25 });
});

test("every golden delta is applied, and one that does not follow is a gap", () => {
    const store = new CouncilStore();
    store.take(golden("snapshot-full"));
    assert.equal(store.take(golden("delta-closed")), "taken");
    assert.equal(store.state.current_item, undefined);
    assert.equal(store.take(golden("tick"), 1795341636000), "taken");
    for (const name of ["delta-speech", "delta-break", "delta-departed", "delta-secret-ballot"]) assert.equal(store.take(golden(name)), "old", name);
    assert.equal(store.needsSnapshot, false);
    assert.equal(store.take(delta(50, 51, 1795341640000, {})), "gap");
    assert.equal(store.place, null);
    assert.equal(store.take(snapshot(51, 1795341640000, {})), "taken");
    assert.equal(store.needsSnapshot, false);
});

test("a tick ahead of the state, and a message of another record, are gaps", () => {
    const store = counted(3);
    assert.equal(store.take({ type: "tick", epoch: "e1", seq: 4, now: 4000 }), "gap");
    assert.equal(counted(3).take({ type: "tick", epoch: "e2", seq: 3, now: 4000 }), "gap");
    assert.equal(counted(3).take(delta(3, 4, 4000, {}, "e2")), "gap");
    assert.equal(counted(3).take({ type: "of a later version" }), "old");
});

test("a delta repeated after a reconnect changes nothing; a new day's delta keeps the sequence", () => {
    const store = counted(3);
    assert.equal(store.take(delta(1, 2, 2000, { n: 99 })), "old");
    assert.equal(store.state.n, 3);
    assert.equal(store.take(delta(3, 3, 5000, { day: "new" })), "taken");
    assert.equal(store.state.day, "new");
});

test("the state of any moment is known, in any order of calls", () => {
    const store = counted(500);
    for (const second of [0, 499, 3, 250, 251, 249, 64, 63, 65, 500, 1]) {
        assert.deepEqual(store.stateAt(second * 1000 + 999), { n: second, rest: { kept: true } }, `second ${second}`);
        assert.equal(store.stateAt(second * 1000).n, second);
        assert.equal(store.stateAt(second * 1000 - 1).n, Math.max(0, second - 1));
    }
    assert.equal(store.stateAt(1e12), store.state, "the newest is the state itself");
    assert.equal(store.stateAt(7100), store.stateAt(7900), "nothing new is the same object");
    assert.equal(store.nextChange(7500), 8000);
    assert.equal(store.nextChange(500_000), null);
    assert.equal(store.stateAt(-1e9).n, 0, "before what is known, the oldest that is");
    assert.equal(new CouncilStore().stateAt(0), null);
});

test("old entries are dropped, by number and by time", () => {
    const many = counted(5000, { keep: 1e12, maxEntries: 1000 });
    assert.ok(many.history.length <= 1000 + 128, `${many.history.length} kept`);
    assert.equal(many.stateAt(4_900_500).n, 4900);
    const old = counted(5000, { keep: 600_000, maxEntries: 1e6 });
    assert.ok(old.history.length <= 600 + 256, `${old.history.length} kept`);
    for (const second of [4405, 4700, 5000]) assert.equal(old.stateAt(second * 1000).n, second);
});

test("earlier history is prepended", () => {
    const store = new CouncilStore();
    const whole = counted(300);
    store.take(snapshot(200, 999_000, whole.stateAt(200_000)));
    for (let i = 201; i <= 300; i += 1) store.take(delta(i - 1, i, 800_000 + i * 1000, { n: i }));
    const past = [snapshot(20, 20_000, { n: 20, rest: { kept: true } })];
    for (let i = 21; i <= 230; i += 1) past.push(delta(i - 1, i, i * 1000, { n: i }));
    assert.equal(store.stateAt(100_000).n, 200);
    assert.equal(store.knownSince, 999_000);
    assert.equal(store.learnPast(past), true);
    assert.equal(store.knownSince, 20_000);
    for (const n of [20, 21, 100, 199]) assert.equal(store.stateAt(n * 1000 + 500).n, n);
    assert.equal(store.stateAt(900_000).n, 200, "the known begins when it really did");
    for (const n of [201, 250, 300]) assert.equal(store.stateAt(800_500 + n * 1000).n, n);
    assert.equal(store.state.n, 300);
    assert.equal(store.learnPast([snapshot(5, 5000, {}), delta(5, 6, 6000, {})]), false, "a past that does not reach the known");
    assert.equal(store.learnPast([snapshot(5, 5000, {}, "e2")]), false);
});

test("the changes of a field are known", () => {
    const store = new CouncilStore();
    store.take(snapshot(1, 1000, { item: "a" }));
    store.take(delta(1, 2, 2000, { n: 1 }));
    store.take(delta(2, 3, 3000, { item: "b" }));
    store.take(delta(3, 4, 4000, { item: null }));
    store.take(delta(4, 5, 5000, { item: "b" }));
    assert.deepEqual(store.changesOf("item"), [{ at: 1000, value: "a" }, { at: 3000, value: "b" }, { at: 4000, value: undefined }, { at: 5000, value: "b" }]);
});

test("entries keep their order when the clock is set back", () => {
    const store = counted(5);
    store.take(delta(5, 6, 2500, { n: 6 }));
    assert.equal(store.stateAt(2500).n, 6);
    assert.equal(store.stateAt(2400).n, 2);
    assert.equal(store.stateAt(9000).n, 6);
});

test("the offset of the daemon's clock comes from the message with the least delay", () => {
    const store = new CouncilStore();
    store.take(snapshot(1, 100_000, {}), 40_500);
    assert.equal(store.now(41_000), 100_500);
    store.take({ type: "tick", epoch: "e1", seq: 1, now: 110_000 }, 50_020);
    assert.equal(store.clockOffset, 59_980);
    store.take({ type: "tick", epoch: "e1", seq: 1, now: 120_000 }, 61_000);
    assert.equal(store.clockOffset, 59_980);
    store.take({ type: "tick", epoch: "e1", seq: 1, now: 20_000 }, 71_000);
    assert.equal(store.clockOffset, -51_000, "a clock that was set is believed");
});

test("listeners are called until they unsubscribe", () => {
    const store = counted(1);
    const told = [];
    const leave = store.subscribe((change) => told.push(change));
    store.take({ ...delta(1, 2, 2000, { n: 2 }), what: ["ballot_cast"] });
    leave();
    store.take(delta(2, 3, 3000, { n: 3 }));
    assert.deepEqual(told, [{ type: "delta", at: 2000, what: ["ballot_cast"] }]);
});
