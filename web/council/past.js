/** How much more than asked for is fetched, in ms: who goes back goes back further. */
const margin = 120_000;
/** Milliseconds after a failure until it is tried again. */
const rest = 10_000;

/** Fetches the hours before the page was opened, when somebody goes back there. */
export class Past {
    #address;
    #store;
    #fetch;
    #clock;
    #out = null;
    #failedAt = -Infinity;
    #seen = null;
    /** The record does not reach back before this, UTC ms. */
    #end = -Infinity;

    constructor(hall, store, { fetch = (...all) => globalThis.fetch(...all), clock = () => performance.now() } = {}) {
        this.#address = `/api/v1/halls/${encodeURIComponent(hall)}/council/past`;
        this.#store = store;
        this.#fetch = fetch;
        this.#clock = clock;
    }

    /** Whether the store knows the state at `ms`, or all that there is of it. */
    knows(ms) {
        return this.#store.knownSince !== null && (ms >= this.#store.knownSince || (this.#seen === this.#store.epoch && ms < this.#end));
    }

    /** Makes the store know the state at `ms`, if it can be had. Asked again while it runs, the same promise. */
    async reach(ms) {
        if (this.#store.knownSince === null || this.knows(ms)) return;
        if (this.#out === null && this.#clock() - this.#failedAt > rest) this.#out = this.#ask(ms).finally(() => { this.#out = null; });
        await this.#out;
    }

    async #ask(ms) {
        const [from, before] = [Math.max(0, Math.floor(ms - margin)), this.#store.knownSince];
        try {
            const answer = await this.#fetch(`${this.#address}?from=${from}&until=${this.#store.knownFrom}`, { headers: { Accept: "application/json" } });
            const fits = answer.ok && this.#store.learnPast(await answer.json());
            if (!fits) throw new Error(`the past of the hall cannot be had: ${answer.status}`);
            if (this.#store.knownSince > from || this.#store.knownSince === before) {
                this.#seen = this.#store.epoch;
                this.#end = this.#store.knownSince;
            }
        } catch {
            this.#failedAt = this.#clock();
        }
    }
}
