/**
 * Keeps a frame-by-frame picture near its live edge. Pure; `now` in ms, everything else in seconds.
 *
 * A frame's lead is how far its time is ahead of the playhead when it arrives. The median lead tells how much closer the playhead may go. A late
 * frame is shown late, which does no harm within the time that a fragment extends beyond its frame (docs/protocol.md); past that, playback stalls.
 * Small distances are corrected by the playback rate, which nobody notices without sound; large ones by a jump.
 */

/** Milliseconds of leads to consider, and those to consider for a jump. */
const memory = 1000, shortMemory = 300;
/** How late the latest frame may be shown. */
const lateness = 0.03;
/** Distance beyond which the playhead jumps. */
const furthest = 0.5;
/** The cushion is the lead to aim at: each stall adds `stallStep`, each `calmAfter` ms without one takes `calmStep` off. */
const minCushion = 0.015, maxCushion = 0.12, stallStep = 0.02, calmStep = 0.005, calmAfter = 20_000;
/** Distances up to `deadband` are not corrected; rates are multiples of 0.01 from `slowest` to `fastest`. */
const deadband = 0.008, gain = 0.5, fastest = 1.1, slowest = 0.95;

export class Pace {
    #leads = [];
    #quietSince = null;
    cushion = minCushion;

    /** A frame arrived, `lead` ahead of the playhead. */
    arrived(now, lead) {
        this.#quietSince ??= now;
        if (now - this.#quietSince >= calmAfter) {
            this.cushion = Math.max(minCushion, this.cushion - calmStep);
            this.#quietSince = now;
        }
        this.#leads.push({ now, lead });
        while (this.#leads[0].now < now - memory) this.#leads.shift();
    }

    /** Playback stalled for lack of frames. Several stalls in a row count as one. */
    stalled(now) {
        if (this.#quietSince === null || now - this.#quietSince > memory) this.cushion = Math.min(maxCushion, this.cushion + stallStep);
        this.#quietSince = now;
    }

    /** The playhead was moved: earlier leads do not count any more. */
    reset() {
        this.#leads = [];
    }

    /** `rate`: to play at; `jump`: seconds to skip forward at once, 0 for none. */
    correction(now) {
        if (this.#leads.length === 0) return { rate: 1, jump: 0 };
        const recent = Math.min(...this.#leads.filter((one) => one.now >= now - shortMemory).map((one) => one.lead)) - this.cushion;
        if (recent !== Infinity && recent > furthest && this.#leads[0].now <= now - shortMemory / 2) return { rate: 1, jump: recent };
        const leads = this.#leads.map((one) => one.lead).sort((a, b) => a - b);
        const distance = Math.min(leads[0] + lateness, leads[leads.length >> 1]) - this.cushion;
        if (Math.abs(distance) < deadband) return { rate: 1, jump: 0 };
        return { rate: Math.round(Math.min(fastest, Math.max(slowest, 1 + gain * distance)) * 100) / 100, jump: 0 };
    }
}

/**
 * Up to where the buffer behind the playhead may be removed: the last keyframe at least `keep` seconds back. After a cut anywhere else the browser
 * would also drop the frames that depend on removed ones, up to the next keyframe.
 *
 * @param {number[]} keyframes their times, ascending
 * @returns {number | null} `null` when there is nothing to remove
 */
export function trimmedUpTo(keyframes, time, keep = 1) {
    const index = keyframes.findLastIndex((keyframe) => keyframe <= time - keep);
    return index > 0 ? keyframes[index] : null;
}

/** Whether the playhead is outside the last buffered range, before a hole. `ranges`: `[start, end]`, ascending. */
export function isCutOff(ranges, time) {
    if (ranges.length === 0) return false;
    const [start, end] = ranges.at(-1);
    return time < start - 0.02 || time > end + 0.5;
}
