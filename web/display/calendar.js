/** Times of day and days as the council's own town has them, wherever the screen's computer thinks it is. */
export class Calendar {
    #language;
    #zone;

    /** @param {{ language: string }} words @param {string | undefined} zone IANA name */
    constructor({ language }, zone) {
        this.#language = language;
        this.#zone = isZone(zone) ? zone : undefined;
    }

    /** `14:05` */
    time(at) {
        return this.#format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, at);
    }

    /** The day and the time, the day left out when it is `now`'s. */
    moment(at, now) {
        const day = { weekday: "long", day: "numeric", month: "long" };
        return this.#format(day, at) === this.#format(day, now) ? this.time(at) : `${this.#format(day, at)}, ${this.time(at)}`;
    }

    /** Today, in full. */
    day(at) {
        return this.#format({ weekday: "long", day: "numeric", month: "long", year: "numeric" }, at);
    }

    #format(options, at) {
        return new Intl.DateTimeFormat(this.#language, { ...options, timeZone: this.#zone }).format(new Date(at));
    }
}

function isZone(zone) {
    try {
        return zone !== undefined && Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
    } catch {
        return false; // a zone that this browser does not know: the computer's own
    }
}
