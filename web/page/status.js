/**
 * Polls a hall's public stream status, `{ hall, title, language, state, onAir, since }`: every 15 s while the picture moves, else
 * every 3 s, plus up to 1 s; `ask` polls at once.
 */
export class HallStatus extends EventTarget {
    #url;
    #timer = 0;
    #isAsking = false;
    /** The last status, `null` before the first. */
    value = null;
    /** UTC ms since when the server has not answered, `null` while it does. */
    silentSince = null;
    /** Whether the page has a moving picture. */
    calm = false;

    constructor(hall) {
        super();
        this.#url = `/api/v1/halls/${encodeURIComponent(hall)}/stream/public`;
    }

    async ask() {
        if (this.#isAsking) return;
        this.#isAsking = true;
        clearTimeout(this.#timer);
        try {
            const answer = await fetch(this.#url, { headers: { Accept: "application/json" } });
            this.silentSince = null;
            this.value = answer.ok ? await answer.json() : null;
        } catch {
            this.silentSince ??= Date.now();
        }
        this.#isAsking = false;
        const pause = this.calm ? 15 : 3;
        this.#timer = setTimeout(() => this.ask(), (pause + Math.random()) * 1000);
        this.dispatchEvent(new Event("change"));
    }
}
