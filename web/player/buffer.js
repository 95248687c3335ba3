/** The browser's Media Source: the plain one, or Apple's managed one where only that exists. */
export const MediaSourceClass = globalThis.MediaSource ?? globalThis.ManagedMediaSource ?? null;

/** Whether this browser plays the type with Media Source. */
export const canFeed = (mime) => MediaSourceClass !== null && MediaSourceClass.isTypeSupported(mime);

/**
 * One MediaSource with one SourceBuffer, whose operations run one after the other.
 * After `onError` it does nothing more: its owner makes a new one.
 */
export class MediaBuffer {
    #video;
    #source = new MediaSourceClass();
    #address;
    #buffer = null;
    #mime = null;
    #queue = Promise.resolve();
    #closed = false;
    #onError;
    #opened;

    constructor(video, onError) {
        this.#video = video;
        this.#onError = onError;
        this.#opened = new Promise((resolve) => this.#source.addEventListener("sourceopen", resolve, { once: true }));
        this.#address = URL.createObjectURL(this.#source);
        if (!globalThis.MediaSource) video.disableRemotePlayback = true; // required by ManagedMediaSource
        video.src = this.#address;
    }

    get mime() {
        return this.#mime;
    }

    /** The buffered ranges, `[start, end]` in seconds. */
    get ranges() {
        const out = [];
        if (this.#closed || !this.#buffer || this.#source.readyState === "closed") return out;
        const buffered = this.#buffer.buffered;
        for (let i = 0; i < buffered.length; i += 1) out.push([buffered.start(i), buffered.end(i)]);
        return out;
    }

    /** Appends an init segment of type `mime`; the first one creates the SourceBuffer. */
    appendInit(mime, bytes) {
        return this.#enqueue(async () => {
            await this.#opened;
            if (this.#closed) return;
            if (!this.#buffer) this.#buffer = this.#source.addSourceBuffer(mime);
            // Browsers without changeType (old WebKit) usually accept another profile of the same codec; if not, the owner makes a new buffer.
            else if (mime !== this.#mime) this.#buffer.changeType?.(mime);
            this.#mime = mime;
            await this.#operate(() => this.#buffer.appendBuffer(bytes));
        });
    }

    /** Appends a fragment. `makeRoom()` returns ranges to remove if the browser's buffer is full. */
    append(bytes, makeRoom) {
        return this.#enqueue(async () => {
            try {
                await this.#operate(() => this.#buffer.appendBuffer(bytes));
            } catch (problem) {
                if (problem?.name !== "QuotaExceededError") throw problem;
                for (const [start, end] of makeRoom()) await this.#operate(() => this.#buffer.remove(start, end));
                await this.#operate(() => this.#buffer.appendBuffer(bytes));
            }
        });
    }

    remove(start, end) {
        return this.#enqueue(() => (this.#buffer && end > start ? this.#operate(() => this.#buffer.remove(start, end)) : undefined));
    }

    /** Sets the range that the browser's own controls (picture in picture, media keys) can seek in. */
    setSeekable(start, end) {
        if (this.#closed || this.#source.readyState !== "open" || !this.#source.setLiveSeekableRange || !(end > start)) return;
        try {
            if (this.#source.duration !== Infinity && !this.#buffer?.updating) this.#source.duration = Infinity;
            this.#source.setLiveSeekableRange(Math.max(0, start), end);
        } catch {
            // An operation is running: the next call sets it.
        }
    }

    close() {
        this.#closed = true;
        URL.revokeObjectURL(this.#address);
    }

    #enqueue(work) {
        const result = this.#queue.then(() => (this.#closed ? undefined : work()));
        this.#queue = result.catch((problem) => {
            if (this.#closed) return;
            this.#closed = true;
            this.#onError(problem);
        });
        return this.#queue;
    }

    /** Runs one operation of the SourceBuffer to its end. */
    #operate(begin) {
        return new Promise((resolve, reject) => {
            const buffer = this.#buffer;
            const done = (event) => {
                buffer.removeEventListener("updateend", done);
                buffer.removeEventListener("error", done);
                if (event.type === "error" || this.#video.error) reject(this.#video.error ?? new Error("the browser refused the media"));
                else resolve();
            };
            buffer.addEventListener("updateend", done);
            buffer.addEventListener("error", done);
            try {
                begin();
            } catch (problem) {
                buffer.removeEventListener("updateend", done);
                buffer.removeEventListener("error", done);
                reject(problem);
            }
        });
    }
}
