/** When to rebuild after a failure in the browser: soon at first, rarely after many. Times in ms. */
export class Recovery {
    #failures = [];
    #timer = null;

    get isPending() { return this.#timer !== null; }

    /** Calls `act` after a pause. @returns {boolean} `false` when failures are so frequent that the viewer must be told */
    schedule(act, now = performance.now()) {
        this.#failures = [...this.#failures.filter((at) => now - at < 30_000), now];
        const isEarly = this.#failures.length <= 5;
        this.#timer = setTimeout(act, isEarly ? Math.min(4000, 100 * 2 ** this.#failures.length) : 15_000);
        return isEarly;
    }

    cancel() {
        clearTimeout(this.#timer);
        this.#timer = null;
    }
}

/** Media arrives but playback does not move: only a new buffer helps. */
export const needsRescue = ({ restingFor, sinceArrival }) => restingFor > 6000 && sinceArrival < 1000;
