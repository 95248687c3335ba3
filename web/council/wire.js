/**
 * A hall's events (docs/protocol.md) over the best transport that works: WebSocket, else server-sent events, else long polling.
 * Reconnects by itself, after a random pause, and resumes where it was, so that nothing is missed.
 */

/** Milliseconds. The daemon sends something every ten seconds; after this much silence the connection counts as lost. */
const silenceTimeout = 25_000;
const openTimeout = 8_000;
/** Somebody has to restore a damaged record: no hurry. */
const damagedPause = 15_000;

/** Milliseconds before the next try after `failures` (from 1) failures: random, up to a bound that doubles to `maxPause`; or within `window`. */
export function pauseBefore(failures, { window = null, maxPause = 30_000, random = Math.random } = {}) {
    if (window !== null) return Math.round(random() * window);
    const bound = Math.min(maxPause, 1000 * 2 ** Math.min(10, failures - 1));
    const least = Math.min(500, bound / 2);
    return Math.round(least + random() * (bound - least));
}

/** The `retryWindow=1500` of a close reason: 1500; `null` without one. */
export function retryWindow(reason) {
    const match = /(?:^|[;\s])retryWindow=(\d{1,7})(?:$|[;\s])/.exec(reason ?? "");
    return match ? Number(match[1]) : null;
}

/**
 * Follows `hall`. The caller keeps the state: `onMessage(message)` gets each message of the protocol in order and returns `"gap"` when it
 * cannot be applied (`CouncilStore.take` does), to get a snapshot. `place()` gives `{ epoch, seq }` of the state, `null` before
 * the first; `onStatus({ state: "connecting" | "live" | "lost" | "damaged", since, transport })` is called at each change (`damaged`: the
 * hall's record failed verification, and has no events until it is restored); `since` is UTC ms by this machine's clock.
 * `maxPause`: the longest pause between two tries, in ms (short for the hall's own display).
 *
 * @returns {{ status: object, nudge: () => void, close: () => void }} `nudge` skips the pause before the next try
 */
export function connect({ hall, onMessage, onStatus = () => {}, place = () => null, maxPause = 30_000, environment = globalThis }) {
    return new Connection(hall, onMessage, onStatus, place, maxPause, environment);
}

/** Follows `hall` into a `CouncilStore`. */
export function follow({ hall, store, ...others }) {
    return connect({ hall, onMessage: (message) => store.take(message), place: () => store.place, ...others });
}

const transports = ["websocket", "events", "state"];

class Connection {
    #hall;
    #onMessage;
    #onStatus;
    #place;
    #maxPause;
    #environment;
    #addresses = null;
    #close = () => {};
    #timer = 0;
    #watch = 0;
    #failures = 0;
    #transport = 0;
    #heard = false;
    #heardAt = 0;
    #window = null;
    #fresh = false;
    #closed = false;
    #attempt = 0;
    status;

    constructor(hall, onMessage, onStatus, place, maxPause, environment) {
        Object.assign(this, { status: { state: "connecting", since: Date.now(), transport: null } });
        this.#hall = encodeURIComponent(hall);
        this.#onMessage = onMessage;
        this.#onStatus = onStatus;
        this.#place = place;
        this.#maxPause = maxPause;
        this.#environment = environment;
        environment.addEventListener?.("online", this.nudge);
        environment.document?.addEventListener?.("visibilitychange", this.#seen);
        this.#open();
    }

    nudge = () => {
        if (this.#closed || this.#timer === 0) return;
        this.#failures = 0;
        this.#open();
    };

    close() {
        this.#closed = true;
        this.#leave();
        this.#environment.removeEventListener?.("online", this.nudge);
        this.#environment.document?.removeEventListener?.("visibilitychange", this.#seen);
    }

    /** The page is visible again: after sleep the connection may be dead without an event. */
    #seen = () => {
        if (this.#environment.document.visibilityState !== "visible") return;
        if (this.#timer !== 0) this.nudge();
        else if (this.#heard && Date.now() - this.#heardAt > silenceTimeout) this.#lost();
    };

    #leave() {
        this.#attempt += 1;
        this.#environment.clearTimeout(this.#timer);
        this.#environment.clearTimeout(this.#watch);
        this.#timer = 0;
        this.#close();
        this.#close = () => {};
    }

    async #open() {
        this.#leave();
        this.#heard = false;
        this.#window = null;
        const mine = this.#attempt;
        this.#expectWithin(openTimeout);
        if (this.#addresses === null) {
            const found = await this.#findAddresses();
            if (mine !== this.#attempt || this.#closed) return;
            this.#addresses = found;
        }
        if (this.#addresses.record === "damaged") {
            this.#addresses = null;
            this.#leave();
            this.#setStatus("damaged", null);
            this.#timer = this.#environment.setTimeout(() => this.#open(), damagedPause * (1 + (this.#environment.random ?? Math.random)()));
            return;
        }
        try {
            this.#close = this.#begin(transports[this.#transport], mine);
        } catch {
            this.#lost(mine);
        }
    }

    /** The transports' addresses; without a response, those on the page's own origin. */
    async #findAddresses() {
        const own = { websocket: null, events: `/live/${this.#hall}/events`, state: `/live/${this.#hall}/state` };
        try {
            const answer = await this.#environment.fetch(`/api/v1/halls/${this.#hall}/channel`, { headers: { Accept: "application/json" } });
            return answer.ok ? { ...own, ...(await answer.json()) } : own;
        } catch {
            return own;
        }
    }

    #begin(transport, mine) {
        const { websocket, events, state } = this.#addresses;
        if (transport === "websocket" && websocket && this.#environment.WebSocket) return this.#beginWebSocket(websocket, mine);
        if (transport !== "state" && this.#environment.EventSource) {
            this.#transport = 1;
            return this.#beginEvents(events, mine);
        }
        this.#transport = 2;
        return this.#beginPolling(state, mine);
    }

    #query() {
        const place = this.#fresh ? null : this.#place();
        return place ? `?epoch=${encodeURIComponent(place.epoch)}&after=${place.seq}` : "";
    }

    #beginWebSocket(address, mine) {
        const socket = new this.#environment.WebSocket(address + this.#query(), "plenary.v1");
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
        const source = new this.#environment.EventSource(address + this.#query());
        source.onmessage = ({ data }) => this.#received(data, mine);
        source.onerror = () => this.#lost(mine);
        return () => {
            source.onmessage = source.onerror = null;
            source.close();
        };
    }

    #beginPolling(address, mine) {
        const stop = new AbortController();
        const ask = async () => {
            while (mine === this.#attempt && !this.#closed) {
                const place = this.#fresh ? null : this.#place();
                const since = place ? `${encodeURIComponent(place.epoch)}/${place.seq}` : "-/0";
                const answer = await this.#environment.fetch(`${address}/${since}`, { signal: stop.signal });
                if (!answer.ok) throw new Error(`could not read the hall's state: ${answer.status}`);
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

    /** @returns {boolean} whether to go on with this connection */
    #take(message, mine) {
        if (mine !== this.#attempt || this.#closed) return false;
        this.#heard = true;
        this.#heardAt = Date.now();
        this.#failures = 0;
        this.#expectWithin(silenceTimeout);
        const outcome = this.#onMessage(message);
        if (outcome === "gap") {
            // The message does not follow the state: start over with a snapshot.
            this.#fresh = true;
            this.#open();
            return false;
        }
        if (message.type === "snapshot" || message.type === "delta") this.#fresh = false;
        this.#setStatus("live", transports[this.#transport]);
        return true;
    }

    #expectWithin(time) {
        const mine = this.#attempt;
        this.#environment.clearTimeout(this.#watch);
        this.#watch = this.#environment.setTimeout(() => this.#lost(mine), time);
    }

    #lost(mine = this.#attempt) {
        if (mine !== this.#attempt || this.#closed) return;
        const window = this.#window;
        // A transport that never delivered anything may be blocked: try the next. After a working connection, start with the best again.
        if (this.#heard) this.#transport = 0;
        else this.#transport = (this.#transport + 1) % transports.length;
        if (this.#transport === 0) this.#addresses = null;
        this.#leave();
        if (this.#heard || this.#transport === 0) this.#setStatus("lost", null);
        // Fall back to the next transport without a pause.
        const options = { window, maxPause: this.#maxPause, random: this.#environment.random ?? Math.random };
        const pause = this.#heard || this.#transport === 0 ? pauseBefore(++this.#failures, options) : 50;
        this.#heard = false;
        this.#timer = this.#environment.setTimeout(() => this.#open(), pause);
    }

    #setStatus(state, transport) {
        if (this.status.state === state && this.status.transport === transport) return;
        const since = this.status.state === state ? this.status.since : Date.now();
        this.status = { state, since, transport };
        this.#onStatus(this.status);
    }
}
