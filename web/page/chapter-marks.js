import { el } from "./dom.js";
import { chapterAt, chaptersOf, nearest, neighbour, placed } from "./chapters.js";
import { roundKindWord } from "../council/words.js";

/** How close to a mark counts as pointing at it, in CSS pixels. */
const reach = 7;
/** Half the width of the slider's thumb, in CSS pixels: the track is inset by that much at both ends. */
const inset = 8;

/**
 * Marks on the seek bar where items and votes began. A tooltip names the item or vote under the pointer or the keyboard's position; a click on a mark
 * seeks to its beginning; Shift with an arrow key seeks from mark to mark.
 */
export class ChapterMarks {
    #player;
    #store;
    #past;
    #seek;
    #lane;
    #tip;
    #words = null;
    #made = null;
    #chapters = [];
    #marks = [];
    #drawn = "";
    #clicked = null;

    constructor({ player, store, past, seek }) {
        this.#player = player;
        this.#store = store;
        this.#past = past;
        this.#seek = seek;
        this.#lane = el("div", { class: "marks", "aria-hidden": "true" });
        this.#tip = el("p", { class: "tip", "aria-hidden": "true", hidden: true });
        const track = el("div", { class: "track" });
        seek.replaceWith(track);
        track.append(seek, this.#lane, this.#tip);
        seek.addEventListener("pointermove", (event) => this.#point(event));
        seek.addEventListener("pointerleave", () => this.#hideTip());
        seek.addEventListener("pointerdown", (event) => { this.#clicked = this.#markUnder(event); });
        seek.addEventListener("input", () => this.#showTip(this.#shareOf(Number(seek.value)), null));
        seek.addEventListener("focus", () => { if (seek.matches(":focus-visible")) this.#showTip(this.#shareOf(Number(seek.value)), null); });
        seek.addEventListener("blur", () => this.#hideTip());
        document.addEventListener("keydown", (event) => this.#key(event));
        player.addEventListener("position", () => this.show());
    }

    set words(words) {
        this.#words = words;
        this.show();
    }

    /** The media time of the mark that was just clicked, `null` for none. Call once for each click. */
    takeClicked() {
        const mark = this.#clicked;
        this.#clicked = null;
        // After a drag away from the mark, the slider's own value counts.
        return mark !== null && Math.abs(this.#shareOf(Number(this.#seek.value)) - mark.share) * this.#width <= 2 * reach ? mark.time : null;
    }

    /** The title of the item or vote at media time `time`; empty when unknown. */
    titleAt(time) {
        const mark = chapterAt(this.#marks, time);
        return mark === null ? "" : this.#title(mark);
    }

    show() {
        const { state } = this.#store;
        const [oldest, edge] = [this.#player.oldest, this.#player.liveEdge];
        if (this.#words === null || state === null || oldest === null || edge === null) return;
        this.#learn(state);
        if (this.#made === null || this.#made[0] !== state || this.#made[1] !== this.#store.knownSince) {
            this.#made = [state, this.#store.knownSince];
            this.#chapters = chaptersOf(state, this.#store.changesOf("current_item"));
        }
        this.#marks = placed(this.#chapters, { oldest, edge, timeOf: (at) => this.#player.timeAtProgram(at) });
        this.#draw();
    }

    /** Fetches the history if the bar reaches back before the page was opened. */
    #learn(state) {
        const from = this.#player.oldestProgramTime;
        const opened = state.sitting?.opened_at;
        if (from === null || opened === undefined) return;
        const wanted = Math.max(from, opened);
        if (!this.#past.knows(wanted)) this.#past.reach(wanted);
    }

    #draw() {
        const drawn = JSON.stringify(this.#marks.map(({ id, kind, share }) => [id, kind, share.toFixed(3)]));
        if (drawn === this.#drawn) return;
        this.#drawn = drawn;
        this.#marks.forEach(({ kind, share }, index) => {
            const mark = this.#lane.children[index] ?? this.#lane.appendChild(el("i", {}));
            if (mark.dataset.kind !== kind) mark.dataset.kind = kind;
            mark.style.setProperty("--share", share.toFixed(4));
        });
        while (this.#lane.children.length > this.#marks.length) this.#lane.lastChild.remove();
    }

    // — pointing —

    get #width() { return Math.max(1, this.#seek.clientWidth - 2 * inset); }
    #shareOf(value) { return (value - Number(this.#seek.min)) / (Number(this.#seek.max) - Number(this.#seek.min) || 1); }
    #shareUnder(event) { return Math.min(1, Math.max(0, (event.clientX - this.#seek.getBoundingClientRect().left - inset) / this.#width)); }
    #markUnder(event) { return nearest(this.#marks, this.#shareUnder(event), reach / this.#width); }

    #point(event) {
        if (this.#seek.disabled) return;
        const mark = this.#markUnder(event);
        this.#showTip(mark?.share ?? this.#shareUnder(event), mark);
    }

    #showTip(share, mark) {
        const [oldest, edge] = [this.#player.oldest, this.#player.liveEdge];
        if (oldest === null || edge === null) return;
        const chapter = mark ?? chapterAt(this.#marks, oldest + share * (edge - oldest));
        if (chapter === null) {
            this.#hideTip();
            return;
        }
        this.#tip.hidden = false;
        this.#tip.replaceChildren(el("time", {}, this.#words.hour(chapter.at)), ` ${this.#title(chapter)}`);
        this.#tip.style.setProperty("--share", share.toFixed(4));
    }

    #hideTip() { this.#tip.hidden = true; }

    #title({ kind, id }) {
        const { agenda, rounds } = this.#store.state;
        if (kind === "item") return `${agenda.items[id]?.number ?? ""}. ${agenda.items[id]?.title ?? ""}`;
        const round = rounds.by_id[id];
        return this.#words.say("chapter.vote", { question: round?.question || roundKindWord(this.#words, round?.kind) });
    }

    // — keys —

    #key(event) {
        if (!event.shiftKey || event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
        const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (way === undefined || event.target.closest?.("select, textarea, input:not([type=range]), dialog")) return;
        event.preventDefault();
        const mark = neighbour(this.#marks, this.#player.mediaTime, way);
        if (mark !== null) this.#player.seek(mark.time);
        else if (way > 0) this.#player.goLive();
    }
}
