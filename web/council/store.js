/** The council's public state now, and at each moment of the last hours, from the messages of the wire. Pure: no network, no DOM. */

/** JSON Merge Patch (RFC 7396). Changes neither argument; unpatched parts are shared with `target`. */
export function merge(target, patch) {
    if (!isObject(patch)) return patch;
    const merged = isObject(target) ? { ...target } : {};
    for (const [key, value] of Object.entries(patch)) {
        if (value === null) delete merged[key];
        // Not an assignment: an id may be `__proto__`.
        else Object.defineProperty(merged, key, { value: merge(own(merged, key), value), writable: true, enumerable: true, configurable: true });
    }
    return merged;
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);

/** Every so many entries one keeps the whole state, the others only their patch. */
const keyframeEvery = 64;

/**
 * - `state`: the public state now, `null` before the first message; never modified in place, so `===` tells whether anything changed;
 * - `epoch`, `seq`: its place in the record; `needsSnapshot`: a message did not follow on;
 * - `history`: what happened, oldest first, `{ at, seq, what }`; `stateAt(ms)`: the state at a moment.
 *
 * @param {{ keep?: number, maxEntries?: number }} limits `keep`: milliseconds of history
 */
export class CouncilStore {
    #entries = [];
    #cursor = null;
    #samples = [];
    #listeners = new Set();
    #keep;
    #maxEntries;
    epoch = null;
    seq = null;
    state = null;
    needsSnapshot = true;
    /** The daemon's clock minus this machine's, in ms. */
    clockOffset = 0;

    constructor({ keep = 12 * 3_600_000, maxEntries = 20_000 } = {}) {
        this.#keep = keep;
        this.#maxEntries = maxEntries;
    }

    /** Where to resume after a lost connection. */
    get place() { return this.state === null || this.needsSnapshot ? null : { epoch: this.epoch, seq: this.seq }; }
    /** UTC ms by the daemon's clock. */
    now(local = Date.now()) { return local + this.clockOffset; }

    /** Calls `listener({ type, at, what })` after each change; returns a function that unsubscribes. */
    subscribe(listener) {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }

    /**
     * Applies a message of the wire. `local`: when it arrived, UTC ms by this machine's clock.
     * @returns {"taken" | "old" | "gap"} `"gap"`: ask for a snapshot
     */
    take(message, local = Date.now()) {
        switch (message?.type) {
            case "snapshot": return this.#takeSnapshot(message, local);
            case "delta": return this.#takeDelta(message);
            case "tick": return this.#takeTick(message, local);
            default: return "old"; // a type from a later version
        }
    }

    #takeSnapshot({ epoch, seq, now, state }, local) {
        const another = this.epoch !== null && epoch !== this.epoch;
        this.#setClock(now, local);
        // Another record: the history does not belong to it.
        if (another) this.#entries = [];
        const isNew = another || this.state === null || seq !== this.seq;
        [this.epoch, this.seq, this.state, this.needsSnapshot] = [epoch, seq, state, false];
        if (isNew) this.#remember({ at: now, seq, what: [], patch: null, state });
        this.#tell({ type: "snapshot", at: now, what: [] });
        return "taken";
    }

    #takeDelta({ epoch, after, seq, at, what = [], patch }) {
        if (this.state === null || epoch !== this.epoch) return this.#gap();
        if (seq < this.seq || (seq === this.seq && after < seq)) return "old";
        if (after !== this.seq) return this.#gap();
        this.state = merge(this.state, patch);
        this.seq = seq;
        this.#remember({ at, seq, what, patch, state: this.state });
        this.#tell({ type: "delta", at, what });
        return "taken";
    }

    #takeTick({ epoch, seq, now }, local) {
        if (this.state === null || epoch !== this.epoch || seq > this.seq) return this.#gap();
        this.#setClock(now, local);
        return "taken";
    }

    #gap() {
        this.needsSnapshot = true;
        return "gap";
    }

    /** Messages only arrive late: of the last few samples, the one with the least delay is the best. */
    #setClock(now, local) {
        const sample = now - local;
        if (this.#samples.some((one) => Math.abs(one - sample) > 5000)) this.#samples = [];
        this.#samples = [...this.#samples.slice(-5), sample];
        this.clockOffset = Math.max(...this.#samples);
    }

    #tell(change) {
        for (const listener of [...this.#listeners]) listener(change);
    }

    // — the past —

    get history() { return this.#entries.map(({ at, seq, what }) => ({ at, seq, what })); }
    /** UTC ms from which on the history is known, `null` while it is empty. */
    get knownSince() { return this.#entries[0]?.at ?? null; }
    /** The sequence number at which the known history begins. */
    get knownFrom() { return this.#entries[0]?.seq ?? null; }

    /** The state at `ms` (UTC, daemon's clock); before the known history, its oldest state. `null` while nothing is known. */
    stateAt(ms) {
        const index = Math.max(0, this.#indexAt(ms));
        if (index >= this.#entries.length - 1) return this.state;
        return this.#stateOf(index);
    }

    /** When the state next changes after `ms`, `null` when it does not. */
    nextChange(ms) { return this.#entries[this.#indexAt(ms) + 1]?.at ?? null; }

    /** Each change of a top-level field, `{ at, value }`, oldest first; `value` is `undefined` where it was removed. */
    changesOf(field) {
        const changes = [];
        let last;
        for (const { at, patch, state } of this.#entries) {
            if (patch !== null && !Object.hasOwn(patch, field)) continue;
            const value = patch === null ? state[field] : merge(undefined, patch)[field];
            if (changes.length === 0 || value !== last) changes.push({ at, value });
            last = value;
        }
        return changes;
    }

    /**
     * Prepends earlier history: a `snapshot`, valid at its `now`, and the `delta`s after it, at least up to where the known history begins.
     * @returns {boolean} whether it joins up
     */
    learnPast(messages) {
        const [first, ...deltas] = messages;
        const known = this.#entries[0];
        if (known === undefined || first?.type !== "snapshot" || first.epoch !== this.epoch || first.seq > known.seq) return false;
        const past = [{ at: first.now, seq: first.seq, what: [], patch: null, state: first.state }];
        let seq = first.seq;
        for (const delta of deltas) {
            if (delta.type !== "delta" || delta.epoch !== this.epoch || delta.after !== seq) return false;
            if (delta.seq > known.seq) break;
            seq = delta.seq;
            past.push({ at: delta.at, seq, what: delta.what ?? [], patch: delta.patch, state: merge(past.at(-1).state, delta.patch) });
        }
        if (seq !== known.seq) return false;
        // The past ends with the state in which the known history begins: keep that entry, whose time is the real one.
        const rest = this.#entries.slice(1);
        this.#entries = [];
        this.#cursor = null;
        for (const entry of past) this.#remember(entry, { quietly: true });
        for (const entry of rest) this.#remember(entry, { quietly: true });
        this.#tell({ type: "past", at: first.now, what: [] });
        return true;
    }

    #remember(entry, { quietly = false } = {}) {
        // The daemon's clock may have been set back; keep times in order.
        for (let i = this.#entries.length - 1; i >= 0 && this.#entries[i].at > entry.at; i -= 1) this.#entries[i].at = entry.at;
        const sinceKeyframe = this.#entries.length - 1 - this.#entries.findLastIndex((one) => one.state !== null);
        const isKeyframe = entry.patch === null || sinceKeyframe >= keyframeEvery - 1;
        const kept = { ...entry, state: isKeyframe ? entry.state ?? this.#stateOf(this.#entries.length - 1, entry.patch) : null };
        this.#entries.push(kept);
        if (!quietly) this.#forget(entry.at - this.#keep);
    }

    /** Drops entries older than `before` or in excess; the history must begin with a whole state. */
    #forget(before) {
        if (this.#entries.length <= this.#maxEntries && this.#entries[keyframeEvery * 2]?.at >= before) return;
        let from = 0;
        for (let i = 1; i < this.#entries.length; i += 1) {
            if (this.#entries[i].state === null) continue;
            if (this.#entries[i].at <= before || this.#entries.length - from > this.#maxEntries) from = i;
            else break;
        }
        if (from === 0) return;
        this.#entries = this.#entries.slice(from);
        this.#cursor = null;
    }

    /** Index of the last entry at or before `ms`; −1 before the first. */
    #indexAt(ms) {
        let [low, high] = [0, this.#entries.length];
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.#entries[middle].at <= ms) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }

    #stateOf(index, patch = null) {
        let begin = index;
        while (this.#entries[begin].state === null) begin -= 1;
        let state = this.#entries[begin].state;
        if (this.#cursor && this.#cursor.index <= index && this.#cursor.index >= begin) [begin, state] = [this.#cursor.index, this.#cursor.state];
        for (let i = begin + 1; i <= index; i += 1) state = merge(state, this.#entries[i].patch);
        this.#cursor = { index, state };
        return patch === null ? state : merge(state, patch);
    }
}
