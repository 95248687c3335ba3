/** Covers a video with its last frame while the element changes its source, so that nothing flashes blank. */
export class Still {
    #video;
    #canvas = document.createElement("canvas");

    constructor(video) {
        this.#video = video;
        this.#canvas.className = "still";
        this.#canvas.setAttribute("aria-hidden", "true");
    }

    /** Captures the current frame, if there is one. */
    keep() {
        const video = this.#video;
        if (video.readyState < 2 || video.videoWidth === 0) return;
        // The canvas has the frame's size; the style sheet scales it like the video.
        this.#canvas.width = video.videoWidth;
        this.#canvas.height = video.videoHeight;
        this.#canvas.getContext("2d").drawImage(video, 0, 0);
        video.after(this.#canvas);
    }

    /** The element has media again: removes the still as soon as a frame is on the screen (at once for audio only). */
    yield() {
        if (!this.#canvas.isConnected) return;
        if (this.#video.videoWidth > 0 && this.#video.requestVideoFrameCallback) this.#video.requestVideoFrameCallback(() => this.drop());
        else this.drop();
    }

    drop() {
        if (!this.#canvas.isConnected) return;
        this.#canvas.remove();
        this.#canvas.width = 0; // frees its memory
    }
}
