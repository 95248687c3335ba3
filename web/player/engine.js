import { LiveEdge } from "./edge.js";
import { PlaylistLoader } from "./loader.js";
import { aheadOf } from "./plan.js";
import { Playhead } from "./playhead.js";
import { nextPosition } from "./playlist.js";
import { needsRescue, Recovery } from "./recovery.js";
import { Still } from "./still.js";
import { Supply } from "./supply.js";
import { Timeline } from "./timeline.js";

/**
 * Feeds a live stream into a `<video>`: follows its playlist, keeps the buffer full and the playhead in place, and rebuilds what
 * broke. It never plays or pauses.
 *
 * - `changed()`: something of its state may have changed,
 * - `placed()`: the playhead is at live; playback may begin,
 * - `offered(sounds)`: the audio renditions, `{ name, language, url }`; `url` is `null` for the one muxed with the video.
 */
export class LiveEngine {
    #video;
    #events;
    #loader;
    #supply;
    #playhead;
    #edge;
    #recovery = new Recovery();
    #still;
    #stop = new AbortController();
    #failedMap = null;
    timeline = new Timeline();
    /** Playback follows the live edge. */
    following = true;
    /** The server has no such stream. */
    absent = false;
    /** `{ reason: "network", since }` while the server cannot be reached. */
    network = null;
    /** `{ reason: "codec" | "media", detail }` when the browser cannot play on. */
    failure = null;
    counters = { rebuilds: 0, stalls: 0, holes: 0, jumps: 0, pieces: 0, missing: 0, rescues: 0 };

    constructor(video, url, events) {
        this.#video = video;
        this.#events = events;
        this.#playhead = new Playhead(video);
        this.#still = new Still(video);
        video.addEventListener("loadeddata", () => this.#still.yield(), { signal: this.#stop.signal });
        this.#edge = new LiveEdge(video, this.timeline, this.counters);
        this.#loader = new PlaylistLoader(new URL(url, document.baseURI).href, {
            onMultivariant: (playlist, address) => events.offered(soundsOf(playlist, address)),
            onPlaylist: (playlist, address) => this.#received(playlist, address),
            onProblem: (problem) => this.#problemArose(problem),
        });
        this.#supply = new Supply(video, this.timeline, {
            wants: () => (this.failure ? null : { time: this.#playhead.time, anything: this.#playhead.awaitsLive, following: this.following }),
            outrun: () => this.#outrun(),
            arrived: (piece) => {
                this.counters.pieces += 1;
                if (this.following && !this.#playhead.awaitsLive && video.played.length > 0) this.#edge.learn(piece, this.ahead);
            },
            appended: () => this.#appended(),
            missing: () => { this.counters.missing += 1; },
            reshaped: (piece) => this.#rebuild(piece),
            refused: (codecs, map) => this.#fail({ reason: "codec", detail: codecs }, map),
            broken: (problem) => this.broken(problem),
        });
    }

    start() {
        this.#rebuild();
        this.#loader.run(this.#stop.signal);
    }

    stop() {
        this.#stop.abort();
        this.#recovery.cancel();
        this.#still.drop();
        this.#supply.close();
    }

    get ahead() { return this.#supply.ahead; }
    get cushion() { return this.#edge.cushion; }
    get isStuck() { return this.#playhead.isStuck; }
    get hasPicture() { return this.#supply.tracks === null || this.#supply.tracks.some((track) => track.kind === "video"); }
    /** Media time where playback is, or will be. */
    get time() { return this.#playhead.time; }
    /** Seconds from there to the live edge. */
    get behind() {
        const edge = this.timeline.edge;
        return edge === null ? null : Math.max(0, edge - this.#playhead.time);
    }
    get isLate() { return this.following && (this.behind ?? 0) > this.#edge.distance + 2; }

    nudge() { this.#loader.nudge(); }
    stalled() { this.#edge.stalled(); }

    // — seeking —

    goLive() {
        this.following = true;
        this.#edge.reset();
        const target = this.#edge.target;
        if (target !== null && aheadOf(this.#supply.ranges, target) > 0) {
            this.#playhead.wanted = null;
            this.#supply.feedAfter(target);
            this.#video.currentTime = target;
        } else this.#beginLive();
        this.nudge();
    }

    /** Seeks to media time `time`. @returns {boolean} `false` near the live edge: go live instead */
    seek(time) {
        const [target, oldest] = [this.#edge.target, this.timeline.oldest];
        if (target === null || oldest === null) return true;
        const wanted = this.timeline.playableFrom(Math.max(oldest + 0.1, time));
        if (time > target - 1 || wanted === null || wanted > target - 1) return false;
        this.following = false;
        this.#video.playbackRate = 1;
        this.#playhead.moveTo(wanted, this.#supply.ranges);
        this.#supply.feedAfter(wanted);
        this.nudge();
        return true;
    }

    #beginLive() {
        const playlist = this.timeline.playlist;
        if (!playlist) return;
        const position = this.timeline.livePosition(this.#edge.distance);
        if (position === null && playlist.segments.length > 0 && !this.timeline.endsInGap) return;
        this.#playhead.awaitLive();
        this.#supply.startAt(position ?? nextPosition(playlist));
    }

    #outrun() {
        this.following = true;
        this.#playhead.awaitsLive = true;
        return this.timeline.livePosition(this.#edge.distance) ?? nextPosition(this.timeline.playlist);
    }

    // — playlists and media —

    #received(playlist, url) {
        this.absent = false;
        this.network = null;
        const map = this.timeline.lastMap;
        if (this.timeline.update(playlist, url)) this.#rebuild();
        if (map !== null && map !== this.timeline.lastMap) this.#loader.refreshMultivariant(this.#stop.signal);
        if (this.failure && this.#failedMap !== this.timeline.lastMap) this.#rebuild();
        if (!this.#supply.isUnderWay && !this.failure) this.#beginLive();
        this.#loader.pace = this.following || (!this.#video.paused && (this.behind ?? 0) < 30) ? "live" : "calm";
        this.#edge.aim(playlist.partTarget, Math.min(this.#loader.roundTrip, this.#supply.quickest));
        this.#supply.go();
        this.#events.changed();
    }

    #problemArose({ kind, failures }) {
        if (kind === "absent") {
            this.absent = true;
            this.network = null;
        } else if (failures > 1) {
            this.network ??= { reason: "network", since: Date.now() };
        }
        this.#events.changed();
    }

    #appended() {
        const ranges = this.#supply.ranges;
        if (this.#playhead.beginLive(ranges, this.#edge.target)) {
            this.#edge.reset();
            this.#events.placed();
        }
        this.#playhead.settle(ranges);
        // Before live playback begins the playhead is not in its place yet.
        if (!this.#playhead.awaitsLive) this.#supply.trim(this.#playhead.time);
        this.#supply.showSeekable();
        this.#step();
    }

    // — ten times a second —

    tick() {
        const playing = this.following && !this.#video.paused && !this.failure;
        if (playing && needsRescue({ restingFor: this.#playhead.restingFor, sinceArrival: Date.now() - this.#supply.arrivedAt })) {
            this.counters.rescues += 1;
            this.#playhead.restartWatch();
            this.#rebuild();
        }
        this.#step();
    }

    #step() {
        this.#playhead.watch();
        this.#edge.calm();
        this.#playhead.giveUpWanted(this.timeline.oldest);
        if (this.#supply.isOpen && this.#playhead.isSettled) {
            if (this.#playhead.crossHole(this.#supply.ranges)) {
                this.counters.holes += 1;
                this.#edge.reset();
            } else if (this.following) {
                this.#edge.steer();
            } else if (this.behind !== null && this.behind < this.#edge.distance) {
                this.following = true;
            } else if (this.#video.playbackRate !== 1) {
                this.#video.playbackRate = 1;
            }
        }
        this.#supply.go();
        this.#events.changed();
    }

    // — failures —

    /** The buffer or its decoder failed. */
    broken(problem) {
        if (this.#recovery.isPending) return;
        if (!this.#recovery.schedule(() => this.#rebuild())) this.#fail({ reason: "media", detail: problem?.message ?? "" }, null);
    }

    #fail(failure, map) {
        this.failure = failure;
        this.#failedMap = this.timeline.lastMap ?? map;
        this.#supply.stopFetching();
        this.#events.changed();
    }

    /** Makes a new buffer on the same element and continues at `piece`, or at live. */
    #rebuild(piece = null) {
        if (this.#stop.signal.aborted) return;
        this.#recovery.cancel();
        this.counters.rebuilds += 1;
        this.failure = null;
        this.following = true;
        this.#playhead.awaitLive();
        this.#still.keep();
        this.#supply.open();
        if (piece) this.#supply.startAt({ msn: piece.msn, part: piece.part });
        else this.#beginLive();
    }
}

/** The audio renditions of the variant that is played; empty when there is no choice. */
function soundsOf({ audio, variants }, address) {
    const sounds = audio.filter((one) => one.group === variants[0]?.audio);
    return sounds.length < 2 ? [] : sounds.map(({ name, language, uri }) => ({ name, language, url: uri === null ? null : new URL(uri, address).href }));
}
