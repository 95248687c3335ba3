import assert from "node:assert/strict";
import test from "node:test";
import { mimeType, readStart, readTracks } from "../player/boxes.js";

const ascii = (text) => [...text].map((c) => c.charCodeAt(0));
const u32 = (value) => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const box = (type, ...content) => {
    const body = content.flat();
    return [...u32(body.length + 8), ...ascii(type), ...body];
};
const zeros = (count) => Array(count).fill(0);

const sampleEntry = {
    avc1: box("avc1", zeros(78), box("avcC", [1, 0x64, 0x00, 0x28, 255, 225])),
    mp4a: box("mp4a", zeros(28), box("esds", zeros(4), [3, 0x19, 0, 1, 0, 4, 0x11, 0x40, ...zeros(12), 5, 2, 0x11, 0x90, 6, 1, 2])),
    hvc1: box("hvc1", zeros(78), box("hvcC", [1, 0x01, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93, 0xf0])),
};
const track = (id, handler, timescale, entry) => box("trak",
    box("tkhd", zeros(12), u32(id), zeros(68)),
    box("mdia", box("mdhd", zeros(12), u32(timescale), zeros(8)), box("hdlr", zeros(8), ascii(handler), zeros(13)),
        box("minf", box("stbl", box("stsd", u32(0), u32(1), entry)))));
const bytes = (...boxes) => new Uint8Array(boxes.flat());
const init = bytes(
    box("ftyp", ascii("iso6")),
    box("moov", box("mvhd", zeros(100)), track(1, "vide", 90000, sampleEntry.avc1), track(2, "soun", 48000, sampleEntry.mp4a)),
);

const run = (id, time, offset) => box("traf",
    box("tfhd", u32(0x020000), u32(id)), box("tfdt", u32(0x01000000), u32(0), u32(time)),
    box("trun", u32(0x01000f01), u32(1), u32(100), u32(3600), u32(10), u32(0), u32(offset)));

test("an init segment has tracks with their codecs", () => {
    const tracks = readTracks(init);
    assert.deepEqual(tracks, [
        { id: 1, kind: "video", timescale: 90000, codec: "avc1.640028" },
        { id: 2, kind: "audio", timescale: 48000, codec: "mp4a.40.2" },
    ]);
    assert.equal(mimeType(tracks), 'video/mp4; codecs="avc1.640028,mp4a.40.2"');
    assert.equal(mimeType(tracks.slice(1)), 'audio/mp4; codecs="mp4a.40.2"');
});

test("HEVC has its RFC 6381 codec string", () => {
    assert.equal(readTracks(bytes(box("moov", track(1, "vide", 90000, sampleEntry.hvc1))))[0].codec, "hvc1.1.6.L93.90");
});

test("a fragment starts with its first video sample, whatever the order of its tracks", () => {
    const fragment = bytes(box("moof", box("mfhd", u32(0), u32(1)), run(2, 480000, 0), run(1, 900000, 7200)), box("mdat", zeros(4)));
    assert.equal(readStart(fragment, readTracks(init)), 10.08);
    const early = bytes(box("moof", box("mfhd", u32(0), u32(1)), run(1, 900000, -3600)), box("mdat"));
    assert.ok(Math.abs(readStart(early, readTracks(init)) - 9.96) < 1e-9);
});

test("reading stops at a damaged box", () => {
    for (let length = 0; length < init.length; length += 7) assert.doesNotThrow(() => readTracks(init.slice(0, length)));
    assert.equal(readStart(new Uint8Array([0, 0, 0, 200, 109, 111, 111, 102]), readTracks(init)), null);
    assert.equal(readStart(new Uint8Array(0), []), null);
});
