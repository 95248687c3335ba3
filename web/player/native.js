import { NativeClock } from "./native-clock.js";
import { parsePlaylist } from "./playlist.js";

/** Least milliseconds between two reads of the playlist. */
const readInterval = 2000;

/**
 * The browser's own HLS player, where there is no Media Source (older iPhones): some seconds further behind live.
 * Same interface as `LivePlayer`. Apple's player tells the date of its picture; for others `NativeClock` derives it.
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
    #clock = new NativeClock();
    #observer = null;
    #media = null;
    #lookedAt = -Infinity;
    phase = "loading";
    counters = {};

    constructor(video, url) {
        super();
        this.#video = video;
        this.#url = url;
        for (const name of ["waiting", "playing", "pause", "play", "error", "ended"]) video.addEventListener(name, this);
    }

    get isPlayable() { return this.#video.canPlayType("application/vnd.apple.mpegurl") !== ""; }
    // The browser's player has an audio menu of its own.
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

    /** An end of the seekable range, or of the buffer where nothing is seekable. */
    #seekable(side) {
        const ranges = this.#video.seekable.length > 0 ? this.#video.seekable : this.#video.buffered;
        return ranges.length > 0 ? ranges[side](ranges.length - 1) : null;
    }

    // — dates —

    /** The date of media time 0, extrapolated from the current position by Apple's player; `null` in other browsers. */
    get #startDate() {
        const start = this.#video.getStartDate?.().getTime();
        return Number.isFinite(start) ? start : null;
    }

    currentProgramTime() {
        const start = this.#startDate;
        return start === null ? this.#clock.programTimeAt(this.#video.currentTime) : start + this.#video.currentTime * 1000;
    }

    get mediaTime() { return this.#video.currentTime; }

    timeAtProgram(at) {
        const start = this.#startDate;
        return start === null ? this.#clock.timeAtProgram(at) : (at - start) / 1000;
    }

    /** Feeds the clock with what the browser buffers, unless the browser tells the date itself. */
    #followClock() {
        if (this.#startDate !== null) return;
        const buffered = this.#video.buffered;
        this.#clock.look(Array.from({ length: buffered.length }, (_, i) => [buffered.start(i), buffered.end(i)]), performance.now());
        if (this.#clock.isBehind && performance.now() - this.#lookedAt > readInterval) this.#readPlaylist();
    }

    async #readPlaylist() {
        this.#lookedAt = performance.now();
        try {
            this.#media ??= await this.#findMedia();
            const answer = await fetch(this.#media);
            if (!answer.ok) throw new Error(`could not load the playlist: ${answer.status}`);
            this.#clock.learn(parsePlaylist(await answer.text()), this.#media);
        } catch {
            this.#media = null; // looked up again next time
        }
    }

    async #findMedia() {
        const address = new URL(this.#url, document.baseURI).href;
        const playlist = parsePlaylist(await (await fetch(address)).text());
        return playlist.kind === "media" ? address : new URL(playlist.variants[0].uri, address).href;
    }

    #watchRequests() {
        const folder = new URL(".", new URL(this.#url, document.baseURI)).href;
        const isSegment = /\/s\d+\.mp4$/;
        this.#observer = new PerformanceObserver((list) => {
            for (const { name, responseStatus = 200 } of list.getEntries()) {
                if (name.startsWith(folder) && isSegment.test(name) && responseStatus < 400) this.#clock.fetch(name, performance.now());
            }
        });
        this.#observer.observe({ type: "resource", buffered: true });
    }

    start() {
        this.#watchRequests();
        this.#open();
        this.#timer = setInterval(() => {
            this.#followClock();
            this.#update();
            this.dispatchEvent(new Event("position"));
        }, 250);
    }

    stop() {
        clearInterval(this.#timer);
        clearTimeout(this.#retry);
        this.#observer?.disconnect();
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
        // Without a seekable range the edge is the end of the buffer, where there is nothing to play yet.
        if (this.#video.seekable.length > 0) this.#video.currentTime = this.liveEdge;
        this.play();
    }

    seek(time) {
        this.#following = this.liveEdge !== null && time > this.liveEdge - 3;
        this.#video.currentTime = time;
        this.#update();
    }

    get oldestProgramTime() {
        const [start, oldest] = [this.#startDate, this.oldest];
        if (oldest === null) return null;
        return start === null ? this.#clock.programTimeAt(oldest) : start + oldest * 1000;
    }

    seekToProgramTime(at) {
        const time = this.timeAtProgram(at);
        if (time === null || this.oldest === null || time < this.oldest - 1) return false;
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
        this.#clock.reset();
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
