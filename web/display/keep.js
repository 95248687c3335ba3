/** What stays on the screen's own computer, so that F5 finds it without a daemon: the last state, and the page itself. */

/** The last state is shown so long after the daemon was last heard, in ms: an open speech of yesterday says nothing of today. */
const holds = 12 * 3_600_000;
/** Characters. A hall of 120 seats with long names and titles takes a tenth of it. */
const largest = 1_000_000;
const every = 1_000, heardEvery = 10_000;

/** Of the state what the screen shows: not the agenda's other items, nor earlier rounds. Pure. */
export function essential(state) {
    const all = Object.entries(state.rounds?.by_id ?? {});
    const later = (best, one) => (best === null || one[1].opened_at >= best[1].opened_at ? one : best);
    const last = all.filter(([, { opened_at }]) => opened_at !== undefined).reduce(later, null);
    const rounds = all.filter(([id]) => id === state.open_round || id === last?.[0]);
    const items = new Set([state.current_item, ...rounds.map(([, { item }]) => item)]);
    const of = (record, wanted) => Object.fromEntries(Object.entries(record ?? {}).filter(([key]) => wanted(key)));
    return {
        ...state,
        ...(state.rounds && { rounds: { ...state.rounds, by_id: Object.fromEntries(rounds) } }),
        ...(state.agenda && { agenda: { ...state.agenda, items: of(state.agenda.items, (id) => items.has(id)) } }),
    };
}

/** The last state of a hall, in the browser's storage; at most one write a second. */
export class LastState {
    #key;
    #storage;
    #waiting = null;
    #timer = 0;
    #heard = 0;

    /** @param {string} hall @param {Storage} storage `localStorage`, or what is like it */
    constructor(hall, storage) {
        this.#key = `plenary.display.${hall}.last`;
        this.#storage = storage;
    }

    /** @returns {{ state: object, heard: number, offset: number } | null} `heard`: UTC ms of the daemon when it last said something */
    recall(local = Date.now()) {
        const kept = this.#read(this.#key), heard = this.#read(`${this.#key}.heard`);
        if (!kept?.state?.council || !Number.isFinite(kept.offset) || !Number.isFinite(kept.heard)) return null;
        kept.heard = Math.max(kept.heard, Number.isFinite(heard) ? heard : 0);
        const age = local + kept.offset - kept.heard;
        return Math.abs(age) < holds ? kept : null;
    }

    /** The state now; `offset` is the daemon's clock less this machine's. */
    keep(state, offset, local = Date.now()) {
        this.#waiting = { state, offset, heard: local + offset };
        if (this.#timer === 0) this.#timer = setTimeout(() => this.write(), every);
    }

    /** The daemon said something, if only the time. `now`: UTC ms of the daemon. */
    hear(now) {
        if (Math.abs(now - this.#heard) < heardEvery) return;
        this.#heard = now;
        this.#put(`${this.#key}.heard`, JSON.stringify(now));
    }

    /** What waits to be written, at once: the page goes away. */
    write() {
        clearTimeout(this.#timer);
        this.#timer = 0;
        if (this.#waiting === null) return;
        const text = JSON.stringify({ ...this.#waiting, state: essential(this.#waiting.state) });
        this.#waiting = null;
        // Too much of it: rather nothing than a state of before.
        if (text.length <= largest) this.#put(this.#key, text);
        else this.#drop();
    }

    #read(key) {
        try {
            return JSON.parse(this.#storage.getItem(key));
        } catch {
            return null; // storage is switched off, or it is no text of ours
        }
    }

    #put(key, text) {
        try {
            this.#storage.setItem(key, text);
        } catch {
            this.#drop(); // full
        }
    }

    #drop() {
        try {
            this.#storage.removeItem(this.#key);
        } catch {
            // Switched off.
        }
    }
}

/**
 * Has the browser keep the page, where it may (HTTPS, or the server itself).
 *
 * @param {(version: string) => void} newer called when a newer version of the pages is kept than `mine`
 * @returns {() => void} asks whether there is a newer version
 */
export function keepPage(mine, newer) {
    const workers = globalThis.navigator?.serviceWorker;
    if (!workers) return () => {};
    workers.addEventListener("message", ({ data }) => {
        if (typeof data?.shell === "string" && data.shell !== mine) newer(data.shell);
    });
    workers.startMessages();
    const registered = workers.register("/assets/display/worker.js", { scope: "/display/", updateViaCache: "none" })
        .catch((error) => console.info(`display: the browser does not keep the page for F5 without a server: ${error.message}`));
    return () => registered.then((registration) => registration?.update()).catch(() => {}); // away again
}
