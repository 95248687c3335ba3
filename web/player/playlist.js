/**
 * Reads HLS playlists (RFC 8216bis) into plain values. Pure: text in, values out.
 *
 * @typedef {{ uri: string, duration: number, independent: boolean, gap: boolean }} Part
 * @typedef {{ msn: number, duration: number, uri: string | null, gap: boolean, discontinuity: boolean, map: string | null,
 *             programDateTime: number | null, parts: Part[] }} Segment  `uri` is null while only parts of it exist;
 *             its duration is then their sum. `programDateTime` in UTC ms, computed where the playlist omits it.
 * @typedef {{ kind: "media", targetDuration: number, partTarget: number | null, mediaSequence: number, discontinuitySequence: number,
 *             canBlockReload: boolean, partHoldBack: number | null, holdBack: number | null, canSkipUntil: number | null,
 *             segments: Segment[], skipped: number, preloadHint: string | null, ended: boolean }} MediaPlaylist
 * @typedef {{ kind: "multivariant", variants: { uri: string, codecs: string | null, bandwidth: number, audio: string | null }[],
 *             audio: { group: string, name: string, language: string | null, uri: string | null, isDefault: boolean }[] }} MultivariantPlaylist
 */

const attributePattern = /([A-Z0-9-]+)=("[^"]*"|[^",]*)/g;

/** An attribute list (§4.2) as a Map; quotes are removed. */
export function readAttributes(text) {
    const attributes = new Map();
    for (const [, name, value] of text.matchAll(attributePattern)) {
        attributes.set(name, value.startsWith('"') ? value.slice(1, -1) : value);
    }
    return attributes;
}

const number = (text) => (text !== undefined && Number.isFinite(Number.parseFloat(text)) ? Number.parseFloat(text) : null);

/**
 * @param {string} text
 * @returns {MediaPlaylist | MultivariantPlaylist}
 * @throws {SyntaxError} when it is not a playlist, or a media playlist without EXT-X-TARGETDURATION
 */
export function parsePlaylist(text) {
    if (!text.startsWith("#EXTM3U")) throw new SyntaxError("not a playlist: the first line is not #EXTM3U");
    const lines = text.split(/\r?\n/);
    const multivariant = lines.some((line) => line.startsWith("#EXT-X-STREAM-INF:"));
    return multivariant ? parseMultivariant(lines) : parseMedia(lines);
}

function parseMultivariant(lines) {
    const playlist = { kind: "multivariant", variants: [], audio: [] };
    let variant = null;
    for (const line of lines) {
        if (line.startsWith("#EXT-X-STREAM-INF:")) {
            const attributes = readAttributes(line.slice(18));
            variant = {
                uri: "", codecs: attributes.get("CODECS") ?? null, bandwidth: number(attributes.get("BANDWIDTH")) ?? 0,
                audio: attributes.get("AUDIO") ?? null,
            };
        } else if (line.startsWith("#EXT-X-MEDIA:")) {
            const a = readAttributes(line.slice(13));
            if (a.get("TYPE") === "AUDIO") {
                playlist.audio.push({
                    group: a.get("GROUP-ID") ?? "", name: a.get("NAME") ?? "", language: a.get("LANGUAGE") ?? null,
                    uri: a.get("URI") ?? null, isDefault: a.get("DEFAULT") === "YES",
                });
            }
        } else if (variant && line !== "" && !line.startsWith("#")) {
            playlist.variants.push({ ...variant, uri: line });
            variant = null;
        }
    }
    return playlist;
}

function parseMedia(lines) {
    const playlist = {
        kind: "media", targetDuration: 0, partTarget: null, mediaSequence: 0, discontinuitySequence: 0, canBlockReload: false,
        partHoldBack: null, holdBack: null, canSkipUntil: null, segments: [], skipped: 0, preloadHint: null, ended: false,
    };
    let map = null;
    let open = newSegment();
    for (const line of lines) {
        if (line === "") continue;
        if (!line.startsWith("#")) {
            playlist.segments.push({ ...open, uri: line, map });
            open = newSegment();
            continue;
        }
        const colon = line.indexOf(":");
        const tag = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? "" : line.slice(colon + 1);
        switch (tag) {
            case "#EXT-X-TARGETDURATION": playlist.targetDuration = number(value) ?? 0; break;
            case "#EXT-X-MEDIA-SEQUENCE": playlist.mediaSequence = number(value) ?? 0; break;
            case "#EXT-X-DISCONTINUITY-SEQUENCE": playlist.discontinuitySequence = number(value) ?? 0; break;
            case "#EXT-X-PART-INF": playlist.partTarget = number(readAttributes(value).get("PART-TARGET")); break;
            case "#EXT-X-SERVER-CONTROL": {
                const control = readAttributes(value);
                playlist.canBlockReload = control.get("CAN-BLOCK-RELOAD") === "YES";
                playlist.partHoldBack = number(control.get("PART-HOLD-BACK"));
                playlist.holdBack = number(control.get("HOLD-BACK"));
                playlist.canSkipUntil = number(control.get("CAN-SKIP-UNTIL"));
                break;
            }
            case "#EXT-X-SKIP": playlist.skipped = number(readAttributes(value).get("SKIPPED-SEGMENTS")) ?? 0; break;
            case "#EXT-X-MAP": map = readAttributes(value).get("URI") ?? null; break;
            case "#EXT-X-DISCONTINUITY": open.discontinuity = true; break;
            case "#EXT-X-GAP": open.gap = true; break;
            case "#EXT-X-PROGRAM-DATE-TIME": {
                const at = Date.parse(value.trim());
                open.programDateTime = Number.isNaN(at) ? null : at;
                break;
            }
            case "#EXTINF": open.duration = number(value) ?? 0; open.timed = true; break;
            case "#EXT-X-PART": {
                const part = readAttributes(value);
                open.parts.push({
                    uri: part.get("URI") ?? "", duration: number(part.get("DURATION")) ?? 0,
                    independent: part.get("INDEPENDENT") === "YES", gap: part.get("GAP") === "YES",
                });
                break;
            }
            case "#EXT-X-PRELOAD-HINT": {
                const hint = readAttributes(value);
                if (hint.get("TYPE") === "PART") playlist.preloadHint = hint.get("URI") ?? null;
                break;
            }
            case "#EXT-X-ENDLIST": playlist.ended = true; break;
            default: // §6.3.1: unknown tags are ignored
        }
    }
    if (playlist.targetDuration <= 0) throw new SyntaxError("a media playlist without EXT-X-TARGETDURATION");
    if (open.parts.length > 0) playlist.segments.push({ ...open, map });
    finish(playlist);
    return playlist;
}

const newSegment = () => ({
    msn: 0, duration: 0, uri: null, gap: false, discontinuity: false, map: null, programDateTime: null, parts: [], timed: false,
});

/** Sets sequence numbers, the duration of an incomplete segment, and dates that the playlist omits. */
function finish(playlist) {
    let clock = null;
    playlist.segments.forEach((segment, index) => {
        segment.msn = playlist.mediaSequence + playlist.skipped + index;
        if (!segment.timed) segment.duration = segment.parts.reduce((sum, part) => sum + part.duration, 0);
        delete segment.timed;
        segment.programDateTime ??= clock;
        clock = segment.programDateTime === null ? null : segment.programDateTime + segment.duration * 1000;
    });
}

/**
 * Applies a delta update (§6.2.5.1) to the playlist before it.
 *
 * @param {MediaPlaylist | null} previous
 * @param {MediaPlaylist} update
 * @returns {MediaPlaylist | null} `null` when a skipped segment is unknown: reload without a delta
 */
export function mergePlaylist(previous, update) {
    if (update.skipped === 0) return update;
    if (!previous) return null;
    const offset = update.mediaSequence - previous.mediaSequence;
    const kept = offset < 0 ? [] : previous.segments.slice(offset, offset + update.skipped);
    if (kept.length < update.skipped || kept.some((segment) => segment.uri === null)) return null;
    const last = kept[kept.length - 1];
    let clock = last.programDateTime === null ? null : last.programDateTime + last.duration * 1000;
    let map = last.map;
    const fresh = update.segments.map((segment) => {
        map = segment.map ?? map;
        const whole = { ...segment, map, programDateTime: segment.programDateTime ?? clock };
        clock = whole.programDateTime === null ? null : whole.programDateTime + whole.duration * 1000;
        return whole;
    });
    // Parts are listed only near the end (§6.2.2), where no segment is skipped.
    const old = kept.map((segment) => (segment.parts.length === 0 ? segment : { ...segment, parts: [] }));
    return { ...update, segments: [...old, ...fresh], skipped: 0 };
}

/** The sequence number of the last segment, complete or not; one before the first when there is none. */
export const lastSequence = (playlist) => playlist.mediaSequence + playlist.segments.length - 1;

/** Where the next part will be: what a blocking reload asks for (§6.2.5.2). */
export function nextPosition(playlist) {
    const last = playlist.segments.at(-1);
    if (!last) return { msn: playlist.mediaSequence, part: 0 };
    return last.uri === null ? { msn: last.msn, part: last.parts.length } : { msn: last.msn + 1, part: 0 };
}
