/** How much more than asked for is fetched, in ms: whoever goes back will soon go back further. */
const margin = 120_000;
/** Milliseconds after a failure before the next request. */
const retryPause = 10_000;

/** Fetches the history from before the page was opened, when somebody goes back there. */
export class Past {
    #address;
    #store;
    #fetch;
    #clock;
    #request = null;
    #failedAt = -Infinity;
    #knownEpoch = null;
    /** The record begins here, UTC ms. */
    #beginning = -Infinity;

    constructor(hall, store, { fetch = (...all) => globalThis.fetch(...all), clock = () => performance.now() } = {}) {
        this.#address = `/api/v1/halls/${encodeURIComponent(hall)}/council/past`;
        this.#store = store;
        this.#fetch = fetch;
        this.#clock = clock;
    }

    /** Whether the store has the state at `ms`, or there is none to fetch. */
    knows(ms) {
        return this.#store.knownSince !== null && (ms >= this.#store.knownSince || (this.#knownEpoch === this.#store.epoch && ms < this.#beginning));
    }

    /** Fetches the state at `ms` into the store, if there is one. Calls during a request share it. */
    async reach(ms) {
        if (this.#store.knownSince === null || this.knows(ms)) return;
        if (this.#request === null && this.#clock() - this.#failedAt > retryPause) this.#request = this.#ask(ms).finally(() => { this.#request = null; });
        await this.#request;
    }

    async #ask(ms) {
        const [from, before] = [Math.max(0, Math.floor(ms - margin)), this.#store.knownSince];
        try {
            const answer = await this.#fetch(`${this.#address}?from=${from}&until=${this.#store.knownFrom}`, { headers: { Accept: "application/json" } });
            const fits = answer.ok && this.#store.learnPast(await answer.json());
            if (!fits) throw new Error(`could not fetch the hall's past: ${answer.status}`);
            if (this.#store.knownSince > from || this.#store.knownSince === before) {
                this.#knownEpoch = this.#store.epoch;
                this.#beginning = this.#store.knownSince;
            }
        } catch {
            this.#failedAt = this.#clock();
        }
    }
}
