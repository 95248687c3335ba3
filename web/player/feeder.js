import { fetchBytes, HTTPProblem } from "./loader.js";
import { retryDelay } from "./plan.js";

/** Requests in flight at once: with parts of one frame a round trip is longer than a part. */
const maxInFlight = 4;

/**
 * Fetches several pieces at once and hands them over in order.
 *
 * - `plan(position)` → `{ piece | null, position }` or `null`: what to fetch there,
 * - `arrived(piece, init, bytes)`: awaited before the next is handed over,
 * - `missing(piece)`: it is gone or could not be fetched, and is left out.
 */
export class Feeder {
    #delegate;
    #inFlight = [];
    #deadHint = null;
    #takenHint = null;
    #inits = new Map();
    #handing = false;
    /** Seconds of the fastest response so far: about one round trip. */
    quickest = Infinity;
    /** The position after the last piece requested; `null` before `restart`. */
    position = null;

    constructor(delegate) {
        this.#delegate = delegate;
    }

    /** Aborts what is in flight and continues at `position`. */
    restart(position) {
        this.clear();
        this.position = position;
        this.go();
    }

    clear() {
        for (const entry of this.#inFlight) entry.controller.abort();
        this.#inFlight = [];
        this.#takenHint = null;
        this.position = null;
    }

    go() {
        while (this.position !== null && this.#inFlight.length < maxInFlight) {
            // A hinted part may never appear: request nothing beyond it.
            if (this.#inFlight.at(-1)?.piece.hinted && !this.#confirm(this.#inFlight.at(-1))) break;
            const planned = this.#delegate.plan(this.position);
            if (planned === null || this.position === null) break;
            this.position = planned.position;
            if (planned.piece === null || (planned.piece.hinted && planned.piece.uri === this.#deadHint)) break;
            this.position = planned.piece.next;
            // Already fetched as a hint: a part hinted at a segment's end may turn out to be the first of the next segment.
            if (planned.piece.uri === this.#takenHint) continue;
            this.#inFlight.push(this.#entry(planned.piece));
        }
        this.#handOver();
    }

    #entry(piece) {
        const controller = new AbortController();
        const bytes = this.#fetch(piece, controller.signal);
        bytes.catch(() => {}); // handled in #handOver
        if (piece.hinted) this.#takenHint = piece.uri;
        return { piece, controller, bytes };
    }

    /** Whether the playlist now lists the hinted part (or it was retracted, because the playlist lists another). */
    #confirm(entry) {
        const { msn, part } = entry.piece;
        const planned = this.#delegate.plan({ msn, part });
        if (planned === null || planned.piece === null) return false;
        if (planned.piece.hinted) return planned.piece.uri !== entry.piece.uri ? this.#retract(entry) : false;
        if (planned.piece.uri !== entry.piece.uri) return this.#retract(entry);
        Object.assign(entry.piece, planned.piece, { hinted: false });
        this.position = planned.piece.next;
        return true;
    }

    #retract(entry) {
        this.#inFlight.splice(this.#inFlight.indexOf(entry), 1);
        entry.controller.abort();
        this.#takenHint = null;
        this.position = { msn: entry.piece.msn, part: entry.piece.part };
        return true;
    }

    async #handOver() {
        if (this.#handing) return;
        this.#handing = true;
        try {
            while (this.#inFlight.length > 0) {
                const entry = this.#inFlight[0];
                const outcome = await entry.bytes.then(([init, bytes]) => ({ init, bytes }), (problem) => ({ problem }));
                if (entry.controller.signal.aborted) continue;
                this.#inFlight.shift();
                if (outcome.problem && entry.piece.hinted) {
                    this.#deadHint = entry.piece.uri;
                    this.#takenHint = null;
                    this.position = { msn: entry.piece.msn, part: entry.piece.part };
                } else if (outcome.problem) this.#delegate.missing(entry.piece);
                else await this.#delegate.arrived(entry.piece, outcome.init, outcome.bytes);
                queueMicrotask(() => this.go());
            }
        } finally {
            this.#handing = false;
        }
    }

    /** Init segment and bytes of a piece, with retries: a dropped connection should not cost a part. */
    async #fetch(piece, signal) {
        for (let failures = 1; ; failures += 1) {
            const [began, held] = [performance.now(), piece.hinted];
            try {
                const both = await Promise.all([this.#init(piece.map, signal), fetchBytes(piece.uri, 10, signal)]);
                if (!held) this.quickest = Math.min(this.quickest, (performance.now() - began) / 1000);
                return both;
            } catch (problem) {
                const final = problem instanceof HTTPProblem && problem.status !== 503 && problem.status < 500;
                if (signal.aborted || final || failures > 3) throw problem;
                await new Promise((resolve) => { setTimeout(resolve, retryDelay(failures, Math.random()) * 1000); });
            }
        }
    }

    /** The init segment at `uri`, from a small cache. */
    #init(uri, signal) {
        if (uri === null) return Promise.resolve(null);
        let init = this.#inits.get(uri);
        if (!init) {
            init = fetchBytes(uri, 10, signal);
            init.catch(() => this.#inits.delete(uri));
            this.#inits.set(uri, init);
            if (this.#inits.size > 6) this.#inits.delete(this.#inits.keys().next().value);
        }
        return init;
    }
}
