import { MediaSourceClass } from "./buffer.js";
import { LiveEngine } from "./engine.js";
import { phaseOf } from "./phase.js";
import { Sounds } from "./sounds.js";

const watched = ["waiting", "playing", "pause", "play", "error", "volumechange", "loadeddata", "seeked"];

/**
 * Plays a hall's live stream with Media Source: what the viewer wishes, what the browser allows, and what the page can say of it.
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
    /** The user has to press play: the browser let nothing start by itself. */
    get blocked() { return this.#blocked; }
    /**
     * Why `failed`: `{ reason: "codec" | "media", detail }`; while `loading` or `stalled`, `{ reason: "network", since }` when the server
     * cannot be reached.
     */
    get problem() { return this.#engine.failure ?? this.#engine.network; }
    get hasShown() { return this.#shown; }
    /** Whether the stream has a picture, not sound only. */
    get hasPicture() { return this.#engine.hasPicture; }
    /** The stream's end is a gap: the camera's picture is missing, nothing is wrong here. */
    get inGap() { return this.#engine.timeline.endsInGap; }
    /** Media time of the newest moment there is, and of the oldest one can seek to. */
    get liveEdge() { return this.#engine.timeline.edge; }
    get oldest() { return this.#engine.timeline.oldest; }
    /** Seconds behind the newest moment. */
    get behind() { return this.#engine.behind; }
    /** Seconds of buffer, and how many the player wants left when the next part comes. */
    get ahead() { return this.#engine.ahead; }
    get cushion() { return this.#engine.cushion; }
    /** The stream's sounds when there are several, `{ name, language }`, and the index of the one that is heard. */
    get sounds() { return this.#sounds.all; }
    get sound() { return this.#sounds.heard; }
    set sound(index) { this.#sounds.choose(index); }
    get soundElement() { return this.#sounds.element; }
    get muted() { return this.#sounds.muted; }
    set muted(muted) { this.#sounds.muted = muted; }
    get volume() { return this.#sounds.volume; }
    set volume(volume) { this.#sounds.volume = volume; }
    /** For people who look under the bonnet, and tests. */
    get counters() { return this.#engine.counters; }

    /** UTC ms of the moment that is on the screen, `null` when unknown. */
    currentProgramTime() {
        return this.#engine.timeline.programTimeAt(this.#video.currentTime);
    }

    /** UTC ms of the oldest moment one can go to, `null` while unknown. */
    get oldestProgramTime() {
        const oldest = this.#engine.timeline.oldest;
        return oldest === null ? null : this.#engine.timeline.programTimeAt(oldest);
    }

    // — wishes —

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

    /** Goes to media time `time` within the window; near its end that means live. */
    seek(time) {
        if (!this.#engine.seek(time)) {
            this.goLive();
            return;
        }
        if (this.#wantsPlay) this.#tryPlay();
        this.#update();
    }

    /** Where playback is, or will be: a media time. */
    get mediaTime() { return this.#engine.time; }

    /** The media time of the moment `at` (UTC ms); `null` when it is not there. */
    timeAtProgram(at) { return this.#engine.timeline.timeAtProgram(at); }

    /** Goes to the moment `at` (UTC ms), and plays. @returns {boolean} `false` when it cannot be had: nothing happens */
    seekToProgramTime(at) {
        const [time, oldest] = [this.timeAtProgram(at), this.oldest];
        // A second before the oldest is still what was meant.
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

    // — what happens —

    handleEvent(event) {
        switch (event.type) {
            case "visibilitychange": if (document.visibilityState === "visible") this.#returned(); return;
            case "online": this.#engine.nudge(); return;
            case "waiting": if (this.#shown && !this.#video.seeking && !this.inGap) this.#engine.stalled(); break;
            case "playing": this.#shown = true; this.#blocked = false; break;
            case "error": this.#engine.broken(this.#video.error); break;
            // The browser's own pause (media keys, picture in picture) counts as the user's.
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
