import { mimeType, readStart, readTracks } from "./boxes.js";
import { canFeed, MediaBuffer } from "./buffer.js";
import { Feeder } from "./feeder.js";
import { aheadOf, evictions, nextPiece } from "./plan.js";
import { lastSequence } from "./playlist.js";

/** Seconds fetched ahead of the playhead, no more. */
const most = 20;

/**
 * Keeps a media element's buffer full: asks for the pieces of a timeline and appends them.
 *
 * - `wants()` → `{ time, anything, following }` or `null` for nothing: what the playhead needs; `anything`: it is not placed yet,
 * - `outrun()` → the position to go on at when the window has left the old one behind,
 * - `arrived(piece)` before a piece is appended, `appended()` after it, `missing(piece)` when it is left out,
 * - `reshaped(piece)`: from this piece on the tracks are others, and the buffer cannot take them (MSE §3.5.7),
 * - `refused(codecs, map)`: the browser cannot play this,
 * - `broken(problem)`: the buffer is done for, `open()` a new one.
 */
export class Supply {
    #element;
    #timeline;
    #order;
    #feeder;
    #buffer = null;
    #appendedMap = null;
    /** Tracks of what is appended; `null` until known. */
    tracks = null;
    /** When a piece came last, as `Date.now()` tells it. */
    arrivedAt = 0;

    constructor(element, timeline, order) {
        this.#element = element;
        this.#timeline = timeline;
        this.#order = order;
        this.#feeder = new Feeder({
            plan: (position) => this.#planned(position),
            arrived: (piece, init, bytes) => this.#arrived(piece, init, bytes),
            missing: (piece) => order.missing(piece),
        });
    }

    get isOpen() { return this.#buffer !== null; }
    get ranges() { return this.#buffer?.ranges ?? []; }
    /** Seconds of buffer left. */
    get ahead() { return aheadOf(this.ranges, this.#element.currentTime); }
    /** Whether it knows where to go on. */
    get isUnderWay() { return this.#feeder.position !== null; }
    get quickest() { return this.#feeder.quickest; }

    /** A new buffer on the same element; nothing is asked for until `startAt`. */
    open() {
        this.close();
        this.#appendedMap = null;
        this.tracks = null;
        const buffer = new MediaBuffer(this.#element, (problem) => { if (buffer === this.#buffer) this.#order.broken(problem); });
        this.#buffer = buffer;
    }

    close() {
        this.#feeder.clear();
        this.#buffer?.close();
    }

    stopFetching() { this.#feeder.clear(); }
    startAt(position) { this.#feeder.restart(position); }
    go() { this.#feeder.go(); }

    /** Goes on where the buffer around `time` ends, or at `time` when nothing is there. */
    feedAfter(time) {
        const range = this.ranges.find(([start, end]) => start <= time && time < end - 0.2);
        if (range && this.isUnderWay) {
            const beyond = this.#head - range[1];
            if (beyond > -0.1 && beyond < 6) return; // it does already
        }
        this.#feeder.restart(this.#timeline.positionAt(range ? range[1] - 0.01 : time));
    }

    /** Gives up what lies far from `time`, and tells the browser's own controls how far one can go. */
    trim(time) {
        for (const [start, end] of evictions(this.ranges, time)) this.#buffer.remove(start, end);
    }

    showSeekable() {
        if (this.#timeline.oldest !== null) this.#buffer.setSeekable(this.#timeline.oldest, this.#timeline.edge);
    }

    /** What to fetch at `position`; `null` when there is enough or nothing is there yet. */
    #planned(position) {
        const { playlist } = this.#timeline;
        const wants = this.#order.wants();
        if (!playlist || wants === null || (!wants.anything && this.#head - wants.time > most)) return null;
        let at = position;
        for (let steps = 0; steps < 1000; steps += 1) {
            const next = nextPiece(playlist, at);
            if (next.step === "fetch") return { piece: this.#timeline.withAddresses(next), position: at };
            if (next.step === "wait") return { piece: next.hint && wants.following ? this.#timeline.withAddresses(next.hint) : null, position: at };
            if (next.step === "skip") at = next.next;
            else at = wants.following || at.msn > lastSequence(playlist) ? this.#order.outrun() : { msn: playlist.mediaSequence, part: 0 };
            if (at === null) return null;
        }
        return null;
    }

    /** Media time of what will have been appended when all that is under way has come. */
    get #head() {
        const head = this.isUnderWay ? this.#timeline.timeOf(this.#feeder.position) : null;
        return head ?? this.ranges.at(-1)?.[1] ?? 0;
    }

    async #arrived(piece, init, bytes) {
        const buffer = this.#buffer;
        this.arrivedAt = Date.now();
        if (init !== null && piece.map !== this.#appendedMap) {
            const tracks = readTracks(init);
            const mime = mimeType(tracks);
            if (!canFeed(mime)) {
                this.#order.refused(tracks.map((track) => track.codec).join(", "), piece.map);
                return;
            }
            if (buffer.mime !== null && kinds(this.tracks) !== kinds(tracks)) {
                this.#order.reshaped(piece);
                return;
            }
            this.tracks = tracks;
            this.#appendedMap = piece.map;
            await buffer.appendInit(mime, init);
        }
        const start = readStart(bytes, this.tracks ?? []);
        if (start !== null) this.#timeline.learn(piece, start);
        this.#order.arrived(piece);
        await buffer.append(bytes, () => evictions(buffer.ranges, this.#element.currentTime, { behind: 5, ahead: 15 }));
        if (buffer === this.#buffer) this.#order.appended();
    }
}

const kinds = (tracks) => (tracks ?? []).filter((track) => track.kind !== "other").map((track) => track.kind).join();
