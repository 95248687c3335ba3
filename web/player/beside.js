import { PlaylistLoader } from "./loader.js";
import { aheadOf, inStep } from "./plan.js";
import { nextPosition } from "./playlist.js";
import { Recovery } from "./recovery.js";
import { Supply } from "./supply.js";
import { Timeline } from "./timeline.js";

/** Milliseconds without sound at the video's position before it is fetched again. */
const patience = 5000;

/**
 * Plays an alternative audio rendition in an `<audio>` element of its own, in sync with the `<video>`.
 * (Media Source can neither leave out one track of a buffer nor switch between two buffers' audio without a gap.)
 *
 * - `isLive()`: whether the video follows live,
 * - `changed()`: the browser muted it,
 * - `lost()`: it is not available; fall back to the audio that is muxed with the video.
 */
export class SoundBeside {
    #video;
    #delegate;
    #loader;
    #timeline;
    #supply;
    #recovery = new Recovery();
    #stop = new AbortController();
    #jumpedAt = 0;
    #heardAt = performance.now();
    element = document.createElement("audio");

    /** @param {Timeline} timeline the video's: both share its mapping of media times */
    constructor(url, video, timeline, delegate) {
        this.url = url;
        this.#video = video;
        this.#delegate = delegate;
        this.#timeline = new Timeline(timeline);
        this.#loader = new PlaylistLoader(url, {
            onMultivariant: () => {},
            onPlaylist: (playlist, address) => this.#received(playlist, address),
            onProblem: ({ kind }) => { if (kind === "absent") delegate.lost(); },
        });
        this.#supply = new Supply(this.element, this.#timeline, {
            wants: () => ({ time: video.currentTime, anything: false, following: delegate.isLive() }),
            outrun: () => this.#place,
            arrived: () => {},
            appended: () => this.#supply.trim(video.currentTime),
            missing: () => {},
            reshaped: () => this.#open(),
            refused: () => delegate.lost(),
            broken: () => this.#broken(),
        });
    }

    start() {
        this.#video.addEventListener("seeking", this);
        this.element.addEventListener("error", this);
        this.#open();
        this.#loader.run(this.#stop.signal);
    }

    stop() {
        this.#stop.abort();
        this.#recovery.cancel();
        this.#video.removeEventListener("seeking", this);
        this.element.removeEventListener("error", this);
        this.element.pause();
        this.#supply.close();
        this.element.removeAttribute("src");
        this.element.load();
    }

    handleEvent(event) {
        if (event.type === "error") this.#broken();
        else if (this.#supply.isUnderWay) this.#supply.feedAfter(this.#video.currentTime);
    }

    /** Keeps in sync; called ten times a second. */
    step() {
        const [video, sound, now] = [this.#video, this.element, performance.now()];
        this.#supply.go();
        if (video.paused || video.seeking || video.readyState < 3) {
            sound.pause();
            return;
        }
        const ahead = aheadOf(this.#supply.ranges, video.currentTime);
        if (ahead > 0) this.#heardAt = now;
        else if (this.#supply.isUnderWay && now - this.#heardAt > patience) {
            this.#heardAt = now;
            this.#supply.feedAfter(video.currentTime);
        }
        const correction = inStep({ delta: sound.currentTime - video.currentTime, ahead, rate: sound.playbackRate, pace: video.playbackRate });
        if (correction.jump && !sound.seeking && now - this.#jumpedAt > 500) {
            this.#jumpedAt = now;
            sound.currentTime = video.currentTime;
        }
        if (sound.playbackRate !== correction.rate) sound.playbackRate = correction.rate;
        if (sound.paused && ahead > 0) this.#play();
    }

    async #play() {
        try {
            await this.element.play();
        } catch (problem) {
            if (problem?.name !== "NotAllowedError" || this.element.muted) return;
            this.element.muted = true;
            this.#delegate.changed();
        }
    }

    #received(playlist, url) {
        if (this.#timeline.update(playlist, url)) this.#open();
        if (!this.#supply.isUnderWay) this.#supply.startAt(this.#place);
        this.#loader.pace = this.#delegate.isLive() ? "live" : "calm";
        this.#supply.go();
    }

    /** The segment for the video's position. */
    get #place() {
        return this.#timeline.positionAt(this.#video.currentTime) ?? nextPosition(this.#timeline.playlist);
    }

    #broken() {
        if (!this.#recovery.isPending && !this.#recovery.schedule(() => this.#open())) this.#delegate.lost();
    }

    #open() {
        if (this.#stop.signal.aborted) return;
        this.#recovery.cancel();
        this.#supply.open();
        if (this.#timeline.playlist) this.#supply.startAt(this.#place);
    }
}
