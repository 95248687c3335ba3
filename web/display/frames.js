import { pauseBefore } from "../council/wire.js";
import { mimeType, readStart, readTracks, startsWithKeyframe } from "../player/boxes.js";
import { isCutOff, Pace, trimmedUpTo } from "./pace.js";

/** Milliseconds: frames of a beginning come in one go; a way that says nothing is tried anew after `silence`, one with nothing to show after `rest`. */
const burst = 60, opening = 8_000, silence = 10_000, rest = 60_000;
/** Tries that come to nothing though the daemon answers, before the way counts as blocked. */
const patience = 4;
/** What may wait for the browser; past it the picture begins anew at a keyframe. */
const mostBytes = 8 << 20, mostFrames = 300;

/**
 * The hall's picture frame by frame (docs/protocol.md, `plenary.picture.v1`) in a `<video>`. `phase` says how it is, and a `change` event comes
 * with it: `connecting`, `playing`, `lost` (the connection, or the camera), `gone` (hidden or stopped), `none`: not for this browser, this
 * hall or this network, and it has given up.
 */
export class FramePicture extends EventTarget {
    #video;
    #hall;
    #socket = null;
    #timer = 0;
    #failures = 0;
    #unheard = 0;
    #source = null;
    #buffer = null;
    #address = "";
    #type = "";
    #tracks = [];
    /** An init segment that waits, and the frames behind it. */
    #initialization = null;
    #awaitsInitialization = false;
    #pending = [];
    #pendingBytes = 0;
    #mustClear = false;
    /** Not yet at the edge since it began. */
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
        this.#video.addEventListener("error", this.#broke);
        document.addEventListener("visibilitychange", this.#seen);
        this.#openSource();
        this.#connect();
    }

    #give(phase) {
        if (phase === this.phase) return;
        this.phase = phase;
        this.dispatchEvent(new Event("change"));
    }

    /** The video is free for something else then. */
    #giveUp() {
        this.#disconnect();
        for (const name of ["seeked", "playing", "timeupdate"]) this.#video.removeEventListener(name, this.#moves);
        this.#video.removeEventListener("waiting", this.#waits);
        this.#video.removeEventListener("error", this.#broke);
        document.removeEventListener("visibilitychange", this.#seen);
        this.#closeSource();
        this.#give("none");
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
        const mine = (this.#timer = setTimeout(this.#lost, opening));
        let found;
        try {
            const answer = await fetch(`/api/v1/halls/${this.#hall}/channel`, { headers: { Accept: "application/json" } });
            if (!answer.ok) throw new Error(`where the picture is cannot be had: ${answer.status}`);
            found = await answer.json();
        } catch {
            if (mine === this.#timer) this.#lost();
            return;
        }
        if (mine !== this.#timer) return;
        this.#unheard += 1;
        if (!found.picture || this.#unheard > patience) {
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
        if (this.phase !== "gone") this.#give("lost");
        this.#failures += 1;
        // A screen of the house: its crowd is small, and it must be back soon.
        this.#timer = setTimeout(this.#connect, pauseBefore(this.#failures, { maxPause: 2_000 }));
    };

    /** A page that nobody sees takes no picture: the browser would not play it anyway. */
    #seen = () => {
        if (document.visibilityState === "visible") this.#connect();
        else this.#disconnect();
    };

    #expect(time) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(this.#lost, time);
    }

    #received(data) {
        this.#failures = this.#unheard = 0;
        if (typeof data !== "string") {
            this.#expect(silence);
            if (this.#awaitsInitialization) this.#initialize(data);
            else if (this.#isShown) this.#take(data);
            return;
        }
        const message = JSON.parse(data);
        if (message.type === "init") {
            this.#expect(silence);
            this.#awaitsInitialization = true;
        } else if (message.type === "gone") {
            this.#expect(rest);
            this.#isShown = false;
            this.#dropPending();
            this.#give(message.reason === "lost" ? "lost" : "gone");
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
            // The daemon was restarted: its time line begins again.
            if (time < this.#newest) this.#clear();
        } else if (this.#landing === null) {
            this.#pace.arrived(performance.now(), time - this.#video.currentTime);
        }
        this.#newest = Math.max(this.#newest, time);
        if (startsWithKeyframe(bytes)) this.#keyframes.push(time);
        this.#pending.push(bytes);
        this.#pendingBytes += bytes.byteLength;
        if (this.#pendingBytes > mostBytes || this.#pending.length > mostFrames) this.#lost();
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

    /** To the newest picture, once what came in one go is in the buffer. */
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
        // It may only be refused where a page may not play at all; then there is no picture, as without this all.
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
        const { rate, jump } = this.#pace.order(performance.now());
        if (jump > 0) this.#moveTo(Math.min(this.#newest, video.currentTime + jump));
        else if (Math.abs(video.playbackRate - rate) > 0.005) video.playbackRate = rate;
        if (video.paused) this.#play();
    }

    #moves = () => {
        if (this.#isShown && this.#landing === null && !this.#video.seeking && this.#video.readyState >= 2) this.#give("playing");
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

    /** The decoder or the buffer failed: all anew. */
    #broke = () => {
        if (this.#source === null) return;
        this.#openSource();
        this.#lost();
    };

    /** One step of what waits; the end of each calls for the next. */
    #pump() {
        if (this.#source?.readyState !== "open" || this.#buffer?.updating) return;
        try {
            this.#step();
        } catch {
            // The buffer is full or closed.
            this.#broke();
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
