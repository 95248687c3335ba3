/**
 * The player's decisions as functions of values: what to fetch next, how far behind live to stay, how fast to play,
 * when to jump. Independent of clock, network and browser.
 */
import { lastSequence, nextPosition } from "./playlist.js";

/** @typedef {{ msn: number, part: number }} Position */

/**
 * The next thing to fetch at `position`.
 * - `fetch`: a whole segment when one begins there and is complete, else a part; `next` is the position after it.
 * - `skip`: nothing will ever be there (a gap, or the segment's end); continue at `next`.
 * - `wait`: it does not exist yet; `hint` is its preload hint, if there is one.
 * - `gone`: not, or no longer, in this playlist.
 */
export function nextPiece(playlist, position) {
    const { msn, part } = position;
    const end = nextPosition(playlist);
    if (msn < playlist.mediaSequence || msn > end.msn || (msn === end.msn && part > end.part + 1)) return { step: "gone" };
    const segment = playlist.segments[msn - playlist.mediaSequence];
    if (!segment) return { step: "wait", hint: hintFor(playlist, position, null) };
    const following = { msn: msn + 1, part: 0 };
    if (segment.gap) return { step: "skip", next: following };
    const whole = segment.uri !== null;
    if (whole && (part === 0 || segment.parts.length === 0)) return piece("segment", segment, 0, segment.uri, following);
    if (part < segment.parts.length) {
        const next = { msn, part: part + 1 };
        return segment.parts[part].gap ? { step: "skip", next } : piece("part", segment, part, segment.parts[part].uri, next);
    }
    return whole ? { step: "skip", next: following } : { step: "wait", hint: hintFor(playlist, position, segment) };
}

function piece(kind, segment, part, uri, next) {
    return { step: "fetch", kind, uri, map: segment.map, msn: segment.msn, part, discontinuity: segment.discontinuity && part === 0, next };
}

/** The preload hint at `position`, if it is for exactly that part and its init segment is known. */
function hintFor(playlist, position, segment) {
    const end = nextPosition(playlist);
    if (!playlist.preloadHint || playlist.ended || end.msn !== position.msn || end.part !== position.part) return null;
    const map = segment?.map ?? playlist.segments.at(-1)?.map ?? null;
    if (map === null) return null;
    const next = { msn: position.msn, part: position.part + 1 };
    return { ...piece("part", { msn: position.msn, map, discontinuity: false }, position.part, playlist.preloadHint, next), hinted: true };
}

/** Seconds from the playlist's start to `position`; its end when the position is past it. */
export function offsetOf(playlist, position) {
    let offset = 0;
    for (const segment of playlist.segments) {
        if (segment.msn > position.msn) break;
        if (segment.msn < position.msn) offset += segment.duration;
        else for (const part of segment.parts.slice(0, position.part)) offset += part.duration;
    }
    return offset;
}

/**
 * Where to begin fetching to start playback `goal` seconds before the end: the last position at or before that from which a decoder
 * can start. `null` when nothing is playable.
 */
export function livePosition(playlist, goal) {
    let best = null;
    let first = null;
    let offset = 0;
    const wanted = offsetOf(playlist, nextPosition(playlist)) - goal;
    for (const segment of playlist.segments) {
        const parts = segment.parts.length > 0 ? segment.parts : [{ duration: segment.duration, independent: true, gap: false }];
        parts.forEach((part, index) => {
            if (part.independent && !part.gap && !segment.gap) {
                const here = { msn: segment.msn, part: index };
                first ??= here;
                if (offset <= wanted + 1e-6) best = here;
                else if (best === null || isAfterGap(playlist, best, here)) best = here;
            }
            offset += part.duration;
        });
    }
    return best ?? first;
}

/** Whether a gap lies between two positions: playback cannot cross it, so only the later one leads to live. */
function isAfterGap(playlist, from, to) {
    return playlist.segments.some((segment) =>
        segment.msn >= from.msn && segment.msn <= to.msn &&
        (segment.gap || segment.parts.some((part, index) =>
            part.gap && (segment.msn > from.msn || index > from.part) && (segment.msn < to.msn || index < to.part))));
}

/** Seconds of buffer that should be left when the next part arrives: a share of a part, plus network latency. */
export function initialCushion(partTarget, roundTrip) {
    return partTarget === null ? 2 : 0.35 * partTarget + 0.06 + Math.min(roundTrip, 0.4);
}

/** Larger after a stall, up to `limit` seconds; smaller after a time without stalls, down to `base`. */
export const cushionAfterStall = (cushion, limit) => Math.min(limit, cushion * 1.5 + 0.08);
export const cushionAfterCalm = (cushion, base) => Math.max(base, base + (cushion - base) * 0.75);

/**
 * How fast to play so that the buffer just before each part arrives (`lowWater`) becomes `cushion`.
 *
 * @param {{ lowWater: number, cushion: number, rate: number }} input `rate`: the current one; a correction ends only well inside the band (hysteresis)
 * @returns {{ rate: number, jump: number }} `jump`: seconds to skip forward at once, 0 for none
 */
export function steer({ lowWater, cushion, rate }) {
    const excess = lowWater - cushion;
    if (excess > 1.5) return { rate: 1, jump: excess };
    const band = Math.max(0.03, 0.2 * cushion);
    if (rate > 1) return { rate: excess > band * 0.25 ? (excess > 0.4 ? 1.1 : 1.06) : 1, jump: 0 };
    if (rate < 1) return { rate: excess < -band * 0.25 ? 0.95 : 1, jump: 0 };
    if (excess > band) return { rate: excess > 0.4 ? 1.1 : 1.06, jump: 0 };
    if (excess < -band) return { rate: 0.95, jump: 0 };
    return { rate: 1, jump: 0 };
}

/**
 * How a separate audio element keeps in sync with the video.
 *
 * @param {{ delta: number, ahead: number, rate: number, pace: number }} input `delta`: seconds the audio is ahead of the video; `ahead`: seconds of
 *        audio buffered at the video's position; `rate`: the audio's current rate; `pace`: the video's
 * @returns {{ jump: boolean, rate: number }} `jump`: seek to the video's position
 */
export function inStep({ delta, ahead, rate, pace }) {
    const far = Math.abs(delta);
    if (far > 0.2) return { jump: ahead > 0, rate: pace };
    // Hysteresis: every change of rate is audible.
    const correcting = rate !== pace;
    if (far < (correcting ? 0.01 : 0.035)) return { jump: false, rate: pace };
    return { jump: false, rate: pace * (delta > 0 ? 0.95 : 1.05) };
}

/** Seconds of buffer ahead of `time`; a range that starts up to 50 ms later counts too. */
export function aheadOf(ranges, time) {
    const range = ranges.find(([start, end]) => start - 0.05 <= time && time < end);
    return range ? range[1] - time : 0;
}

/**
 * The media time to jump to when playback stands before a hole in the buffer: MSE never crosses one by itself.
 *
 * @param {[number, number][]} ranges the buffered ranges, in order
 * @param {boolean} stuck the playhead does not move: browsers stop a little before the end of a range
 * @returns {number | null} the start of the next range when nothing is left at `time`
 */
export function overHole(ranges, time, stuck) {
    if (aheadOf(ranges, time) > (stuck ? 0.6 : 0.03)) return null;
    const next = ranges.find(([start, end]) => start > time && end - start > 0.02);
    return next ? next[0] + 0.001 : null;
}

/** Ranges to remove to bound memory: far behind, and far ahead (after a seek back). */
export function evictions(ranges, time, { behind = 30, ahead = 60 } = {}) {
    const out = [];
    for (const [start, end] of ranges) {
        if (start < time - behind - 10) out.push([start, Math.min(end, time - behind)]);
        if (end > time + ahead + 10) out.push([Math.max(start, time + ahead), end]);
    }
    return out;
}

/**
 * The media time of each segment's start, in playlist order: as read from its bytes, else computed from its neighbour's.
 *
 * @param {Map<number, number>} starts known start times, by sequence number
 * @returns {number[] | null} `null` while nothing is known
 */
export function segmentTimes(playlist, starts) {
    const times = [];
    const first = playlist.segments.findIndex((segment) => starts.has(segment.msn));
    if (first < 0) return null;
    playlist.segments.forEach((segment, index) => {
        if (index >= first) times[index] = starts.get(segment.msn) ?? times[index - 1] + playlist.segments[index - 1].duration;
    });
    for (let index = first - 1; index >= 0; index -= 1) times[index] = times[index + 1] - playlist.segments[index].duration;
    return times;
}

/** The media time of a position; `null` while unknown. */
export function mediaTimeOf(playlist, starts, position) {
    const times = segmentTimes(playlist, starts);
    if (times === null) return null;
    const index = position.msn - playlist.mediaSequence;
    const segment = playlist.segments[index];
    if (!segment) return index < 0 ? null : times.at(-1) + playlist.segments.at(-1).duration;
    return times[index] + segment.parts.slice(0, position.part).reduce((sum, part) => sum + part.duration, 0);
}

/** The first media time at or after `time` that is not in a gap; `null` while times are unknown or there is none. */
export function playableFrom(playlist, starts, time) {
    const times = segmentTimes(playlist, starts);
    if (times === null) return null;
    const index = playlist.segments.findIndex((segment, i) => !segment.gap && time < times[i] + segment.duration - 0.05);
    return index < 0 ? null : Math.max(time, times[index]);
}

/** The segment to load for media time `time`, past any gap; `null` while times are unknown. */
export function positionAt(playlist, starts, time) {
    const times = segmentTimes(playlist, starts);
    if (times === null) return null;
    const index = playlist.segments.findIndex((segment, i) => time < times[i] + segment.duration - 1e-3 && !segment.gap);
    return { msn: index < 0 ? lastSequence(playlist) : playlist.mediaSequence + index, part: 0 };
}

/** The date (EXT-X-PROGRAM-DATE-TIME, UTC ms) at media time `time`, `null` when unknown. */
export function programTimeAt(playlist, starts, time) {
    const times = segmentTimes(playlist, starts);
    if (times === null) return null;
    let found = null;
    playlist.segments.forEach((segment, index) => {
        if (segment.programDateTime !== null && (found === null || times[index] <= time)) found = segment.programDateTime + (time - times[index]) * 1000;
    });
    return found;
}

/** The media time of the date `at` (UTC ms); `null` when it is older than the playlist, or unknown. */
export function mediaTimeAtProgram(playlist, starts, at) {
    const times = segmentTimes(playlist, starts);
    if (times === null) return null;
    const index = playlist.segments.findLastIndex((segment) => segment.programDateTime !== null && segment.programDateTime <= at);
    if (index < 0) return null;
    const segment = playlist.segments[index];
    // A date between two segments (the camera was lost) maps to where the picture continues.
    return times[index] + Math.min(segment.duration, (at - segment.programDateTime) / 1000);
}

/** The query of the next playlist request (§6.2.5): blocking where the server can, a delta update while the previous playlist is fresh. */
export function reloadQuery(playlist, { blocking, age }) {
    const query = [];
    if (blocking && playlist.canBlockReload && !playlist.ended) {
        const next = nextPosition(playlist);
        query.push(`_HLS_msn=${next.msn}`);
        if (playlist.partTarget !== null) query.push(`_HLS_part=${next.part}`);
    }
    if (playlist.canSkipUntil !== null && age < playlist.canSkipUntil / 2) query.push("_HLS_skip=YES");
    return query.length > 0 ? `?${query.join("&")}` : "";
}

/** Seconds to wait after the n-th failure in a row (n from 1): doubling from 0.25 to 5, half of it random so that players do not return all at once. */
export function retryDelay(failures, random) {
    const full = Math.min(5, 0.25 * 2 ** (failures - 1));
    return full * (0.5 + 0.5 * random);
}

/** Whether `next` has another timeline than `previous`: the server's sequence numbers went back. */
export function isAnotherTimeline(previous, next) {
    return lastSequence(next) < lastSequence(previous) - 1;
}
