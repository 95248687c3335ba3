/**
 * The player's phase. Pure.
 *
 * `absent` (no such stream), `loading`, `playing`, `paused`, `stalled` (out of media), `ended`, `failed`
 */
export function phaseOf({ failed, absent, ended, ahead, stuck, paused, shown, blocked, wantsPlay, ready }) {
    const starved = ahead < 0.1 || (stuck && ahead < 0.6);
    if (failed) return "failed";
    if (absent && starved) return "absent";
    if (ended && starved) return "ended";
    if (paused && (shown || blocked) && (!wantsPlay || blocked)) return "paused";
    if (!shown) return "loading";
    return ready < 3 || starved ? "stalled" : "playing";
}
