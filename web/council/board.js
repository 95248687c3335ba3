/** The rows and counts of a vote board, from the public state. Pure. */

import { deputyName, positions } from "./words.js";

/** Colours for factions without one, unlike those of the votes; each has a contrast of 3:1 on white and on night blue. */
const palette = ["#3f7fd0", "#b0638f", "#7d7a3a", "#5f8f4e", "#8a6fd1", "#b5722f", "#3c8c9e", "#9a6a5a", "#77808c", "#c25b77"];

/** The council's factions in hall order: `{ id, name, color, order }`. */
export function factionsOf(council) {
    return Object.entries(council?.factions ?? {})
        .map(([id, faction]) => ({ id, name: faction.name, order: faction.order, color: faction.color ?? palette[faction.order % palette.length] }))
        .sort((a, b) => a.order - b.order);
}

/**
 * One row for everybody entitled to vote in the round (without a round, every deputy):
 * `{ id, name, short, gender, role, seat, faction, factionName, color, choice }`, by faction from left to right, then by seat.
 *
 * `choice`: `yes` `no` `abstain` `not_voting` `absent` `recused`; `voted` when only that is known; `waiting` while they may still vote;
 * without a round `present` or `absent`; in a secret round always `secret`.
 */
export function rowsOf(state, round) {
    const council = state?.council ?? {};
    const factions = new Map(factionsOf(council).map((faction) => [faction.id, faction]));
    const voters = round?.positions ?? round?.entitled;
    const ids = voters ? Object.keys(voters) : Object.keys(council.deputies ?? {});
    return ids.map((id) => {
        const deputy = council.deputies?.[id] ?? { family: id, given: "", role: "deputy", order: Number.MAX_SAFE_INTEGER };
        const faction = factions.get(round?.entitled?.[id] || deputy.faction) ?? null;
        return {
            id, name: deputyName(deputy, "name", council.language), full: deputyName(deputy, "full", council.language),
            short: deputyName(deputy, "short", council.language),
            gender: deputy.gender, role: deputy.role, seat: deputy.seat ?? null, order: deputy.order,
            faction: faction?.id ?? "", factionName: faction?.name ?? "", factionOrder: faction?.order ?? Number.MAX_SAFE_INTEGER, color: faction?.color ?? "",
            choice: choiceOf(id, state, round),
        };
    }).sort(byHall);
}

/** Sort order from left to right in the hall: factions in roster order, deputies without one, then the head of the community. */
export function byHall(a, b) {
    return (a.role === "head") - (b.role === "head") || a.factionOrder - b.factionOrder || (a.seat ?? Infinity) - (b.seat ?? Infinity) || a.order - b.order;
}

function choiceOf(id, state, round) {
    const isPresent = state?.presence?.present?.[id] === true;
    if (!round) return isPresent ? "present" : "absent";
    if (round.positions) return round.positions[id] ?? "absent";
    if (round.status !== "open") return round.method === "secret" ? "secret" : "waiting";
    if (state.agenda?.items?.[round.item]?.recused?.includes(id)) return "recused";
    if (!isPresent) return "absent";
    if (round.reveal === "live") return round.ballots?.[id] ?? "waiting";
    return round.reveal === "secret" ? "secret" : "waiting";
}

/** The counts to show: the result's, or an open round's if public; `null` when only `voted` is known. */
export function countsOf(round) {
    const counts = round?.result?.counts ?? round?.counts;
    return counts ? Object.fromEntries(positions.map((position) => [position, counts[position] ?? 0])) : null;
}

/** The round to show: the open one, else the last that ended, unless it belongs to another item than the current one. */
export function roundOnShow(state) {
    const rounds = state?.rounds;
    if (!rounds) return null;
    const give = (id) => (id !== undefined && rounds.by_id[id] ? { id, ...rounds.by_id[id] } : null);
    if (state.open_round) return give(state.open_round);
    const ended = (rounds.order ?? []).filter((id) => rounds.by_id[id]?.opened_at !== undefined && rounds.by_id[id].status !== "open");
    const last = ended.reduce((best, id) => (best === null || rounds.by_id[id].opened_at >= rounds.by_id[best].opened_at ? id : best), null);
    if (last === null) return null;
    // A new item has been taken up since, and has had no vote yet.
    if (state.current_item && rounds.by_id[last].item !== state.current_item && rounds.by_id[last].item !== undefined) return null;
    return give(last);
}

/** The rounds of an item, oldest first. */
export function roundsOf(state, item) {
    return (state?.rounds?.order ?? []).map((id) => ({ id, ...state.rounds.by_id[id] })).filter((round) => round.item === item);
}

/** Every named vote of a deputy in this sitting, oldest first: `{ round, choice }`. */
export function votesOf(state, deputy) {
    return (state?.rounds?.order ?? []).map((id) => ({ id, ...state.rounds.by_id[id] }))
        .filter((round) => round.positions && deputy in round.positions)
        .map((round) => ({ round, choice: round.positions[deputy] }));
}

/** Rows that match a filter: `faction` and `choice` are ids or "", `text` a part of the name. */
export function filtered(rows, { faction = "", choice = "", text = "" }) {
    const wanted = fold(text);
    return rows.filter((row) => (faction === "" || row.faction === faction) && (choice === "" || row.choice === choice)
        && (wanted === "" || fold(row.full).includes(wanted)));
}

const fold = (text) => text.toLocaleLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/[’'ʼ`]/g, "").trim();

/** Rows sorted by `key` (`hall`, `name`, `faction`, `choice`), in the alphabet of `language`. */
export function sorted(rows, key, language) {
    const collator = new Intl.Collator(language);
    const byName = (a, b) => collator.compare(a.full, b.full);
    const orders = {
        hall: byHall,
        name: byName,
        faction: (a, b) => a.factionOrder - b.factionOrder || byName(a, b),
        choice: (a, b) => rank(a.choice) - rank(b.choice) || byName(a, b),
    };
    return [...rows].sort(orders[key] ?? byHall);
}

const rank = (choice) => (positions.includes(choice) ? positions.indexOf(choice) : positions.length);
