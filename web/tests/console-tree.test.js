import assert from "node:assert/strict";
import test from "node:test";
import { intents } from "../console/commands.js";
import { branches, carry, carryBack, drop, endOfBlock, step } from "../console/tree.js";

/** `"1 2 2.1 2.2 3"`: 2.1 is a sub-item of 2. */
function agenda(text) {
    const order = text.split(" ");
    const item = (id) => ({ title: `T${id}`, number: id, ...(id.includes(".") ? { parent: id.split(".")[0] } : {}) });
    return { order, items: Object.fromEntries(order.map((id) => [id, item(id)])) };
}

/** Applies `move_item` as the record does. */
function moved(order, moves) {
    const after = [...order];
    for (const { item, index } of moves) {
        after.splice(after.indexOf(item), 1);
        after.splice(index, 0, item);
    }
    return after.join(" ");
}

test("the list is a tree in the record's order, and marks sub-items apart from their parent", () => {
    const rows = branches(agenda("1 1.1 2 1.2")).map(({ id, level, apart }) => [id, level, apart]);
    assert.deepEqual(rows, [["1", 1, false], ["1.1", 2, false], ["2", 1, false], ["1.2", 2, true]]);
    assert.equal(endOfBlock(agenda("1 1.1 1.2 2"), "1"), 3);
    assert.equal(endOfBlock(agenda("1 2"), "2"), 2);
});

test("a block moves as a whole, in either direction, and back", () => {
    const order = "a b c d e f".split(" ");
    for (let size = 1; size <= 3; size += 1) {
        for (let start = 0; start + size <= order.length; start += 1) {
            for (let to = 0; to <= order.length - size; to += 1) {
                const rest = [...order];
                const block = rest.splice(start, size);
                rest.splice(to, 0, ...block);
                assert.equal(moved(order, carry(order, start, size, to)), rest.join(" "), `${size} from ${start} to ${to}`);
                assert.equal(moved(rest, carryBack(order, start, size, to)), order.join(" "), `${size} back from ${to} to ${start}`);
            }
        }
    }
});

test("one step moves an item past its neighbour and all its sub-items", () => {
    const go = (text, id, by) => {
        const value = agenda(text);
        const to = step(value, id, by);
        const size = value.order.filter((one) => one === id || value.items[one].parent === id).length;
        return to === null ? null : moved(value.order, carry(value.order, value.order.indexOf(id), size, to));
    };
    assert.equal(go("1 2 2.1 2.2 3", "1", 1), "2 2.1 2.2 1 3");
    assert.equal(go("1 2 2.1 2.2 3", "2", -1), "2 2.1 2.2 1 3");
    assert.equal(go("1 2 2.1 2.2 3", "2", 1), "1 3 2 2.1 2.2");
    assert.equal(go("1 2 2.1 2.2 3", "3", -1), "1 3 2 2.1 2.2");
    assert.equal(go("1 2 2.1 2.2 3", "2.2", -1), "1 2 2.2 2.1 3");
    assert.equal(go("1 2 2.1 2.2 3", "2.1", -1), null, "a sub-item stays below its item");
    assert.equal(go("1 2 2.1 2.2 3", "2.2", 1), null);
    assert.equal(go("1 2 2.1 2.2 3", "1", -1), null);
    assert.equal(go("1 2", "2", -1), "2 1");
});

test("a drop never separates an item from its sub-items", () => {
    const value = agenda("1 2 2.1 2.2 3");
    assert.equal(drop(value, "1", "2.1"), 3, "into the middle of another item: after all of it");
    assert.equal(drop(value, "3", "2.2"), 1, "from below: before all of it");
    assert.equal(drop(value, "3", "1"), 0);
    assert.equal(drop(value, "2", "3"), 2);
    assert.equal(drop(value, "2", "2.1"), null, "onto itself");
    assert.equal(drop(value, "2.1", "2.2"), 3);
    assert.equal(drop(value, "2.1", "3"), null, "a sub-item stays with its item");
});

test("an item moves with its sub-items in one action, and back in one", () => {
    const state = { sitting: { id: "s" }, agenda: agenda("1 2 2.1 2.2 3") };
    const intent = intents(state).moveItem("2", 0);
    assert.equal(moved(state.agenda.order, intent.steps), "2 2.1 2.2 1 3");
    const moves = intent.steps.map(({ command, sitting, item }) => [command, sitting, item]);
    assert.deepEqual(moves, [["move_item", "s", "2"], ["move_item", "s", "2.1"], ["move_item", "s", "2.2"]]);
    assert.equal(moved("2 2.1 2.2 1 3".split(" "), intent.undo.steps), "1 2 2.1 2.2 3");
});

test("an item given a parent moves below it, and back by undo", () => {
    const state = { sitting: { id: "s" }, agenda: agenda("1 2 2.1 3") };
    const intent = intents(state).editItem("3", { number: "1.1", title: "T", parent: "1", links: [] });
    assert.deepEqual(intent.steps.map(({ command, parent, index }) => [command, parent, index]), [["edit_item", "1", undefined], ["move_item", undefined, 1]]);
    assert.equal(moved(state.agenda.order, intent.steps.slice(1)), "1 3 2 2.1");
    const back = intent.undo.steps.map(({ command, parent, index }) => [command, parent, index]);
    assert.deepEqual(back, [["edit_item", undefined, undefined], ["move_item", undefined, 3]]);
    const free = intents(state).editItem("2.1", { number: "4", title: "T", links: [{ title: "A", url: "https://a" }] });
    const steps = free.steps.map(({ command, parent, links }) => [command, parent, links?.length]);
    assert.deepEqual(steps, [["edit_item", undefined, 1]], "it already comes after its former parent");
});
