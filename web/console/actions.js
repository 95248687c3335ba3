/**
 * The queue of everything that this console sends: one entry at a time, each carried out exactly once.
 *
 * An entry goes `waiting → sent → record` (or `already`, `refused`); `unanswered` is a `sent` without a response. It keeps its UUID until it is
 * answered, so a retry is safe: the daemon repeats its first answer. Unfinished entries survive a reload of the page.
 */

const retryable = new Set([408, 425, 429, 502, 503, 504]);
const unfinished = new Set(["waiting", "sent", "unanswered"]);

/** Refusals that a retry does not cure, whatever their status: somebody has to act. */
const final = new Set(["storage_full", "storage", "storage_failed", "record_damaged"]);

/** What to do about a response. Pure. */
export function judge(status, body) {
    if (final.has(body?.code)) return "refused";
    if (status >= 200 && status < 300) return "record";
    if (status === 401) return "login";
    if (status === 403 && String(body?.type ?? body?.code ?? "").includes("csrf")) return "login";
    if (body?.code === "nothing_to_change") return "already";
    if (body?.code === "conflict") return "conflict";
    return retryable.has(status) ? "again" : "refused";
}

/** Milliseconds before the next retry: 0.4 s doubling to 5 s, with jitter, but no less than the server's `Retry-After` (seconds). */
export function pauseBefore(attempt, random, retryAfter = 0) {
    const bound = Math.min(5000, 400 * 2 ** Math.min(attempt - 1, 10));
    return Math.max(retryAfter * 1000, bound * (0.5 + random / 2));
}

export class Outbox extends EventTarget {
    #send;
    #uuid;
    #pause;
    #keep;
    #clock;
    #limit;
    #running = false;
    #wake = () => {};
    /** Newest last. At most 100 finished ones are kept. */
    entries = [];
    /** Whether somebody must sign in before sending goes on. */
    needsLogin = false;

    /**
     * @param {object} to `send(step, id, entry)` → `{ status, body, retryAfter }`, rejecting when there is no response; `uuid()`;
     *        `pause(ms, wake)` resolves after `ms` or when `wake(fn)`'s fn is called; `keep`: `{ read(), write(entries) }`;
     *        `clock()` UTC ms; `limit`: unfinished entries at once
     */
    constructor({ send, uuid, pause, keep = { read: () => [], write() {} }, clock = Date.now, limit = 200 }) {
        super();
        [this.#send, this.#uuid, this.#pause, this.#keep, this.#clock, this.#limit] = [send, uuid, pause, keep, clock, limit];
    }

    /** Resumes what the page left unfinished before it was reloaded. */
    restore() {
        for (const kept of this.#keep.read()) this.entries.push({ ...kept, state: kept.state === "waiting" ? "waiting" : "unanswered" });
        this.#run();
    }

    get unfinished() { return this.entries.filter((entry) => unfinished.has(entry.state)); }
    get unanswered() { return this.entries.filter((entry) => entry.state === "unanswered"); }
    get refused() { return this.entries.filter((entry) => entry.state === "refused" && !entry.seen); }

    /** Whether an action with this key is under way, or recorded but not yet part of the state at `seq`. */
    isBusy(key, seq = Infinity) {
        return this.entries.some((entry) => entry.key === key
            && (unfinished.has(entry.state) || (entry.state === "record" && entry.last > seq && this.#clock() - entry.at < 5000)));
    }

    /**
     * Sends an intent: `{ key, name, subject, steps, conflictsWith, undo }`. While an entry with the same key is under way, that entry is returned instead.
     * `conflictsWith`: prefixes of event types. When given, the command expects the state at `seq`, and a conflict with events of other types is retried.
     */
    submit(intent, seq) {
        const same = this.entries.find((entry) => entry.key === intent.key && unfinished.has(entry.state));
        if (same) return same;
        const entry = {
            ...intent, ids: intent.steps.map(() => this.#uuid()), expected: intent.conflictsWith ? seq : undefined, step: 0, attempts: 0, at: this.#clock(),
            state: "waiting", problem: null, last: 0,
        };
        this.entries.push(entry);
        if (this.unfinished.length > this.#limit) this.#settle(entry, "refused", { code: "console_full" });
        else this.#changed();
        this.#run();
        return entry;
    }

    /** The refusal has been read. */
    dismiss(entry) {
        entry.seen = true;
        this.#changed();
    }

    /** The connection is back, or somebody signed in: retries now. */
    resume() {
        this.needsLogin = false;
        this.#wake();
    }

    async #run() {
        if (this.#running) return;
        this.#running = true;
        for (;;) {
            const entry = this.entries.find((one) => unfinished.has(one.state));
            if (!entry) break;
            await this.#deliver(entry);
        }
        this.#running = false;
    }

    async #deliver(entry) {
        while (unfinished.has(entry.state)) {
            if (entry.state === "waiting") entry.state = "sent";
            entry.attempts += 1;
            this.#changed();
            let answer = null;
            try {
                answer = await this.#send(bodyOf(entry), entry.ids[entry.step], entry);
            } catch {
                // It may have been recorded or not: only a retry with the same UUID tells.
            }
            entry.problem = null;
            if (answer) this.#take(entry, answer);
            else entry.state = "unanswered";
            if (!unfinished.has(entry.state) || (answer && entry.state === "sent")) continue;
            this.#changed();
            await this.#pause(this.needsLogin ? Infinity : pauseBefore(entry.attempts, Math.random(), answer?.retryAfter), (wake) => { this.#wake = wake; });
        }
    }

    #take(entry, { status, body }) {
        switch (judge(status, body)) {
            case "record": case "already": {
                entry.last = Math.max(entry.last, body?.last ?? 0);
                if (entry.expected !== undefined && body?.last) entry.expected = body.last;
                entry.step += 1;
                entry.state = "sent";
                if (entry.step === entry.steps.length) this.#settle(entry, judge(status, body));
                break;
            }
            case "conflict": {
                const touched = (body.since ?? []).some(({ type }) => entry.conflictsWith?.some((prefix) => String(type).startsWith(prefix)));
                if (touched || !entry.conflictsWith || body.since === undefined) {
                    return this.#settle(entry, "refused", { ...body, conflictsWith: entry.conflictsWith });
                }
                // Unrelated events came in between. The refusal used up the UUID, so this is a new command.
                entry.expected = body.current;
                entry.ids[entry.step] = this.#uuid();
                entry.state = "sent";
                break;
            }
            case "login":
                this.needsLogin = true;
                entry.state = "unanswered";
                this.dispatchEvent(new Event("login"));
                break;
            case "again":
                entry.state = "unanswered";
                entry.problem = body ?? { status };
                break;
            default:
                this.#settle(entry, "refused", body ?? { status });
        }
    }

    #settle(entry, state, problem = null) {
        Object.assign(entry, { state, problem, at: this.#clock() });
        const finished = this.entries.filter((one) => !unfinished.has(one.state));
        const drop = new Set(finished.slice(0, Math.max(0, finished.length - 100)));
        if (drop.size > 0) this.entries = this.entries.filter((one) => !drop.has(one));
        this.#changed();
        this.dispatchEvent(Object.assign(new Event("settled"), { entry }));
    }

    #changed() {
        this.#keep.write(this.unfinished);
        this.dispatchEvent(new Event("change"));
    }
}

/** The request body of the current step. */
function bodyOf(entry) {
    const step = entry.steps[entry.step];
    return entry.expected === undefined || step.command === undefined ? step : { ...step, expected: entry.expected };
}
