/**
 * Where on the seek bar the sitting's items and votes began. Pure; moments in UTC ms.
 *
 * @typedef {{ at: number, kind: "item" | "round", id: string }} Chapter
 */

/** Seconds after a chapter's beginning in which “back” goes to the one before it. */
const justBegun = 2;
/** More marks than this could not be told apart. */
const maxMarks = 400;

/**
 * A chapter for each item when it was taken up and each vote when it was opened, oldest first.
 *
 * @param {object} state the council's public state
 * @param {{ at: number, value?: string }[]} taken each change of the current item (`CouncilStore.changesOf`)
 * @returns {Chapter[]}
 */
export function chaptersOf(state, taken) {
    const items = taken
        .filter(({ value }) => value !== undefined && state?.agenda?.items?.[value] !== undefined)
        .map(({ at, value }) => ({ at, kind: "item", id: value }));
    const rounds = Object.entries(state?.rounds?.by_id ?? {})
        .filter(([, round]) => round.opened_at !== undefined)
        .map(([id, round]) => ({ at: round.opened_at, kind: "round", id }));
    const all = [...items, ...rounds].sort((a, b) => a.at - b.at || (a.kind === "item" ? -1 : 1));
    return all.filter((one, index) => one.kind !== "item" || one.id !== all.slice(0, index).findLast(({ kind }) => kind === "item")?.id).slice(-maxMarks);
}

/**
 * The chapters within the seek bar, each with its `share` of the bar's length, 0 to 1.
 *
 * @param {{ oldest: number, edge: number, timeOf: (at: number) => number | null }} bar media times; `timeOf` maps UTC ms to one
 */
export function placed(chapters, { oldest, edge, timeOf }) {
    return chapters.flatMap((chapter) => {
        const time = timeOf(chapter.at);
        return time === null || time < oldest || time > edge || !(edge > oldest) ? [] : [{ ...chapter, time, share: (time - oldest) / (edge - oldest) }];
    });
}

/** The last mark at or before media time `time`; `null` before the first. */
export const chapterAt = (marks, time) => marks.findLast((mark) => mark.time <= time + 0.5) ?? null;

/** The mark nearest to `share` of the bar, within `reach`; `null` for none. */
export function nearest(marks, share, reach) {
    const best = marks.reduce((found, mark) => (found === null || Math.abs(mark.share - share) < Math.abs(found.share - share) ? mark : found), null);
    return best !== null && Math.abs(best.share - share) <= reach ? best : null;
}

/** The next mark after media time `time` (`way` 1), or the one before (−1); `null` for none. */
export function neighbour(marks, time, way) {
    return (way > 0 ? marks.find((mark) => mark.time > time + 0.5) : marks.findLast((mark) => mark.time < time - justBegun)) ?? null;
}
