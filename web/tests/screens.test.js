import assert from "node:assert/strict";
import test from "node:test";
import { spell, wordsFor } from "../page/screens.js";

const base = { phase: "loading", following: true, hasShown: false, hasPicture: true, inGap: false, problem: null, starvedFor: 5000 };
const said = (status, player, silentSince = null) => {
    const { screen, line } = wordsFor(status && { onAir: "nothing", since: 5, ...status }, { ...base, ...player }, silentSince);
    return screen ? `screen ${screen.key}${screen.veil ? " veiled" : ""}` : line ? `line ${line.key}` : "nothing";
};

const cases = [
    ["before the first start", { state: "stopped" }, { phase: "absent" }, "screen notBegun"],
    ["an encoder has yet to push", { state: "waiting" }, { phase: "absent" }, "screen notBegun"],
    ["the stream is starting", { state: "starting" }, { phase: "absent" }, "screen starting"],
    ["it plays", { state: "live", onAir: "camera" }, { phase: "playing", hasShown: true }, "line live"],
    ["the hall sends sound only", { state: "live", onAir: "camera" }, { phase: "playing", hasShown: true, hasPicture: false }, "line sound"],
    ["the visitor has gone back", { state: "live", onAir: "camera" }, { phase: "playing", following: false, hasShown: true }, "line behind"],
    ["the visitor has paused", { state: "live", onAir: "camera" }, { phase: "paused", hasShown: true }, "line paused"],
    ["the card is on air", { state: "live", onAir: "slate" }, { phase: "playing", hasShown: true }, "line slate"],
    ["the card is on air because the camera is lost", { state: "lost", onAir: "slate" }, { phase: "playing", hasShown: true }, "line lost"],
    ["a closed session with the card", { state: "live", onAir: "hidden" }, { phase: "playing", hasShown: true }, "line hidden"],
    ["a closed session without a picture covers the last one whole", { state: "live", onAir: "hidden" }, { phase: "stalled", hasShown: true }, "screen hidden"],
    ["the camera is lost under the viewer", { state: "lost", onAir: "gap" }, { phase: "stalled", hasShown: true }, "screen lost veiled"],
    ["the camera is lost when the viewer comes", { state: "lost", onAir: "gap" }, { phase: "loading" }, "screen lost"],
    ["the stream was stopped", { state: "stopped" }, { phase: "ended", hasShown: true }, "screen stopped"],
    ["it was stopped, but the visitor watches the last minutes", { state: "stopped" }, { phase: "playing", following: false, hasShown: true }, "line ended"],
    ["a short hesitation is left alone", { state: "live", onAir: "camera" }, { phase: "stalled", hasShown: true, starvedFor: 400 }, "nothing"],
    ["a long one is told", { state: "live", onAir: "camera" }, { phase: "stalled", hasShown: true }, "screen stalled veiled"],
    ["the playlist has a gap before the status tells", { state: "live", onAir: "camera" },
        { phase: "stalled", hasShown: true, inGap: true }, "screen lost veiled"],
    ["the codec is not for this browser", { state: "live", onAir: "camera" },
        { phase: "failed", problem: { reason: "codec", detail: "hvc1" } }, "screen codec"],
    ["it ended and has been started again", { state: "live", onAir: "camera" }, { phase: "ended", hasShown: true }, "screen starting"],
];
for (const [what, status, player, expected] of cases) test(what, () => assert.equal(said(status, player), expected));

test("without a network the page says so, once there is nothing left to show", () => {
    const cutOff = { phase: "stalled", hasShown: true, problem: { reason: "network", since: 7 } };
    assert.equal(said({ state: "live", onAir: "camera" }, cutOff), "screen offline veiled");
    assert.equal(said(null, {}, 7), "screen offline");
    assert.equal(said({ state: "live", onAir: "camera" }, { phase: "playing", hasShown: true }, 7), "line live");
});

test("durations read like clocks", () => {
    assert.deepEqual([0, 7, 75, 3723].map(spell), ["0:00", "0:07", "1:15", "1:02:03"]);
});
