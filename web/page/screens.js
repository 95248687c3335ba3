/**
 * The message over the picture and the line below it, from the status and the player's state. Pure.
 *
 * @param {{ state: string, onAir: string, since: number } | null} status the stream's public status
 * @param {{ phase: string, following: boolean, hasShown: boolean, hasPicture: boolean, inGap: boolean, problem: object | null, starvedFor: number }} player
 *        `starvedFor`: milliseconds without a moving picture
 * @param {number | null} silentSince UTC ms since when the server has not answered
 * @returns {{ screen: { key: string, since: number | null, veil: boolean, detail: string } | null, line: { key: string, since: number | null } | null }}
 *          `screen` covers the picture (`veil`: translucent); `line` is the sentence below it
 */
export function wordsFor(status, player, silentSince) {
    if (player.phase === "failed") {
        const { reason, detail } = player.problem;
        return { screen: cover(reason, null, false, detail), line: null };
    }
    if (player.phase === "playing" || player.phase === "paused") return { screen: null, line: lineFor(status, player) };
    if (status?.onAir === "hidden") return { screen: cover("hidden", status.since), line: null };
    const lostNetwork = player.problem?.reason === "network" ? player.problem.since : silentSince;
    if (lostNetwork !== null && lostNetwork !== undefined) return { screen: cover("offline", lostNetwork, player.hasShown), line: null };
    return { screen: emptyScreen(status, player), line: null };
}

const cover = (key, since, veil = false, detail = "") => ({ key, since: since || null, veil, detail });

function emptyScreen(status, player) {
    switch (status?.state) {
        case "stopped": case "stopping":
            return player.hasShown ? cover("stopped", status.since) : cover("notBegun", null);
        case "waiting":
            return player.hasShown ? cover("lost", status.since, true) : cover("notBegun", null);
        case "starting":
            return cover("starting", null);
        case "lost":
            return cover("lost", status.since, player.hasShown);
        default:
            if (player.phase === "absent" || player.phase === "ended") return status ? cover("starting", null) : null;
            // No screen for a short stall, so that nothing flickers.
            if (player.starvedFor < 1500) return null;
            if (player.inGap && player.hasShown) return cover("lost", null, true);
            return player.phase === "stalled" ? cover("stalled", null, true) : cover("loading", null);
    }
}

function lineFor(status, player) {
    const line = (key, since = null) => ({ key, since });
    if (player.phase === "paused") return line("paused");
    if (status?.onAir === "hidden") return line("hidden", status.since);
    if (status?.onAir === "slate") return status.state === "lost" ? line("lost", status.since) : line("slate");
    if (status?.state === "lost" || status?.onAir === "gap") return line("lost", status.since);
    if (status?.state === "stopped") return line("ended", status.since);
    if (!player.following) return line("behind");
    return line(player.hasPicture ? "live" : "sound");
}

/** Seconds as `0:07`, `12:30`, `1:02:03`. */
export function spell(seconds) {
    const whole = Math.max(0, Math.round(seconds));
    const two = (value) => String(value).padStart(2, "0");
    const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
    return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
