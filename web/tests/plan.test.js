import assert from "node:assert/strict";
import test from "node:test";
import * as plan from "../player/plan.js";
import { parsePlaylist } from "../player/playlist.js";

const head = `#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,CAN-SKIP-UNTIL=12
#EXT-X-PART-INF:PART-TARGET=0.5
#EXT-X-MEDIA-SEQUENCE:10
#EXT-X-MAP:URI="i0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T14:00:00Z
`;
const segment = (msn, extra = "") => `${extra}#EXTINF:2,\ns${msn}.mp4\n`;
const parts = (msn, count, gapAt = -1) =>
    Array.from({ length: count }, (_, k) => {
        const flags = `${k === 0 ? ",INDEPENDENT=YES" : ""}${k === gapAt ? ",GAP=YES" : ""}`;
        return `#EXT-X-PART:DURATION=0.5,URI="s${msn}.${k}.mp4"${flags}\n`;
    }).join("");
const read = (...lines) => parsePlaylist(head + lines.join(""));
const live = () => read(segment(10), segment(11, parts(11, 4)), parts(12, 2), '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="s12.2.mp4"\n');

test("a complete segment is fetched whole, an incomplete one part by part", () => {
    assert.deepEqual(pick(plan.nextPiece(live(), { msn: 10, part: 0 })), ["fetch", "segment", "s10.mp4", { msn: 11, part: 0 }]);
    assert.deepEqual(pick(plan.nextPiece(live(), { msn: 11, part: 2 })), ["fetch", "part", "s11.2.mp4", { msn: 11, part: 3 }]);
    assert.deepEqual(pick(plan.nextPiece(live(), { msn: 12, part: 1 })), ["fetch", "part", "s12.1.mp4", { msn: 12, part: 2 }]);
    const evicted = pick(plan.nextPiece(live(), { msn: 10, part: 3 }));
    assert.deepEqual(evicted, ["fetch", "segment", "s10.mp4", { msn: 11, part: 0 }], "its parts are not listed any more");
});
const pick = ({ step, kind, uri, next }) => [step, kind, uri, next];

test("after a segment's last part comes the next segment", () => {
    assert.deepEqual(plan.nextPiece(live(), { msn: 11, part: 4 }), { step: "skip", next: { msn: 12, part: 0 } });
});

test("at the end it waits, with the preload hint of the next part", () => {
    const answer = plan.nextPiece(live(), { msn: 12, part: 2 });
    assert.equal(answer.step, "wait");
    assert.equal(answer.hint.uri, "s12.2.mp4");
    assert.equal(answer.hint.map, "i0.mp4");
    assert.equal(plan.nextPiece(live(), { msn: 12, part: 3 }).hint, null);
    assert.equal(plan.nextPiece(read(segment(10)), { msn: 11, part: 0 }).step, "wait");
});

test("gaps are skipped, as a part and as a segment", () => {
    const playlist = read(segment(10), segment(11, "#EXT-X-GAP\n"), parts(12, 3, 1));
    assert.deepEqual(plan.nextPiece(playlist, { msn: 11, part: 0 }), { step: "skip", next: { msn: 12, part: 0 } });
    assert.deepEqual(plan.nextPiece(playlist, { msn: 12, part: 1 }), { step: "skip", next: { msn: 12, part: 2 } });
});

test("a place outside the playlist is gone", () => {
    for (const position of [{ msn: 9, part: 0 }, { msn: 99, part: 0 }, { msn: 12, part: 9 }]) assert.equal(plan.nextPiece(live(), position).step, "gone");
});

test("live begins at the last keyframe that leaves enough buffer", () => {
    assert.deepEqual(plan.livePosition(live(), 0.5), { msn: 12, part: 0 });
    assert.deepEqual(plan.livePosition(live(), 1.2), { msn: 11, part: 0 });
    assert.deepEqual(plan.livePosition(live(), 60), { msn: 10, part: 0 });
    assert.equal(plan.livePosition(read(), 1), null);
});

test("after a gap live begins behind it, even with less buffer than wanted", () => {
    assert.deepEqual(plan.livePosition(read(segment(10), segment(11, "#EXT-X-GAP\n"), parts(12, 1)), 2), { msn: 12, part: 0 });
});

test("playback jumps over a hole only when nothing is left before it", () => {
    const ranges = [[10, 20], [25, 30]];
    assert.equal(plan.overHole(ranges, 15, true), null);
    assert.equal(plan.overHole(ranges, 19.98), 25.001);
    assert.equal(plan.overHole(ranges, 19.9, false), null);
    assert.equal(plan.overHole(ranges, 19.9, true), 25.001, "a browser stops a little before the end");
    assert.equal(plan.overHole(ranges, 22), 25.001);
    assert.equal(plan.overHole(ranges, 29.99), null, "nothing is there behind the last one");
    assert.equal(plan.overHole(ranges, 5), 10.001);
});

test("rate is corrected gently towards the cushion, and calms down only inside the band", () => {
    const rate = (lowWater, now = 1) => plan.steer({ lowWater, cushion: 0.3, rate: now }).rate;
    assert.equal(rate(0.3), 1);
    assert.equal(rate(0.35), 1);
    assert.equal(rate(0.45), 1.06);
    assert.equal(rate(0.9), 1.1);
    assert.equal(rate(0.34, 1.06), 1.06);
    assert.equal(rate(0.31, 1.06), 1);
    assert.equal(rate(0.15), 0.95);
    assert.equal(rate(0.28, 0.95), 0.95);
    assert.equal(rate(0.3, 0.95), 1);
});

test("far behind it jumps instead of playing faster", () => {
    assert.deepEqual(plan.steer({ lowWater: 4.3, cushion: 0.3, rate: 1 }), { rate: 1, jump: 4 });
});

test("a stall makes the cushion larger up to its limit, calm makes it smaller down to its base", () => {
    let cushion = plan.initialCushion(0.5, 0.02);
    const base = cushion;
    for (let i = 0; i < 20; i += 1) cushion = plan.cushionAfterStall(cushion, 3);
    assert.equal(cushion, 3);
    for (let i = 0; i < 60; i += 1) cushion = plan.cushionAfterCalm(cushion, base);
    assert.ok(Math.abs(cushion - base) < 1e-3);
    assert.ok(plan.initialCushion(0.04, 0.005) < 0.1);
});

test("memory is bounded: media far behind or far ahead is removed", () => {
    assert.deepEqual(plan.evictions([[0, 100]], 60), [[0, 30]]);
    assert.deepEqual(plan.evictions([[0, 20], [30, 200]], 65), [[0, 20], [125, 200]]);
    assert.deepEqual(plan.evictions([[30, 100]], 60), []);
});

test("times are computed from the nearest known segment, and dates from them", () => {
    const playlist = read(segment(10), segment(11), segment(12), parts(13, 2));
    const starts = new Map([[11, 1002.04]]);
    assert.deepEqual(plan.segmentTimes(playlist, starts).map((t) => t.toFixed(2)), ["1000.04", "1002.04", "1004.04", "1006.04"]);
    assert.equal(plan.mediaTimeOf(playlist, starts, { msn: 13, part: 1 }).toFixed(2), "1006.54");
    assert.equal(plan.mediaTimeOf(playlist, starts, { msn: 13, part: 2 }).toFixed(2), "1007.04");
    assert.equal(plan.mediaTimeOf(playlist, new Map(), { msn: 13, part: 0 }), null);
    const moment = (text) => plan.mediaTimeAtProgram(playlist, starts, Date.parse(text));
    assert.equal(moment("2026-11-22T14:00:03.000Z").toFixed(2), "1003.04", "a date leads back to its time");
    assert.equal(moment("2026-11-22T13:00:00Z"), null);
    assert.equal(moment("2026-11-22T15:00:00Z").toFixed(2), "1007.04", "the future is the end");
    assert.equal(new Date(Math.round(plan.programTimeAt(playlist, starts, 1003.04))).toISOString(), "2026-11-22T14:00:03.000Z");
    assert.deepEqual(plan.positionAt(playlist, starts, 1004.5), { msn: 12, part: 0 });
    assert.deepEqual(plan.positionAt(playlist, starts, 900), { msn: 10, part: 0 });
});

test("a seek into a gap ends behind it, and a window that begins with gaps begins behind them", () => {
    const playlist = read(segment(10, "#EXT-X-GAP\n"), segment(11), segment(12, "#EXT-X-GAP\n"), segment(13), parts(14, 1));
    const starts = new Map([[11, 102]]);
    assert.equal(plan.playableFrom(playlist, starts, -Infinity), 102);
    assert.equal(plan.playableFrom(playlist, starts, 103), 103);
    assert.equal(plan.playableFrom(playlist, starts, 104.5), 106);
    assert.equal(plan.playableFrom(playlist, starts, 200), null);
    assert.equal(plan.playableFrom(playlist, new Map(), 103), null);
});

test("a reload blocks for the next part and requests a delta while the playlist is fresh", () => {
    assert.equal(plan.reloadQuery(live(), { blocking: true, age: 1 }), "?_HLS_msn=12&_HLS_part=2&_HLS_skip=YES");
    assert.equal(plan.reloadQuery(live(), { blocking: true, age: 7 }), "?_HLS_msn=12&_HLS_part=2");
    assert.equal(plan.reloadQuery(live(), { blocking: false, age: 7 }), "");
    assert.equal(plan.reloadQuery(read(segment(10), "#EXT-X-ENDLIST\n"), { blocking: true, age: 7 }), "");
});

test("retries wait longer each time, with jitter, at most five seconds", () => {
    assert.equal(plan.retryDelay(1, 1), 0.25);
    assert.equal(plan.retryDelay(3, 0), 0.5);
    assert.equal(plan.retryDelay(50, 1), 5);
});

test("sequence numbers that go back mean another timeline", () => {
    assert.equal(plan.isAnotherTimeline(live(), read(segment(10))), true);
    assert.equal(plan.isAnotherTimeline(live(), live()), false);
});

test("a separate audio element follows the video gently, and jumps only when it is far off", () => {
    assert.deepEqual(plan.inStep({ delta: 0.02, ahead: 1, rate: 1, pace: 1 }), { jump: false, rate: 1 });
    assert.deepEqual(plan.inStep({ delta: 0.05, ahead: 1, rate: 1, pace: 1 }), { jump: false, rate: 0.95 });
    assert.deepEqual(plan.inStep({ delta: -0.05, ahead: 1, rate: 1, pace: 1 }), { jump: false, rate: 1.05 });
    assert.deepEqual(plan.inStep({ delta: 0.02, ahead: 1, rate: 0.95, pace: 1 }), { jump: false, rate: 0.95 }, "until it is well in");
    assert.deepEqual(plan.inStep({ delta: 0.005, ahead: 1, rate: 0.95, pace: 1 }), { jump: false, rate: 1 });
    assert.deepEqual(plan.inStep({ delta: 0, ahead: 1, rate: 1, pace: 1.06 }), { jump: false, rate: 1.06 }, "the picture's own haste");
    assert.deepEqual(plan.inStep({ delta: -3, ahead: 1, rate: 1, pace: 1 }), { jump: true, rate: 1 });
    assert.deepEqual(plan.inStep({ delta: -3, ahead: 0, rate: 1, pace: 1 }), { jump: false, rate: 1 }, "nothing is there to jump to");
});
