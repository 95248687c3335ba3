import { fitNames, layout, layoutAt } from "./layout.js";
import { marks, svg } from "./marks.js";
import { factionsOf } from "./seats.js";

const short = (value) => String(Math.round(value * 100) / 100);

/**
 * `<council-hemicycle>`: the hall's seats with each deputy's choice, as colour and mark. Needs `hemicycle.css`.
 *
 * `model`: `seats` as `seatsOf` makes them (only `id`, `choice`, `faction` and `color` are needed), `label` (the counts, for
 * screen readers), `names` (`true`: write the names that fit), `smallest` (CSS pixels of the smallest text, default 11),
 * `theme` (`dark`, `light`; default: the page's). A click or tap on a seat dispatches the event `seat` with `detail.id`.
 */
export class CouncilHemicycle extends HTMLElement {
    #model = { seats: [] };
    #drawing = null;
    #seats = [];
    #key = "";
    #watch = null;

    get model() {
        return this.#model;
    }

    set model(model) {
        this.#model = model;
        if (this.isConnected) this.#draw();
    }

    connectedCallback() {
        this.setAttribute("role", "img");
        this.addEventListener("click", this.#clicked);
        this.#watch = new ResizeObserver(() => { if (this.#model.names) this.#draw(); });
        this.#watch.observe(this);
        document.fonts?.ready.then(() => { if (this.isConnected && this.#model.names) this.#draw(); });
        this.#draw();
    }

    disconnectedCallback() {
        this.#watch?.disconnect();
        this.removeEventListener("click", this.#clicked);
    }

    #clicked = (event) => {
        const index = this.#seats.findIndex(({ group }) => group.contains(event.target));
        const id = this.#model.seats[index]?.id;
        if (id) this.dispatchEvent(new CustomEvent("seat", { detail: { id }, bubbles: true }));
    };

    #draw() {
        const { seats = [], label = "", theme = "", names = false } = this.#model;
        if (this.getAttribute("aria-label") !== label) this.setAttribute("aria-label", label);
        if ((this.dataset.theme ?? "") !== theme) theme ? (this.dataset.theme = theme) : delete this.dataset.theme;
        this.toggleAttribute("data-names", names);
        // The drawing is rebuilt only when the seats change; a ballot updates one seat.
        const drawn = seats.map(({ id, faction, color, head, x, y, name }) => [id, faction, color, head, x, y, name]);
        const key = JSON.stringify([names, names && [this.clientWidth, this.clientHeight], drawn]);
        if (key !== this.#key) {
            this.#key = key;
            this.#build(seats, names);
        }
        for (const [index, seat] of seats.entries()) this.#show(this.#seats[index], seat);
    }

    #build(seats, names) {
        const members = seats.filter(({ head }) => !head);
        const given = members.length > 0 && members.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
        const factions = factionsOf(members);
        const wide = names && !given && this.clientHeight > 0 ? Math.min(2.4, Math.max(1, this.clientWidth / this.clientHeight / 1.9)) : 1;
        const head = seats.find((seat) => seat.head);
        const placedHead = given && Number.isFinite(head?.x);
        const hall = given ? layoutAt(placedHead ? [...members, head] : members) : layout(members.length, factions.map(({ size }) => size), { stretch: wide });
        let taken = 0;
        const places = seats.map((seat) => (seat.head && !placedHead ? { x: 0, y: given ? hall.pitch * 1.3 : 0 } : hall.places[taken++]));
        const drawing = svg("svg", { "aria-hidden": "true", focusable: "false" });
        const box = { ...hall.box };
        const coloured = factions.some(({ color }) => color) && hall.sectors.length > 0;
        if (coloured) {
            const margin = hall.pitch * 0.22, aside = names ? hall.pitch * 0.5 : margin;
            box.x -= aside;
            box.y -= margin;
            box.width += 2 * aside;
            box.height += margin;
            drawing.append(...this.#sectors(factions, hall, wide, names));
        }
        if (given && head && !placedHead) box.height += hall.pitch * 1.3;
        drawing.setAttribute("viewBox", [box.x, box.y, box.width, box.height].map(short).join(" "));
        const texts = names ? this.#fit(seats, places, hall, box) : null;
        const radius = texts ? hall.pitch * 0.3 : hall.radius;
        this.#seats = seats.map((seat, index) => {
            const { x, y } = places[index];
            const group = svg("g", {
                class: seat.head ? "seat head" : "seat", transform: `translate(${short(x)} ${short(texts ? y - hall.pitch * 0.16 : y)})`,
            });
            const circle = svg("circle", { r: short(radius) });
            const mark = svg("path", { class: "mark", transform: `scale(${short(radius)})` });
            group.append(circle, mark);
            if (texts?.[index]) {
                const text = svg("text", { y: short(hall.pitch * 0.3 + texts.size * 0.82), "font-size": short(texts.size) });
                text.textContent = texts[index];
                group.append(text);
            }
            if (seat.title ?? seat.name) {
                const title = svg("title");
                title.textContent = seat.title ?? seat.name;
                group.append(title);
            }
            drawing.append(group);
            return { group, mark, choice: null };
        });
        // One change of the tree, so that nothing flashes blank.
        this.replaceChildren(drawing);
        this.#drawing = drawing;
    }

    #show(drawn, { choice }) {
        if (drawn.choice === choice) return;
        drawn.choice = choice;
        drawn.group.dataset.choice = choice;
        drawn.mark.setAttribute("d", marks[choice] ?? "");
    }

    /** A thin arc in each faction's colour behind its back row. */
    #sectors(factions, hall, stretch, names) {
        const reach = 100 + hall.pitch * 0.64, aside = 100 * stretch + hall.pitch * (names ? 0.95 : 0.64);
        const slack = Math.min(0.012, hall.pitch / 2600);
        return factions.flatMap(({ color }, index) => {
            const { from, to } = hall.sectors[index];
            if (!color || to <= from) return [];
            const [a, b] = [from === 0 ? -0.02 : from + slack, to === 1 ? 1.02 : to - slack];
            const points = Array.from({ length: 25 }, (_, i) => a + ((b - a) * i) / 24)
                .map((turn) => `${short(-Math.cos(Math.PI * turn) * aside)} ${short(-Math.sin(Math.PI * turn) * reach)}`);
            return [svg("path", { class: "sector", d: `M${points.join("L")}`, stroke: color, "stroke-width": short(Math.max(1.4, hall.pitch * 0.09)) })];
        });
    }

    /** The names to write below the seats, or `null` when too few fit. `texts.size` is the font size in the drawing's units. */
    #fit(seats, places, hall, box) {
        const [width, height] = [this.clientWidth, this.clientHeight];
        if (!width || !height) return null;
        const pixel = Math.max(box.width / width, box.height / height);
        const size = Math.max((this.#model.smallest ?? 11) * pixel, hall.pitch * 0.2);
        if (size > hall.pitch * 0.34) return null;
        const pen = (CouncilHemicycle.pen ??= new OffscreenCanvas(1, 1).getContext("2d"));
        pen.font = `20px ${getComputedStyle(this).fontFamily}`;
        const measured = (text) => ({ text, width: (pen.measureText(text).width / 20) * size * 1.02 });
        const forms = seats.map(({ names: list = [], name }) => (list.length ? list : [name]).filter(Boolean).map(measured));
        const circles = places.map(({ x, y }) => ({ x, y: y - hall.pitch * 0.16 }));
        const texts = fitNames(circles, hall.pitch * 0.3, forms, { top: hall.pitch * 0.32, height: size, gap: size * 0.22 });
        const named = seats.filter(({ id }) => id !== null).length;
        if (texts.filter(Boolean).length < named * 0.85) return null;
        return Object.assign(texts, { size });
    }
}

customElements.define("council-hemicycle", CouncilHemicycle);
