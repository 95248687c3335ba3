import { isAnotherTimeline, livePosition, mediaTimeAtProgram, mediaTimeOf, playableFrom, positionAt, programTimeAt } from "./plan.js";
import { nextPosition } from "./playlist.js";

/** A stream's newest playlist, and the media times at which its segments really begin. */
export class Timeline {
    #starts;
    #url = null;
    playlist = null;

    /** @param {Timeline | null} other a rendition of the same stream: its segments begin where ours do */
    constructor(other = null) {
        this.#starts = new Map(other === null ? [] : other.#starts);
    }

    /** Takes the newest playlist. @returns {boolean} whether its timeline is a different one */
    update(playlist, url) {
        const another = this.playlist !== null && isAnotherTimeline(this.playlist, playlist);
        this.playlist = playlist;
        this.#url = url;
        for (const msn of this.#starts.keys()) if (another || msn < playlist.mediaSequence) this.#starts.delete(msn);
        return another;
    }

    /** Records that a piece's first sample is at `start` seconds. */
    learn({ msn, part }, start) {
        if (part === 0) this.#starts.set(msn, start);
        else if (!this.#starts.has(msn)) {
            const parts = this.playlist.segments[msn - this.playlist.mediaSequence]?.parts ?? [];
            this.#starts.set(msn, start - parts.slice(0, part).reduce((sum, one) => sum + one.duration, 0));
        }
    }

    /** Media time of the live edge; `null` while unknown. */
    get edge() { return this.playlist && this.timeOf(nextPosition(this.playlist)); }
    /** The oldest media time that can be played; `null` while unknown. */
    get oldest() { return this.playableFrom(-Infinity); }
    /** The stream ends in a gap: the camera is lost, not the connection. */
    get endsInGap() {
        const segment = this.playlist?.segments.at(-1);
        return segment !== undefined && (segment.gap || (segment.parts.length > 0 && segment.parts.at(-1).gap));
    }
    get lastMap() { return this.playlist?.segments.at(-1)?.map ?? null; }

    timeOf(position) { return this.playlist && mediaTimeOf(this.playlist, this.#starts, position); }
    positionAt(time) { return this.playlist && positionAt(this.playlist, this.#starts, time); }
    playableFrom(time) { return this.playlist && playableFrom(this.playlist, this.#starts, time); }
    /** The date (UTC ms) at media time `time`. */
    programTimeAt(time) { return this.playlist && programTimeAt(this.playlist, this.#starts, time); }
    /** The media time of the date `at` (UTC ms); `null` when it is too old, or unknown. */
    timeAtProgram(at) { return this.playlist && mediaTimeAtProgram(this.playlist, this.#starts, at); }
    /** Where to begin fetching to start playback `distance` seconds before the end; `null` when nothing is playable. */
    livePosition(distance) { return livePosition(this.playlist, distance); }

    withAddresses(piece) {
        return { ...piece, uri: new URL(piece.uri, this.#url).href, map: piece.map === null ? null : new URL(piece.map, this.#url).href };
    }
}
