/**
 * The player's decisions as functions of values: what to fetch next, how far behind live to stay, how fast to play,
 * when to jump. No clock, network or browser in sight.
 */
import { lastSequence, nextPosition } from "./playlist.js";

/** @typedef {{ msn: number, part: number }} Position */

/**
 * The next thing to fetch at `position`.
 * - `fetch`: a whole segment when it begins there and is complete, else a part; `next` is the position after it.
 * - `skip`: nothing will ever be there (a gap, or the segment's end); go on at `next`.
 * - `wait`: it is not made yet; `hint` names it when the server has said what it will be called.
 * - `gone`: no longer, or not at all, in this playlist.
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

/** The hinted part is worth asking for at once only if it is the very next of a segment whose init is known. */
function hintFor(playlist, position, segment) {
    const end = nextPosition(playlist);
    if (!playlist.preloadHint || playlist.ended || end.msn !== position.msn || end.part !== position.part) return null;
    const map = segment?.map ?? playlist.segments.at(-1)?.map ?? null;
    if (map === null) return null;
    const next = { msn: position.msn, part: position.part + 1 };
    return { ...piece("part", { msn: position.msn, map, discontinuity: false }, position.part, playlist.preloadHint, next), hinted: true };
}

/** Seconds from the playlist's start to `position`; its end when the position lies past it. */
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
 * Where to begin so that playback can start `goal` seconds before the end: the last place at or before it that a decoder can
 * start from. `null` when nothing playable is there.
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

/** Whether a gap lies between the two: then the later place is the only one that leads to live. */
function isAfterGap(playlist, from, to) {
    return playlist.segments.some((segment) =>
        segment.msn >= from.msn && segment.msn <= to.msn &&
        (segment.gap || segment.parts.some((part, index) =>
            part.gap && (segment.msn > from.msn || index > from.part) && (segment.msn < to.msn || index < to.part))));
}

/** Seconds of buffer that should be left when the next part arrives: a share of a part, the way there, and what stalls have taught. */
export function initialCushion(partTarget, roundTrip) {
    return partTarget === null ? 2 : 0.35 * partTarget + 0.06 + Math.min(roundTrip, 0.4);
}

/** After a stall more, after a calm while less again; never under the base, never over `limit` seconds. */
export const cushionAfterStall = (cushion, limit) => Math.min(limit, cushion * 1.5 + 0.08);
export const cushionAfterCalm = (cushion, base) => Math.max(base, base + (cushion - base) * 0.75);

/**
 * How fast to play so that the least buffer of each part's cycle (`lowWater`) becomes `cushion`.
 *
 * @param {{ lowWater: number, cushion: number, rate: number }} input `rate` as it is now: a correction ends only well inside the band
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
 * How a sound beside the picture keeps in step with it.
 *
 * @param {{ delta: number, ahead: number, rate: number, pace: number }} input `delta`: seconds the sound is ahead of the picture; `ahead`: seconds of
 *        sound there are at the picture's place; `rate`: the sound's as it is now; `pace`: the picture's
 * @returns {{ jump: boolean, rate: number }} `jump`: go to the picture's place at once
 */
export function inStep({ delta, ahead, rate, pace }) {
    const far = Math.abs(delta);
    if (far > 0.2) return { jump: ahead > 0, rate: pace };
    // A correction ends only well inside the band: each change of rate can be heard.
    const correcting = rate !== pace;
    if (far < (correcting ? 0.01 : 0.035)) return { jump: false, rate: pace };
    return { jump: false, rate: pace * (delta > 0 ? 0.95 : 1.05) };
}

/** Seconds of buffer ahead of `time`; a start that lies a blink after it counts as reached. */
export function aheadOf(ranges, time) {
    const range = ranges.find(([start, end]) => start - 0.05 <= time && time < end);
    return range ? range[1] - time : 0;
}

/**
 * The place to jump to when playback stands before a hole: MSE never crosses one by itself.
 *
 * @param {[number, number][]} ranges what is buffered, in order
 * @param {boolean} stuck the playhead does not move: browsers stop a little before the end of what they have
 * @returns {number | null} the start of the next range when nothing is left at `time`
 */
export function overHole(ranges, time, stuck) {
    if (aheadOf(ranges, time) > (stuck ? 0.6 : 0.03)) return null;
    const next = ranges.find(([start, end]) => start > time && end - start > 0.02);
    return next ? next[0] + 0.001 : null;
}

/** What to throw away so that memory stays bounded: far behind, and far ahead after a seek back. */
export function evictions(ranges, time, { behind = 30, ahead = 60 } = {}) {
    const out = [];
    for (const [start, end] of ranges) {
        if (start < time - behind - 10) out.push([start, Math.min(end, time - behind)]);
        if (end > time + ahead + 10) out.push([Math.max(start, time + ahead), end]);
    }
    return out;
}

/**
 * The media time of each segment's start, in the playlist's order: as its own bytes said, else counted on from its neighbour.
 *
 * @param {Map<number, number>} starts what is known, by sequence number
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

/** Where on the media timeline a position lies; `null` while unknown. */
export function mediaTimeOf(playlist, starts, position) {
    const times = segmentTimes(playlist, starts);
    if (times === null) return null;
    const index = position.msn - playlist.mediaSequence;
    const segment = playlist.segments[index];
    if (!segment) return index < 0 ? null : times.at(-1) + playlist.segments.at(-1).duration;
    return times[index] + segment.parts.slice(0, position.part).reduce((sum, part) => sum + part.duration, 0);
}

/** The first moment at or after `time` that has media, as a media time; `null` while times are unknown or nothing is there. */
export function playableFrom(playlist, starts, time) {
    const times = segmentTimes(playlist, starts);
    if (times === null) return null;
    const index = playlist.segments.findIndex((segment, i) => !segment.gap && time < times[i] + segment.duration - 0.05);
    return index < 0 ? null : Math.max(time, times[index]);
}

/** The segment to load for media time `time`; a gap is stepped over. `null` while times are unknown. */
export function positionAt(playlist, starts, time) {
    const times = segmentTimes(playlist, starts);
    if (times === null) return null;
    const index = playlist.segments.findIndex((segment, i) => time < times[i] + segment.duration - 1e-3 && !segment.gap);
    return { msn: index < 0 ? lastSequence(playlist) : playlist.mediaSequence + index, part: 0 };
}

/** UTC ms of the moment shown at media time `time` (EXT-X-PROGRAM-DATE-TIME), `null` when unknown. */
export function programTimeAt(playlist, starts, time) {
    const times = segmentTimes(playlist, starts);
    if (times === null) return null;
    let found = null;
    playlist.segments.forEach((segment, index) => {
        if (segment.programDateTime !== null && (found === null || times[index] <= time)) found = segment.programDateTime + (time - times[index]) * 1000;
    });
    return found;
}

/** The media time of the moment `at` (UTC ms): in the last segment that begins before it. `null` when it is older than the playlist, or unknown. */
export function mediaTimeAtProgram(playlist, starts, at) {
    const times = segmentTimes(playlist, starts);
    if (times === null) return null;
    const index = playlist.segments.findLastIndex((segment) => segment.programDateTime !== null && segment.programDateTime <= at);
    if (index < 0) return null;
    const segment = playlist.segments[index];
    // What lies between two segments (the camera was away) is shown from where the picture goes on.
    return times[index] + Math.min(segment.duration, (at - segment.programDateTime) / 1000);
}

/** The query of the next playlist request (§6.2.5): blocking for the next part when the server can, a delta when the base is fresh. */
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

/** Seconds to wait after the n-th failure in a row (n from 1): doubling from 0.25 to 5, half of it chance so that a restart is no stampede. */
export function retryDelay(failures, random) {
    const full = Math.min(5, 0.25 * 2 ** (failures - 1));
    return full * (0.5 + 0.5 * random);
}

/** Whether `next` is another timeline than `previous` (a server that lost its numbers, or a sleep longer than the window). */
export function isAnotherTimeline(previous, next) {
    return lastSequence(next) < lastSequence(previous) - 1;
}
