import { linkTo, momentOf, parseLink } from "./links.js";

/** How long before an item or vote the picture starts, in ms. */
const lead = 1000;
/** How long a link waits for the picture, in ms. */
const patience = 20_000;

/** Follows links to moments of the sitting, from clicks and from the page's address, and copies a link to the current one. */
export class Places {
    #player;
    #store;
    #clock;
    #council;
    #past;
    #parts;
    #words = null;
    #link = null;
    #openedAt = 0;
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
        this.#link = parseLink(hash);
        this.#openedAt = performance.now();
        this.#try();
    }

    /** Follows the link as soon as the state and the picture are available. */
    #try() {
        const link = this.#link;
        if (link === null || this.#words === null) return;
        const waited = performance.now() - this.#openedAt;
        if (this.#store.state === null) {
            if (waited > patience) this.#link = null;
            return;
        }
        if (link.kind === "deputy") {
            this.#link = null;
            this.#council.openDeputy(link.id);
            return;
        }
        // When the item was taken up may be in history that is still to be fetched.
        const opened = this.#store.state.sitting?.opened_at;
        if (link.kind === "item" && opened !== undefined && !this.#past.knows(opened) && waited < 5000) {
            this.#past.reach(opened);
            return;
        }
        const at = momentOf(link, this.#store.state, this.#store.changesOf("current_item"));
        const canSeek = this.#player.hasShown && this.#player.oldestProgramTime !== null;
        if (!canSeek && at !== null && waited < this.#patience()) return;
        this.#link = null;
        if (at !== null && canSeek && this.#player.seekToProgramTime(Math.max(at - (link.kind === "t" ? 0 : lead), this.#notBefore(at)))) {
            this.#council.pin(null);
            return;
        }
        // Without a picture of that moment the result can still be shown.
        if (link.kind === "round") this.#council.pin(link.id);
        if (at !== null && canSeek) this.#tell("link.gone");
    }

    /** How long to wait for the picture; not long where there is none. */
    #patience() { return this.#player.phase === "absent" || this.#player.phase === "failed" ? 1500 : patience; }

    /** Keeps `lead` from making a moment too old. */
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
            // No clipboard: put the link into the address bar.
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
