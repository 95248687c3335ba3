import assert from "node:assert/strict";
import test from "node:test";
import { judge, Outbox, pauseBefore } from "../console/actions.js";

/**
 * A daemon in memory: it carries out each UUID once, and repeats its first response. `script` has an outcome for each request: `ok`, `lost` (not
 * received), `mute` (carried out, response lost), or a response.
 */
function daemon(script = []) {
    const done = new Map();
    const seen = [];
    const send = async (body, id) => {
        seen.push({ ...body, id });
        const outcome = script.shift() ?? "ok";
        if (typeof outcome === "object") return outcome;
        if (outcome === "lost") throw new TypeError("no network");
        if (!done.has(id)) done.set(id, { ...body, seq: done.size + 1 });
        if (outcome === "mute") throw new TypeError("cut before the answer");
        return { status: 200, body: { last: done.get(id).seq } };
    };
    return { send, done, seen };
}

function outbox(send, more = {}) {
    let number = 0;
    return new Outbox({ send, uuid: () => `u${(number += 1)}`, pause: async () => {}, ...more });
}

const intent = (key, steps = [{ command: key }], more = {}) => ({ key, name: key, subject: "", steps, ...more });

const settled = (box, entry) => new Promise((resolve) => {
    const look = () => { if (["record", "already", "refused"].includes(entry.state)) resolve(entry); };
    box.addEventListener("change", look);
    look();
});

test("a response is judged by its status and code", () => {
    assert.equal(judge(200, { last: 3 }), "record");
    assert.equal(judge(409, { code: "round_open" }), "refused");
    assert.equal(judge(409, { code: "nothing_to_change" }), "already");
    assert.equal(judge(409, { code: "conflict" }), "conflict");
    assert.equal(judge(503, null), "again");
    assert.equal(judge(429, null), "again");
    assert.equal(judge(401, null), "login");
    assert.equal(judge(507, { code: "storage_full" }), "refused");
});

test("the pause before a retry grows to five seconds and obeys the server", () => {
    assert.ok(pauseBefore(1, 0) >= 200 && pauseBefore(1, 1) <= 400);
    assert.ok(pauseBefore(50, 1) <= 5000);
    assert.equal(pauseBefore(1, 0, 30), 30_000);
});

test("a double click is one command", async () => {
    const { send, done } = daemon();
    const box = outbox(send);
    const [first, second] = [box.submit(intent("close_round:r1")), box.submit(intent("close_round:r1"))];
    assert.equal(first, second);
    await settled(box, first);
    assert.equal(done.size, 1);
});

test("a command whose response was lost is sent again with its UUID, and carried out once", async () => {
    const { send, done, seen } = daemon(["mute", "lost", "mute", "ok"]);
    const box = outbox(send);
    const states = new Set();
    const entry = box.submit(intent("open_round:r1"));
    box.addEventListener("change", () => states.add(entry.state));
    await settled(box, entry);
    assert.equal(done.size, 1);
    assert.deepEqual(new Set(seen.map(({ id }) => id)), new Set(["u1"]));
    assert.ok(states.has("unanswered") && entry.state === "record");
});

test("the steps of an action go in order, and stop at a refusal", async () => {
    const refusal = { status: 409, body: { code: "no_quorum", detail: "…" } };
    const { send, done } = daemon(["ok", refusal]);
    const box = outbox(send);
    const entry = await settled(box, box.submit(intent("open", [{ command: "plan_round" }, { command: "open_round" }])));
    assert.equal(entry.state, "refused");
    assert.equal(entry.problem.code, "no_quorum");
    assert.deepEqual([...done.values()].map(({ command }) => command), ["plan_round"]);
    assert.deepEqual(box.refused, [entry]);
    box.dismiss(entry);
    assert.deepEqual(box.refused, []);
});

test("after an unrelated conflict the command is sent anew; after a related one it is refused", async () => {
    const conflict = (type) => ({ status: 409, body: { code: "conflict", current: 12, since: [{ seq: 12, type }] } });
    const apart = daemon([conflict("deputies_arrived"), "ok"]);
    let box = outbox(apart.send);
    const moved = await settled(box, box.submit(intent("move_item", [{ command: "move_item" }], { conflictsWith: ["item_moved"] }), 11));
    assert.equal(moved.state, "record");
    assert.deepEqual(apart.seen.map(({ id, expected }) => [id, expected]), [["u1", 11], ["u2", 12]]);
    const same = daemon([conflict("item_moved")]);
    box = outbox(same.send);
    assert.equal((await settled(box, box.submit(intent("move_item", [{ command: "move_item" }], { conflictsWith: ["item_moved"] }), 11))).state, "refused");
});

test("commands are sent one after the other, however fast they are submitted", async () => {
    let under = 0;
    const order = [];
    const send = async (body) => {
        assert.equal((under += 1), 1);
        await new Promise((resolve) => setTimeout(resolve, 1));
        under -= 1;
        order.push(body.command);
        return { status: 200, body: {} };
    };
    const box = outbox(send);
    const entries = ["a", "b", "c", "d"].map((key) => box.submit(intent(key)));
    await Promise.all(entries.map((entry) => settled(box, entry)));
    assert.deepEqual(order, ["a", "b", "c", "d"]);
});

test("after a reload an unanswered command is sent again with the same UUID", async () => {
    let kept = [];
    const keep = { read: () => kept, write: (entries) => { kept = structuredClone(entries); } };
    const { send, done, seen } = daemon(["mute"]);
    const before = outbox(send, { keep, pause: () => new Promise(() => {}) });
    before.submit(intent("announce_round:r1"));
    before.submit(intent("close_sitting"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(kept.map(({ state }) => state), ["unanswered", "waiting"]);
    const after = outbox(send, { keep });
    after.restore();
    await Promise.all(after.entries.map((entry) => settled(after, entry)));
    assert.equal(done.size, 2);
    assert.deepEqual(seen.map(({ id }) => id), ["u1", "u1", "u2"]);
    assert.deepEqual(kept, []);
});

test("when the session has ended, commands wait for a new sign-in", async () => {
    const { send, done } = daemon([{ status: 401, body: null }]);
    let wake;
    const box = outbox(send, { pause: (ms, give) => new Promise((resolve) => { assert.equal(ms, Infinity); give(resolve); wake = resolve; }) });
    let asked = 0;
    box.addEventListener("login", () => { asked += 1; });
    const entry = box.submit(intent("open_sitting"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(wake && box.needsLogin);
    box.resume();
    await settled(box, entry);
    assert.equal(asked, 1);
    assert.equal(done.size, 1);
});

test("a recorded action is busy until the state contains it", async () => {
    const { send } = daemon();
    const box = outbox(send);
    const entry = await settled(box, box.submit(intent("open_round:r1")));
    assert.ok(box.isBusy("open_round:r1", entry.last - 1));
    assert.ok(!box.isBusy("open_round:r1", entry.last));
});

test("at most `limit` commands wait at once", () => {
    const box = outbox(() => new Promise(() => {}), { limit: 3 });
    const entries = [1, 2, 3, 4].map((number) => box.submit(intent(`n${number}`)));
    assert.deepEqual(entries.map(({ state }) => state === "refused"), [false, false, false, true]);
});
