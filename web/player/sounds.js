import { SoundBeside } from "./beside.js";

/**
 * The audio renditions of a stream (the floor, an interpreter) and the one that is heard: one is muxed with the video, others play beside it.
 * `muted` and `volume` are those of the one that is heard.
 */
export class Sounds {
    #video;
    #timeline;
    #events;
    #chosenName = null;
    #beside = null;
    /** `{ name, language, url }` each; `url` is `null` for the one muxed with the video. */
    all = [];

    /** @param events `isLive()`, `changed()`: see `SoundBeside` */
    constructor(video, timeline, events) {
        this.#video = video;
        this.#timeline = timeline;
        this.#events = events;
    }

    /** Index in `all` of the one that is heard. */
    get heard() {
        const found = this.all.findIndex((sound) => sound.url === (this.#beside?.url ?? null));
        return Math.max(0, found);
    }

    /** The element that is heard. */
    get element() { return this.#beside?.element ?? this.#video; }
    get muted() { return this.element.muted; }
    set muted(muted) { this.element.muted = muted; this.#events.changed(); }
    get volume() { return this.element.volume; }
    set volume(volume) { this.element.volume = volume; this.#events.changed(); }

    /** The stream's renditions are known, or have changed: plays the one with the chosen name. */
    offer(sounds) {
        this.all = sounds;
        this.#hear(sounds.find((sound) => sound.name === this.#chosenName) ?? null);
    }

    choose(index) {
        this.#chosenName = this.all[index]?.name ?? null;
        this.#hear(this.all[index] ?? null);
    }

    step() {
        if (this.#beside && !this.#video.muted) this.#video.muted = true; // it was unmuted by the browser's controls
        this.#beside?.step();
    }

    stop() { this.#beside?.stop(); }

    #hear(sound) {
        const url = sound?.url ?? null;
        if (url !== (this.#beside?.url ?? null)) {
            const { muted, volume } = this;
            this.#beside?.stop();
            this.#beside = url === null ? null : new SoundBeside(url, this.#video, this.#timeline, {
                ...this.#events,
                lost: () => this.#hear(null),
            });
            this.#video.muted = true;
            this.#beside?.start();
            this.element.volume = volume;
            this.element.muted = muted;
        }
        this.#events.changed();
    }
}
