import assert from "node:assert/strict";
import test from "node:test";
import { isCutOff, Pace, trimmedUpTo } from "../display/pace.js";

/** A playhead and frames 40 ms apart; `late(n)` is how many ms frame n is late. Returns the leads, in seconds, frame by frame. */
function play({ frames, behind = 0, late = () => 0, pace = new Pace(), step = 40, start = 0 }) {
    let playhead = -behind, rate = 1, before = start, jumps = 0;
    const leads = [], rates = [];
    for (let index = 0; index < frames; index += 1) {
        const time = index * step / 1000, now = start + index * step + late(index);
        playhead += ((now - before) / 1000) * rate;
        before = now;
        // The playhead cannot pass the end of the buffer.
        if (playhead > time + step / 1000) {
            playhead = time;
            pace.stalled(now);
        }
        leads.push(time - playhead);
        pace.arrived(now, time - playhead);
        const correction = pace.correction(now);
        rate = correction.rate;
        rates.push(rate);
        if (correction.jump > 0) {
            playhead += correction.jump;
            pace.reset();
            jumps += 1;
        }
    }
    return { leads, rates, jumps };
}

test("a small distance is corrected by the rate alone, which then returns to 1", () => {
    const { leads, rates, jumps } = play({ frames: 500, behind: 0.3 });
    assert.equal(jumps, 0);
    assert.ok(leads.at(-1) < 0.03, `still ${leads.at(-1)} s behind`);
    assert.equal(rates.at(-1), 1);
    assert.ok(Math.max(...rates) <= 1.1);
});

test("a large distance is jumped over, once", () => {
    const { leads, jumps } = play({ frames: 100, behind: 3 });
    assert.equal(jumps, 1);
    assert.ok(leads.at(-1) < 0.05);
});

test("with jitter the median lead counts, and the latest frame still does not stall playback", () => {
    const { leads, jumps } = play({ frames: 3000, late: (index) => (index % 5 === 0 ? 30 : 0) });
    assert.equal(jumps, 0);
    const last = leads.slice(-100);
    assert.ok(Math.min(...last) > -0.04 && Math.max(...last) < 0.06, `${Math.min(...last)} to ${Math.max(...last)}`);
});

test("the distance does not grow over hours", () => {
    const pace = new Pace();
    const { leads } = play({ frames: 90_000, pace, late: (index) => (index % 997 === 0 ? 90 : index % 3) });
    assert.ok(Math.max(...leads.slice(-25)) < 0.2, `${Math.max(...leads.slice(-25))}`);
});

test("a camera that runs a little fast is followed", () => {
    // One percent too many frames: without correction the playhead would fall 10 ms behind each second.
    const { leads } = play({ frames: 5000, step: 40, late: (index) => -index * 0.4 });
    assert.ok(leads.at(-1) < 0.06, `${leads.at(-1)} s`);
});

test("stalls widen the cushion up to a limit, and time without them narrows it", () => {
    const pace = new Pace();
    const before = pace.cushion;
    for (let now = 0; now < 100_000; now += 2000) pace.stalled(now);
    const wide = pace.cushion;
    assert.ok(wide > before && wide <= 0.12);
    for (let now = 100_000; now < 1_000_000; now += 40) pace.arrived(now, wide);
    assert.ok(pace.cushion <= before + 1e-9);
});

test("several stalls in a row count as one", () => {
    const pace = new Pace();
    for (let now = 0; now < 500; now += 50) pace.stalled(now);
    assert.ok(pace.cushion < 0.04);
});

test("the buffer is cut at keyframes behind the playhead, and only there", () => {
    assert.equal(trimmedUpTo([], 10), null);
    assert.equal(trimmedUpTo([0], 10), null);
    assert.equal(trimmedUpTo([0, 2, 4, 6], 6.5), 4);
    assert.equal(trimmedUpTo([0, 10], 9), null, "the playhead still needs what the first keyframe began");
});

test("a hole before the newest frames is detected", () => {
    assert.equal(isCutOff([], 1), false);
    assert.equal(isCutOff([[0, 5]], 4.9), false);
    assert.equal(isCutOff([[0, 5], [9, 10]], 5), true);
    assert.equal(isCutOff([[9, 10]], 9.99), false);
    assert.equal(isCutOff([[9, 10]], 30), true, "the time line began again");
});
