import assert from "node:assert/strict";
import test from "node:test";
import { roundLeft, speechLeft, spellLeft, stateOf, untilNext } from "../council/countdown.js";

test("a speech's time left is what was allotted less what was spent, and what runs now", () => {
    const speech = { allotted: 180_000, spent: 20_000 };
    assert.equal(speechLeft(speech, 1_000_000), 160_000, "paused: the clock says nothing");
    assert.equal(speechLeft({ ...speech, running_since: 990_000 }, 1_000_000), 150_000);
    assert.equal(speechLeft({ ...speech, running_since: 800_000 }, 1_000_000), -40_000);
    assert.equal(speechLeft({ ...speech, running_since: 1_000_500 }, 1_000_000), 160_000, "never more than before, should this clock be late");
});

test("a round's countdown ends at zero, and may be none", () => {
    assert.equal(roundLeft({ ends_at: 5000 }, 2000), 3000);
    assert.equal(roundLeft({ ends_at: 5000 }, 9000), 0);
    assert.equal(roundLeft({}, 9000), null);
});

test("the last second counts until it is over, and over time reads with a minus", () => {
    assert.deepEqual([161_000, 60_000, 59_999, 1000, 1, 0, -1, -999, -1000, -67_400, 3_661_000].map(spellLeft),
        ["2:41", "1:00", "1:00", "0:01", "0:01", "0:00", "0:00", "0:00", "−0:01", "−1:07", "1:01:01"]);
});

test("the next tick comes when the text changes, not before and at most a few ms later", () => {
    for (const left of [161_000, 160_999, 1500, 1000, 1, 0, -1, -999, -1000, -1500]) {
        const wait = untilNext(left);
        assert.notEqual(spellLeft(left - wait), spellLeft(left), `after ${wait} ms at ${left}`);
        assert.equal(spellLeft(left - Math.max(0, wait - 3)), spellLeft(left), `not at once at ${left}`);
        assert.ok(wait >= 1 && wait <= 1001);
    }
});

test("the state says when time is low or over; paused time is not low", () => {
    assert.equal(stateOf(60_000, false), "running");
    assert.equal(stateOf(30_000, false), "low");
    assert.equal(stateOf(30_000, true), "paused");
    assert.equal(stateOf(-1, true), "over");
    assert.equal(stateOf(9_000, false, 5_000), "running");
});
