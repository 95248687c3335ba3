/**
 * What the server says publicly of a hall's stream: `{ hall, title, language, state, onAir, since }`.
 * Asked gently: every 4 s while there is nothing to see, every 15 s while there is, at once when `ask` is called.
 */
export class HallStatus extends EventTarget {
    #url;
    #timer = 0;
    #out = false;
    /** The last answer, `null` before the first. */
    value = null;
    /** UTC ms since when the server has not answered, `null` while it does. */
    silentSince = null;
    /** Whether the page has a picture that moves. */
    calm = false;

    constructor(hall) {
        super();
        this.#url = `/api/v1/halls/${encodeURIComponent(hall)}/stream/public`;
    }

    async ask() {
        if (this.#out) return;
        this.#out = true;
        clearTimeout(this.#timer);
        try {
            const answer = await fetch(this.#url, { headers: { Accept: "application/json" } });
            this.silentSince = null;
            this.value = answer.ok ? await answer.json() : null;
        } catch {
            this.silentSince ??= Date.now();
        }
        this.#out = false;
        const pause = this.calm ? 15 : 3;
        this.#timer = setTimeout(() => this.ask(), (pause + Math.random()) * 1000);
        this.dispatchEvent(new Event("change"));
    }
}
