/**
 * Keeps a live picture near its edge. Pure; `now` in ms, all else in seconds.
 *
 * A frame's lead is how far its time is ahead of the playhead at the moment it arrives. The middle one tells how much nearer the playhead may
 * go; a frame that comes late is shown late, which is no harm, as long as the latest keeps within what a fragment reaches beyond its frame
 * (docs/protocol.md), for past that the picture stands. Small distances are made up for by the rate, which nobody sees in a picture
 * without sound; large ones by a jump.
 */

/** Over so many ms leads count; the shorter span for a jump. */
const memory = 1000, shortMemory = 300;
/** How late the latest frame may be. */
const lateness = 0.03;
/** A playhead further behind jumps. */
const furthest = 0.5;
/** The lead that is aimed at: what a frame takes until it can be shown. Stalls teach more, calm less. */
const least = 0.015, most = 0.12, lesson = 0.02, forgotten = 0.005, calm = 20_000;
/** No correction below this, nor finer than a hundredth; the playhead never goes faster or slower than that. */
const enough = 0.008, gain = 0.5, fastest = 1.1, slowest = 0.95;

export class Pace {
    #leads = [];
    #quietSince = null;
    cushion = least;

    /** A frame has arrived, `lead` ahead of the playhead. */
    arrived(now, lead) {
        this.#quietSince ??= now;
        if (now - this.#quietSince >= calm) {
            this.cushion = Math.max(least, this.cushion - forgotten);
            this.#quietSince = now;
        }
        this.#leads.push({ now, lead });
        while (this.#leads[0].now < now - memory) this.#leads.shift();
    }

    /** The playhead stood still for want of frames. Several in a row are one lesson. */
    stalled(now) {
        if (this.#quietSince === null || now - this.#quietSince > memory) this.cushion = Math.min(most, this.cushion + lesson);
        this.#quietSince = now;
    }

    /** The playhead has been moved: what was seen before says nothing any more. */
    reset() {
        this.#leads = [];
    }

    /** What the playhead should do: `rate` to play at, `jump` seconds to go ahead at once (0: none). */
    order(now) {
        if (this.#leads.length === 0) return { rate: 1, jump: 0 };
        const recent = Math.min(...this.#leads.filter((one) => one.now >= now - shortMemory).map((one) => one.lead)) - this.cushion;
        if (recent !== Infinity && recent > furthest && this.#leads[0].now <= now - shortMemory / 2) return { rate: 1, jump: recent };
        const leads = this.#leads.map((one) => one.lead).sort((a, b) => a - b);
        const distance = Math.min(leads[0] + lateness, leads[leads.length >> 1]) - this.cushion;
        if (Math.abs(distance) < enough) return { rate: 1, jump: 0 };
        return { rate: Math.round(Math.min(fastest, Math.max(slowest, 1 + gain * distance)) * 100) / 100, jump: 0 };
    }
}

/**
 * What may be taken out of the buffer behind the playhead: everything before the last keyframe that is at least `keep` seconds back. Cut anywhere
 * else the browser would throw away all that depends on what is gone, up to the next keyframe.
 *
 * @param {number[]} keyframes their times, rising
 * @returns {number | null} up to where; `null` when it is not worth the while
 */
export function trimmedUpTo(keyframes, time, keep = 1) {
    const index = keyframes.findLastIndex((keyframe) => keyframe <= time - keep);
    return index > 0 ? keyframes[index] : null;
}

/** Whether the playhead stands before a hole: what came last is in a later range than it is. `ranges`: `[start, end]`, rising. */
export function isCutOff(ranges, time) {
    if (ranges.length === 0) return false;
    const [start, end] = ranges.at(-1);
    return time < start - 0.02 || time > end + 0.5;
}
