/** When to build anew after a failure of the browser's: sooner at first, seldom after many. Times in ms. */
export class Recovery {
    #failures = [];
    #timer = null;

    get isPending() { return this.#timer !== null; }

    /** Calls `act` after a while. @returns {boolean} `false` when failures come so often that the viewer must be told */
    schedule(act, now = performance.now()) {
        this.#failures = [...this.#failures.filter((at) => now - at < 30_000), now];
        const hopeful = this.#failures.length <= 5;
        this.#timer = setTimeout(act, hopeful ? Math.min(4000, 100 * 2 ** this.#failures.length) : 15_000);
        return hopeful;
    }

    cancel() {
        clearTimeout(this.#timer);
        this.#timer = null;
    }
}

/** Media comes, yet nothing moves: whatever the browser holds against this buffer, a new one helps. */
export const needsRescue = ({ restingFor, sinceArrival }) => restingFor > 6000 && sinceArrival < 1000;
