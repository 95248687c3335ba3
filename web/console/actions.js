/**
 * Everything that this console sends, one after the other, each exactly once.
 *
 * An entry goes `waiting → sent → record` (or `already`, `refused`); `unanswered` is a `sent` that got no answer. An entry keeps its UUID until it is
 * answered, so asking again is safe: the daemon gives the first answer again. What is not finished is kept over a reload.
 */

const retryable = new Set([408, 425, 429, 502, 503, 504]);
const unfinished = new Set(["waiting", "sent", "unanswered"]);

/** Refusals that another try does not heal, whatever their status: a person must do something. */
const final = new Set(["storage_full", "storage", "storage_failed", "record_damaged"]);

/** What an answer means. Pure. */
export function judge(status, body) {
    if (final.has(body?.code)) return "refused";
    if (status >= 200 && status < 300) return "record";
    if (status === 401) return "login";
    if (status === 403 && String(body?.type ?? body?.code ?? "").includes("csrf")) return "login";
    if (body?.code === "nothing_to_change") return "already";
    if (body?.code === "conflict") return "conflict";
    return retryable.has(status) ? "again" : "refused";
}

/** Milliseconds before a command is sent again: 0.4 s doubling to 5 s, with jitter; what the server asks for when that is longer. */
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
    #stopped = false;
    /** Newest last. At most 100 that are finished are kept. */
    entries = [];
    /** Whether a person must sign in before anything goes on. */
    needsLogin = false;

    /**
     * @param {object} to `send(step, id, entry)` → `{ status, body, retryAfter }`, rejecting when no answer came; `uuid()`;
     *        `pause(ms, wake)` resolves after `ms` or when `wake(fn)`'s fn is called; `keep`: `{ read(), write(entries) }`;
     *        `clock()` UTC ms; `limit`: unfinished entries at once
     */
    constructor({ send, uuid, pause, keep = { read: () => [], write() {} }, clock = Date.now, limit = 200 }) {
        super();
        [this.#send, this.#uuid, this.#pause, this.#keep, this.#clock, this.#limit] = [send, uuid, pause, keep, clock, limit];
    }

    /** Takes up what was left unfinished by the page before. */
    restore() {
        for (const kept of this.#keep.read()) this.entries.push({ ...kept, state: kept.state === "waiting" ? "waiting" : "unanswered" });
        this.#run();
    }

    get unfinished() { return this.entries.filter((entry) => unfinished.has(entry.state)); }
    /** Asked at least once, without an answer, for more than a moment. */
    get unanswered() { return this.entries.filter((entry) => entry.state === "unanswered"); }
    get refused() { return this.entries.filter((entry) => entry.state === "refused" && !entry.seen); }

    /** Whether an action of this key is under way, or on record but not yet in the state up to `seq`. */
    isBusy(key, seq = Infinity) {
        return this.entries.some((entry) => entry.key === key
            && (unfinished.has(entry.state) || (entry.state === "record" && entry.last > seq && this.#clock() - entry.at < 5000)));
    }

    /**
     * Sends an intent: `{ key, name, subject, steps, minds, undo }`. The same key while one is under way is the same action: nothing is sent twice.
     * `minds`: when given, the command is bound to what was seen (`seq`), and a conflict counts only when an event's type begins with one of them.
     */
    submit(intent, seq) {
        const same = this.entries.find((entry) => entry.key === intent.key && unfinished.has(entry.state));
        if (same) return same;
        const entry = {
            ...intent, ids: intent.steps.map(() => this.#uuid()), expected: intent.minds ? seq : undefined, step: 0, attempts: 0, at: this.#clock(),
            state: "waiting", problem: null, last: 0,
        };
        this.entries.push(entry);
        if (this.unfinished.length > this.#limit) this.#settle(entry, "refused", { code: "console_full" });
        else this.#changed();
        this.#run();
        return entry;
    }

    /** A person has read a refusal. */
    dismiss(entry) {
        entry.seen = true;
        this.#changed();
    }

    /** The connection is back, or somebody signed in: asks again now. */
    resume() {
        this.needsLogin = false;
        this.#wake();
    }

    /** Sends nothing more; what waits stays kept. */
    stop() {
        this.#stopped = true;
        this.#wake();
    }

    async #run() {
        if (this.#running) return;
        this.#running = true;
        for (;;) {
            const entry = this.#stopped ? undefined : this.entries.find((one) => unfinished.has(one.state));
            if (!entry) break;
            await this.#deliver(entry);
        }
        this.#running = false;
    }

    async #deliver(entry) {
        while (unfinished.has(entry.state) && !this.#stopped) {
            if (entry.state === "waiting") entry.state = "sent";
            entry.attempts += 1;
            this.#changed();
            let answer = null;
            try {
                answer = await this.#send(bodyOf(entry), entry.ids[entry.step], entry);
            } catch {
                // No answer: it may be on record or not. Only the same UUID again will tell.
            }
            // Why it waits, as far as somebody has said so.
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
                const touched = (body.since ?? []).some(({ type }) => entry.minds?.some((prefix) => String(type).startsWith(prefix)));
                if (touched || !entry.minds || body.since === undefined) return this.#settle(entry, "refused", { ...body, minds: entry.minds });
                // Others did something else meanwhile. The refusal was an answer: this is a new command.
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

/** One step as the API reads it. */
function bodyOf(entry) {
    const step = entry.steps[entry.step];
    return entry.expected === undefined || step.command === undefined ? step : { ...step, expected: entry.expected };
}
