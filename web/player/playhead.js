import { aheadOf, overHole } from "./plan.js";

/** Where the picture is, where it ought to be, and whether it moves. Wall times in ms, media times in seconds. */
export class Playhead {
    #video;
    #seen = { time: 0, movedAt: Date.now() };
    /** Where the user wants to be, while nothing is buffered there. */
    wanted = null;
    /** Live playback begins as soon as enough has come. */
    awaitsLive = true;

    constructor(video) {
        this.#video = video;
    }

    /** Where playback is, or will be. */
    get time() { return this.wanted ?? this.#video.currentTime; }
    get restingFor() { return Date.now() - this.#seen.movedAt; }
    /** Whether it has stood still although it should move. */
    get isStuck() { return !this.#video.paused && this.restingFor > (this.#video.seeking ? 1000 : 300); }
    /** It may be judged: a seek whose end never comes stands before a hole too. */
    get isSettled() { return !this.#video.paused && !this.awaitsLive && this.wanted === null && (!this.#video.seeking || this.restingFor > 1000); }

    watch() {
        const time = this.#video.currentTime;
        if (time !== this.#seen.time || this.#video.paused) this.#seen = { time, movedAt: Date.now() };
    }

    /** Counts as moved: whoever waits for it has done something about it. */
    excuse() { this.#seen.movedAt = Date.now(); }

    awaitLive() {
        this.wanted = null;
        this.awaitsLive = true;
    }

    /** Goes to `time`, or waits there until something is. */
    moveTo(time, ranges) {
        this.awaitsLive = false;
        this.wanted = aheadOf(ranges, time) > 0.2 ? null : time;
        this.#video.currentTime = time;
    }

    /** Something was appended: begins at `target` (live) once that has come. @returns {boolean} whether live playback begins now */
    beginLive(ranges, target) {
        if (!this.awaitsLive || ranges.length === 0) return false;
        const [start, end] = ranges.at(-1);
        const place = Math.max(start + 0.001, target ?? end);
        if (end < place) return false;
        this.awaitsLive = false;
        this.#video.currentTime = place;
        return true;
    }

    /** Something was appended: perhaps what was wanted. */
    settle(ranges) {
        if (this.wanted === null || aheadOf(ranges, this.wanted) <= 0) return;
        // The first picture may lie a little behind the place that was computed.
        if (!ranges.some(([start, end]) => start <= this.wanted && this.wanted < end)) this.#video.currentTime = this.wanted + 0.06;
        this.wanted = null;
    }

    /** What was wanted has left the window, or does not come: what is there is played. */
    giveUpWish(oldest) {
        if (this.wanted !== null && (this.wanted < (oldest ?? 0) || this.restingFor > 5000)) this.wanted = null;
    }

    /** @returns {boolean} whether it stood before a hole, and has jumped */
    crossHole(ranges) {
        const jump = overHole(ranges, this.#video.currentTime, this.isStuck);
        if (jump !== null) this.#video.currentTime = jump;
        return jump !== null;
    }
}
