import assert from "node:assert/strict";
import test from "node:test";
import { chapterAt, chaptersOf, nearest, neighbour, placed } from "../page/chapters.js";

const state = {
    agenda: { order: ["i1", "i2"], items: { i1: { number: "1", title: "One" }, i2: { number: "2", title: "Two" } } },
    rounds: { order: ["r1", "r2"], by_id: { r1: { item: "i1", opened_at: 20_000 }, r2: { item: "i2" } } },
};
const taken = [
    { at: 1000, value: undefined }, { at: 10_000, value: "i1" }, { at: 30_000, value: undefined }, { at: 31_000, value: "i1" },
    { at: 40_000, value: "i2" }, { at: 50_000, value: "gone" },
];

test("each item is marked where it was taken up, each vote where it was opened", () => {
    assert.deepEqual(chaptersOf(state, taken), [
        { at: 10_000, kind: "item", id: "i1" }, { at: 20_000, kind: "round", id: "r1" }, { at: 40_000, kind: "item", id: "i2" },
    ], "a planned vote has no place yet, an item that goes on after a pause only one");
    assert.deepEqual(chaptersOf({}, []), []);
});

test("a mark is placed by its moment; those outside the bar are left out", () => {
    const bar = { oldest: 100, edge: 140, timeOf: (at) => (at < 15_000 ? null : 90 + at / 1000) };
    assert.deepEqual(placed(chaptersOf(state, taken), bar).map(({ id, time, share }) => [id, time, share]), [["r1", 110, 0.25], ["i2", 130, 0.75]]);
    assert.deepEqual(placed(chaptersOf(state, taken), { ...bar, edge: 120 }).map(({ id }) => id), ["r1"], "nothing that the picture has yet to show");
    assert.deepEqual(placed(chaptersOf(state, taken), { ...bar, edge: 100 }), []);
});

const marks = [{ id: "a", time: 10, share: 0.1 }, { id: "b", time: 20, share: 0.2 }, { id: "c", time: 80, share: 0.8 }];

test("the chapter at a time is the last that began before it", () => {
    assert.equal(chapterAt(marks, 5), null);
    assert.equal(chapterAt(marks, 10).id, "a");
    assert.equal(chapterAt(marks, 79).id, "b");
    assert.equal(chapterAt([], 79), null);
});

test("a pointer hits the nearest mark within its reach", () => {
    assert.equal(nearest(marks, 0.16, 0.05).id, "b");
    assert.equal(nearest(marks, 0.5, 0.05), null);
    assert.equal(nearest([], 0.5, 1), null);
});

test("the next and the previous mark are found", () => {
    assert.equal(neighbour(marks, 10, 1).id, "b");
    assert.equal(neighbour(marks, 90, 1), null);
    assert.equal(neighbour(marks, 50, -1).id, "b");
    assert.equal(neighbour(marks, 20.8, -1).id, "a", "just begun: the one before is meant");
    assert.equal(neighbour(marks, 5, -1), null);
});
