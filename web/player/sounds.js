import { SoundBeside } from "./beside.js";

/**
 * The sounds of a stream (the floor, an interpreter) and the one that is heard: the first comes with the picture, others beside it.
 * Whatever is heard is what `muted` and `volume` mean.
 */
export class Sounds {
    #video;
    #timeline;
    #events;
    #wish = null;
    #beside = null;
    /** `{ name, language, url }` each; `url` is `null` for the one in the picture's own stream. */
    all = [];

    /** @param events `isLive()` as `SoundBeside` asks it, `changed()` */
    constructor(video, timeline, events) {
        this.#video = video;
        this.#timeline = timeline;
        this.#events = events;
    }

    /** Index in `all` of what is heard. */
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

    /** The server names its sounds; the one chosen by name before is heard again. */
    offer(sounds) {
        this.all = sounds;
        this.#hear(sounds.find((sound) => sound.name === this.#wish) ?? null);
    }

    choose(index) {
        this.#wish = this.all[index]?.name ?? null;
        this.#hear(this.all[index] ?? null);
    }

    step() {
        if (this.#beside && !this.#video.muted) this.#video.muted = true; // by the browser's own controls
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
