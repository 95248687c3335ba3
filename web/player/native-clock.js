/** For how long nothing may have come before what is buffered is taken for all that was fetched, in ms. */
const settled = 600;
/** How many segments are remembered: hours of them. */
const most = 4000;

/**
 * The date of the playhead where the browser's own HLS keeps it to itself: from the segments that the browser fetched, and where their end lies in its buffer.
 * Pure; media times in seconds, dates in UTC ms, `now` in ms of a clock that only goes on.
 */
export class NativeClock {
    #known = new Map();
    #fetched = [];
    #places = [];
    #start = null;
    #end = null;
    #newest = null;
    #stirredAt = -Infinity;

    /** Takes a media playlist. `address`: where it came from. */
    learn(playlist, address) {
        for (const { uri, programDateTime: at, duration, gap } of playlist.segments) {
            if (uri !== null && at !== null && !gap) this.#known.set(new URL(uri, address).href, { at, duration });
        }
        // The oldest were put in first.
        for (const name of this.#known.keys()) {
            if (this.#known.size <= most) break;
            this.#known.delete(name);
        }
    }

    /** Whether the last that the browser fetched is in no playlist that was learnt. */
    get isBehind() { return this.#fetched.length > 0 && !this.#known.has(this.#fetched.at(-1)); }

    /** The browser has all of the file `name`. */
    fetch(name, now) {
        this.#fetched = [...this.#fetched.slice(-63), name];
        this.#stirredAt = now;
    }

    /** Begins anew: the browser opened the stream again, its timeline is another. */
    reset() {
        [this.#fetched, this.#places, this.#start, this.#end, this.#newest] = [[], [], null, null, null];
    }

    /** Takes what is buffered, `[start, end]` in order. */
    look(ranges, now) {
        const [start, end] = ranges.at(-1) ?? [null, null];
        if (end !== this.#end) [this.#end, this.#stirredAt] = [end, now];
        if (end === null || this.isBehind) return;
        if (now - this.#stirredAt >= settled) this.#placeBefore(end, start);
        else if (start !== this.#start) this.#placeFrom(start);
        this.#start = start;
    }

    /** All that was fetched is there: each piece lies before the next. */
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

    /** Another stretch begins: with the first piece that was fetched since. Soon told better. */
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
        this.#places = [...this.#places.filter(({ time }) => time < places[0].time - 0.3).slice(-most), ...places];
    }

    /** The date of the moment at media time `time`; `null` while nothing is known. Past what is known it counts on: rather late than early. */
    programTimeAt(time) {
        const place = this.#places.findLast((one) => one.time <= time + 0.2) ?? this.#places[0];
        return place === undefined ? null : place.at + (time - place.time) * 1000;
    }

    /** The media time of the moment `at`; `null` when it is not known. */
    timeAtProgram(at) {
        const place = this.#places.findLast((one) => one.at <= at && at < one.at + one.duration * 1000);
        return place === undefined ? null : place.time + (at - place.at) / 1000;
    }
}
