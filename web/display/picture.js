import { LivePlayer } from "../player/player.js";
import { FramePicture } from "./frames.js";

/** Milliseconds that a picture may stall before it is removed. */
const patience = 5_000;

/**
 * The hall's live picture beside the item and the speaker, without sound: frame by frame where the hall and the browser support it, else
 * from the residents' stream. It is shown only while it moves: then `root` has `data-picture` (`frames` or `stream`). `changed` is called when it
 * comes or goes, since that changes the texts' width.
 */
export function showPicture(root, hall, changed) {
    const frame = document.createElement("div");
    frame.className = "picture";
    frame.setAttribute("aria-hidden", "true");
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.tabIndex = -1;
    frame.append(video);
    root.querySelector(".how").append(frame);
    let hideTimer = 0;
    const show = (way) => {
        clearTimeout(hideTimer);
        hideTimer = 0;
        if (way === root.dataset.picture) return;
        if (way) root.dataset.picture = way;
        else delete root.dataset.picture;
        changed();
    };
    // A short stall does not remove the picture, so that the texts do not jump.
    const hideSoon = () => { if (hideTimer === 0) hideTimer = setTimeout(() => show(undefined), patience); };
    const showStream = () => {
        if (!LivePlayer.isSupported) return;
        const player = new LivePlayer(video, `/live/${encodeURIComponent(hall)}/index.m3u8`);
        player.addEventListener("change", () => {
            if (player.phase === "playing") show(player.hasPicture ? "stream" : undefined);
            else if (player.phase !== "stalled" && player.phase !== "loading") show(undefined);
            else hideSoon();
        });
        player.start();
    };
    if (!FramePicture.isSupported) {
        showStream();
        return;
    }
    const picture = new FramePicture(video, hall);
    picture.addEventListener("change", () => {
        switch (picture.phase) {
            case "playing": show("frames"); break;
            case "gone": show(undefined); break;
            case "none":
                show(undefined);
                showStream();
                break;
            default: hideSoon();
        }
    });
    picture.start();
}
