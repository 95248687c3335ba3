import "../council/countdown.js";
import "../council/hemicycle.js";
import { roundOnShow } from "../council/board.js";
import { verdict } from "../council/words.js";
import { agendaList } from "./agenda.js";
import { deputyPage } from "./deputy.js";
import { morph } from "./dom.js";
import { nowPanel } from "./now.js";
import { isHallShown, menus, voteBoard, voteRows } from "./vote.js";

/** Draws the council's state beside the picture, as of the moment that the picture shows. */
export class CouncilView {
    #store;
    #clock;
    #past;
    #parts;
    #words = null;
    #shown = null;
    #drawn = {};
    #made = null;
    #filter = { faction: "", choice: "", text: "", sort: "hall" };
    #deputy = null;
    #status = { state: "connecting", since: Date.now() };
    #timer = 0;
    #at = 0;
    /** A round that the visitor asked for but the picture cannot seek to; it is shown in place of the current one. */
    pinned = null;

    constructor(store, clock, past, root = document) {
        this.#store = store;
        this.#past = past;
        this.#clock = clock;
        const part = (name) => root.querySelector(`[data-part="${name}"]`);
        const names = ["now", "vote", "roll", "rows", "agenda", "lost", "announcer", "faction", "choice", "text", "unpin", "deputy", "deputy-body"];
        this.#parts = Object.fromEntries(names.map((name) => [name, part(name)]));
        // The list is folded on a phone, and open where there is room.
        if (this.#parts.roll && matchMedia("(min-width: 60rem)").matches) this.#parts.roll.open = true;
        for (const filters of root.querySelectorAll(".filters")) filters.hidden = false;
        this.#listen();
        store.subscribe(() => this.show());
    }

    set words(words) {
        this.#words = words;
        this.#drawn = {};
        this.show();
    }

    set status(status) {
        this.#status = status;
        this.show();
    }

    /** The state that is shown; `null` before the first. */
    get state() { return this.#shown; }

    #listen() {
        const { faction, choice, text, roll, unpin, deputy } = this.#parts;
        const setFilter = (name, value) => {
            this.#filter = { ...this.#filter, [name]: value };
            this.show();
        };
        faction?.addEventListener("change", () => setFilter("faction", faction.value));
        choice?.addEventListener("change", () => setFilter("choice", choice.value));
        text?.addEventListener("input", () => setFilter("text", text.value));
        roll?.addEventListener("click", (event) => {
            const sort = event.target.closest?.("button[data-sort]")?.dataset.sort;
            if (sort) setFilter("sort", this.#filter.sort === sort ? "hall" : sort);
        });
        unpin?.addEventListener("click", () => this.pin(null));
        deputy?.addEventListener("close", () => { this.#deputy = null; });
    }

    pin(round) {
        this.pinned = round;
        this.show();
    }

    /** Opens a deputy's dialog. @returns {boolean} whether there is such a deputy */
    openDeputy(id) {
        this.#deputy = id;
        this.show();
        const { deputy } = this.#parts;
        const known = this.#shown !== null && deputyPage(this.#shown, id, this.#words) !== null;
        if (known && deputy && !deputy.open) deputy.showModal();
        return known;
    }

    // — in sync with the picture —

    /** Draws the state as of the picture's moment, and schedules itself for the next change. */
    show() {
        clearTimeout(this.#timer);
        if (this.#words === null) return;
        this.#showLost();
        if (this.#store.state === null) return;
        const at = this.#clock.pictureTime();
        if (at !== null && !this.#past.knows(at)) this.#past.reach(at);
        // Without a picture the newest state; else a change appears when the picture reaches it.
        const state = at === null ? this.#store.state : this.#store.stateAt(at);
        const before = this.#shown;
        this.#shown = state;
        this.#draw(state);
        // After a seek, update countdowns at once.
        const moved = this.#clock.at();
        if (Math.abs(moved - this.#at) > 1500) for (const countdown of document.querySelectorAll("council-countdown")) countdown.tick();
        this.#at = moved;
        if (before !== null && before !== state) this.#announce(before, state);
        const next = at === null ? null : this.#store.nextChange(at);
        const wait = next === null ? null : this.#clock.until(next);
        if (wait !== null && wait < 1000) this.#timer = setTimeout(() => this.show(), wait + 1);
    }

    #showLost() {
        const { lost } = this.#parts;
        if (!lost) return;
        if (this.#status.state === "damaged") {
            // Without a sitting no panel is visible: move the notice below the picture.
            if (this.#store.state === null) document.querySelector(".player .now")?.after(lost);
            lost.hidden = false;
            write(lost, this.#words.say("record.restoring"));
            return;
        }
        lost.hidden = this.#status.state !== "lost" || this.#store.state === null;
        if (!lost.hidden) write(lost, this.#words.say("now.lost", { time: this.#words.moment(this.#status.since, Date.now()) }));
    }

    #draw(state) {
        const [words, parts] = [this.#words, this.#parts];
        // Called ten times a second, mostly without a change.
        const made = [state, words, this.pinned, this.#filter, this.#deputy];
        if (this.#made && made.every((value, index) => value === this.#made[index])) return;
        this.#made = made;
        const isCouncil = Boolean(state.sitting || Object.keys(state.council?.deputies ?? {}).length);
        document.body.toggleAttribute("data-council", isCouncil);
        document.body.toggleAttribute("data-voting", state.open_round !== undefined);
        if (!isCouncil) return;
        words.zone = state.council?.time_zone;
        const clock = () => this.#clock.at();
        const pinned = this.pinned !== null && state.rounds?.by_id?.[this.pinned] ? { id: this.pinned, ...state.rounds.by_id[this.pinned] } : null;
        const round = pinned ?? roundOnShow(state);
        const raw = round && state.rounds.by_id[round.id];
        const { council, presence, agenda, sitting, speakers, notice, current_item: item, rounds } = state;
        this.#part("now", [sitting, notice, agenda, item, speakers, presence, council], () => nowPanel(state, words, clock));
        this.#part("vote", [raw, round?.id, council, presence, agenda], () => voteBoard(state, round, words, clock));
        this.#part("agenda", [agenda, item, rounds, council?.time_zone], () => agendaList(state, words));
        if (parts.unpin) parts.unpin.hidden = pinned === null;
        if (parts.vote) {
            parts.vote.dataset.state = round?.status ?? "none";
            parts.vote.toggleAttribute("data-empty", !round && !isHallShown(state));
        }
        if (parts.rows) {
            const isOver = round && round.status !== "open" && !round.positions;
            parts.roll.hidden = isOver || (!round && !isHallShown(state));
            write(parts.roll.querySelector("summary"), words.say(round ? "board.list" : "board.here"));
            const { factions, choices } = menus(state, round, words);
            this.#menu(parts.faction, factions, "faction");
            this.#menu(parts.choice, choices, "choice");
            this.#part("rows", [raw, round?.id, council, presence, agenda, this.#filter], () => voteRows(state, round, words, this.#filter));
            for (const head of parts.roll.querySelectorAll("button[data-sort]")) {
                const on = head.dataset.sort === this.#filter.sort;
                if (on) head.closest("th").setAttribute("aria-sort", "ascending");
                else head.closest("th").removeAttribute("aria-sort");
            }
        }
        if (this.#deputy !== null) this.#part("deputy-body", [council, rounds, agenda, this.#deputy], () => deputyPage(state, this.#deputy, words) ?? []);
    }

    /** Redraws a part when one of the values it is made from has changed. */
    #part(name, made, draw) {
        const element = this.#parts[name];
        const before = this.#drawn[name];
        if (!element || (before && before.length === made.length && made.every((value, index) => value === before[index]))) return;
        this.#drawn[name] = made;
        const wanted = document.createDocumentFragment();
        wanted.append(...draw());
        morph(element, wanted);
    }

    #menu(select, options, name) {
        const texts = JSON.stringify(options);
        if (select.dataset.made === texts) return;
        select.dataset.made = texts;
        select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
        // The chosen option may have gone.
        if (!options.some(([value]) => value === this.#filter[name])) this.#filter = { ...this.#filter, [name]: "" };
        select.value = this.#filter[name];
    }

    /** Announces each result to screen readers; no ballots. */
    #announce(before, state) {
        const rounds = state.rounds?.by_id ?? {};
        const isUndecided = (round) => round?.result?.outcome === "undecided";
        const ended = before.open_round !== undefined && state.open_round !== before.open_round ? before.open_round
            : Object.keys(rounds).find((id) => isUndecided(before.rounds?.by_id?.[id]) && !isUndecided(rounds[id])); // the chair's casting vote
        const round = rounds[ended];
        const result = round && round.status !== "scheduled" ? verdict(this.#words, round) : null;
        if (result && this.#parts.announcer) write(this.#parts.announcer, `${round.question}: ${result.word}. ${result.sentence}`);
    }
}

function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

