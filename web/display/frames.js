import { pauseBefore } from "../council/wire.js";
import { mimeType, readStart, readTracks, startsWithKeyframe } from "../player/boxes.js";
import { isCutOff, Pace, trimmedUpTo } from "./pace.js";

/** Milliseconds: the first frames arrive together, within `burst`; reconnect after `silenceTimeout`, or after `goneTimeout` while there is no picture. */
const burst = 60, openTimeout = 8_000, silenceTimeout = 10_000, goneTimeout = 60_000;
/** Connections without a message, while the daemon's HTTP works, before the WebSocket counts as blocked. */
const patience = 4;
/** Limits of what waits to be appended; beyond them the picture restarts at a keyframe. */
const maxBytes = 8 << 20, maxFrames = 300;

/**
 * The hall's picture frame by frame (docs/protocol.md, `plenary.picture.v1`) in a `<video>`. A `change` event follows each change of
 * `phase`: `connecting`, `playing`, `lost` (the connection or the camera), `gone` (hidden or stopped), `none` (it has given up: the browser, the
 * hall or the network does not support it).
 */
export class FramePicture extends EventTarget {
    #video;
    #hall;
    #socket = null;
    #timer = 0;
    #failures = 0;
    #silentTries = 0;
    #source = null;
    #buffer = null;
    #address = "";
    #type = "";
    #tracks = [];
    /** An init segment to append, before the frames in `#pending`. */
    #initialization = null;
    #awaitsInitialization = false;
    #pending = [];
    #pendingBytes = 0;
    #mustClear = false;
    /** 0 before the first frame, then the timer of `#land`, `null` once playback is at the newest frame. */
    #landing = 0;
    #isShown = false;
    #newest = -Infinity;
    #keyframes = [];
    #pace = new Pace();
    phase = "connecting";

    static get isSupported() {
        return "MediaSource" in globalThis && "WebSocket" in globalThis;
    }

    constructor(video, hall) {
        super();
        this.#video = video;
        this.#hall = encodeURIComponent(hall);
    }

    start() {
        for (const name of ["seeked", "playing", "timeupdate"]) this.#video.addEventListener(name, this.#moves);
        this.#video.addEventListener("waiting", this.#waits);
        this.#video.addEventListener("error", this.#mediaFailed);
        document.addEventListener("visibilitychange", this.#seen);
        this.#openSource();
        this.#connect();
    }

    #setPhase(phase) {
        if (phase === this.phase) return;
        this.phase = phase;
        this.dispatchEvent(new Event("change"));
    }

    /** Releases the video element. */
    #giveUp() {
        this.#disconnect();
        for (const name of ["seeked", "playing", "timeupdate"]) this.#video.removeEventListener(name, this.#moves);
        this.#video.removeEventListener("waiting", this.#waits);
        this.#video.removeEventListener("error", this.#mediaFailed);
        document.removeEventListener("visibilitychange", this.#seen);
        this.#closeSource();
        this.#setPhase("none");
    }

    // — the connection —

    #disconnect() {
        clearTimeout(this.#timer);
        const socket = this.#socket;
        this.#socket = null;
        if (socket) {
            socket.onmessage = socket.onclose = null;
            socket.close();
        }
    }

    #connect = async () => {
        this.#disconnect();
        this.#awaitsInitialization = false;
        this.#dropPending();
        const mine = (this.#timer = setTimeout(this.#lost, openTimeout));
        let found;
        try {
            const answer = await fetch(`/api/v1/halls/${this.#hall}/channel`, { headers: { Accept: "application/json" } });
            if (!answer.ok) throw new Error(`could not find the picture's address: ${answer.status}`);
            found = await answer.json();
        } catch {
            if (mine === this.#timer) this.#lost();
            return;
        }
        if (mine !== this.#timer) return;
        this.#silentTries += 1;
        if (!found.picture || this.#silentTries > patience) {
            this.#giveUp();
            return;
        }
        const socket = new WebSocket(found.picture, "plenary.picture.v1");
        socket.binaryType = "arraybuffer";
        socket.onmessage = ({ data }) => this.#received(data);
        socket.onclose = this.#lost;
        this.#socket = socket;
    };

    #lost = () => {
        this.#disconnect();
        this.#isShown = false;
        if (this.phase !== "gone") this.#setPhase("lost");
        this.#failures += 1;
        // A hall has few displays, and they must be back soon.
        this.#timer = setTimeout(this.#connect, pauseBefore(this.#failures, { maxPause: 2_000 }));
    };

    /** Disconnects while the page is hidden: the browser would not play anyway. */
    #seen = () => {
        if (document.visibilityState === "visible") this.#connect();
        else this.#disconnect();
    };

    #expectWithin(time) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(this.#lost, time);
    }

    #received(data) {
        this.#failures = this.#silentTries = 0;
        if (typeof data !== "string") {
            this.#expectWithin(silenceTimeout);
            if (this.#awaitsInitialization) this.#initialize(data);
            else if (this.#isShown) this.#take(data);
            return;
        }
        const message = JSON.parse(data);
        if (message.type === "init") {
            this.#expectWithin(silenceTimeout);
            this.#awaitsInitialization = true;
        } else if (message.type === "gone") {
            this.#expectWithin(goneTimeout);
            this.#isShown = false;
            this.#dropPending();
            this.#setPhase(message.reason === "lost" ? "lost" : "gone");
        }
    }

    // — frames —

    #initialize(bytes) {
        this.#awaitsInitialization = false;
        this.#tracks = readTracks(bytes);
        const type = mimeType(this.#tracks);
        if (!MediaSource.isTypeSupported(type)) {
            this.#giveUp();
            return;
        }
        this.#dropPending();
        this.#initialization = { bytes, type };
        this.#isShown = true;
        this.#landing = 0;
        this.#pump();
    }

    #take(bytes) {
        const time = readStart(bytes, this.#tracks);
        if (time === null) return;
        if (this.#landing === 0) {
            this.#landing = setTimeout(this.#land, burst);
            // The daemon was restarted, and its timeline with it.
            if (time < this.#newest) this.#clear();
        } else if (this.#landing === null) {
            this.#pace.arrived(performance.now(), time - this.#video.currentTime);
        }
        this.#newest = Math.max(this.#newest, time);
        if (startsWithKeyframe(bytes)) this.#keyframes.push(time);
        this.#pending.push(bytes);
        this.#pendingBytes += bytes.byteLength;
        if (this.#pendingBytes > maxBytes || this.#pending.length > maxFrames) this.#lost();
        this.#pump();
        if (this.#landing === null) this.#steer();
    }

    #dropPending() {
        this.#pending = [];
        this.#pendingBytes = 0;
        if (this.#landing) clearTimeout(this.#landing);
        this.#landing = 0;
    }

    #clear() {
        this.#mustClear = true;
        this.#newest = -Infinity;
        this.#keyframes = [];
    }

    /** Goes to the newest frame, once the first burst is in the buffer. */
    #land = () => {
        if (this.#buffer === null || this.#buffer.updating || this.#pending.length > 0 || this.#initialization !== null) {
            this.#landing = setTimeout(this.#land, 10);
            return;
        }
        this.#landing = null;
        this.#moveTo(this.#newest);
        this.#play();
    };

    #moveTo(time) {
        this.#pace.reset();
        this.#video.playbackRate = 1;
        this.#video.currentTime = time;
    }

    #play() {
        // Muted playback is refused only where a page may not play at all.
        this.#video.play().catch(() => {});
    }

    #steer() {
        const video = this.#video;
        if (video.seeking) return;
        const ranges = Array.from({ length: video.buffered.length }, (_, index) => [video.buffered.start(index), video.buffered.end(index)]);
        if (isCutOff(ranges, video.currentTime)) {
            this.#moveTo(this.#newest);
            return;
        }
        const { rate, jump } = this.#pace.correction(performance.now());
        if (jump > 0) this.#moveTo(Math.min(this.#newest, video.currentTime + jump));
        else if (Math.abs(video.playbackRate - rate) > 0.005) video.playbackRate = rate;
        if (video.paused) this.#play();
    }

    #moves = () => {
        if (this.#isShown && this.#landing === null && !this.#video.seeking && this.#video.readyState >= 2) this.#setPhase("playing");
    };

    #waits = () => {
        if (this.#isShown && this.#landing === null && !this.#video.seeking) this.#pace.stalled(performance.now());
    };

    // — the buffer —

    #openSource() {
        this.#closeSource();
        const source = new MediaSource();
        this.#source = source;
        this.#address = URL.createObjectURL(source);
        source.addEventListener("sourceopen", () => this.#pump(), { once: true });
        this.#video.src = this.#address;
    }

    #closeSource() {
        if (this.#source === null) return;
        this.#source = this.#buffer = null;
        this.#type = "";
        this.#newest = -Infinity;
        this.#keyframes = [];
        this.#mustClear = false;
        this.#initialization = null;
        this.#dropPending();
        this.#video.removeAttribute("src");
        this.#video.load();
        URL.revokeObjectURL(this.#address);
    }

    /** The decoder or the buffer failed: starts over. */
    #mediaFailed = () => {
        if (this.#source === null) return;
        this.#openSource();
        this.#lost();
    };

    /** Starts the next buffer operation; `updateend` calls it again. */
    #pump() {
        if (this.#source?.readyState !== "open" || this.#buffer?.updating) return;
        try {
            this.#step();
        } catch {
            // The buffer is full or closed.
            this.#mediaFailed();
        }
    }

    #step() {
        if (this.#initialization !== null) {
            const { type } = this.#initialization;
            if (this.#buffer === null) {
                this.#buffer = this.#source.addSourceBuffer(type);
                this.#buffer.addEventListener("updateend", () => this.#pump());
            } else if (type !== this.#type) {
                this.#buffer.changeType?.(type);
            }
            this.#type = type;
        }
        if (this.#buffer === null) return;
        if (this.#mustClear) {
            this.#mustClear = false;
            if (this.#buffer.buffered.length > 0) {
                this.#buffer.remove(0, Infinity);
                return;
            }
        }
        if (this.#initialization !== null) {
            const { bytes } = this.#initialization;
            this.#initialization = null;
            this.#buffer.appendBuffer(bytes);
            return;
        }
        const end = trimmedUpTo(this.#keyframes, this.#video.currentTime);
        if (end !== null) {
            this.#keyframes = this.#keyframes.filter((time) => time >= end);
            this.#buffer.remove(0, end);
            return;
        }
        if (this.#pending.length === 0) return;
        const joined = this.#pending.length === 1 ? this.#pending[0] : join(this.#pending, this.#pendingBytes);
        this.#pending = [];
        this.#pendingBytes = 0;
        this.#buffer.appendBuffer(joined);
    }
}

function join(pieces, size) {
    const joined = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
        joined.set(new Uint8Array(piece), at);
        at += piece.byteLength;
    }
    return joined;
}
