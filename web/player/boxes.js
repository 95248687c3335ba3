/** Reads what the player needs from fragmented MP4 (ISO/IEC 14496-12): tracks of an init segment, times of a fragment. Pure. */

/** Calls `visit(type, start, end)` with the payload of each box in `[start, end)`; a box with an invalid size ends the walk. */
function eachBox(view, start, end, visit) {
    let at = start;
    while (at + 8 <= end) {
        let size = view.getUint32(at);
        let header = 8;
        if (size === 1 && at + 16 <= end) {
            size = Number(view.getBigUint64(at + 8));
            header = 16;
        } else if (size === 0) {
            size = end - at;
        }
        if (size < header || at + size > end) return;
        visit(fourCharacters(view, at + 4), at + header, at + size);
        at += size;
    }
}

const fourCharacters = (view, at) =>
    String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
const viewOf = (bytes) => (bytes instanceof ArrayBuffer ? new DataView(bytes) : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
const hex = (value, digits = 2) => value.toString(16).padStart(digits, "0");

/**
 * @param {ArrayBuffer | Uint8Array} bytes an init segment
 * @returns {{ id: number, kind: "video" | "audio" | "other", timescale: number, codec: string | null }[]} `codec` as in RFC 6381
 */
export function readTracks(bytes) {
    const view = viewOf(bytes);
    const tracks = [];
    eachBox(view, 0, view.byteLength, (type, start, end) => {
        if (type !== "moov") return;
        eachBox(view, start, end, (inner, trackStart, trackEnd) => {
            if (inner === "trak") tracks.push(readTrack(view, trackStart, trackEnd));
        });
    });
    return tracks;
}

function readTrack(view, start, end) {
    const track = { id: 0, kind: "other", timescale: 1, codec: null };
    const visit = (type, from, to) => {
        switch (type) {
            case "tkhd": track.id = view.getUint32(from + (view.getUint8(from) === 1 ? 20 : 12)); break;
            case "mdhd": track.timescale = view.getUint32(from + (view.getUint8(from) === 1 ? 20 : 12)) || 1; break;
            case "hdlr": track.kind = { vide: "video", soun: "audio" }[fourCharacters(view, from + 8)] ?? "other"; break;
            case "stsd": eachBox(view, from + 8, to, (entry, a, b) => { track.codec ??= readCodec(view, entry, a, b); }); break;
            case "mdia": case "minf": case "stbl": eachBox(view, from, to, visit); break;
            default:
        }
    };
    eachBox(view, start, end, visit);
    return track;
}

/** Bytes of a sample entry before its boxes: §12.1.3 (video), §12.2.3 (audio). */
const entryHeader = { avc1: 78, avc3: 78, hvc1: 78, hev1: 78, av01: 78, mp4a: 28, Opus: 28, "ac-3": 28, "ec-3": 28 };

function readCodec(view, entry, start, end) {
    const header = entryHeader[entry];
    if (header === undefined) return entry;
    let codec = entry;
    eachBox(view, start + header, end, (type, from, to) => {
        if (type === "avcC") codec = `${entry}.${hex(view.getUint8(from + 1))}${hex(view.getUint8(from + 2))}${hex(view.getUint8(from + 3))}`;
        if (type === "hvcC") codec = `${entry}.${readHEVC(view, from)}`;
        if (type === "esds") codec = `mp4a.${readAudioObject(view, from + 4, to)}`;
    });
    return codec === "Opus" ? "opus" : codec;
}

/** ISO/IEC 14496-15 annex E.3: profile space and id, compatibility (bits reversed), tier and level, constraint bytes. */
function readHEVC(view, at) {
    const general = view.getUint8(at + 1);
    let compatibility = view.getUint32(at + 2);
    let reversed = 0;
    for (let bit = 0; bit < 32; bit += 1) {
        reversed = (reversed << 1) | (compatibility & 1);
        compatibility >>>= 1;
    }
    const constraints = [];
    for (let i = 0; i < 6; i += 1) constraints.push(view.getUint8(at + 6 + i));
    while (constraints.length > 0 && constraints.at(-1) === 0) constraints.pop();
    const space = ["", "A", "B", "C"][general >> 6];
    const level = `${general & 32 ? "H" : "L"}${view.getUint8(at + 12)}`;
    return [`${space}${general & 31}`, (reversed >>> 0).toString(16), level, ...constraints.map((byte) => hex(byte, 1))].join(".");
}

/** The object type of an `esds` (ISO/IEC 14496-1 §7.2.6): `40.2` for AAC-LC. */
function readAudioObject(view, start, end) {
    let at = start;
    let type = 0x40;
    while (at + 2 <= end) {
        const tag = view.getUint8(at);
        at += 1;
        let length = 0;
        for (let byte = 0x80; byte & 0x80 && at < end; at += 1) {
            byte = view.getUint8(at);
            length = (length << 7) | (byte & 0x7f);
        }
        if (tag === 3) at += 3; // ES_ID and flags; the encoder sets no optional field
        else if (tag === 4) {
            type = view.getUint8(at);
            at += 13;
        } else if (tag === 5) {
            const object = view.getUint8(at) >> 3;
            return `${hex(type)}.${object === 31 ? 32 + (((view.getUint8(at) & 7) << 3) | (view.getUint8(at + 1) >> 5)) : object}`;
        } else at += length;
    }
    return hex(type);
}

/** The SourceBuffer type for an init segment: `video/mp4; codecs="avc1.640028,mp4a.40.2"`. */
export function mimeType(tracks) {
    const playable = tracks.filter((track) => track.kind !== "other");
    const container = playable.some((track) => track.kind === "video") ? "video/mp4" : "audio/mp4";
    return `${container}; codecs="${playable.map((track) => track.codec).join(",")}"`;
}

/**
 * @param {ArrayBuffer | Uint8Array} bytes one or more fragments
 * @param {ReturnType<typeof readTracks>} tracks of the init segment they belong to
 * @returns {number | null} presentation time, in seconds, of the first video sample (audio, when there is no video)
 */
export function readStart(bytes, tracks) {
    const view = viewOf(bytes);
    const main = tracks.find((track) => track.kind === "video") ?? tracks.find((track) => track.kind === "audio");
    if (!main) return null;
    let found = null;
    eachBox(view, 0, view.byteLength, (type, start, end) => {
        if (type !== "moof" || found !== null) return;
        eachBox(view, start, end, (inner, from, to) => {
            if (inner === "traf" && found === null) found = readRunStart(view, from, to, main);
        });
    });
    return found;
}

function readRunStart(view, start, end, track) {
    let id = 0;
    let decodeTime = null;
    let offset = null;
    eachBox(view, start, end, (type, from) => {
        if (type === "tfhd") id = view.getUint32(from + 4);
        if (type === "tfdt") decodeTime = view.getUint8(from) === 1 ? Number(view.getBigUint64(from + 4)) : view.getUint32(from + 4);
        if (type === "trun" && offset === null) offset = firstCompositionOffset(view, from);
    });
    return id === track.id && decodeTime !== null ? (decodeTime + (offset ?? 0)) / track.timescale : null;
}

/** §8.8.8: the flags say which fields precede the first sample's composition offset. */
function firstCompositionOffset(view, from) {
    const flags = view.getUint32(from) & 0xffffff;
    if (!(flags & 0x800) || view.getUint32(from + 4) === 0) return 0;
    let at = from + 8;
    for (const flag of [0x1, 0x4, 0x100, 0x200, 0x400]) if (flags & flag) at += 4;
    return view.getUint8(from) === 0 ? view.getUint32(at) : view.getInt32(at);
}

/** Whether the first sample of a fragment is a keyframe: §8.8.8, §8.8.3.1 (`sample_is_non_sync_sample`). */
export function startsWithKeyframe(bytes) {
    const view = viewOf(bytes);
    let found = false;
    const visit = (type, start, end) => {
        if (type === "moof" || type === "traf") eachBox(view, start, end, visit);
        if (type !== "trun") return;
        const flags = view.getUint32(start) & 0xffffff;
        let at = start + 8;
        for (const flag of [0x1, 0x4, 0x100, 0x200]) if (flags & flag) at += 4;
        if (flags & 0x4) found = !(view.getUint32(start + 8 + (flags & 0x1 ? 4 : 0)) & 0x10000);
        else if (flags & 0x400) found = !(view.getUint32(at) & 0x10000);
    };
    eachBox(view, 0, view.byteLength, visit);
    return found;
}
