import { LivePlayer } from "../player/player.js";

/** Milliseconds that a picture may stand still before it is taken away. */
const patience = 5_000;

/**
 * The hall's live picture beside the item and the speaker, without sound. It is there only while it moves: `root` has
 * `data-picture` then, and `changed` is called, for the words get another width.
 */
export function showPicture(root, hall, changed) {
    if (!LivePlayer.isSupported) return;
    const frame = document.createElement("div");
    frame.className = "picture";
    frame.setAttribute("aria-hidden", "true");
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.tabIndex = -1;
    frame.append(video);
    root.querySelector(".how").append(frame);
    const player = new LivePlayer(video, `/live/${encodeURIComponent(hall)}/index.m3u8`);
    let leaving = 0;
    const stand = (there) => {
        clearTimeout(leaving);
        leaving = 0;
        if (there === root.hasAttribute("data-picture")) return;
        root.toggleAttribute("data-picture", there);
        changed();
    };
    player.addEventListener("change", () => {
        if (player.phase === "playing") stand(player.hasPicture);
        else if (player.phase !== "stalled" && player.phase !== "loading") stand(false);
        // A picture that only hesitates stays: the words must not jump to and fro.
        else if (leaving === 0) leaving = setTimeout(() => stand(false), patience);
    });
    player.start();
}
