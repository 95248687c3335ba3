import { linkTo, momentOf, parseLink } from "./links.js";

/** A little before what was asked for, so that its beginning is seen. UTC ms. */
const lead = 1000;
/** How long a link that the page was opened with waits for the picture, in ms. */
const patience = 20_000;

/** Goes to the places of the sitting that links name: by a click on an item or a round, by the page's address, by “copy a link”. */
export class Places {
    #player;
    #store;
    #clock;
    #council;
    #past;
    #parts;
    #words = null;
    #wish = null;
    #wishedAt = 0;
    #told = 0;

    constructor({ player, store, clock, council, past }) {
        this.#player = player;
        this.#store = store;
        this.#clock = clock;
        this.#council = council;
        this.#past = past;
        const part = (id) => document.getElementById(id);
        this.#parts = { copy: part("copy"), told: part("told"), live: part("live") };
        document.addEventListener("click", (event) => this.#clicked(event));
        globalThis.addEventListener("hashchange", () => this.#open(location.hash));
        this.#parts.copy?.addEventListener("click", () => this.#copy());
        this.#parts.live?.addEventListener("click", () => this.#forgetPlace());
        player.addEventListener("position", () => this.#try());
        this.#open(location.hash);
    }

    set words(words) { this.#words = words; }

    #clicked(event) {
        const anchor = event.target.closest?.('a[href^="#"]');
        if (!anchor || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        const link = parseLink(anchor.getAttribute("href"));
        if (link === null) return;
        event.preventDefault();
        if (link.kind !== "deputy") anchor.closest("dialog")?.close();
        history.replaceState(null, "", anchor.getAttribute("href"));
        this.#open(anchor.getAttribute("href"));
    }

    #open(hash) {
        this.#wish = parseLink(hash);
        this.#wishedAt = performance.now();
        this.#try();
    }

    /** Goes there as soon as the state and the picture are known. */
    #try() {
        const wish = this.#wish;
        if (wish === null || this.#words === null) return;
        const waited = performance.now() - this.#wishedAt;
        if (this.#store.state === null) {
            if (waited > patience) this.#wish = null;
            return;
        }
        if (wish.kind === "deputy") {
            this.#wish = null;
            this.#council.openDeputy(wish.id);
            return;
        }
        // When an item was taken up is in the sitting's past.
        const opened = this.#store.state.sitting?.opened_at;
        if (wish.kind === "item" && opened !== undefined && !this.#past.knows(opened) && waited < 5000) {
            this.#past.reach(opened);
            return;
        }
        const at = momentOf(wish, this.#store.state, this.#store.changesOf("current_item"));
        const canSeek = this.#player.hasShown && this.#player.oldestProgramTime !== null;
        if (!canSeek && at !== null && waited < this.#patience()) return;
        this.#wish = null;
        if (at !== null && canSeek && this.#player.seekToProgramTime(Math.max(at - (wish.kind === "t" ? 0 : lead), this.#notBefore(at)))) {
            this.#council.pin(null);
            return;
        }
        // The picture of it is gone, or was never there: what came out can be seen all the same.
        if (wish.kind === "round") this.#council.pin(wish.id);
        if (at !== null && canSeek) this.#tell("link.gone");
    }

    /** Where there is no picture now, nobody waits for one. */
    #patience() { return this.#player.phase === "absent" || this.#player.phase === "failed" ? 1500 : patience; }

    /** The lead is no reason to find a moment too old. */
    #notBefore(at) {
        const oldest = this.#player.oldestProgramTime;
        return oldest !== null && at >= oldest ? Math.min(at, oldest) : at;
    }

    async #copy() {
        const link = new URL(linkTo("t", this.#clock.at()), location.href).href;
        try {
            await navigator.clipboard.writeText(link);
            this.#tell("link.copied");
        } catch {
            // The address bar can be copied from everywhere.
            history.replaceState(null, "", link);
            this.#tell("link.inAddress");
        }
    }

    #forgetPlace() {
        this.#council.pin(null);
        if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    }

    #tell(key) {
        const { told } = this.#parts;
        if (!told || this.#words === null) return;
        told.textContent = this.#words.say(key);
        clearTimeout(this.#told);
        this.#told = setTimeout(() => { told.textContent = ""; }, 6000);
    }
}
