import assert from "node:assert/strict";
import test from "node:test";
import { CouncilStore } from "../council/store.js";
import { connect, follow, pauseBefore, retryWindow } from "../council/wire.js";

/** A simulated browser whose network the test controls; `pass` advances the time. */
function world({ channel = { websocket: "ws://hall:8081/live/demo/events" }, blocked = [], answers = [] } = {}) {
    const timers = new Map();
    let clock = 0;
    let ids = 0;
    const opened = [];
    const make = (transport) => class {
        constructor(url) {
            Object.assign(this, { transport, url, open: true });
            opened.push(this);
            if (blocked.includes(transport)) queueMicrotask(() => (this.onclose ?? this.onerror)?.({ reason: "" }));
        }
        say(message) { this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) }); }
        break(reason = "") { (this.onclose ?? this.onerror)?.({ reason }); }
        close() { this.open = false; }
    };
    const environment = {
        opened, asked: [],
        random: () => 0.5,
        WebSocket: make("websocket"), EventSource: make("events"),
        addEventListener() {}, removeEventListener() {},
        setTimeout: (act, after) => { timers.set(++ids, { act, at: clock + after }); return ids; },
        clearTimeout: (id) => timers.delete(id),
        fetch: async (url) => {
            environment.asked.push(url);
            if (url.startsWith("/api/")) return channel ? { ok: true, json: async () => channel } : { ok: false, status: 404 };
            const answer = answers.shift();
            if (!answer) return new Promise(() => {});
            return { ok: true, json: async () => answer };
        },
        async pass(ms) {
            await settle();
            const until = clock + ms;
            for (;;) {
                const next = [...timers].sort((a, b) => a[1].at - b[1].at)[0];
                if (!next || next[1].at > until) break;
                timers.delete(next[0]);
                clock = next[1].at;
                next[1].act();
                await settle();
            }
            clock = until;
        },
        get timers() { return timers.size; },
    };
    return environment;
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const snapshot = { type: "snapshot", epoch: "e1", seq: 6, now: 1000, state: { n: 6 } };
const delta = { type: "delta", epoch: "e1", after: 6, seq: 7, at: 2000, what: [], patch: { n: 7 } };

test("pauses are random, grow to their bound, and keep to the daemon's window", () => {
    assert.deepEqual([1, 2, 3, 4, 5, 6, 9].map((n) => pauseBefore(n, { random: () => 1 })), [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
    assert.equal(pauseBefore(5, { random: () => 0 }), 500);
    assert.equal(pauseBefore(9, { maxPause: 1000, random: () => 1 }), 1000);
    assert.equal(pauseBefore(9, { window: 400, random: () => 0.25 }), 100);
    assert.equal(retryWindow("retryWindow=1500"), 1500);
    assert.equal(retryWindow("the hall was closed; retryWindow=200"), 200);
    assert.equal(retryWindow("bye"), null);
    assert.equal(retryWindow(undefined), null);
});

test("it uses the WebSocket that the server names, and resumes where it was", async () => {
    const browser = world();
    const store = new CouncilStore();
    const said = [];
    const connection = follow({ hall: "demo", store, onStatus: ({ state, transport }) => said.push([state, transport]), environment: browser });
    await settle();
    const [socket] = browser.opened;
    assert.equal(socket.url, "ws://hall:8081/live/demo/events");
    socket.say(snapshot);
    socket.say(delta);
    assert.equal(store.state.n, 7);
    socket.break();
    assert.deepEqual(said, [["live", "websocket"], ["lost", null]]);
    await browser.pass(400);
    assert.equal(browser.opened.length, 1, "not at once");
    await browser.pass(700);
    assert.equal(browser.opened[1].url, "ws://hall:8081/live/demo/events?epoch=e1&after=7");
    browser.opened[1].say({ type: "tick", epoch: "e1", seq: 7, now: 3000 });
    assert.deepEqual(said.at(-1), ["live", "websocket"]);
    connection.close();
    assert.equal(browser.timers, 0, "nothing goes on after the goodbye");
    assert.equal(browser.opened[1].open, false);
});

test("after a gap it starts over, at once and without its place", async () => {
    const browser = world();
    const store = new CouncilStore();
    follow({ hall: "demo", store, environment: browser });
    await settle();
    browser.opened[0].say(snapshot);
    browser.opened[0].say({ ...delta, after: 8, seq: 9 });
    await settle();
    assert.equal(browser.opened[1].url, "ws://hall:8081/live/demo/events");
    browser.opened[0].say(delta);
    assert.equal(store.seq, 6, "the connection that was left says nothing more");
    browser.opened[1].say({ ...snapshot, seq: 9, state: { n: 9 } });
    assert.equal(store.state.n, 9);
});

test("when a port is blocked it falls back to server-sent events, then to long polling", async () => {
    const browser = world({ blocked: ["websocket"] });
    const statuses = [];
    follow({ hall: "demo", store: new CouncilStore(), onStatus: (status) => statuses.push(status.transport), environment: browser });
    await browser.pass(200);
    assert.equal(browser.opened[1].transport, "events");
    assert.equal(browser.opened[1].url, "/live/demo/events");
    browser.opened[1].say(snapshot);
    assert.deepEqual(statuses, ["events"]);

    const poorer = world({ blocked: ["websocket", "events"], answers: [[snapshot], [delta]] });
    const store = new CouncilStore();
    follow({ hall: "demo", store, environment: poorer });
    await poorer.pass(300);
    assert.equal(store.state.n, 7);
    assert.deepEqual(poorer.asked.slice(1), ["/live/demo/state/-/0", "/live/demo/state/e1/6", "/live/demo/state/e1/7"]);
});

test("a damaged record is reported, and retried after a long pause", async () => {
    const channel = { websocket: "ws://hall:8081/live/demo/events", events: "/live/demo/events", state: "/live/demo/state", record: "damaged" };
    const browser = world({ channel });
    const statuses = [];
    follow({ hall: "demo", store: new CouncilStore(), onStatus: ({ state }) => statuses.push(state), environment: browser });
    await settle();
    assert.deepEqual([statuses, browser.opened.length], [["damaged"], 0]);
    await browser.pass(10_000);
    assert.equal(browser.opened.length, 0);
    delete channel.record;
    await browser.pass(13_000);
    browser.opened[0].say(snapshot);
    assert.deepEqual(statuses, ["damaged", "live"]);
});

test("a server without a channel is followed on the page's origin", async () => {
    const browser = world({ channel: null });
    follow({ hall: "demo", store: new CouncilStore(), environment: browser });
    await settle();
    assert.equal(browser.opened[0].transport, "events");
});

test("silence counts as a lost connection", async () => {
    const browser = world();
    const store = new CouncilStore();
    const connection = follow({ hall: "demo", store, environment: browser });
    await settle();
    browser.opened[0].say(snapshot);
    await browser.pass(20_000);
    assert.equal(connection.status.state, "live");
    browser.opened[0].say({ type: "tick", epoch: "e1", seq: 6, now: 21_000 });
    await browser.pass(20_000);
    assert.equal(connection.status.state, "live");
    await browser.pass(5_100);
    assert.equal(connection.status.state, "lost");
    assert.equal(browser.opened[0].open, false);
});

test("after a restart clients return within the daemon's window", async () => {
    const browser = world();
    follow({ hall: "demo", store: new CouncilStore(), environment: browser });
    await settle();
    browser.opened[0].say(snapshot);
    browser.opened[0].break("retryWindow=100");
    await browser.pass(49);
    assert.equal(browser.opened.length, 1);
    await browser.pass(2);
    assert.equal(browser.opened.length, 2);
});

test("without network it is lost, and returns by itself or when nudged", async () => {
    const browser = world({ blocked: ["websocket", "events"] });
    browser.fetch = async () => { throw new TypeError("no network"); };
    const connection = connect({ hall: "demo", onMessage: () => "taken", environment: browser });
    await browser.pass(300);
    assert.equal(connection.status.state, "lost");
    const before = browser.opened.length;
    connection.nudge();
    await browser.pass(1);
    assert.ok(browser.opened.length > before);
});

test("an invalid message ends that connection only", async () => {
    const browser = world();
    const connection = follow({ hall: "demo", store: new CouncilStore(), environment: browser });
    await settle();
    browser.opened[0].say(snapshot);
    browser.opened[0].say("{");
    assert.equal(connection.status.state, "lost");
    await browser.pass(1100);
    assert.equal(browser.opened.length, 2);
});
