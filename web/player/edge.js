import { LiveSteering } from "./steering.js";

/** Stays near the newest moment: how far from it to begin, and how fast to play to keep that distance. */
export class LiveEdge {
    #video;
    #timeline;
    #counters;
    #steering = new LiveSteering();
    #stalledAt = null;

    constructor(video, timeline, counters) {
        this.#video = video;
        this.#timeline = timeline;
        this.#counters = counters;
    }

    /** Seconds of buffer that should be left when the next part comes. */
    get cushion() { return this.#steering.cushion; }

    /** Seconds from the newest moment at which live playback is begun. */
    get distance() {
        const playlist = this.#timeline.playlist;
        return this.cushion + 0.5 * (playlist?.partTarget ?? playlist?.targetDuration ?? 1);
    }

    /** The media time at which live playback is begun; `null` while unknown. */
    get target() {
        const edge = this.#timeline.edge;
        return edge === null ? null : edge - this.distance;
    }

    reset() { this.#steering.reset(); }
    calm() { this.#steering.calm(performance.now()); }
    aim(partTarget, roundTrip) { this.#steering.target(partTarget, roundTrip); }

    /** Playback waits for media. */
    stalled() {
        this.#counters.stalls += 1;
        this.#stalledAt = performance.now();
    }

    /** A part came: how much buffer was left, and whether it came too late for the cushion. A pause of the camera's is no fault of the way here. */
    learn(piece, ahead) {
        const now = performance.now();
        if (this.#stalledAt !== null && !piece.discontinuity && now - this.#stalledAt < 2500) this.#steering.stalled(now);
        else this.#steering.sample(now, ahead);
        this.#stalledAt = null;
    }

    steer() {
        const order = this.#steering.steer(performance.now(), this.#video.playbackRate);
        if (order === null) return;
        if (order.jump > 0) {
            this.#counters.jumps += 1;
            this.#video.currentTime += order.jump;
            this.#steering.reset();
        }
        if (this.#video.playbackRate !== order.rate) this.#video.playbackRate = order.rate;
    }
}
