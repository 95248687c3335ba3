import assert from "node:assert/strict";
import test from "node:test";
import { lastSequence, mergePlaylist, nextPosition, parsePlaylist, readAttributes } from "../player/playlist.js";

export const header = `#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,CAN-SKIP-UNTIL=12.0
#EXT-X-PART-INF:PART-TARGET=0.5
`;
const full = `${header}#EXT-X-MEDIA-SEQUENCE:10
#EXT-X-MAP:URI="i0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T14:00:00.000Z
#EXTINF:2.0,
s10.mp4
#EXTINF:2.0,
s11.mp4
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="i1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T14:01:00.500Z
#EXT-X-PART:DURATION=0.5,URI="s12.0.mp4",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.48,URI="s12.1.mp4"
#EXTINF:0.98,
s12.mp4
#EXT-X-PART:DURATION=0.5,URI="s13.0.mp4",GAP=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="s13.1.mp4"
#EXT-X-RENDITION-REPORT:URI="audio1.m3u8",LAST-MSN=13,LAST-PART=0
`;

test("attribute lists keep commas inside quotes", () => {
    const attributes = readAttributes('CODECS="avc1.640028,mp4a.40.2",BANDWIDTH=4000000,NAME="a, b"');
    assert.equal(attributes.get("CODECS"), "avc1.640028,mp4a.40.2");
    assert.equal(attributes.get("BANDWIDTH"), "4000000");
    assert.equal(attributes.get("NAME"), "a, b");
});

test("a media playlist is read with parts, maps, dates, gaps and the incomplete segment", () => {
    const playlist = parsePlaylist(full);
    assert.equal(playlist.kind, "media");
    assert.equal(playlist.partTarget, 0.5);
    assert.equal(playlist.canBlockReload, true);
    assert.equal(playlist.partHoldBack, 1.5);
    assert.equal(playlist.canSkipUntil, 12);
    assert.deepEqual(playlist.segments.map((s) => s.msn), [10, 11, 12, 13]);
    assert.deepEqual(playlist.segments.map((s) => s.map), ["i0.mp4", "i0.mp4", "i1.mp4", "i1.mp4"]);
    assert.deepEqual(playlist.segments.map((s) => s.discontinuity), [false, false, true, false]);
    assert.equal(playlist.segments[1].programDateTime, Date.parse("2026-11-22T14:00:02.000Z"));
    assert.equal(playlist.segments[3].programDateTime, Date.parse("2026-11-22T14:01:01.480Z"));
    assert.equal(playlist.segments[3].uri, null);
    assert.equal(playlist.segments[3].duration, 0.5);
    assert.equal(playlist.segments[3].parts[0].gap, true);
    assert.equal(playlist.preloadHint, "s13.1.mp4");
    assert.equal(playlist.ended, false);
    assert.ok(Math.abs(playlist.segments.reduce((sum, { duration }) => sum + duration, 0) - 5.48) < 1e-9);
});

test("the next part is requested by its segment and number", () => {
    const playlist = parsePlaylist(full);
    assert.deepEqual(nextPosition(playlist), { msn: 13, part: 1 });
    const whole = parsePlaylist(full.slice(0, full.indexOf("#EXT-X-PART:DURATION=0.5,URI=\"s13")));
    assert.deepEqual(nextPosition(whole), { msn: 13, part: 0 });
    assert.deepEqual(nextPosition(parsePlaylist(`${header}#EXT-X-MEDIA-SEQUENCE:7\n`)), { msn: 7, part: 0 });
});

test("a delta takes skipped segments, their map and their date from the playlist before", () => {
    const previous = parsePlaylist(full);
    const delta = parsePlaylist(`${header}#EXT-X-MEDIA-SEQUENCE:11
#EXT-X-SKIP:SKIPPED-SEGMENTS=2
#EXT-X-PART:DURATION=0.5,URI="s13.0.mp4",GAP=YES
#EXT-X-PART:DURATION=0.5,URI="s13.1.mp4",INDEPENDENT=YES
#EXTINF:1.0,
s13.mp4
`);
    assert.equal(delta.skipped, 2);
    const merged = mergePlaylist(previous, delta);
    assert.deepEqual(merged.segments.map((s) => s.msn), [11, 12, 13]);
    assert.deepEqual(merged.segments.map((s) => s.map), ["i0.mp4", "i1.mp4", "i1.mp4"]);
    assert.equal(merged.segments[2].programDateTime, Date.parse("2026-11-22T14:01:01.480Z"));
    assert.equal(merged.segments[1].parts.length, 0, "parts of old segments are not listed any more");
    assert.equal(lastSequence(merged), 13);
});

test("a delta without its base is refused, so that the whole playlist is requested", () => {
    const delta = parsePlaylist(`${header}#EXT-X-MEDIA-SEQUENCE:40\n#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n#EXTINF:2,\ns43.mp4\n`);
    assert.equal(mergePlaylist(null, delta), null);
    assert.equal(mergePlaylist(parsePlaylist(full), delta), null);
    const early = parsePlaylist(`${header}#EXT-X-MEDIA-SEQUENCE:9\n#EXT-X-SKIP:SKIPPED-SEGMENTS=2\n#EXTINF:2,\ns11.mp4\n`);
    assert.equal(mergePlaylist(parsePlaylist(full), early), null);
    const growing = parsePlaylist(`${header}#EXT-X-MEDIA-SEQUENCE:10\n#EXT-X-SKIP:SKIPPED-SEGMENTS=4\n#EXTINF:2,\ns14.mp4\n`);
    assert.equal(mergePlaylist(parsePlaylist(full), growing), null, "a segment that was still growing cannot be skipped");
});

test("a multivariant playlist has its variant and its audio renditions", () => {
    const playlist = parsePlaylist(`#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Floor",DEFAULT=YES
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Interpreter",LANGUAGE="en",URI="audio1.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=4000000,CODECS="avc1.640028,mp4a.40.2",AUDIO="a"
main.m3u8
`);
    assert.equal(playlist.kind, "multivariant");
    assert.deepEqual(playlist.variants.map((v) => v.uri), ["main.m3u8"]);
    assert.deepEqual(playlist.audio.map((a) => [a.name, a.uri, a.isDefault]), [["Floor", null, true], ["Interpreter", "audio1.m3u8", false]]);
});

test("only a playlist is accepted; unknown tags are ignored", () => {
    assert.throws(() => parsePlaylist("<html>"), SyntaxError);
    assert.throws(() => parsePlaylist("#EXTM3U\n#EXTINF:2,\na.mp4\n"), SyntaxError);
    assert.equal(parsePlaylist(`${header}#EXT-X-FUTURE:1\n#EXTINF:2,\na.mp4\n#EXT-X-ENDLIST\r\n`).ended, true);
});
