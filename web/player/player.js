import { MediaSourceClass } from "./buffer.js";
import { LiveEngine } from "./engine.js";
import { phaseOf } from "./phase.js";
import { Sounds } from "./sounds.js";

const watched = ["waiting", "playing", "pause", "play", "error", "volumechange", "loadeddata", "seeked"];

/**
 * Plays a hall's live stream with Media Source: carries out what the viewer asks for within what the browser allows, and reports its phase.
 *
 * Events: `change` (phase, following, problem), `position` (a few times a second). Phases: `phase.js`; `failed` has a `problem`.
 */
export class LivePlayer extends EventTarget {
    #video;
    #engine;
    #sounds;
    #wantsPlay = true;
    #shown = false;
    #blocked = false;
    #phase = "loading";
    #lastKey = "";
    #timer = 0;
    #beatAt = Date.now();

    static get isSupported() {
        return MediaSourceClass !== null;
    }

    constructor(video, url) {
        super();
        this.#video = video;
        this.#engine = new LiveEngine(video, url, {
            changed: () => this.#update(),
            placed: () => { if (this.#wantsPlay) this.#tryPlay(); },
            offered: (sounds) => this.#sounds.offer(sounds),
        });
        this.#sounds = new Sounds(video, this.#engine.timeline, { isLive: () => this.following, changed: () => this.#update() });
        for (const name of watched) video.addEventListener(name, this);
    }

    start() {
        this.#engine.start();
        this.#timer = setInterval(() => this.#beat(), 100);
        document.addEventListener("visibilitychange", this);
        globalThis.addEventListener("online", this);
    }

    stop() {
        this.#engine.stop();
        this.#sounds.stop();
        clearInterval(this.#timer);
        document.removeEventListener("visibilitychange", this);
        globalThis.removeEventListener("online", this);
        for (const name of watched) this.#video.removeEventListener(name, this);
    }

    get phase() { return this.#phase; }
    get following() { return this.#engine.following; }
    /** The browser's autoplay policy blocks playback: the user has to press play. */
    get blocked() { return this.#blocked; }
    /**
     * Why `failed`: `{ reason: "codec" | "media", detail }`; while `loading` or `stalled`, `{ reason: "network", since }` when the server
     * cannot be reached.
     */
    get problem() { return this.#engine.failure ?? this.#engine.network; }
    get hasShown() { return this.#shown; }
    /** Whether the stream has video, not audio only. */
    get hasPicture() { return this.#engine.hasPicture; }
    /** The stream ends in a gap: the camera is lost, not the connection. */
    get inGap() { return this.#engine.timeline.endsInGap; }
    /** Media time of the live edge. */
    get liveEdge() { return this.#engine.timeline.edge; }
    /** The oldest media time that can be played. */
    get oldest() { return this.#engine.timeline.oldest; }
    /** Seconds behind the live edge. */
    get behind() { return this.#engine.behind; }
    /** Seconds of buffer left. */
    get ahead() { return this.#engine.ahead; }
    /** Seconds of buffer that should be left when the next part arrives. */
    get cushion() { return this.#engine.cushion; }
    /** The stream's audio renditions when there are several, `{ name, language }`. */
    get sounds() { return this.#sounds.all; }
    /** The index of the one that is heard. */
    get sound() { return this.#sounds.heard; }
    set sound(index) { this.#sounds.choose(index); }
    get soundElement() { return this.#sounds.element; }
    get muted() { return this.#sounds.muted; }
    set muted(muted) { this.#sounds.muted = muted; }
    get volume() { return this.#sounds.volume; }
    set volume(volume) { this.#sounds.volume = volume; }
    /** For diagnosis and tests. */
    get counters() { return this.#engine.counters; }

    /** The date of the picture on the screen, UTC ms; `null` while unknown. */
    currentProgramTime() {
        return this.#engine.timeline.programTimeAt(this.#video.currentTime);
    }

    /** The oldest date that can be played, UTC ms; `null` while unknown. */
    get oldestProgramTime() {
        const oldest = this.#engine.timeline.oldest;
        return oldest === null ? null : this.#engine.timeline.programTimeAt(oldest);
    }

    // — what the viewer asks for —

    play() {
        this.#wantsPlay = true;
        if (this.following) this.goLive();
        else this.#tryPlay();
        this.#engine.nudge();
    }

    pause() {
        this.#wantsPlay = false;
        this.#engine.following = false;
        this.#video.pause();
        this.#update();
    }

    goLive() {
        this.#wantsPlay = true;
        this.#engine.goLive();
        this.#tryPlay();
        this.#update();
    }

    /** Seeks to media time `time`; near the live edge it goes live. */
    seek(time) {
        if (!this.#engine.seek(time)) {
            this.goLive();
            return;
        }
        if (this.#wantsPlay) this.#tryPlay();
        this.#update();
    }

    /** Media time where playback is, or will be. */
    get mediaTime() { return this.#engine.time; }

    /** The media time of the date `at` (UTC ms); `null` when it is not available. */
    timeAtProgram(at) { return this.#engine.timeline.timeAtProgram(at); }

    /** Seeks to the date `at` (UTC ms) and plays. @returns {boolean} `false`, and no change, when it is not available */
    seekToProgramTime(at) {
        const [time, oldest] = [this.timeAtProgram(at), this.oldest];
        // Up to a second before the oldest is close enough.
        if (time === null || oldest === null || time < oldest - 1) return false;
        this.#wantsPlay = true;
        this.seek(time);
        return true;
    }

    seekBy(seconds) {
        this.seek(this.#engine.time + seconds);
    }

    async #tryPlay() {
        if (!this.#video.paused) return;
        try {
            await this.#video.play();
        } catch (problem) {
            if (problem?.name !== "NotAllowedError") return;
            if (!this.#video.muted) {
                this.muted = true;
                this.#tryPlay();
            } else {
                this.#blocked = true;
                this.#update();
            }
        }
    }

    // — events —

    handleEvent(event) {
        switch (event.type) {
            case "visibilitychange": if (document.visibilityState === "visible") this.#returned(); return;
            case "online": this.#engine.nudge(); return;
            case "waiting": if (this.#shown && !this.#video.seeking && !this.inGap) this.#engine.stalled(); break;
            case "playing": this.#shown = true; this.#blocked = false; break;
            case "error": this.#engine.broken(this.#video.error); break;
            // A pause from the browser's controls (media keys, picture in picture) counts as the user's.
            case "pause": if (!this.#video.ended && !this.#video.error && document.visibilityState === "visible" && this.#shown) this.#wantsPlay = false; break;
            case "play": this.#wantsPlay = true; break;
            default:
        }
        this.#update();
    }

    #beat() {
        const now = Date.now();
        if (now - this.#beatAt > 5000) this.#returned(); // the machine slept
        this.#beatAt = now;
        this.#engine.tick();
        this.#sounds.step();
        this.dispatchEvent(new Event("position"));
    }

    #returned() {
        this.#engine.nudge();
        if (this.#wantsPlay && this.#engine.isLate) this.goLive();
        else if (this.#wantsPlay && this.#video.paused) this.#tryPlay();
    }

    #update() {
        const [video, engine] = [this.#video, this.#engine];
        this.#phase = phaseOf({
            failed: engine.failure !== null, absent: engine.absent, ended: engine.timeline.playlist?.ended ?? false, ahead: engine.ahead, stuck: engine.isStuck,
            paused: video.paused, shown: this.#shown, blocked: this.#blocked, wantsPlay: this.#wantsPlay, ready: video.readyState,
        });
        const key = [
            this.#phase, engine.following, this.#blocked, this.muted, this.volume, this.sound, this.sounds.map((sound) => sound.name),
            this.problem?.reason, this.inGap, this.hasPicture,
        ].join();
        if (key === this.#lastKey) return;
        this.#lastKey = key;
        this.dispatchEvent(new Event("change"));
    }
}
