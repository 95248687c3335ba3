import { cushionAfterCalm, cushionAfterStall, initialCushion, steer } from "./plan.js";

/** Milliseconds without a stall before the cushion shrinks a step. */
const calmAfter = 20_000;

/** Holds the distance to live: keeps the recent low-water marks of the buffer and adapts the cushion to stalls. Times in ms. */
export class LiveSteering {
    #samples = [];
    #base = null;
    #part = 0.5;
    #calmSince = 0;
    cushion = 0.3;

    /** Arguments in seconds; called with each playlist. */
    target(partTarget, roundTrip) {
        const base = initialCushion(partTarget, roundTrip);
        if (base === this.#base) return;
        // Keep what stalls have added.
        this.cushion = base + (this.#base === null ? 0 : this.cushion - this.#base);
        this.#base = base;
        this.#part = partTarget ?? 2;
    }

    /** The buffer, in seconds, just before a part is added: its low-water mark. */
    sample(now, ahead) {
        const memory = Math.max(600, 2200 * this.#part);
        this.#samples = [...this.#samples.filter((one) => now - one.now < memory), { now, ahead }];
    }

    reset() {
        this.#samples = [];
    }

    stalled(now) {
        if (now - this.#calmSince > 500) {
            this.cushion = cushionAfterStall(this.cushion, Math.max(3, 6 * this.#part));
            this.#calmSince = now;
        }
        this.reset();
    }

    calm(now) {
        if (this.#calmSince === 0) this.#calmSince = now;
        if (this.#base === null || now - this.#calmSince < calmAfter) return;
        this.cushion = cushionAfterCalm(this.cushion, this.#base);
        this.#calmSince = now;
    }

    /** @returns {{ rate: number, jump: number } | null} `null` while too little is known */
    steer(now, rate) {
        if (this.#samples.length < 2) return null;
        const lowWater = Math.min(...this.#samples.map((one) => one.ahead));
        const correction = steer({ lowWater, cushion: this.cushion, rate });
        if (correction.rate !== rate) this.reset();
        return correction;
    }
}
