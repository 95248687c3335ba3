/** The time left of a speech or a round, and the element that counts it down. */

/** Milliseconds left of `speech` at `now` (UTC ms by the daemon's clock); negative in overtime. */
export function speechLeft(speech, now) {
    return speech.allotted - speech.spent - (speech.running_since === undefined ? 0 : Math.max(0, now - speech.running_since));
}

/** Milliseconds until `round` is due to close, at least 0; `null` without a countdown. The round stays open until somebody closes it. */
export function roundLeft(round, now) {
    return round.ends_at === undefined ? null : Math.max(0, round.ends_at - now);
}

/** `2:41`, `1:02:03`; overtime `−0:07`. Seconds are rounded up, so that `0:00` means that the time is up. */
export function spellLeft(left) {
    const seconds = left > 0 ? Math.ceil(left / 1000) : Math.floor(-left / 1000);
    const two = (value) => String(value).padStart(2, "0");
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    const text = hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
    return left < 0 && seconds > 0 ? `−${text}` : text;
}

/** Milliseconds until the text of `spellLeft` changes, while the time is running. */
export function untilNext(left) {
    const rest = left > 0 ? left % 1000 || 1000 : 1000 - (-left % 1000);
    return Math.ceil(rest) + 1;
}

/** `over` past the end, else `paused`, else `low` in the last `low` ms, else `running`. */
export function stateOf(left, paused, low = 30_000) {
    if (left < 0) return "over";
    if (paused) return "paused";
    return left <= low ? "low" : "running";
}

if (globalThis.customElements) {
    /**
     * `<council-countdown>`: set `source = { left: (now) => ms | null, paused: boolean, low?: ms }` and `clock = () => UTC ms` (the
     * store's). It writes only when the text changes, and stops while it is out of view. `data-state` is the value of `stateOf`.
     */
    class CouncilCountdown extends HTMLElement {
        #source = null;
        #timer = 0;
        #seen = true;
        #observer = null;
        clock = () => Date.now();

        get source() {
            return this.#source;
        }

        set source(source) {
            this.#source = source;
            this.tick();
        }

        connectedCallback() {
            this.setAttribute("role", "timer");
            document.addEventListener("visibilitychange", this.tick);
            this.#observer = new IntersectionObserver((entries) => {
                this.#seen = entries.at(-1).isIntersecting;
                if (this.#seen) this.tick();
            });
            this.#observer.observe(this);
            this.tick();
        }

        disconnectedCallback() {
            clearTimeout(this.#timer);
            this.#observer?.disconnect();
            document.removeEventListener("visibilitychange", this.tick);
        }

        /** Writes the time left, and schedules itself for the next change. */
        tick = () => {
            clearTimeout(this.#timer);
            if (!this.isConnected) return;
            const left = this.#source?.left(this.clock()) ?? null;
            this.hidden = left === null;
            if (left === null) return;
            const text = spellLeft(left);
            if (this.textContent !== text) {
                this.textContent = text;
                this.dispatchEvent(new CustomEvent("tick", { detail: { left } }));
            }
            const state = stateOf(left, this.#source.paused === true, this.#source.low);
            if (this.dataset.state !== state) this.dataset.state = state;
            if (!this.#source.paused && this.#seen && !document.hidden) this.#timer = setTimeout(this.tick, untilNext(left));
        };
    }

    customElements.define("council-countdown", CouncilCountdown);
}
