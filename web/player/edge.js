import { LiveSteering } from "./steering.js";

/** Stays near the live edge: how far from it to begin, and how fast to play to keep that distance. */
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

    /** Seconds of buffer that should be left when the next part arrives. */
    get cushion() { return this.#steering.cushion; }

    /** Seconds behind the live edge at which live playback begins. */
    get distance() {
        const playlist = this.#timeline.playlist;
        return this.cushion + 0.5 * (playlist?.partTarget ?? playlist?.targetDuration ?? 1);
    }

    /** The media time at which live playback begins; `null` while unknown. */
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

    /** A part arrived: records the buffer left, or a stall when it was too late. A discontinuity (the camera paused) is not the network's fault. */
    learn(piece, ahead) {
        const now = performance.now();
        if (this.#stalledAt !== null && !piece.discontinuity && now - this.#stalledAt < 2500) this.#steering.stalled(now);
        else this.#steering.sample(now, ahead);
        this.#stalledAt = null;
    }

    steer() {
        const correction = this.#steering.steer(performance.now(), this.#video.playbackRate);
        if (correction === null) return;
        if (correction.jump > 0) {
            this.#counters.jumps += 1;
            this.#video.currentTime += correction.jump;
            this.#steering.reset();
        }
        if (this.#video.playbackRate !== correction.rate) this.#video.playbackRate = correction.rate;
    }
}
