import { mergePlaylist, nextPosition, parsePlaylist } from "./playlist.js";
import { reloadQuery, retryDelay } from "./plan.js";

/** Seconds until `signal` or `nudge` ends it. */
const rest = (seconds, signal, onNudge) =>
    new Promise((resolve) => {
        const timer = setTimeout(finish, seconds * 1000);
        function finish() {
            clearTimeout(timer);
            signal.removeEventListener("abort", finish);
            resolve();
        }
        signal.addEventListener("abort", finish);
        onNudge(finish);
    });

/** An answer of the server that is no playlist. */
export class HTTPProblem extends Error {
    constructor(status, url, retryAfter) {
        super(`${url} answered ${status}`);
        this.status = status;
        this.retryAfter = retryAfter;
    }
}

/**
 * Keeps the media playlist up to date: blocking reloads, deltas, retries. Never more than one playlist request is out.
 *
 * - `onMultivariant(playlist, url)` once per (re)start and `lookAgain`, `onPlaylist(playlist, url)` for each new state,
 * - `onProblem({ kind: "absent" | "network", status })` at each failure; the loader goes on by itself.
 */
export class PlaylistLoader {
    #url;
    #events;
    #wake = () => {};
    #playlist = null;
    #fetchedAt = 0;
    /** `live`: block for the next part; `calm`: a look every few seconds is enough (paused, far behind, ended). */
    pace = "live";
    /** Seconds of the last answer that was not held back: about one round trip. */
    roundTrip = 0;
    requestsOut = 0;

    constructor(url, events) {
        this.#url = url;
        this.#events = events;
    }

    /** Ends the current rest at once (network back, page visible again). */
    nudge() {
        this.#wake();
    }

    async run(signal) {
        let failures = 0;
        let mediaURL = null;
        while (!signal.aborted) {
            try {
                if (mediaURL === null) mediaURL = await this.#open(signal);
                const advanced = await this.#reload(mediaURL, signal);
                failures = 0;
                const pause = this.#restAfterReload(advanced);
                if (pause > 0) await this.#rest(pause, signal);
            } catch (problem) {
                if (signal.aborted) return;
                failures += 1;
                const absent = problem instanceof HTTPProblem && (problem.status === 404 || problem.status === 410);
                if (absent || failures > 3) {
                    mediaURL = null;
                    this.#playlist = null;
                }
                if (problem instanceof SyntaxError) this.#playlist = null;
                // A 503 is how a server ends a held request (§6.2.5.2): the first is no news.
                if (absent || failures > 1 || problem?.status !== 503) {
                    this.#events.onProblem({ kind: absent ? "absent" : "network", status: problem?.status ?? 0, failures });
                }
                const least = absent ? 1.5 + 1.5 * Math.random() : retryDelay(failures, Math.random());
                await this.#rest(Math.min(10, Math.max(least, problem?.retryAfter ?? 0)), signal);
            }
        }
    }

    /** Reads the multivariant playlist once more: what it offers may have changed. No answer is no news. */
    async lookAgain(signal) {
        try {
            const { text, url } = await this.#get(this.#url, 8, signal);
            const playlist = parsePlaylist(text);
            if (playlist.kind === "multivariant") this.#events.onMultivariant(playlist, url);
        } catch {
            // The next restart asks again.
        }
    }

    async #open(signal) {
        const began = performance.now();
        const { text, url } = await this.#get(this.#url, 8, signal);
        this.roundTrip = (performance.now() - began) / 1000;
        const playlist = parsePlaylist(text);
        if (playlist.kind === "media") return url;
        if (playlist.variants.length === 0) throw new SyntaxError("a multivariant playlist without a variant");
        this.#events.onMultivariant(playlist, url);
        return new URL(playlist.variants[0].uri, url).href;
    }

    /** @returns {Promise<boolean>} whether the playlist went on */
    async #reload(mediaURL, signal) {
        const before = this.#playlist;
        const began = performance.now();
        const age = (began - this.#fetchedAt) / 1000;
        const blocking = this.pace === "live";
        const query = before ? reloadQuery(before, { blocking, age }) : "";
        const limit = before ? Math.max(8, 4 * before.targetDuration) : 8;
        const { text, url } = await this.#get(mediaURL + query, limit, signal);
        const update = parsePlaylist(text);
        if (update.kind !== "media") throw new SyntaxError("a multivariant playlist where a media playlist should be");
        const merged = mergePlaylist(before, update);
        if (merged === null) {
            this.#playlist = null; // the next request asks for all of it
            return true;
        }
        this.#playlist = merged;
        this.#fetchedAt = performance.now();
        this.#events.onPlaylist(merged, url);
        if (before === null) return true;
        const [was, is] = [nextPosition(before), nextPosition(merged)];
        return was.msn !== is.msn || was.part !== is.part;
    }

    #restAfterReload(advanced) {
        const playlist = this.#playlist;
        if (playlist === null) return 0;
        if (playlist.ended) return 2 + Math.random();
        if (this.pace === "calm") return Math.min(3, playlist.targetDuration / 2) + 0.5 * Math.random();
        const unit = playlist.partTarget ?? playlist.targetDuration;
        if (!playlist.canBlockReload) return unit / 2;
        return advanced ? 0 : unit / 4; // a server that does not hold must not be hammered
    }

    #rest(seconds, signal) {
        return rest(seconds, signal, (finish) => { this.#wake = finish; });
    }

    async #get(url, limit, signal) {
        this.requestsOut += 1;
        try {
            return await within(limit, signal, async (limited) => {
                const answer = await fetch(url, { signal: limited });
                if (!answer.ok) throw new HTTPProblem(answer.status, url, Number.parseFloat(answer.headers.get("Retry-After") ?? "0") || 0);
                return { text: await answer.text(), url: answer.url };
            });
        } finally {
            this.requestsOut -= 1;
        }
    }
}

/** The bytes at `url`, within `limit` seconds. @throws {HTTPProblem} */
export function fetchBytes(url, limit, signal) {
    return within(limit, signal, async (limited) => {
        const answer = await fetch(url, { signal: limited });
        if (!answer.ok) throw new HTTPProblem(answer.status, url, 0);
        return answer.arrayBuffer();
    });
}

/** Runs `work` with a signal that ends after `seconds` or with `signal` (`AbortSignal.any` is missing in phones of 2022). */
async function within(seconds, signal, work) {
    const controller = new AbortController();
    const stop = () => controller.abort();
    const timer = setTimeout(stop, seconds * 1000);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    try {
        return await work(controller.signal);
    } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", stop);
    }
}
