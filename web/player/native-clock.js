/** Milliseconds without a fetch or a change of the buffer, after which everything fetched counts as buffered. */
const settleTime = 600;
/** Segments to remember: hours of them. */
const maxRemembered = 4000;

/**
 * The date at the playhead, where the browser's own HLS player does not tell it: derived from the segments that the browser fetched and the end of
 * its buffer. Pure; media times in seconds, dates in UTC ms, `now` in ms of a monotonic clock.
 */
export class NativeClock {
    #known = new Map();
    #fetched = [];
    #places = [];
    #start = null;
    #end = null;
    #newest = null;
    #stirredAt = -Infinity;

    /** Learns the segments of a media playlist from `address`. */
    learn(playlist, address) {
        for (const { uri, programDateTime: at, duration, gap } of playlist.segments) {
            if (uri !== null && at !== null && !gap) this.#known.set(new URL(uri, address).href, { at, duration });
        }
        // A Map iterates in order of insertion: oldest first.
        for (const name of this.#known.keys()) {
            if (this.#known.size <= maxRemembered) break;
            this.#known.delete(name);
        }
    }

    /** Whether the last segment that the browser fetched is still unknown. */
    get isBehind() { return this.#fetched.length > 0 && !this.#known.has(this.#fetched.at(-1)); }

    /** The browser has fetched the file `name`. */
    fetch(name, now) {
        this.#fetched = [...this.#fetched.slice(-63), name];
        this.#stirredAt = now;
    }

    /** Starts over: the browser reopened the stream, with a new timeline. */
    reset() {
        [this.#fetched, this.#places, this.#start, this.#end, this.#newest] = [[], [], null, null, null];
    }

    /** Looks at the buffered ranges, `[start, end]` in order. */
    look(ranges, now) {
        const [start, end] = ranges.at(-1) ?? [null, null];
        if (end !== this.#end) [this.#end, this.#stirredAt] = [end, now];
        if (end === null || this.isBehind) return;
        if (now - this.#stirredAt >= settleTime) this.#placeBefore(end, start);
        else if (start !== this.#start) this.#placeFrom(start);
        this.#start = start;
    }

    /** Everything fetched is buffered: places the segments backwards from its end. */
    #placeBefore(end, start) {
        const places = [];
        let until = end;
        for (let index = this.#fetched.length - 1; index >= 0 && until > start + 0.3; index -= 1) {
            const segment = this.#known.get(this.#fetched[index]);
            if (segment === undefined) break;
            until -= segment.duration;
            places.unshift({ time: until, ...segment });
        }
        this.#put(places);
    }

    /** A new range began: places the segments fetched since from its start, until `#placeBefore` does it better. */
    #placeFrom(start) {
        const places = [];
        let time = start;
        for (const name of this.#fetched.slice(this.#fetched.lastIndexOf(this.#newest) + 1)) {
            const segment = this.#known.get(name);
            if (segment === undefined) break;
            places.push({ time, ...segment });
            time += segment.duration;
        }
        this.#put(places);
    }

    #put(places) {
        if (places.length === 0) return;
        this.#newest = this.#fetched.at(-1);
        this.#places = [...this.#places.filter(({ time }) => time < places[0].time - 0.3).slice(-maxRemembered), ...places];
    }

    /** The date at media time `time`; `null` while nothing is known. Extrapolates past the known segments. */
    programTimeAt(time) {
        const place = this.#places.findLast((one) => one.time <= time + 0.2) ?? this.#places[0];
        return place === undefined ? null : place.at + (time - place.time) * 1000;
    }

    /** The media time of the date `at`; `null` when it is not known. */
    timeAtProgram(at) {
        const place = this.#places.findLast((one) => one.at <= at && at < one.at + one.duration * 1000);
        return place === undefined ? null : place.time + (at - place.at) / 1000;
    }
}
