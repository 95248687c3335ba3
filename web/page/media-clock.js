/** How long a stalled picture holds the state back, in ms. */
const patience = 5000;

/**
 * The moment whose state the page shows: that of the picture on the screen, or now without a picture.
 *
 * `source` is `{ programTime(): UTC ms | null, phase, rate }`: a player. `now()` is the daemon's clock.
 */
export class MediaClock {
    #source;
    #now;
    #movedAt = null;

    constructor(source, now) {
        this.#source = source;
        this.#now = now;
    }

    /** UTC ms of the picture; `null` without one. `local`: a monotonic clock, in ms. */
    pictureTime(local = performance.now()) {
        const { phase } = this.#source;
        if (phase === "playing" || phase === "paused") this.#movedAt = local;
        else if (phase !== "stalled" || this.#movedAt === null || local - this.#movedAt > patience) return null;
        return this.#source.programTime();
    }

    /** UTC ms of the state to show. */
    at(local) { return this.pictureTime(local) ?? this.#now(); }

    /** Milliseconds until the shown time reaches `at`; `null` while it stands still. */
    until(at, local) {
        const picture = this.pictureTime(local);
        if (picture === null) return Math.max(0, at - this.#now());
        return this.#source.phase === "playing" ? Math.max(0, (at - picture) / (this.#source.rate || 1)) : null;
    }
}

/** A live player as the source of a `MediaClock`. */
export function liveSource(player, video) {
    return {
        get phase() { return player.hasShown ? player.phase : "loading"; },
        get rate() { return video.playbackRate; },
        programTime: () => player.currentProgramTime(),
    };
}
