/** Keeps a video's last picture in its place while the element gets another source: nobody sees a blank flash. */
export class Still {
    #video;
    #canvas = document.createElement("canvas");

    constructor(video) {
        this.#video = video;
        this.#canvas.className = "still";
        this.#canvas.setAttribute("aria-hidden", "true");
    }

    /** Takes the picture that is shown now, if there is one. */
    keep() {
        const video = this.#video;
        if (video.readyState < 2 || video.videoWidth === 0) return;
        // Made for one pass: its size is the picture's, the style sheet fits it in as it does the video.
        this.#canvas.width = video.videoWidth;
        this.#canvas.height = video.videoHeight;
        this.#canvas.getContext("2d").drawImage(video, 0, 0);
        video.after(this.#canvas);
    }

    /** The element has media again: gives way as soon as its picture is on the screen; sound has none. */
    yield() {
        if (!this.#canvas.isConnected) return;
        if (this.#video.videoWidth > 0 && this.#video.requestVideoFrameCallback) this.#video.requestVideoFrameCallback(() => this.drop());
        else this.drop();
    }

    drop() {
        if (!this.#canvas.isConnected) return;
        this.#canvas.remove();
        this.#canvas.width = 0; // gives the memory back
    }
}
