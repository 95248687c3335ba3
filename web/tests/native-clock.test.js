import assert from "node:assert/strict";
import test from "node:test";
import { NativeClock } from "../player/native-clock.js";
import { parsePlaylist } from "../player/playlist.js";

const folder = "https://hall.example/live/demo/";
const zero = Date.UTC(2026, 10, 22, 10, 0, 0);

/** Segments `from` to `to` of two seconds each; the camera was lost for an hour before each of `holes`. */
function playlist(from, to, holes = []) {
    const lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:2", `#EXT-X-MEDIA-SEQUENCE:${from}`];
    for (let n = from; n <= to; n += 1) {
        if (holes.includes(n)) lines.push("#EXT-X-DISCONTINUITY");
        lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(dateOf(n, holes)).toISOString()}`, "#EXTINF:2.0,", `s${n}.mp4`);
    }
    return parsePlaylist(lines.join("\n"));
}

const dateOf = (n, holes = []) => zero + n * 2000 + holes.filter((hole) => hole <= n).length * 3_600_000;
const name = (n) => `${folder}s${n}.mp4`;

function clockWith(from, to, holes) {
    const clock = new NativeClock();
    clock.learn(playlist(from, to, holes), `${folder}main.m3u8`);
    return clock;
}

test("the end of what is buffered is the end of what was fetched last", () => {
    const clock = clockWith(10, 20);
    for (const n of [18, 19, 20]) clock.fetch(name(n), 0);
    clock.look([[0, 5.99]], 100);
    clock.look([[0, 5.99]], 1000);
    assert.equal(clock.programTimeAt(5.99), dateOf(21));
    assert.equal(Math.round(clock.programTimeAt(0.5)), dateOf(18) + 510);
    assert.equal(Math.round(clock.timeAtProgram(dateOf(19)) * 100), 199);
    assert.equal(clock.timeAtProgram(dateOf(12)), null, "never fetched");
});

test("a fetched segment that is not buffered yet changes nothing", () => {
    const clock = clockWith(10, 20);
    for (const n of [17, 18]) clock.fetch(name(n), 0);
    clock.look([[0, 4]], 0);
    clock.look([[0, 4]], 1000);
    clock.fetch(name(19), 1500);
    clock.look([[0, 4]], 1600);
    assert.equal(clock.programTimeAt(1), dateOf(17) + 1000);
});

test("where the browser leaves segments out, the date follows at once", () => {
    const clock = clockWith(10, 30);
    for (const n of [18, 19, 20]) clock.fetch(name(n), 0);
    clock.look([[0, 6]], 0);
    clock.look([[0, 6]], 1000);
    for (const n of [24, 25]) clock.fetch(name(n), 10_000);
    clock.look([[6.15, 8]], 10_001);
    assert.equal(clock.programTimeAt(6.15), dateOf(24), "the first of the new ones");
    assert.equal(clock.programTimeAt(5), dateOf(18) + 5000, "and the past stays");
});

test("at a discontinuity the date jumps with the picture", () => {
    const clock = clockWith(10, 20, [19]);
    for (const n of [17, 18, 19, 20]) clock.fetch(name(n), 0);
    clock.look([[100, 108]], 0);
    clock.look([[100, 108]], 1000);
    assert.equal(clock.programTimeAt(103.5), dateOf(18) + 1500);
    assert.equal(clock.programTimeAt(104.5), dateOf(19, [19]) + 500);
    assert.equal(clock.timeAtProgram(dateOf(20, [19])), 106);
    assert.equal(clock.timeAtProgram(dateOf(19) + 60_000), null, "while the camera was away");
});

test("segments that leave the playlist stay known while they are buffered", () => {
    const clock = clockWith(10, 20);
    for (const n of [19, 20]) clock.fetch(name(n), 0);
    clock.look([[0, 4]], 0);
    clock.look([[0, 4]], 1000);
    clock.fetch(name(31), 20_000);
    assert.equal(clock.isBehind, true, "the playlist has to be read again");
    clock.look([[0, 6]], 21_000);
    assert.equal(clock.programTimeAt(4.5), dateOf(21) + 500, "until then it counts on");
    clock.learn(playlist(25, 31), `${folder}main.m3u8`);
    clock.look([[0, 6]], 22_000);
    assert.equal(clock.programTimeAt(4.5), dateOf(31) + 500);
    assert.equal(clock.programTimeAt(1), dateOf(19) + 1000);
});

test("a reopened stream starts over", () => {
    const clock = clockWith(10, 20);
    clock.fetch(name(20), 0);
    clock.look([[0, 2]], 0);
    clock.look([[0, 2]], 1000);
    clock.reset();
    assert.equal(clock.programTimeAt(1), null);
});
