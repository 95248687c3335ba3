/** Formatters are kept: making one costs a thousand times as much as using it, and a display formats every second all day. */
const formats = new Map();

function format(language, zone, options) {
    const key = JSON.stringify([language, zone, options]);
    let found = formats.get(key);
    if (found === undefined) {
        // A council has one zone and one language: more than a few mean that something sends many.
        if (formats.size > 32) formats.clear();
        found = make(language, zone, options);
        formats.set(key, found);
    }
    return found;
}

function make(language, zone, options) {
    try {
        return new Intl.DateTimeFormat(language, { ...options, timeZone: zone });
    } catch {
        return new Intl.DateTimeFormat(language, options); // the browser does not know the zone: use the computer's
    }
}

/** Times and dates in the council's time zone, whatever the computer's is. */
export class Calendar {
    #language;
    #zone;

    /** @param {{ language: string }} words @param {string | undefined} zone IANA name */
    constructor({ language }, zone) {
        this.#language = language;
        this.#zone = zone;
    }

    /** `14:05` */
    time(at) {
        return this.#say({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, at);
    }

    /** Date and time; without the date when it is that of `now`. */
    moment(at, now) {
        const day = { weekday: "long", day: "numeric", month: "long" };
        return this.#say(day, at) === this.#say(day, now) ? this.time(at) : `${this.#say(day, at)}, ${this.time(at)}`;
    }

    #say(options, at) {
        return format(this.#language, this.#zone, options).format(new Date(at));
    }
}
