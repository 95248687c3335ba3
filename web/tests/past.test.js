import assert from "node:assert/strict";
import test from "node:test";
import { Past } from "../council/past.js";
import { CouncilStore } from "../council/store.js";

const at = (n) => 1_000_000 + n * 60_000;
const snapshot = (seq) => ({ type: "snapshot", epoch: "e", seq, now: at(seq), state: { n: seq } });
const delta = (seq) => ({ type: "delta", epoch: "e", after: seq - 1, seq, at: at(seq), what: [], patch: { n: seq } });

/** A record of a hundred events, one a minute, and a page that was opened at the 90th. */
function hall(answer = {}) {
    const asked = [];
    const store = new CouncilStore();
    store.take(snapshot(90), at(90));
    let time = 0;
    const fetch = async (url) => {
        asked.push(url);
        const query = new URL(url, "http://hall").searchParams;
        const first = Math.max(10, Math.floor((Number(query.get("from")) - 1_000_000) / 60_000));
        const until = Number(query.get("until"));
        const deltas = Array.from({ length: until - first }, (_, i) => delta(first + 1 + i));
        return { ok: true, status: 200, json: async () => [snapshot(first), ...deltas], ...answer };
    };
    return { asked, store, past: new Past("a b", store, { fetch, clock: () => time }), pass: (ms) => { time += ms; } };
}

test("going back fetches the state of that time, once", async () => {
    const { asked, store, past } = hall();
    await Promise.all([past.reach(at(50)), past.reach(at(50) + 1)]);
    assert.equal(store.stateAt(at(50)).n, 50);
    assert.equal(store.stateAt(at(89)).n, 89);
    assert.equal(store.state.n, 90);
    assert.deepEqual(asked, [`/api/v1/halls/a%20b/council/past?from=${at(48)}&until=90`]);
    await past.reach(at(60));
    assert.equal(asked.length, 1, "what is known is not asked for");
    await past.reach(at(20));
    assert.equal(store.stateAt(at(20)).n, 20);
    assert.equal(asked.length, 2);
});

test("nothing is requested from before the record begins", async () => {
    const { asked, past } = hall();
    await past.reach(at(1));
    await past.reach(at(2));
    await past.reach(at(0));
    assert.equal(asked.length, 1);
    assert.equal(past.knows(at(0)), true);
});

test("after a failure there is a pause before the next request", async () => {
    const { asked, past, pass } = hall({ ok: false, status: 503 });
    await past.reach(at(50));
    await past.reach(at(50));
    assert.equal(asked.length, 1);
    pass(10_001);
    await past.reach(at(50));
    assert.equal(asked.length, 2);
});
