import { mimeType, readStart, readTracks } from "./boxes.js";
import { canFeed, MediaBuffer } from "./buffer.js";
import { Feeder } from "./feeder.js";
import { aheadOf, evictions, nextPiece } from "./plan.js";
import { lastSequence } from "./playlist.js";

/** At most so many seconds are fetched ahead of the playhead. */
const maxAhead = 20;

/**
 * Keeps a media element's buffer full: fetches the pieces of a timeline and appends them.
 *
 * - `wants()` → `{ time, anything, following }` or `null` for nothing: where the playhead is; `anything`: it has no place yet,
 * - `outrun()` → the position to continue at when the old one has left the playlist's window,
 * - `arrived(piece)` before a piece is appended, `appended()` after it, `missing(piece)` when it is left out,
 * - `reshaped(piece)`: from this piece on the tracks are different, which the buffer cannot take (MSE §3.5.7),
 * - `refused(codecs, map)`: the browser cannot play this,
 * - `broken(problem)`: the buffer failed; `open()` a new one.
 */
export class Supply {
    #element;
    #timeline;
    #delegate;
    #feeder;
    #buffer = null;
    #appendedMap = null;
    /** The appended tracks; `null` until known. */
    tracks = null;
    /** When the last piece arrived (`Date.now()`). */
    arrivedAt = 0;

    constructor(element, timeline, delegate) {
        this.#element = element;
        this.#timeline = timeline;
        this.#delegate = delegate;
        this.#feeder = new Feeder({
            plan: (position) => this.#planned(position),
            arrived: (piece, init, bytes) => this.#arrived(piece, init, bytes),
            missing: (piece) => delegate.missing(piece),
        });
    }

    get isOpen() { return this.#buffer !== null; }
    get ranges() { return this.#buffer?.ranges ?? []; }
    /** Seconds of buffer left. */
    get ahead() { return aheadOf(this.ranges, this.#element.currentTime); }
    /** Whether it has a position to fetch from. */
    get isUnderWay() { return this.#feeder.position !== null; }
    get quickest() { return this.#feeder.quickest; }

    /** Makes a new buffer on the same element; nothing is fetched until `startAt`. */
    open() {
        this.close();
        this.#appendedMap = null;
        this.tracks = null;
        const buffer = new MediaBuffer(this.#element, (problem) => { if (buffer === this.#buffer) this.#delegate.broken(problem); });
        this.#buffer = buffer;
    }

    close() {
        this.#feeder.clear();
        this.#buffer?.close();
    }

    stopFetching() { this.#feeder.clear(); }
    startAt(position) { this.#feeder.restart(position); }
    go() { this.#feeder.go(); }

    /** Continues where the buffered range around `time` ends, or at `time` when there is none. */
    feedAfter(time) {
        const range = this.ranges.find(([start, end]) => start <= time && time < end - 0.2);
        if (range && this.isUnderWay) {
            const beyond = this.#head - range[1];
            if (beyond > -0.1 && beyond < 6) return; // already on its way
        }
        this.#feeder.restart(this.#timeline.positionAt(range ? range[1] - 0.01 : time));
    }

    /** Removes media far from `time`. */
    trim(time) {
        for (const [start, end] of evictions(this.ranges, time)) this.#buffer.remove(start, end);
    }

    showSeekable() {
        if (this.#timeline.oldest !== null) this.#buffer.setSeekable(this.#timeline.oldest, this.#timeline.edge);
    }

    /** What to fetch at `position`; `null` when enough is buffered or nothing is available yet. */
    #planned(position) {
        const { playlist } = this.#timeline;
        const wants = this.#delegate.wants();
        if (!playlist || wants === null || (!wants.anything && this.#head - wants.time > maxAhead)) return null;
        let at = position;
        for (let steps = 0; steps < 1000; steps += 1) {
            const next = nextPiece(playlist, at);
            if (next.step === "fetch") return { piece: this.#timeline.withAddresses(next), position: at };
            if (next.step === "wait") return { piece: next.hint && wants.following ? this.#timeline.withAddresses(next.hint) : null, position: at };
            if (next.step === "skip") at = next.next;
            else at = wants.following || at.msn > lastSequence(playlist) ? this.#delegate.outrun() : { msn: playlist.mediaSequence, part: 0 };
            if (at === null) return null;
        }
        return null;
    }

    /** Media time up to which media is appended or in flight. */
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
                this.#delegate.refused(tracks.map((track) => track.codec).join(", "), piece.map);
                return;
            }
            if (buffer.mime !== null && kinds(this.tracks) !== kinds(tracks)) {
                this.#delegate.reshaped(piece);
                return;
            }
            this.tracks = tracks;
            this.#appendedMap = piece.map;
            await buffer.appendInit(mime, init);
        }
        const start = readStart(bytes, this.tracks ?? []);
        if (start !== null) this.#timeline.learn(piece, start);
        this.#delegate.arrived(piece);
        await buffer.append(bytes, () => evictions(buffer.ranges, this.#element.currentTime, { behind: 5, ahead: 15 }));
        if (buffer === this.#buffer) this.#delegate.appended();
    }
}

const kinds = (tracks) => (tracks ?? []).filter((track) => track.kind !== "other").map((track) => track.kind).join();
