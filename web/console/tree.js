/**
 * The agenda as a tree. Pure. The record keeps one flat order in which a sub-item names its parent; only the console keeps it below that
 * parent, by moving an item and its sub-items as one block.
 */

/** @returns {{ id: string, level: 1 | 2, apart: boolean }[]} in the record's order; `apart`: a sub-item not below its parent */
export function branches({ order, items }) {
    let root = null;
    return order.map((id) => {
        const parent = items[id]?.parent;
        if (parent === undefined) root = id;
        return { id, level: parent === undefined ? 1 : 2, apart: parent !== undefined && parent !== root };
    });
}

/** The item and the sub-items that follow it. */
export function blockOf({ order, items }, id) {
    const start = order.indexOf(id);
    let end = start + 1;
    while (items[id]?.parent === undefined && end < order.length && items[order[end]]?.parent === id) end += 1;
    return { start, size: end - start };
}

/** Where a new sub-item of `parent` goes: after its last one. */
export function endOfBlock(agenda, parent) {
    const { start, size } = blockOf(agenda, parent);
    return start + size;
}

/** The single moves that take the block of `size` at `start` to index `to` of the order without it. */
export function carry(order, start, size, to) {
    const ids = order.slice(start, start + size);
    if (to < start) return ids.map((item, step) => ({ item, index: to + step }));
    // Moving down, each item goes to the place where the block will end, one after the other.
    return to > start ? ids.map((item) => ({ item, index: to + size - 1 })) : [];
}

/** The moves that undo `carry(order, start, size, to)`. */
export function carryBack(order, start, size, to) {
    const after = [...order];
    const block = after.splice(start, size);
    after.splice(to, 0, ...block);
    return carry(after, to, size, start);
}

/**
 * Where the block of `id` begins after one step up (`by` −1) or down (+1): an item steps over its neighbour's whole block, a sub-item over a
 * sibling. `null` when there is no such place.
 */
export function step(agenda, id, by) {
    const { order, items } = agenda;
    const { start, size } = blockOf(agenda, id);
    const rest = [...order.slice(0, start), ...order.slice(start + size)];
    return landings(rest, items, id).filter((place) => (by < 0 ? place < start : place > start)).at(by < 0 ? -1 : 0) ?? null;
}

/** Where the block of `id` begins after a drop on row `over`: before that row when it came from below, else after it. `null`: not allowed. */
export function drop(agenda, id, over) {
    const { order, items } = agenda;
    const { start, size } = blockOf(agenda, id);
    const target = order.indexOf(over);
    if (target < 0 || (target >= start && target < start + size)) return null;
    const rest = [...order.slice(0, start), ...order.slice(start + size)];
    const at = rest.indexOf(over) + (target > start ? 1 : 0);
    const places = landings(rest, items, id);
    if (places.includes(at)) return at;
    // Dropped inside another item's block: an item lands beside that block, a sub-item is not allowed there.
    if (items[id]?.parent !== undefined) return null;
    return (target > start ? places.find((place) => place > at) : places.findLast((place) => place < at)) ?? null;
}

/** The indexes in `rest` where the block of `id` may begin without splitting another block. */
function landings(rest, items, id) {
    const parent = items[id]?.parent;
    const places = [];
    for (let place = 0; place <= rest.length; place += 1) {
        const [before, after] = [items[rest[place - 1]], items[rest[place]]];
        const parts = after?.parent !== undefined && (rest[place - 1] === after.parent || before?.parent === after.parent);
        if (parent === undefined ? !parts : rest[place - 1] === parent || (before?.parent === parent && before !== undefined)) places.push(place);
    }
    return places;
}
