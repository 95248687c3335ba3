/**
 * Links to a moment, a part of the sitting or a deputy: `#t=2026-11-22T14:03:05Z`, `#item=7`, `#round=r3`, `#deputy=d12`. Pure.
 */

/** @returns {{ kind: "t", at: number } | { kind: "item" | "round" | "deputy", id: string } | null} */
export function parseLink(hash) {
    const match = /^#(t|item|round|deputy)=(.{1,200})$/su.exec(hash ?? "");
    if (!match) return null;
    const value = decode(match[2]);
    if (value === null) return null;
    if (match[1] !== "t") return { kind: match[1], id: value };
    const at = /^\d{12,14}$/.test(value) ? Number(value) : Date.parse(value);
    return Number.isFinite(at) ? { kind: "t", at } : null;
}

export function linkTo(kind, value) {
    return `#${kind}=${kind === "t" ? new Date(Math.floor(value / 1000) * 1000).toISOString().replace(".000", "") : encodeURIComponent(value)}`;
}

function decode(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return null;
    }
}

/** The item that a link means: by its id, else by its visible number. */
export function itemOf(state, wanted) {
    const items = state?.agenda?.items ?? {};
    if (Object.hasOwn(items, wanted)) return wanted;
    return (state?.agenda?.order ?? []).find((id) => items[id]?.number === wanted) ?? null;
}

/**
 * When the target of a link began, UTC ms; `null` when it has not begun, or is unknown.
 * `taken`: `{ at, value }` of each change of the current item, oldest first (`CouncilStore.changesOf`).
 */
export function momentOf(link, state, taken) {
    if (link.kind === "t") return link.at;
    if (link.kind === "round") return state?.rounds?.by_id?.[link.id]?.opened_at ?? null;
    if (link.kind !== "item") return null;
    const id = itemOf(state, link.id);
    if (id === null) return null;
    const began = taken.filter((change) => change.value === id).at(-1)?.at;
    if (began !== undefined) return began;
    const rounds = (state.rounds?.order ?? []).map((round) => state.rounds.by_id[round]).filter((round) => round.item === id && round.opened_at !== undefined);
    return rounds.length === 0 ? null : Math.min(...rounds.map((round) => round.opened_at));
}
