import { aheadOf, overHole } from "./plan.js";

/** Where playback is, where it should be, and whether it moves. Wall times in ms, media times in seconds. */
export class Playhead {
    #video;
    #seen = { time: 0, movedAt: Date.now() };
    /** Where the user has seeked to, while nothing is buffered there. */
    wanted = null;
    /** Live playback begins as soon as enough is buffered. */
    awaitsLive = true;

    constructor(video) {
        this.#video = video;
    }

    /** Media time where playback is, or will be. */
    get time() { return this.wanted ?? this.#video.currentTime; }
    get restingFor() { return Date.now() - this.#seen.movedAt; }
    /** Whether it stands still although it should move. */
    get isStuck() { return !this.#video.paused && this.restingFor > (this.#video.seeking ? 1000 : 300); }
    /** Whether it should be moving. A seek that does not end counts: it may stand before a hole. */
    get isSettled() { return !this.#video.paused && !this.awaitsLive && this.wanted === null && (!this.#video.seeking || this.restingFor > 1000); }

    watch() {
        const time = this.#video.currentTime;
        if (time !== this.#seen.time || this.#video.paused) this.#seen = { time, movedAt: Date.now() };
    }

    /** Counts as moved: a rebuild gets as much time again. */
    restartWatch() { this.#seen.movedAt = Date.now(); }

    awaitLive() {
        this.wanted = null;
        this.awaitsLive = true;
    }

    /** Moves to `time`, and waits there until something is buffered. */
    moveTo(time, ranges) {
        this.awaitsLive = false;
        this.wanted = aheadOf(ranges, time) > 0.2 ? null : time;
        this.#video.currentTime = time;
    }

    /** After an append: begins at `target` once that is buffered. @returns {boolean} whether live playback begins now */
    beginLive(ranges, target) {
        if (!this.awaitsLive || ranges.length === 0) return false;
        const [start, end] = ranges.at(-1);
        const place = Math.max(start + 0.001, target ?? end);
        if (end < place) return false;
        this.awaitsLive = false;
        this.#video.currentTime = place;
        return true;
    }

    /** After an append: whether `wanted` is buffered now. */
    settle(ranges) {
        if (this.wanted === null || aheadOf(ranges, this.wanted) <= 0) return;
        // The first frame may be a little later than computed.
        if (!ranges.some(([start, end]) => start <= this.wanted && this.wanted < end)) this.#video.currentTime = this.wanted + 0.06;
        this.wanted = null;
    }

    /** Stops waiting for `wanted` when it has left the window or does not arrive. */
    giveUpWanted(oldest) {
        if (this.wanted !== null && (this.wanted < (oldest ?? 0) || this.restingFor > 5000)) this.wanted = null;
    }

    /** @returns {boolean} whether it has jumped over a hole */
    crossHole(ranges) {
        const jump = overHole(ranges, this.#video.currentTime, this.isStuck);
        if (jump !== null) this.#video.currentTime = jump;
        return jump !== null;
    }
}
