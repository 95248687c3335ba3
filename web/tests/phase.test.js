import assert from "node:assert/strict";
import test from "node:test";
import { phaseOf } from "../player/phase.js";

const playing = { failed: false, absent: false, ended: false, ahead: 1, stuck: false, paused: false, shown: true, blocked: false, wantsPlay: true, ready: 4 };

test("of several conditions the worst is the phase", () => {
    assert.equal(phaseOf(playing), "playing");
    assert.equal(phaseOf({ ...playing, shown: false }), "loading");
    assert.equal(phaseOf({ ...playing, ready: 2 }), "stalled");
    assert.equal(phaseOf({ ...playing, stuck: true, ahead: 0.5 }), "stalled");
    assert.equal(phaseOf({ ...playing, absent: true }), "playing", "what is left is still shown");
    assert.equal(phaseOf({ ...playing, absent: true, ahead: 0 }), "absent");
    assert.equal(phaseOf({ ...playing, ended: true, ahead: 0 }), "ended");
    assert.equal(phaseOf({ ...playing, failed: true, absent: true, ahead: 0 }), "failed");
});

test("paused is what the viewer asked for, or the browser enforced", () => {
    assert.equal(phaseOf({ ...playing, paused: true, wantsPlay: false }), "paused");
    assert.equal(phaseOf({ ...playing, paused: true }), "playing", "about to go on");
    assert.equal(phaseOf({ ...playing, paused: true, shown: false, blocked: true }), "paused");
});
