/** What the display's own computer stores, so that F5 works without the daemon: the last state, and the page itself. */

/** How old a stored state may be to be shown, in ms: yesterday's speech says nothing about today. */
const maxAge = 12 * 3_600_000;
/** Of a stored state; a hall of 120 seats with long names and titles needs a tenth of it. */
const maxCharacters = 1_000_000;
const writeInterval = 1_000, heardInterval = 10_000;

/** The part of the state that the display shows: without other agenda items and earlier rounds. Pure. */
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

/** The last state of a hall, in the browser's storage, written at most once a second. */
export class LastState {
    #key;
    #storage;
    #waiting = null;
    #timer = 0;
    #heard = 0;

    /** @param {string} hall @param {Storage} storage `localStorage`, or its like */
    constructor(hall, storage) {
        this.#key = `plenary.display.${hall}.last`;
        this.#storage = storage;
    }

    /** @returns {{ state: object, heard: number, offset: number } | null} `heard`: when the daemon last sent something, UTC ms by its clock */
    recall(local = Date.now()) {
        const kept = this.#read(this.#key), heard = this.#read(`${this.#key}.heard`);
        if (!kept?.state?.council || !Number.isFinite(kept.offset) || !Number.isFinite(kept.heard)) return null;
        kept.heard = Math.max(kept.heard, Number.isFinite(heard) ? heard : 0);
        const age = local + kept.offset - kept.heard;
        return Math.abs(age) < maxAge ? kept : null;
    }

    /** Stores the current state; `offset` is the daemon's clock minus this machine's. */
    keep(state, offset, local = Date.now()) {
        this.#waiting = { state, offset, heard: local + offset };
        if (this.#timer === 0) this.#timer = setTimeout(() => this.write(), writeInterval);
    }

    /** The daemon sent something, if only the time. `now`: UTC ms by its clock. */
    hear(now) {
        if (Math.abs(now - this.#heard) < heardInterval) return;
        this.#heard = now;
        this.#put(`${this.#key}.heard`, JSON.stringify(now));
    }

    /** Writes at once what waits: the page is being closed. */
    write() {
        clearTimeout(this.#timer);
        this.#timer = 0;
        if (this.#waiting === null) return;
        const text = JSON.stringify({ ...this.#waiting, state: essential(this.#waiting.state) });
        this.#waiting = null;
        // Too large: better none than an older state.
        if (text.length <= maxCharacters) this.#put(this.#key, text);
        else this.#drop();
    }

    #read(key) {
        try {
            return JSON.parse(this.#storage.getItem(key));
        } catch {
            return null; // storage is switched off, or its text is damaged
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
 * Registers the service worker that keeps the page, where the browser allows it (HTTPS or localhost).
 *
 * @param {(version: string) => void} newer called when the worker has another version of the pages than `mine`
 * @returns {() => void} checks for a newer version
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
    return () => registered.then((registration) => registration?.update()).catch(() => {}); // the server is away
}
