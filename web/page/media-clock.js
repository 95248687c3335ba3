/** For how long a picture that stands still holds the board back, in ms. */
const patience = 5000;

/**
 * The time that the page shows the council at: the moment on the viewer's screen, wherever its bytes come from; without a picture, now.
 *
 * `source` is `{ programTime(): UTC ms | null, phase, rate }`: a live player, or later a recording. `now()` is the daemon's clock.
 */
export class MediaClock {
    #source;
    #now;
    #movedAt = null;

    constructor(source, now) {
        this.#source = source;
        this.#now = now;
    }

    /** UTC ms of the moment in the picture; `null` when there is none. `local`: a clock that only goes on, in ms. */
    pictureTime(local = performance.now()) {
        const { phase } = this.#source;
        if (phase === "playing" || phase === "paused") this.#movedAt = local;
        else if (phase !== "stalled" || this.#movedAt === null || local - this.#movedAt > patience) return null;
        return this.#source.programTime();
    }

    /** UTC ms of the moment to show. */
    at(local) { return this.pictureTime(local) ?? this.#now(); }

    /** Milliseconds of this machine until the shown time reaches `at`; `null` while it stands still. */
    until(at, local) {
        const picture = this.pictureTime(local);
        if (picture === null) return Math.max(0, at - this.#now());
        return this.#source.phase === "playing" ? Math.max(0, (at - picture) / (this.#source.rate || 1)) : null;
    }
}

/** A live player as the source of the picture's time. */
export function liveSource(player, video) {
    return {
        get phase() { return player.hasShown ? player.phase : "loading"; },
        get rate() { return video.playbackRate; },
        programTime: () => player.currentProgramTime(),
    };
}
