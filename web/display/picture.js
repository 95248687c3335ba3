import { LivePlayer } from "../player/player.js";
import { FramePicture } from "./frames.js";

/** Milliseconds that a picture may stand still before it is taken away. */
const patience = 5_000;

/**
 * The hall's live picture beside the item and the speaker, without sound: frame by frame where the hall and this browser have that, else
 * the residents' stream. It is there only while it moves: `root` has `data-picture` then (`frames` or `stream`), and `changed` is called,
 * for the words get another width.
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
    let leaving = 0;
    const stand = (way) => {
        clearTimeout(leaving);
        leaving = 0;
        if (way === root.dataset.picture) return;
        if (way) root.dataset.picture = way;
        else delete root.dataset.picture;
        changed();
    };
    // A picture that only hesitates stays: the words must not jump to and fro.
    const hesitate = () => { if (leaving === 0) leaving = setTimeout(() => stand(undefined), patience); };
    const showStream = () => {
        if (!LivePlayer.isSupported) return;
        const player = new LivePlayer(video, `/live/${encodeURIComponent(hall)}/index.m3u8`);
        player.addEventListener("change", () => {
            if (player.phase === "playing") stand(player.hasPicture ? "stream" : undefined);
            else if (player.phase !== "stalled" && player.phase !== "loading") stand(undefined);
            else hesitate();
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
            case "playing": stand("frames"); break;
            case "gone": stand(undefined); break;
            case "none":
                stand(undefined);
                showStream();
                break;
            default: hesitate();
        }
    });
    picture.start();
}
