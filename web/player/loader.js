import { mergePlaylist, nextPosition, parsePlaylist } from "./playlist.js";
import { reloadQuery, retryDelay } from "./plan.js";

/** Waits some seconds; `signal` or a nudge ends it early. */
const sleep = (seconds, signal, onNudge) =>
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

/** A response with an error status. */
export class HTTPProblem extends Error {
    constructor(status, url, retryAfter) {
        super(`${url} answered ${status}`);
        this.status = status;
        this.retryAfter = retryAfter;
    }
}

/**
 * Keeps the media playlist up to date: blocking reloads, deltas, retries. At most one playlist request is in flight.
 *
 * - `onMultivariant(playlist, url)` once per (re)start and `refreshMultivariant`, `onPlaylist(playlist, url)` for each new state,
 * - `onProblem({ kind: "absent" | "network", status, failures })` at each failure; the loader retries by itself.
 */
export class PlaylistLoader {
    #url;
    #events;
    #wake = () => {};
    #playlist = null;
    #fetchedAt = 0;
    /** `live`: blocking reloads; `calm`: a reload every few seconds (paused, far behind, ended). */
    pace = "live";
    /** Seconds of the last response that did not block: about one round trip. */
    roundTrip = 0;
    requestsOut = 0;

    constructor(url, events) {
        this.#url = url;
        this.#events = events;
    }

    /** Ends the current wait at once (network back, page visible again). */
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
                const pause = this.#pauseAfterReload(advanced);
                if (pause > 0) await this.#sleep(pause, signal);
            } catch (problem) {
                if (signal.aborted) return;
                failures += 1;
                const absent = problem instanceof HTTPProblem && (problem.status === 404 || problem.status === 410);
                if (absent || failures > 3) {
                    mediaURL = null;
                    this.#playlist = null;
                }
                if (problem instanceof SyntaxError) this.#playlist = null;
                // A server ends a blocked request with 503 (§6.2.5.2): the first is not a problem.
                if (absent || failures > 1 || problem?.status !== 503) {
                    this.#events.onProblem({ kind: absent ? "absent" : "network", status: problem?.status ?? 0, failures });
                }
                const least = absent ? 1.5 + 1.5 * Math.random() : retryDelay(failures, Math.random());
                await this.#sleep(Math.min(10, Math.max(least, problem?.retryAfter ?? 0)), signal);
            }
        }
    }

    /** Reads the multivariant playlist again, since its renditions may have changed. */
    async refreshMultivariant(signal) {
        try {
            const { text, url } = await this.#get(this.#url, 8, signal);
            const playlist = parsePlaylist(text);
            if (playlist.kind === "multivariant") this.#events.onMultivariant(playlist, url);
        } catch {
            // The next restart reads it.
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

    /** @returns {Promise<boolean>} whether the playlist advanced */
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

    #pauseAfterReload(advanced) {
        const playlist = this.#playlist;
        if (playlist === null) return 0;
        if (playlist.ended) return 2 + Math.random();
        if (this.pace === "calm") return Math.min(3, playlist.targetDuration / 2) + 0.5 * Math.random();
        const unit = playlist.partTarget ?? playlist.targetDuration;
        if (!playlist.canBlockReload) return unit / 2;
        return advanced ? 0 : unit / 4; // do not hammer a server that does not block
    }

    #sleep(seconds, signal) {
        return sleep(seconds, signal, (finish) => { this.#wake = finish; });
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

/** Runs `work` with a signal that aborts after `seconds` or with `signal` (phones of 2022 have no `AbortSignal.any`). */
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
