/** Making a formatter is a thousand times the work of using it, and a display asks every second of a day. */
const formats = new Map();

function format(language, zone, options) {
    const key = JSON.stringify([language, zone, options]);
    let found = formats.get(key);
    if (found === undefined) {
        // A council has one zone and one language; whoever sends many gets no shelf for them.
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
        return new Intl.DateTimeFormat(language, options); // a zone that this browser does not know: the computer's own
    }
}

/** Times of day and days as the council's own town has them, wherever the screen's computer thinks it is. */
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

    /** The day and the time, the day left out when it is `now`'s. */
    moment(at, now) {
        const day = { weekday: "long", day: "numeric", month: "long" };
        return this.#say(day, at) === this.#say(day, now) ? this.time(at) : `${this.#say(day, at)}, ${this.time(at)}`;
    }

    #say(options, at) {
        return format(this.#language, this.#zone, options).format(new Date(at));
    }
}
