/**
 * The browser's own HLS where there is no Media Source (older iPhones): some seconds behind, but it plays.
 * The same face as `LivePlayer`.
 */
export class NativePlayer extends EventTarget {
    #video;
    #url;
    #timer = 0;
    #retry = 0;
    #shown = false;
    #following = true;
    #wantsPlay = true;
    #blocked = false;
    #lastKey = "";
    #absent = false;
    phase = "loading";
    counters = {};

    constructor(video, url) {
        super();
        this.#video = video;
        this.#url = url;
        for (const name of ["waiting", "playing", "pause", "play", "error", "ended"]) video.addEventListener(name, this);
    }

    get isPlayable() { return this.#video.canPlayType("application/vnd.apple.mpegurl") !== ""; }
    // The browser's own player has its own menu of sounds.
    get sounds() { return []; }
    get sound() { return 0; }
    get muted() { return this.#video.muted; }
    set muted(muted) { this.#video.muted = muted; }
    get volume() { return this.#video.volume; }
    set volume(volume) { this.#video.volume = volume; }
    get following() { return this.#following; }
    get blocked() { return this.#blocked; }
    get hasShown() { return this.#shown; }
    get hasPicture() { return !this.#shown || this.#video.videoWidth > 0; }
    get inGap() { return false; }
    get problem() { return this.isPlayable ? null : { reason: "browser", detail: "" }; }
    get liveEdge() { return this.#seekable("end"); }
    get oldest() { return this.#seekable("start"); }
    get behind() { return this.liveEdge === null ? null : Math.max(0, this.liveEdge - this.#video.currentTime); }

    #seekable(side) {
        const ranges = this.#video.seekable;
        return ranges.length > 0 ? ranges[side](ranges.length - 1) : null;
    }

    /** By `getStartDate`, which Apple's player has. */
    currentProgramTime() {
        const start = this.#video.getStartDate?.().getTime();
        return Number.isFinite(start) ? start + this.#video.currentTime * 1000 : null;
    }

    start() {
        this.#open();
        this.#timer = setInterval(() => {
            this.#update();
            this.dispatchEvent(new Event("position"));
        }, 500);
    }

    stop() {
        clearInterval(this.#timer);
        clearTimeout(this.#retry);
        this.#video.removeAttribute("src");
        this.#video.load();
    }

    play() {
        this.#wantsPlay = true;
        this.#tryPlay();
    }

    pause() {
        this.#wantsPlay = false;
        this.#following = false;
        this.#video.pause();
    }

    goLive() {
        this.#following = true;
        if (this.liveEdge !== null) this.#video.currentTime = this.liveEdge;
        this.play();
    }

    seek(time) {
        this.#following = this.liveEdge !== null && time > this.liveEdge - 3;
        this.#video.currentTime = time;
        this.#update();
    }

    get oldestProgramTime() {
        const [now, oldest] = [this.currentProgramTime(), this.oldest];
        return now === null || oldest === null ? null : now - (this.#video.currentTime - oldest) * 1000;
    }

    seekToProgramTime(at) {
        const now = this.currentProgramTime();
        if (now === null || this.oldest === null) return false;
        const time = this.#video.currentTime + (at - now) / 1000;
        if (time < this.oldest - 1) return false;
        this.seek(time);
        this.play();
        return true;
    }

    seekBy(seconds) {
        this.seek(this.#video.currentTime + seconds);
    }

    handleEvent(event) {
        if (event.type === "playing") {
            this.#shown = true;
            this.#blocked = false;
            this.#absent = false;
        }
        if (event.type === "error" || event.type === "ended") {
            this.#absent = true;
            clearTimeout(this.#retry);
            this.#retry = setTimeout(() => this.#open(), 2500 + 1000 * Math.random());
        }
        this.#update();
    }

    #open() {
        if (!this.isPlayable) return;
        this.#video.src = this.#url;
        if (this.#wantsPlay) this.#tryPlay();
    }

    async #tryPlay() {
        try {
            await this.#video.play();
        } catch (problem) {
            this.#blocked = problem?.name === "NotAllowedError";
        }
        this.#update();
    }

    #update() {
        if (!this.isPlayable) this.phase = "failed";
        else if (this.#absent) this.phase = "absent";
        else if (this.#video.paused && (this.#shown || this.#blocked)) this.phase = "paused";
        else if (!this.#shown) this.phase = "loading";
        else this.phase = this.#video.readyState < 3 ? "stalled" : "playing";
        const key = [this.phase, this.#following, this.#blocked].join();
        if (key === this.#lastKey) return;
        this.#lastKey = key;
        this.dispatchEvent(new Event("change"));
    }
}
