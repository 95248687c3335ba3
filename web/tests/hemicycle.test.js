import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { fitNames, layout, layoutAt, shareOut } from "../council/layout.js";
import { countChoices, factionsOf, inHallOrder, seatsOf } from "../council/seats.js";

const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
const everyCount = Array.from({ length: 120 }, (_, i) => i + 1);

test("from one seat to 120 every seat has a place of its own, inside the box, clear of the speaker's", () => {
    for (const count of everyCount) {
        const { places, pitch, radius, box } = layout(count);
        assert.equal(places.length, count);
        assert.ok(radius * 2 <= pitch);
        for (const [i, place] of places.entries()) {
            const isInside = place.x - radius >= box.x && place.x + radius <= box.x + box.width
                && place.y - radius >= box.y && place.y + radius <= box.y + box.height + 1e-9;
            assert.ok(isInside, `${count}: ${i} outside`);
            assert.ok(place.y < 1e-9, "nobody sits behind the speaker");
            assert.ok(Math.hypot(place.x, place.y) >= pitch, `${count}: the speaker's place is taken`);
            for (const other of places.slice(i + 1)) {
                const apart = distance(place, other);
                assert.ok(apart >= pitch * 0.999, `${count}: two seats ${apart} apart, pitch ${pitch}`);
            }
        }
    }
});

test("marks are legible on a phone with 34 seats, and seats distinct with 120", () => {
    const onPhone = (count) => (layout(count).radius * 2 * 320) / layout(count).box.width;
    assert.ok(onPhone(34) >= 28, `${onPhone(34)} px`);
    assert.ok(onPhone(120) >= 14, `${onPhone(120)} px`);
    assert.equal(layout(7).rows, 1);
    for (const count of everyCount.slice(7)) {
        const [radius, before] = [layout(count).radius, layout(count - 1).radius];
        assert.ok(radius <= before * 1.25, `${count} seats are not much larger than ${count - 1}`);
    }
});

test("rows are a constant step apart and share the seats in proportion to their length", () => {
    const { places, rows } = layout(84);
    const radii = [], shares = [];
    for (const { x, y, row } of places) {
        radii[row] = Math.hypot(x, y);
        shares[row] = (shares[row] ?? 0) + 1;
    }
    const steps = radii.slice(1).map((radius, i) => radius - radii[i]);
    for (const step of steps) assert.ok(Math.abs(step - steps[0]) < 1e-6);
    const whole = radii.reduce((a, b) => a + b);
    for (const [row, share] of shares.entries()) assert.ok(Math.abs(share - (84 * radii[row]) / whole) < 1, `row ${row}`);
    assert.equal(rows, radii.length);
    assert.deepEqual(shareOut(7, [1, 1]).reduce((a, b) => a + b), 7);
});

test("factions are sectors from left to right", () => {
    const sizes = [12, 10, 8, 4];
    const { places, sectors } = layout(34, sizes);
    let first = 0, before = 0;
    for (const [index, size] of sizes.entries()) {
        const turns = places.slice(first, first + size).map(({ turn }) => turn);
        assert.ok(Math.min(...turns) >= before - 1e-9, `faction ${index} begins where the last ended`);
        assert.ok(Math.min(...turns) >= sectors[index].from - 1e-9 && Math.max(...turns) <= sectors[index].to + 1e-9);
        before = Math.max(...turns);
        first += size;
    }
    assert.equal(sectors[0].from, 0);
    assert.equal(sectors.at(-1).to, 1);
    assert.deepEqual(layout(5, [3, 0, 2]).sectors[1], { from: 0, to: 0 });
});

test("a hall that is not a hemicycle is drawn from the roster's positions", () => {
    const { places, pitch, box } = layoutAt([{ x: 0, y: 0 }, { x: 2, y: 0 }, { x: 0, y: 1 }, { x: 2, y: 1 }]);
    assert.ok(Math.abs(places[1].x - places[0].x - 200) < 1e-9 && Math.abs(places[2].y - places[0].y - 100) < 1e-9);
    assert.ok(pitch <= 100 && box.width >= 200);
    assert.equal(layoutAt([{ x: 5, y: 5 }]).places[0].x, 0);
    assert.ok(layoutAt([{ x: 1, y: 1 }, { x: 1, y: 1 }]).pitch > 0);
});

test("a name is written only where it fits, or a shorter form of it", () => {
    const places = [{ x: 0, y: 0 }, { x: 50, y: 0 }, { x: 300, y: 0 }];
    const names = [
        [{ text: "short", width: 40 }], [{ text: "much too long", width: 90 }, { text: "long", width: 44 }],
        [{ text: "alone and long", width: 180 }],
    ];
    const line = { top: 12, height: 8, gap: 2 };
    assert.deepEqual(fitNames(places, 10, names, line), ["short", "long", "alone and long"]);
    assert.deepEqual(fitNames(places.slice(0, 2), 10, [[{ text: "wide", width: 60 }], [{ text: "less wide", width: 50 }]], line), [null, "less wide"]);
    // A seat beside the line of text limits it too.
    assert.deepEqual(fitNames([{ x: 0, y: 0 }, { x: 20, y: 16 }], 10, [[{ text: "x", width: 24 }], [{ text: "y", width: 24 }]], line)[0], null);
    assert.deepEqual(fitNames([{ x: 0, y: 0 }], 10, [[]], line), [null]);
});

const message = (name) => JSON.parse(readFileSync(new URL(`../../Tests/VoteBoardTests/Fixtures/wire/${name}.json`, import.meta.url), "utf8"));
const choices = (seats) => Object.fromEntries(seats.map(({ id, choice }) => [id, choice]));

test("the hall sits by faction, then by seat, then as the roster has it; the head apart", () => {
    const council = {
        factions: { a: { order: 1 }, b: { order: 0 } },
        deputies: {
            d1: { family: "x", order: 0, faction: "a" }, d2: { family: "x", order: 1, faction: "b", seat: 9 }, d3: { family: "x", order: 2 },
            d4: { family: "x", order: 3, faction: "b", seat: 2 }, h: { family: "x", order: 4, role: "head" },
        },
    };
    assert.deepEqual(inHallOrder(council).map(([id]) => id), ["d4", "d2", "d1", "d3"]);
    const seats = seatsOf({ council: { ...council, seats: 6 } });
    assert.deepEqual(seats.map(({ id }) => id), ["d4", "d2", "d1", "d3", null, null, "h"]);
    assert.deepEqual(seats.map(({ choice }) => choice), ["absent", "absent", "absent", "absent", "vacant", "vacant", "absent"]);
    assert.deepEqual(factionsOf(seats).map(({ id, size }) => [id, size]), [["b", 2], ["a", 1], ["", 3]]);
});

test("seats are at their places when every deputy has one, and by faction when one has none", () => {
    const deputies = {
        d1: { family: "x", order: 0, place: { x: 10, y: 20 } }, d2: { family: "y", order: 1, place: { x: 90, y: 20 } },
        h: { family: "z", order: 2, role: "head", place: { x: 50, y: 100 } },
    };
    const planned = seatsOf({ council: { seats: 4, deputies } });
    assert.deepEqual(planned.map(({ id, x, y }) => [id, x, y]), [["d1", 10, 20], ["d2", 90, 20], ["h", 50, 100]], "where a vacant seat stands is not known");
    const { place, ...placeless } = deputies.d2;
    const rows = seatsOf({ council: { seats: 4, deputies: { ...deputies, d2: placeless } } });
    assert.deepEqual(rows.map(({ id, x }) => [id, x]), [["d1", undefined], ["d2", undefined], [null, undefined], [null, undefined], ["h", undefined]]);
});

test("an open round shows who has voted, who may still and who does not", () => {
    const { state } = message("snapshot-full");
    const open = { ...message("delta-round-opened").patch.rounds.by_id.r1, ballots: { d1: "yes" } };
    assert.deepEqual(choices(seatsOf(state, open)), { d1: "yes", d2: "waiting", d3: "waiting", d4: "recused", d5: "absent", head: "waiting" });
    const counted = message("delta-revote-opened").patch.rounds.by_id.r2;
    assert.deepEqual(choices(seatsOf(state, counted)), { d1: "waiting", d2: "waiting", d3: "waiting", d4: "recused", d5: "absent", head: "waiting" });
});

test("a closed round shows its positions, a secret one only who was here", () => {
    const { state } = message("snapshot-full");
    assert.deepEqual(choices(seatsOf(state, state.rounds.by_id.r1)), {
        d1: "yes", d2: "no", d3: "not_voting", d4: "recused", d5: "absent", head: "not_voting",
    });
    assert.deepEqual(new Set(Object.values(choices(seatsOf(state, state.rounds.by_id.r3)))), new Set(["present", "absent"]));
    assert.deepEqual(countChoices(seatsOf(state, state.rounds.by_id.r1)), { yes: 1, no: 1, not_voting: 2, recused: 1, absent: 1 });
    assert.deepEqual(choices(seatsOf(state)), { d1: "present", d2: "present", d3: "present", d4: "present", d5: "absent", head: "present" });
});

test("a double name has a shorter form", () => {
    const seats = seatsOf({ council: { deputies: { d: { family: "Щербак-Нечипоренко", given: "Анастасія", order: 0 } } } });
    assert.deepEqual(seats[0].names, ["Щербак-Нечипоренко", "Щербак-Н."]);
    assert.equal(seats[0].name, "Щербак-Нечипоренко Анастасія");
});
