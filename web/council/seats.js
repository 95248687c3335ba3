import { factionsOf as colouredFactionsOf } from "./board.js";
import { deputyName } from "./words.js";

/**
 * Who sits where, and what each seat shows, from the public state. Pure.
 *
 * A seat's `choice`: `yes` `no` `abstain` `not_voting` `absent` `recused` as in the record, and `waiting` (may still vote),
 * `voted` (how is not shown), `present`, `vacant`.
 */

/** The deputies of `council` in hall order: factions left to right, then seat numbers, then roster order. */
export function inHallOrder(council) {
    const place = (deputy) => council.factions?.[deputy.faction]?.order ?? Infinity;
    const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    return Object.entries(council.deputies ?? {})
        .filter(([, deputy]) => deputy.role !== "head")
        .sort(([, a], [, b]) => compare(place(a), place(b)) || compare(a.seat ?? Infinity, b.seat ?? Infinity) || compare(a.order, b.order));
}

/**
 * The seats of the hall with each one's choice in `round`; without a round, who is present.
 *
 * @param {object} state the public state
 * @param {object | null} round one of `state.rounds.by_id`
 * @returns {{ id: string | null, label: string, name: string, names: string[], faction: string, color: string | null, choice: string,
 *          head: boolean, x?: number, y?: number }[]}
 *          `label` is the seat's number; `names` are ever shorter forms of the name; `x`, `y` its position if the roster has one for every deputy
 */
export function seatsOf(state, round = null) {
    const { council } = state;
    const choices = choicesOf(state, round);
    const sitting = inHallOrder(council);
    const planned = sitting.length > 0 && sitting.every(([, { place }]) => Number.isFinite(place?.x) && Number.isFinite(place?.y));
    const colors = new Map(colouredFactionsOf(council).map(({ id, color }) => [id, color]));
    const seat = ([id, deputy]) => ({
        id, label: deputy.seat === undefined ? "" : String(deputy.seat),
        name: deputyName(deputy, "full", council.language), names: shortNames(deputy),
        faction: deputy.faction ?? "", color: colors.get(deputy.faction) ?? null, choice: choices(id), head: deputy.role === "head",
        ...(planned && deputy.place ? { x: deputy.place.x, y: deputy.place.y } : {}),
    });
    const seats = sitting.map(seat);
    // A plan has no positions for vacant seats.
    while (!planned && seats.length < (council.seats ?? 0)) seats.push({ ...vacant });
    const head = Object.entries(council.deputies ?? {}).find(([, deputy]) => deputy.role === "head");
    return head ? [...seats, seat(head)] : seats;
}

const vacant = { id: null, label: "", name: "", names: [], faction: "", color: null, choice: "vacant", head: false };

/** A function from a deputy's id to what their seat shows. */
function choicesOf(state, round) {
    const here = (id) => state.presence?.present?.[id] === true;
    if (round === null) return (id) => (here(id) ? "present" : "absent");
    if (round.positions) return (id) => round.positions[id] ?? "absent";
    if (round.status === "open") {
        const recused = new Set(state.agenda?.items?.[round.item]?.recused ?? []);
        return (id) => {
            if (round.ballots?.[id]) return round.ballots[id];
            if (recused.has(id)) return "recused";
            return (round.entitled === undefined || Object.hasOwn(round.entitled, id)) && here(id) ? "waiting" : "absent";
        };
    }
    // A secret round, or one that ended without a result: only presence is known.
    return (id) => (here(id) ? "present" : "absent");
}

/** The family name, then for a double name its first half with the initial of the second: `Щербак-Н.` */
export function shortNames({ family }) {
    const halves = family.split(/[-\u2010\u2011 ]/).filter(Boolean);
    return halves.length > 1 ? [family, `${halves[0]}-${halves[1][0]}.`] : [family];
}

/** How many seats show each choice. */
export function countChoices(seats) {
    const counts = {};
    for (const { choice } of seats) counts[choice] = (counts[choice] ?? 0) + 1;
    return counts;
}

/** The factions of `seats`, in order, with their number of seats; the head counts for none. */
export function factionsOf(seats) {
    const found = [];
    for (const seat of seats) {
        if (seat.head) continue;
        const last = found.at(-1);
        if (last && last.id === seat.faction) last.size += 1;
        else found.push({ id: seat.faction, color: seat.color, size: 1 });
    }
    return found;
}
