/**
 * A hall's events (docs/protocol.md), by the best way there is: WebSocket, else server-sent events, else asking again and again.
 * Comes back by itself: at a random moment, and with the place it had, so that nothing is missed.
 */

/** Milliseconds. The daemon says something every ten seconds; who hears nothing for this long has lost it without a word. */
const silence = 25_000;
const opening = 8_000;
/** A record that is damaged is put back by a person. */
const restoring = 15_000;

/** The wait before try `failures` (from 1): random up to a bound that doubles to `most`; within the daemon's window when it named one. */
export function pauseBefore(failures, { window = null, most = 30_000, random = Math.random } = {}) {
    if (window !== null) return Math.round(random() * window);
    const bound = Math.min(most, 1000 * 2 ** Math.min(10, failures - 1));
    const least = Math.min(500, bound / 2);
    return Math.round(least + random() * (bound - least));
}

/** `retryWindow=1500` → 1500; `null` when the reason names none. */
export function retryWindow(reason) {
    const match = /(?:^|[;\s])retryWindow=(\d{1,7})(?:$|[;\s])/.exec(reason ?? "");
    return match ? Number(match[1]) : null;
}

/**
 * Follows `hall`. The caller keeps the state: `onMessage(message)` gets each message of the protocol in order and answers `"gap"` when it
 * cannot be applied (`CouncilStore.take` does): then a snapshot is asked for. `place()` gives `{ epoch, seq }` of the state, `null` before
 * the first; `onStatus({ state: "connecting" | "live" | "lost" | "damaged", since, way })` is called at each change (`damaged`: the hall's
 * record does not verify, there is nothing to follow until it is restored); `since` is UTC ms by this
 * machine's clock. `most`: the longest pause between two tries, in ms (a hall display takes 1000, to be back at once).
 *
 * @returns {{ status: object, nudge: () => void, close: () => void }} `nudge` tries at once
 */
export function connect({ hall, onMessage, onStatus = () => {}, place = () => null, most = 30_000, environment = globalThis }) {
    return new Connection(hall, onMessage, onStatus, place, most, environment);
}

/** Follows `hall` into a `CouncilStore`. */
export function follow({ hall, store, ...others }) {
    return connect({ hall, onMessage: (message) => store.take(message), place: () => store.place, ...others });
}

const ways = ["websocket", "events", "state"];

class Connection {
    #hall;
    #onMessage;
    #onStatus;
    #place;
    #most;
    #world;
    #addresses = null;
    #close = () => {};
    #timer = 0;
    #watch = 0;
    #failures = 0;
    #way = 0;
    #heard = false;
    #heardAt = 0;
    #window = null;
    #fresh = false;
    #closed = false;
    #try = 0;
    status;

    constructor(hall, onMessage, onStatus, place, most, environment) {
        Object.assign(this, { status: { state: "connecting", since: Date.now(), way: null } });
        this.#hall = encodeURIComponent(hall);
        this.#onMessage = onMessage;
        this.#onStatus = onStatus;
        this.#place = place;
        this.#most = most;
        this.#world = environment;
        environment.addEventListener?.("online", this.nudge);
        environment.document?.addEventListener?.("visibilitychange", this.#seen);
        this.#open();
    }

    /** Tries at once, when it is waiting for the next try. */
    nudge = () => {
        if (this.#closed || this.#timer === 0) return;
        this.#failures = 0;
        this.#open();
    };

    close() {
        this.#closed = true;
        this.#leave();
        this.#world.removeEventListener?.("online", this.nudge);
        this.#world.document?.removeEventListener?.("visibilitychange", this.#seen);
    }

    /** The page is looked at again: a machine that slept has lost its connection without knowing. */
    #seen = () => {
        if (this.#world.document.visibilityState !== "visible") return;
        if (this.#timer !== 0) this.nudge();
        else if (this.#heard && Date.now() - this.#heardAt > silence) this.#lost();
    };

    #leave() {
        this.#try += 1;
        this.#world.clearTimeout(this.#timer);
        this.#world.clearTimeout(this.#watch);
        this.#timer = 0;
        this.#close();
        this.#close = () => {};
    }

    async #open() {
        this.#leave();
        this.#heard = false;
        this.#window = null;
        const mine = this.#try;
        this.#watchFor(opening);
        if (this.#addresses === null) {
            const found = await this.#find();
            if (mine !== this.#try || this.#closed) return;
            this.#addresses = found;
        }
        if (this.#addresses.record === "damaged") {
            this.#addresses = null;
            this.#leave();
            this.#say("damaged", null);
            this.#timer = this.#world.setTimeout(() => this.#open(), restoring * (1 + (this.#world.random ?? Math.random)()));
            return;
        }
        try {
            this.#close = this.#begin(ways[this.#way], mine);
        } catch {
            this.#lost(mine);
        }
    }

    /** Where the channel is; without an answer, where it is on the pages' own door. */
    async #find() {
        const own = { websocket: null, events: `/live/${this.#hall}/events`, state: `/live/${this.#hall}/state` };
        try {
            const answer = await this.#world.fetch(`/api/v1/halls/${this.#hall}/channel`, { headers: { Accept: "application/json" } });
            return answer.ok ? { ...own, ...(await answer.json()) } : own;
        } catch {
            return own;
        }
    }

    #begin(way, mine) {
        const { websocket, events, state } = this.#addresses;
        if (way === "websocket" && websocket && this.#world.WebSocket) return this.#beginWebSocket(websocket, mine);
        if (way !== "state" && this.#world.EventSource) {
            this.#way = 1;
            return this.#beginEvents(events, mine);
        }
        this.#way = 2;
        return this.#beginAsking(state, mine);
    }

    #query() {
        const place = this.#fresh ? null : this.#place();
        return place ? `?epoch=${encodeURIComponent(place.epoch)}&after=${place.seq}` : "";
    }

    #beginWebSocket(address, mine) {
        const socket = new this.#world.WebSocket(address + this.#query(), "plenary.v1");
        socket.onmessage = ({ data }) => this.#received(data, mine);
        socket.onclose = ({ reason }) => {
            this.#window = retryWindow(reason);
            this.#lost(mine);
        };
        return () => {
            socket.onmessage = socket.onclose = null;
            socket.close();
        };
    }

    #beginEvents(address, mine) {
        const source = new this.#world.EventSource(address + this.#query());
        source.onmessage = ({ data }) => this.#received(data, mine);
        source.onerror = () => this.#lost(mine);
        return () => {
            source.onmessage = source.onerror = null;
            source.close();
        };
    }

    #beginAsking(address, mine) {
        const stop = new AbortController();
        const ask = async () => {
            while (mine === this.#try && !this.#closed) {
                const place = this.#fresh ? null : this.#place();
                const since = place ? `${encodeURIComponent(place.epoch)}/${place.seq}` : "-/0";
                const answer = await this.#world.fetch(`${address}/${since}`, { signal: stop.signal });
                if (!answer.ok) throw new Error(`the hall's state cannot be had: ${answer.status}`);
                for (const message of await answer.json()) if (!this.#take(message, mine)) return;
            }
        };
        ask().catch(() => this.#lost(mine));
        return () => stop.abort();
    }

    #received(data, mine) {
        let message;
        try {
            message = JSON.parse(data);
        } catch {
            this.#lost(mine);
            return;
        }
        this.#take(message, mine);
    }

    /** @returns {boolean} whether this connection goes on */
    #take(message, mine) {
        if (mine !== this.#try || this.#closed) return false;
        this.#heard = true;
        this.#heardAt = Date.now();
        this.#failures = 0;
        this.#watchFor(silence);
        const fate = this.#onMessage(message);
        if (fate === "gap") {
            // What is there cannot be joined to what came: from the beginning, at once.
            this.#fresh = true;
            this.#open();
            return false;
        }
        if (message.type === "snapshot" || message.type === "delta") this.#fresh = false;
        this.#say("live", ways[this.#way]);
        return true;
    }

    #watchFor(time) {
        const mine = this.#try;
        this.#world.clearTimeout(this.#watch);
        this.#watch = this.#world.setTimeout(() => this.#lost(mine), time);
    }

    #lost(mine = this.#try) {
        if (mine !== this.#try || this.#closed) return;
        const window = this.#window;
        // A way on which nothing ever came may be blocked: the next one. After a good connection, the best way again.
        if (this.#heard) this.#way = 0;
        else this.#way = (this.#way + 1) % ways.length;
        if (this.#way === 0) this.#addresses = null;
        this.#leave();
        if (this.#heard || this.#way === 0) this.#say("lost", null);
        // A blocked way is no reason to wait for the next.
        const options = { window, most: this.#most, random: this.#world.random ?? Math.random };
        const pause = this.#heard || this.#way === 0 ? pauseBefore(++this.#failures, options) : 50;
        this.#heard = false;
        this.#timer = this.#world.setTimeout(() => this.#open(), pause);
    }

    #say(state, way) {
        if (this.status.state === state && this.status.way === way) return;
        const since = this.status.state === state ? this.status.since : Date.now();
        this.status = { state, since, way };
        this.#onStatus(this.status);
    }
}
