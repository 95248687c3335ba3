import { deputyName, itemStateWord, marks } from "../council/words.js";
import { h, keep, mark, write } from "./dom.js";
import { subjectOf } from "./commands.js";
import { keyOf } from "./keys.js";
import { itemOf, openRound, roundAtHand, roundOf } from "./next.js";
import { answer, modeOf, nextWaiting, press, rows } from "./rollcall.js";
import { blockOf, branches, drop } from "./tree.js";

/** A table with one tab stop, in which the arrow keys move between rows. */
class Rows {
    at = null;

    constructor(table, desk, words) {
        Object.assign(this, { table, desk, words, body: table.tBodies[0], keys: [] });
        table.addEventListener("keydown", (event) => this.keydown(event));
        table.addEventListener("focusin", (event) => {
            const key = event.target.closest("tr")?.dataset.key;
            if (key && key !== this.at) this.choose(key, false);
        });
    }

    choose(key, focus = true) {
        this.at = key;
        for (const row of this.body.rows) mark(row, "tabindex", row.dataset.key === key ? "0" : "-1");
        const row = [...this.body.rows].find((one) => one.dataset.key === key);
        if (!focus || !row) return;
        row.focus({ preventScroll: true });
        row.scrollIntoView({ block: "nearest" });
    }

    get index() { return Math.max(0, this.keys.indexOf(this.at)); }
    focus() { if (this.keys.length > 0) this.choose(this.keys[this.index]); }

    show(keys, make, update) {
        this.keys = keys;
        if (!keys.includes(this.at)) this.at = keys[0] ?? null;
        keep(this.body, keys, (key) => {
            const row = make(key);
            row.dataset.key = key;
            row.setAttribute("role", "row");
            return row;
        }, (row, key, index) => {
            mark(row, "tabindex", key === this.at ? "0" : "-1");
            update(row, key, index);
        });
    }
}

const cell = (name, ...children) => h("td", { class: name, role: "gridcell" }, ...children);

/** The agenda: arrows select, Alt and arrows or the drag handle move an item with its sub-items, Enter opens its menu. */
export class Agenda extends Rows {
    #drag = null;
    #drawn = [];

    /** Draws only what has changed: an agenda may have two thousand items. */
    render(state) {
        const order = state?.agenda?.order ?? [];
        const canMove = this.desk.may("moveItem");
        const drawn = [state?.agenda, state?.current_item, state?.council, canMove, this.words()];
        if (drawn.every((value, index) => value === this.#drawn[index]) && this.#drawn.length > 0) return;
        this.#drawn = drawn;
        const tree = new Map(branches(state?.agenda ?? { order: [], items: {} }).map((branch) => [branch.id, branch]));
        this.show(order, (id) => this.#make(id), (row, id) => {
            const item = itemOf(state, id);
            const { level, apart } = tree.get(id);
            mark(row, "aria-level", level);
            mark(row, "data-apart", apart);
            mark(row, "aria-current", id === state.current_item ? "true" : null);
            mark(row, "data-state", item.state);
            mark(row, "data-sub", Boolean(item.parent));
            const [handle, number, title, status] = row.cells;
            handle.firstChild.hidden = !canMove;
            write(number, item.number);
            write(title.firstChild, item.title);
            const recused = (item.recused ?? []).map((deputy) => this.desk.name(deputy)).join(", ");
            const [say, documents] = [(key, values) => this.words().say(key, values), item.links?.length ?? 0];
            write(title.lastChild, [
                apart ? say("agenda.sub", { item: subjectOf(itemOf(state, item.parent)) || item.parent }) : "", item.rapporteur,
                documents > 0 ? say("agenda.links", { count: documents }) : "",
                recused ? say("recusal.list", { who: recused }) : "",
            ].filter(Boolean).join(" · "));
            write(status.firstChild, itemStateWord(this.words(), item.state));
            mark(status.lastChild, "aria-label", this.words().say("agenda.more", { title: item.number || item.title }));
        });
    }

    #make(id) {
        const handle = h("span", { class: "handle", "aria-hidden": "true" }, "⠿");
        const more = h("button", { type: "button", class: "plain more", tabindex: "-1", onclick: () => this.desk.item(id) }, "⋯");
        const row = h("tr", { ondblclick: () => this.desk.item(id) },
            cell("grip", handle), cell("number"), cell("title", h("span", {}), h("span", { class: "quiet" })),
            cell("state", h("span", { class: "chip" }), more));
        handle.addEventListener("pointerdown", (event) => this.#begin(event, row, id));
        handle.addEventListener("pointermove", (event) => this.#move(event));
        handle.addEventListener("pointerup", () => this.#end(true));
        handle.addEventListener("pointercancel", () => this.#end(false));
        return row;
    }

    #begin(event, row, id) {
        event.preventDefault();
        event.target.setPointerCapture(event.pointerId);
        const { start, size } = blockOf(this.desk.state.agenda, id);
        this.#drag = { id, over: id, rows: [...this.body.rows].slice(start, start + size) };
        for (const one of this.#drag.rows) one.classList.add("dragged");
    }

    #move(event) {
        if (!this.#drag) return;
        const { id, rows } = this.#drag;
        for (const row of this.body.rows) row.classList.remove("before", "after");
        const row = [...this.body.rows].find((one) => event.clientY < one.getBoundingClientRect().bottom) ?? this.body.rows[this.body.rows.length - 1];
        this.#drag.over = row.dataset.key;
        const { agenda } = this.desk.state;
        const to = drop(agenda, id, this.#drag.over);
        if (to === null) return;
        // The line shows where the block will land, which is not always under the pointer.
        const rest = this.keys.filter((key) => !rows.some((one) => one.dataset.key === key));
        const next = [...this.body.rows].find((one) => one.dataset.key === rest[to]);
        if (next) next.classList.add("before");
        else [...this.body.rows].find((one) => one.dataset.key === rest.at(-1))?.classList.add("after");
    }

    #end(done) {
        if (!this.#drag) return;
        const { id, over, rows } = this.#drag;
        this.#drag = null;
        for (const row of rows) row.classList.remove("dragged");
        for (const one of this.body.rows) one.classList.remove("before", "after");
        if (done) this.desk.dropItem(id, over);
    }

    keydown(event) {
        const key = keyOf(event);
        const index = this.index;
        const go = (to) => this.choose(this.keys[Math.max(0, Math.min(this.keys.length - 1, to))]);
        if (this.keys.length === 0) return;
        if (key === "arrowdown") go(index + 1);
        else if (key === "arrowup") go(index - 1);
        else if (key === "home") go(0);
        else if (key === "end") go(this.keys.length - 1);
        else if (key === "alt+arrowup" || key === "alt+arrowdown") {
            if (this.desk.may("moveItem") && !event.repeat) this.desk.stepItem(this.at, key === "alt+arrowup" ? -1 : 1);
        } else if (key === "+") {
            if (!event.repeat) this.desk.run("addItem", itemOf(this.desk.state, this.at)?.parent ?? this.at);
        } else if (key === "enter" && event.target.tagName !== "BUTTON") {
            if (!event.repeat) this.desk.item(this.at);
        } else return;
        event.preventDefault();
        event.stopPropagation();
    }
}

const choices = ["yes", "no", "abstain"];

/** The list of deputies: presence, and the roll call by keys or buttons. */
export class Roll extends Rows {
    #rows = [];
    mode = "none";

    /** `mine`: this console's choices by deputy, `sending`: ids whose command is under way. */
    render(state, mine, sending) {
        const round = openRound(state) ?? roundOf(state, roundAtHand(state));
        const may = this.desk.may("castBallot") || this.desk.may("register");
        this.mode = may || round?.status === "closed" ? modeOf(state, round) : "none";
        this.#rows = rows(state, round, mine);
        mark(this.table, "data-mode", this.mode);
        const byId = new Map(this.#rows.map((row) => [row.id, row]));
        this.show(this.#rows.map(({ id }) => id), (id) => this.#make(id), (element, id) => this.#update(element, byId.get(id), state, sending.has(id)));
        return this.#rows;
    }

    #make(id) {
        const press = (choice) =>
            h("button", { type: "button", class: `choice-${choice}`, tabindex: "-1", onclick: () => this.#tap(id, choice) }, marks[choice]);
        return h("tr", {},
            cell("seat"),
            h("td", { class: "name", role: "gridcell", onclick: () => this.desk.deputy(id) }, h("span", {}), h("span", { class: "quiet" })),
            cell("says"),
            cell("answers", ...choices.map(press), h("button", { type: "button", class: "plain here", tabindex: "-1", onclick: () => this.#tapHere(id) })),
            cell("more", h("button", { type: "button", class: "plain more", tabindex: "-1", onclick: () => this.desk.deputy(id) }, "⋯")));
    }

    #update(element, row, state, sending) {
        const words = this.words();
        const [seat, name, says, answers, more] = element.cells;
        const who = deputyName(row.deputy, "name", state.council.language);
        write(seat, row.deputy.role === "head" ? "★" : String(row.deputy.seat ?? ""));
        write(name.firstChild, who);
        write(name.lastChild, row.deputy.role === "head" ? words.say("roll.head") : state.council.factions?.[row.deputy.faction]?.name ?? "");
        const shown = this.#word(row);
        const gender = { masculine: "m", feminine: "f" }[row.deputy.gender] ?? "n";
        const text = `${marks[shown] ? `${marks[shown]} ` : ""}${words.say(`vote.${shown}.${gender}`)}`;
        write(says, sending ? `${text} …` : text);
        mark(element, "data-choice", shown);
        mark(element, "data-sending", sending);
        const voting = this.mode === "vote";
        for (const [index, choice] of choices.entries()) {
            const button = answers.children[index];
            button.hidden = !voting;
            button.disabled = !row.canVote;
            mark(button, "aria-label", `${who}: ${words.say(`count.${choice}`)}`);
        }
        const here = answers.lastElementChild;
        here.hidden = this.mode !== "presence" && this.mode !== "registration";
        here.disabled = this.mode === "registration" && !row.canVote;
        const leaves = this.mode === "presence" && row.present;
        write(here, words.say(leaves ? "roll.leaves" : "roll.comes"));
        mark(here, "aria-label", `${who}: ${here.textContent}`);
        mark(more.firstChild, "aria-label", words.say("agenda.more", { title: who }));
    }

    #word({ present, choice, recused }) {
        if (this.mode === "registration" && choice === "yes") return "present";
        if (["presence", "registration", "none"].includes(this.mode)) return present ? "present" : "absent";
        if (choice) return choice;
        if (recused) return "recused";
        if (!present) return "absent";
        return this.mode === "secret" ? "present" : "waiting";
    }

    #tap(id, choice) {
        const act = answer(this.#rows.find((row) => row.id === id), choice, this.mode);
        if (act) this.desk.roll(act);
    }

    #tapHere(id) {
        const row = this.#rows.find((one) => one.id === id);
        const act = answer(row, this.mode === "presence" && row.present ? "no" : "yes", this.mode);
        if (act) this.desk.roll(act);
    }

    /** Selects the first deputy who has not answered. */
    focus() {
        const first = nextWaiting(this.#rows, 0, this.mode);
        if (this.keys.length > 0) this.choose(this.keys[Math.max(0, first)]);
    }

    keydown(event) {
        if (event.target.tagName === "BUTTON" && (event.key === "Enter" || event.key === " ")) return;
        const key = keyOf(event);
        if (key === "enter") {
            if (!event.repeat && this.at) this.desk.deputy(this.at);
            event.preventDefault();
            return;
        }
        const done = this.mode === "none" && !key?.startsWith("arrow") ? null : press(key, this.#rows, this.index, this.mode);
        if (!done) return;
        event.preventDefault();
        event.stopPropagation();
        // A key held down counts once.
        if (event.repeat && done.act) return;
        if (done.act) this.desk.roll(done.act);
        this.choose(this.keys[done.at]);
    }
}
