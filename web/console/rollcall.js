/**
 * Roll call by hand: one deputy after the other, one key each. Pure.
 *
 * Modes: `vote` (a named round is open), `registration` (a registration round is open), `presence` (no round), `closed` (a named round is over,
 * ballots may be corrected), `secret` (no choices are entered), `none`.
 */

const choices = { y: "yes", n: "no", a: "abstain" };

/** Deputies in the roster's order, the head first. */
export function callOrder(deputies) {
    const rank = (id) => (deputies[id].role === "head" ? -1 : deputies[id].order ?? 0);
    return Object.keys(deputies).sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1));
}

export function modeOf(state, round) {
    const session = ["open", "suspended"].includes(state?.sitting?.status);
    if (!state?.sitting || state.sitting.status === "closed") return "none";
    if (round?.status === "open") return round.kind === "registration" ? "registration" : round.method === "secret" ? "secret" : "vote";
    if (round?.status === "closed" && round.method !== "secret" && round.kind !== "registration") return "closed";
    return session ? "presence" : "none";
}

/**
 * The rows of the list.
 * @param mine choices that this console sent, by deputy: the public state of a round may hide ballots
 * @returns {{ id: string, deputy: object, present: boolean, choice: string | null, recused: boolean, entitled: boolean, canVote: boolean }[]}
 */
export function rows(state, round, mine = {}) {
    const deputies = state?.council?.deputies ?? {};
    const recused = new Set(state?.agenda?.items?.[round?.item ?? state?.current_item]?.recused ?? []);
    const mode = modeOf(state, round);
    return callOrder(deputies).map((id) => {
        const present = state.presence?.present?.[id] === true;
        const entitled = round?.status !== "open" || round.entitled === undefined || Object.hasOwn(round.entitled, id);
        const choice = round?.positions?.[id] ?? round?.ballots?.[id] ?? (round?.status === "open" ? mine[id] : undefined) ?? null;
        const free = entitled && choice === null;
        const canVote = mode === "vote" ? free && present && !recused.has(id) : mode === "registration" ? free && !present : false;
        return { id, deputy: deputies[id], present, choice, recused: recused.has(id), entitled, canVote };
    });
}

/** The first row without an answer, starting at `from` and wrapping around; `-1` for none. */
export function nextWaiting(rows, from, mode) {
    const waits = (row) => (mode === "presence" ? !row.present : row.canVote);
    for (let step = 0; step < rows.length; step += 1) {
        const index = (from + step) % rows.length;
        if (waits(rows[index])) return index;
    }
    return -1;
}

/**
 * What a key does in row `at`.
 * @returns {{ act?: { name: string, deputy: string, choice?: string }, at: number } | null} `null` when the key means nothing here
 */
export function press(key, rows, at, mode) {
    const last = rows.length - 1;
    if (last < 0) return null;
    const go = (index) => ({ at: Math.max(0, Math.min(last, index)) });
    // Continue with the next deputy who can answer: the absent are not called.
    const after = rows.findIndex((row, index) => index > at && (mode === "presence" || row.canVote));
    const onward = after < 0 ? Math.min(last, at + 1) : after;
    switch (key) {
        case "arrowdown": return go(at + 1);
        case "arrowup": case "backspace": return go(at - 1);
        case "home": return go(0);
        case "end": return go(last);
        case "pagedown": return go(at + 10);
        case "pageup": return go(at - 10);
        case " ": return go(onward);
    }
    if (!Object.hasOwn(choices, key)) return null;
    const row = rows[at];
    return { act: answer(row, choices[key], mode) ?? undefined, at: onward };
}

/** The action that an answer stands for, `null` when there is nothing to do. */
export function answer(row, choice, mode) {
    switch (mode) {
        case "vote":
            return row.canVote ? { name: "castBallot", deputy: row.id, choice } : null;
        case "registration":
            return row.canVote && choice === "yes" ? { name: "castBallot", deputy: row.id, choice } : null;
        case "presence":
            if (choice === "yes" && !row.present) return { name: "register", deputy: row.id };
            return choice === "no" && row.present ? { name: "depart", deputy: row.id } : null;
        default:
            return null;
    }
}
