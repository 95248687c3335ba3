/** Days and times of day as a town has them. Pure; the words are the table's, so that every browser and the server write the same. */

const formats = new Map();

/** A formatter of the numbers of a date, of which the words are made. */
function formatOf(zone) {
    let found = formats.get(zone);
    if (found === undefined) {
        if (formats.size > 32) formats.clear();
        const numeric = "2-digit";
        const options = {
            calendar: "gregory", numberingSystem: "latn", hourCycle: "h23",
            year: "numeric", month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric,
        };
        try {
            found = new Intl.DateTimeFormat("en", { ...options, timeZone: zone });
        } catch {
            found = new Intl.DateTimeFormat("en", options); // this browser does not know the zone: the computer's own
        }
        formats.set(zone, found);
    }
    return found;
}

/**
 * The civil date and time of `at`.
 * @param {number} at UTC ms
 * @param {string | undefined} zone an IANA name; without one, the computer's own zone
 * @returns {{ year: number, month: number, day: number, time: string, clock: string }} `time` is `18:05`, `clock` `18:05:09`
 */
export function civil(at, zone) {
    const parts = Object.fromEntries(formatOf(zone).formatToParts(at).map(({ type, value }) => [type, value]));
    const time = `${parts.hour}:${parts.minute}`;
    return { year: Number(parts.year), month: Number(parts.month), day: Number(parts.day), time, clock: `${time}:${parts.second}` };
}

export const isSameDay = (a, b) => a.year === b.year && a.month === b.month && a.day === b.day;
