import { mimeType, readStart, readTracks } from "./boxes.js";
import { canFeed, MediaBuffer, MediaSourceClass } from "./buffer.js";
import { Feeder } from "./feeder.js";
import { PlaylistLoader } from "./loader.js";
import { LiveSteering } from "./steering.js";
import { aheadOf, evictions, isAnotherTimeline, livePosition, mediaTimeOf, nextPiece, overHole, playableFrom, positionAt, programTimeAt } from "./plan.js";
import { lastSequence, nextPosition } from "./playlist.js";

/**
 * Plays a hall's live stream with Media Source.
 *
 * Events: `change` (phase, following, problem), `position` (a few times a second).
 * Phases: `absent` no stream there · `loading` · `playing` · `paused` · `stalled` nothing left to show · `ended` · `failed` (see `problem`).
 */
export class LivePlayer extends EventTarget {
    #video;
    #loader;
    #feeder;
    #steering = new LiveSteering();
    #buffer = null;
    #stop = null;
    #playlist = null;
    #playlistURL = null;
    #starts = new Map();
    #tracks = null;
    #appendedMap = null;
    #failedMap = null;
    /** Where the user wants to be, while nothing is buffered there. */
    #wantedTime = null;
    /** Live playback begins as soon as enough has come. */
    #pendingLive = true;
    #following = true;
    #wantsPlay = true;
    #shown = false;
    #rebuilds = [];
    #repair = null;
    #stalledAt = null;
    #absent = false;
    #network = null;
    #failure = null;
    #blocked = false;
    #phase = "loading";
    #lastKey = "";
    #timer = 0;
    #beatAt = Date.now();
    #arrivedAt = 0;
    #playhead = { time: 0, movedAt: Date.now() };
    /** For people who look under the bonnet, and tests. */
    counters = { rebuilds: 0, stalls: 0, holes: 0, jumps: 0, pieces: 0, missing: 0, rescues: 0 };

    static get isSupported() {
        return MediaSourceClass !== null;
    }

    constructor(video, url) {
        super();
        this.#video = video;
        this.#loader = new PlaylistLoader(new URL(url, document.baseURI).href, {
            onMultivariant: () => {},
            onPlaylist: (playlist, address) => this.#received(playlist, address),
            onProblem: (problem) => this.#troubled(problem),
        });
        this.#feeder = new Feeder({
            plan: (position) => this.#planned(position),
            arrived: (piece, init, bytes) => this.#arrived(piece, init, bytes),
            missing: () => { this.counters.missing += 1; },
        });
        for (const name of ["waiting", "playing", "pause", "play", "error", "volumechange", "loadeddata", "seeked"]) {
            video.addEventListener(name, this);
        }
    }

    // — for the page —

    start() {
        this.#stop = new AbortController();
        this.#rebuild();
        this.#loader.run(this.#stop.signal);
        this.#timer = setInterval(() => this.#beat(), 100);
        document.addEventListener("visibilitychange", this);
        globalThis.addEventListener("online", this);
    }

    stop() {
        this.#stop?.abort();
        clearInterval(this.#timer);
        clearTimeout(this.#repair);
        this.#feeder.clear();
        this.#buffer?.close();
        document.removeEventListener("visibilitychange", this);
        globalThis.removeEventListener("online", this);
        for (const name of ["waiting", "playing", "pause", "play", "error", "volumechange", "loadeddata", "seeked"]) {
            this.#video.removeEventListener(name, this);
        }
    }

    get phase() { return this.#phase; }
    get following() { return this.#following; }
    /** The user has to press play: the browser let nothing start by itself. */
    get blocked() { return this.#blocked; }
    /** Why `failed`: `{ reason: "codec" | "media", detail }`; while `loading` or `stalled`, `{ reason: "network", since }` when the server cannot be reached. */
    get problem() { return this.#failure ?? this.#network; }
    get hasShown() { return this.#shown; }
    /** Whether the stream has a picture, not sound only. */
    get hasPicture() { return this.#tracks === null || this.#tracks.some((track) => track.kind === "video"); }
    /** The playhead stands in or before a gap: the camera's picture is missing, nothing is wrong here. */
    get inGap() {
        const segment = this.#playlist?.segments.at(-1);
        return segment !== undefined && (segment.gap || (segment.parts.length > 0 && segment.parts.at(-1).gap));
    }

    /** Media time of the newest moment there is, and of the oldest one can seek to. */
    get liveEdge() { return this.#playlist ? mediaTimeOf(this.#playlist, this.#starts, nextPosition(this.#playlist)) : null; }
    get oldest() { return this.#playlist ? playableFrom(this.#playlist, this.#starts, -Infinity) : null; }
    /** Seconds behind the newest moment. */
    get behind() {
        const edge = this.liveEdge;
        return edge === null ? null : Math.max(0, edge - (this.#wantedTime ?? this.#video.currentTime));
    }
    /** Seconds of buffer, and how many the player wants left when the next part comes. */
    get ahead() { return this.#buffer ? aheadOf(this.#buffer.ranges, this.#video.currentTime) : 0; }
    get cushion() { return this.#steering.cushion; }

    /** UTC ms of the moment that is on the screen, `null` when unknown. */
    currentProgramTime() {
        return this.#playlist ? programTimeAt(this.#playlist, this.#starts, this.#video.currentTime) : null;
    }

    play() {
        this.#wantsPlay = true;
        if (this.#following) this.goLive();
        else this.#tryPlay();
        this.#loader.nudge();
    }

    pause() {
        this.#wantsPlay = false;
        this.#following = false;
        this.#video.pause();
        this.#update();
    }

    goLive() {
        this.#wantsPlay = true;
        this.#following = true;
        this.#steering.reset();
        const edge = this.liveEdge;
        const ranges = this.#buffer?.ranges ?? [];
        const target = edge === null ? null : edge - this.#startDistance;
        if (target !== null && aheadOf(ranges, target) > 0) {
            this.#wantedTime = null;
            this.#feedAfter(target);
            this.#video.currentTime = target;
        } else this.#beginLive();
        this.#loader.nudge();
        this.#tryPlay();
        this.#update();
    }

    /** Goes to media time `time` within the window; near its end that means live. */
    seek(time) {
        const [edge, oldest] = [this.liveEdge, this.oldest];
        if (edge === null || oldest === null) return;
        if (time > edge - this.#startDistance - 1) {
            this.goLive();
            return;
        }
        const wanted = playableFrom(this.#playlist, this.#starts, Math.max(oldest + 0.1, time));
        if (wanted === null || wanted > edge - this.#startDistance - 1) {
            this.goLive();
            return;
        }
        this.#following = false;
        this.#video.playbackRate = 1;
        this.#pendingLive = false;
        this.#wantedTime = aheadOf(this.#buffer?.ranges ?? [], wanted) > 0.2 ? null : wanted;
        this.#feedAfter(wanted);
        this.#video.currentTime = wanted;
        this.#loader.nudge();
        if (this.#wantsPlay) this.#tryPlay();
        this.#update();
    }

    seekBy(seconds) {
        this.seek((this.#wantedTime ?? this.#video.currentTime) + seconds);
    }

    handleEvent(event) {
        switch (event.type) {
            case "visibilitychange": if (document.visibilityState === "visible") this.#returned(); return;
            case "online": this.#loader.nudge(); return;
            case "waiting": this.#waiting(); break;
            case "playing": this.#shown = true; this.#blocked = false; break;
            case "error": this.#broken(this.#video.error); break;
            // The browser's own pause (media keys, picture in picture) counts as the user's.
            case "pause": if (!this.#video.ended && !this.#video.error && document.visibilityState === "visible" && this.#shown) this.#wantsPlay = false; break;
            case "play": this.#wantsPlay = true; break;
            default:
        }
        this.#update();
    }

    #waiting() {
        if (!this.#shown || this.#video.seeking || this.inGap) return;
        this.counters.stalls += 1;
        this.#stalledAt = performance.now();
    }

    // — playlists —

    #received(playlist, url) {
        const before = this.#playlist;
        this.#playlist = playlist;
        this.#playlistURL = url;
        this.#absent = false;
        this.#network = null;
        for (const msn of this.#starts.keys()) if (msn < playlist.mediaSequence) this.#starts.delete(msn);
        if (before && isAnotherTimeline(before, playlist)) {
            this.#starts.clear();
            this.#following = true;
            this.#rebuild();
        }
        if (this.#failure && this.#failedMap !== (playlist.segments.at(-1)?.map ?? null)) this.#rebuild();
        if (this.#feeder.position === null && !this.#failure) this.#beginLive();
        this.#loader.pace = this.#following || (!this.#video.paused && (this.behind ?? 0) < 30) ? "live" : "calm";
        this.#steering.target(playlist.partTarget, Math.min(this.#loader.roundTrip, this.#feeder.quickest));
        this.#feeder.go();
        this.#update();
    }

    #troubled({ kind, failures }) {
        if (kind === "absent") {
            this.#absent = true;
            this.#network = null;
        } else if (failures > 1) {
            this.#network ??= { reason: "network", since: Date.now() };
        }
        this.#update();
    }

    // — pieces —

    /** Seconds from the newest moment at which live playback is begun. */
    get #startDistance() {
        return this.#steering.cushion + 0.5 * (this.#playlist?.partTarget ?? this.#playlist?.targetDuration ?? 1);
    }

    #beginLive() {
        if (!this.#playlist) return;
        const position = livePosition(this.#playlist, this.#startDistance);
        if (position === null && this.#playlist.segments.length > 0 && !this.inGap) return;
        this.#wantedTime = null;
        this.#pendingLive = true;
        this.#feeder.restart(position ?? nextPosition(this.#playlist));
    }

    /** Lets the feeder go on where the buffer around `time` ends, or at `time` when nothing is there. */
    #feedAfter(time) {
        const range = (this.#buffer?.ranges ?? []).find(([start, end]) => start <= time && time < end - 0.2);
        if (range) {
            const beyond = this.#appendHead() - range[1];
            if (this.#feeder.position !== null && beyond > -0.1 && beyond < 6) return; // it does already
        }
        this.#feeder.restart(positionAt(this.#playlist, this.#starts, range ? range[1] - 0.01 : time));
    }

    /** The feeder asks what to fetch at `position`; `null` when there is enough or nothing is there yet. */
    #planned(position) {
        if (!this.#playlist || this.#failure) return null;
        if (!this.#pendingLive && this.#appendHead() - (this.#wantedTime ?? this.#video.currentTime) > 20) return null;
        let at = position;
        for (let steps = 0; steps < 1000; steps += 1) {
            const next = nextPiece(this.#playlist, at);
            if (next.step === "fetch") return { piece: this.#withAddresses(next), position: at };
            if (next.step === "wait") return next.hint && this.#following ? { piece: this.#withAddresses(next.hint), position: at } : { piece: null, position: at };
            if (next.step === "skip") at = next.next;
            else at = this.#following || at.msn > lastSequence(this.#playlist) ? this.#liveAgain() : { msn: this.#playlist.mediaSequence, part: 0 };
            if (at === null) return null;
        }
        return null;
    }

    #liveAgain() {
        this.#following = true;
        this.#pendingLive = true;
        return livePosition(this.#playlist, this.#startDistance) ?? nextPosition(this.#playlist);
    }

    #withAddresses(piece) {
        return { ...piece, uri: new URL(piece.uri, this.#playlistURL).href, map: piece.map === null ? null : new URL(piece.map, this.#playlistURL).href };
    }

    /** Media time of what will have been appended when all that is under way has come. */
    #appendHead() {
        const head = this.#feeder.position === null ? null : mediaTimeOf(this.#playlist, this.#starts, this.#feeder.position);
        return head ?? this.#buffer?.ranges.at(-1)?.[1] ?? 0;
    }

    async #arrived(piece, init, bytes) {
        const buffer = this.#buffer;
        this.counters.pieces += 1;
        this.#arrivedAt = Date.now();
        if (init !== null && piece.map !== this.#appendedMap) {
            const tracks = readTracks(init);
            const mime = mimeType(tracks);
            if (!canFeed(mime)) {
                this.#fail({ reason: "codec", detail: tracks.map((track) => track.codec).join(", ") }, piece.map);
                return;
            }
            if (buffer.mime !== null && kinds(this.#tracks) !== kinds(tracks)) {
                // A SourceBuffer keeps its number of tracks for life (MSE §3.5.7).
                this.#rebuild(piece);
                return;
            }
            this.#tracks = tracks;
            this.#appendedMap = piece.map;
            await buffer.appendInit(mime, init);
        }
        const start = readStart(bytes, this.#tracks ?? []);
        if (start !== null && piece.part === 0) this.#starts.set(piece.msn, start);
        else if (start !== null && !this.#starts.has(piece.msn)) {
            this.#starts.set(piece.msn, start - this.#partOffset(piece));
        }
        if (this.#following && !this.#pendingLive && this.#shown) this.#learn(piece);
        await buffer.append(bytes, () => evictions(buffer.ranges, this.#video.currentTime, { behind: 5, ahead: 15 }));
        if (buffer === this.#buffer) this.#appended();
    }

    /** A part came: how much buffer was left, and whether it came too late for the cushion. A pause of the camera's is no fault of the way here. */
    #learn(piece) {
        const now = performance.now();
        if (this.#stalledAt !== null && !piece.discontinuity && now - this.#stalledAt < 2500) this.#steering.stalled(now);
        else this.#steering.sample(now, this.ahead);
        this.#stalledAt = null;
    }

    #partOffset({ msn, part }) {
        const segment = this.#playlist.segments[msn - this.#playlist.mediaSequence];
        return (segment?.parts ?? []).slice(0, part).reduce((sum, one) => sum + one.duration, 0);
    }

    #appended() {
        const ranges = this.#buffer.ranges;
        if (this.#pendingLive && ranges.length > 0) {
            const [start, end] = ranges.at(-1);
            const target = Math.max(start + 0.001, (this.liveEdge ?? end) - this.#startDistance);
            if (end >= target) {
                this.#pendingLive = false;
                this.#steering.reset();
                this.#video.currentTime = target;
                if (this.#wantsPlay) this.#tryPlay();
            }
        }
        if (this.#wantedTime !== null && aheadOf(ranges, this.#wantedTime) > 0) {
            // The first picture may lie a little behind the place that was computed.
            if (!ranges.some(([start, end]) => start <= this.#wantedTime && this.#wantedTime < end)) this.#video.currentTime = this.#wantedTime + 0.06;
            this.#wantedTime = null;
        }
        // Before live playback begins the playhead is not yet where it will be.
        if (!this.#pendingLive) for (const [start, end] of evictions(ranges, this.#wantedTime ?? this.#video.currentTime)) this.#buffer.remove(start, end);
        if (this.oldest !== null) this.#buffer.setSeekable(this.oldest, this.liveEdge);
        this.#tick();
    }

    // — ten times a second —

    #beat() {
        const now = Date.now();
        if (now - this.#beatAt > 5000) this.#returned(); // the machine slept
        this.#beatAt = now;
        // Media comes, yet nothing moves: whatever the browser holds against this buffer, a new one helps.
        if (this.#following && !this.#video.paused && !this.#failure && now - this.#playhead.movedAt > 6000 && now - this.#arrivedAt < 1000) {
            this.counters.rescues += 1;
            this.#playhead.movedAt = now;
            this.#rebuild();
        }
        this.#tick();
        this.dispatchEvent(new Event("position"));
    }

    #tick() {
        const video = this.#video;
        this.#watchPlayhead();
        this.#steering.calm(performance.now());
        // What was wanted has left the window, or does not come: what is there is played.
        if (this.#wantedTime !== null && (this.#wantedTime < (this.oldest ?? 0) || Date.now() - this.#playhead.movedAt > 5000)) this.#wantedTime = null;
        // A seek whose end never comes stands before a hole too.
        const settled = !video.seeking || Date.now() - this.#playhead.movedAt > 1000;
        if (this.#buffer && !video.paused && settled && !this.#pendingLive && this.#wantedTime === null) {
            const jump = overHole(this.#buffer.ranges, video.currentTime, this.#isStuck);
            if (jump !== null) {
                this.counters.holes += 1;
                video.currentTime = jump;
                this.#steering.reset();
            } else if (this.#following) {
                this.#steerLive();
            } else if (this.behind !== null && this.behind < this.#startDistance) {
                this.#following = true;
            } else if (video.playbackRate !== 1) {
                video.playbackRate = 1;
            }
        }
        this.#feeder.go();
        this.#update();
    }

    /** Whether the playhead has stood still for 300 ms although it should move. */
    get #isStuck() {
        return !this.#video.paused && Date.now() - this.#playhead.movedAt > (this.#video.seeking ? 1000 : 300);
    }

    #watchPlayhead() {
        const time = this.#video.currentTime;
        if (time !== this.#playhead.time || this.#video.paused) this.#playhead = { time, movedAt: Date.now() };
    }

    #steerLive() {
        const order = this.#steering.steer(performance.now(), this.#video.playbackRate);
        if (order === null) return;
        if (order.jump > 0) {
            this.counters.jumps += 1;
            this.#video.currentTime += order.jump;
            this.#steering.reset();
        }
        if (this.#video.playbackRate !== order.rate) this.#video.playbackRate = order.rate;
    }

    #returned() {
        this.#loader.nudge();
        if (this.#following && this.#wantsPlay && (this.behind ?? 0) > this.#startDistance + 2) this.goLive();
        else if (this.#wantsPlay && this.#video.paused) this.#tryPlay();
    }

    async #tryPlay() {
        if (!this.#video.paused) return;
        try {
            await this.#video.play();
        } catch (problem) {
            if (problem?.name !== "NotAllowedError") return;
            if (!this.#video.muted) {
                this.#video.muted = true;
                this.#tryPlay();
            } else {
                this.#blocked = true;
                this.#update();
            }
        }
    }

    // — trouble —

    #fail(failure, map) {
        this.#failure = failure;
        this.#failedMap = this.#playlist?.segments.at(-1)?.map ?? map;
        this.#feeder.clear();
        this.#update();
    }

    #broken(problem) {
        if (this.#repair !== null) return;
        const now = performance.now();
        this.#rebuilds = [...this.#rebuilds.filter((at) => now - at < 30000), now];
        if (this.#rebuilds.length > 5) {
            this.#fail({ reason: "media", detail: problem?.message ?? "" }, null);
        }
        const delay = this.#failure ? 15_000 : Math.min(4000, 100 * 2 ** this.#rebuilds.length);
        this.#repair = setTimeout(() => this.#rebuild(), delay);
    }

    /** A new MediaSource on the same element; goes on at `piece`, or at live. */
    #rebuild(piece = null) {
        if (this.#stop?.signal.aborted) return;
        clearTimeout(this.#repair);
        this.#repair = null;
        this.counters.rebuilds += 1;
        this.#failure = null;
        this.#buffer?.close();
        this.#appendedMap = null;
        this.#tracks = null;
        this.#pendingLive = true;
        this.#wantedTime = null;
        this.#following = true;
        const buffer = new MediaBuffer(this.#video, (problem) => { if (buffer === this.#buffer) this.#broken(problem); });
        this.#buffer = buffer;
        if (piece) this.#feeder.restart({ msn: piece.msn, part: piece.part });
        else this.#feeder.clear();
        if (!piece && this.#playlist) this.#beginLive();
    }

    #update() {
        this.#phase = this.#phaseNow();
        const key = [this.#phase, this.#following, this.#blocked, this.#video.muted, this.problem?.reason, this.inGap, this.hasPicture].join();
        if (key === this.#lastKey) return;
        this.#lastKey = key;
        this.dispatchEvent(new Event("change"));
    }

    #phaseNow() {
        const starved = this.ahead < 0.1 || (this.#isStuck && this.ahead < 0.6);
        if (this.#failure) return "failed";
        if (this.#absent && starved) return "absent";
        if (this.#playlist?.ended && starved) return "ended";
        if (this.#video.paused && (this.#shown || this.#blocked) && (!this.#wantsPlay || this.#blocked)) return "paused";
        if (!this.#shown) return "loading";
        return this.#video.readyState < 3 || starved ? "stalled" : "playing";
    }
}

const kinds = (tracks) => (tracks ?? []).filter((track) => track.kind !== "other").map((track) => track.kind).join();
