import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";
import { essential, LastState } from "../display/keep.js";

class Storage {
    items = new Map();
    getItem(key) { return this.items.get(key) ?? null; }
    setItem(key, text) { this.items.set(key, String(text)); }
    removeItem(key) { this.items.delete(key); }
}

const state = {
    council: { name: "Рада" }, sitting: { status: "open" }, current_item: "i2",
    agenda: { items: { i1: { number: "1" }, i2: { number: "2" }, i3: { number: "3" } }, order: ["i1", "i2", "i3"] },
    rounds: { by_id: { r1: { opened_at: 5, item: "i1" }, r2: { opened_at: 9, item: "i3" }, r3: { status: "scheduled" } }, planned: ["r3"] },
};

test("the last state is kept over F5, with only what the screen shows of it", () => {
    const storage = new Storage();
    const memory = new LastState("demo", storage);
    memory.keep(state, 250, 1_000_000);
    memory.write();
    const found = new LastState("demo", storage).recall(1_060_000);
    assert.deepEqual(Object.keys(found.state.rounds.by_id), ["r2"]);
    assert.deepEqual(Object.keys(found.state.agenda.items), ["i2", "i3"]);
    assert.deepEqual([found.offset, found.heard, found.state.council.name], [250, 1_000_250, "Рада"]);
    assert.deepEqual(found.state, essential(state));
    assert.equal(new LastState("other", storage).recall(1_060_000), null);
});

test("the time of the daemon's last message is stored every ten seconds, and yesterday's state is not shown", () => {
    const storage = new Storage();
    const memory = new LastState("demo", storage);
    memory.keep(state, 0, 1_000_000);
    memory.write();
    for (let now = 1_000_000; now <= 1_055_000; now += 1_000) memory.hear(now);
    assert.equal(memory.recall(1_060_000).heard, 1_050_000);
    assert.notEqual(memory.recall(1_050_000 + 11 * 3_600_000), null);
    assert.equal(memory.recall(1_050_000 + 13 * 3_600_000), null);
});

test("storage that is off, full or damaged does no harm, and a state too large is not stored", () => {
    const off = new LastState("demo", null);
    off.keep(state, 0);
    off.write();
    off.hear(1);
    assert.equal(off.recall(), null);
    const full = new Storage();
    full.setItem = () => { throw new Error("QuotaExceededError"); };
    const memory = new LastState("demo", full);
    memory.keep(state, 0);
    memory.write();
    assert.equal(memory.recall(), null);
    const storage = new Storage();
    for (const text of ["", "{", "null", "7", '{"state":{}}', '{"state":{"council":{}},"offset":"x","heard":1}']) {
        storage.setItem("plenary.display.demo.last", text);
        assert.equal(new LastState("demo", storage).recall(), null, text);
    }
    const large = new LastState("demo", storage);
    large.keep(state, 0, 5);
    large.write();
    assert.notEqual(large.recall(5), null);
    large.keep({ ...state, notice: { text: "x".repeat(1_100_000) } }, 0, 6);
    large.write();
    assert.equal(large.recall(6), null, "rather nothing than the state of before");
});

/** The worker in a simulated browser: `serve(path)` is the server's response, or throws when it is away. */
function worker(serve, files = "/assets/a.js /assets/b.js", version = "v1", stores = new Map()) {
    const handlers = {}, said = [];
    const caches = {
        open: async (name) => {
            if (!stores.has(name)) stores.set(name, new Map());
            const kept = stores.get(name), key = (one) => new URL(one.url ?? one, "http://hall").href;
            return {
                match: async (one) => kept.get(key(one))?.clone(), put: async (one, answer) => { kept.set(key(one), answer); },
                delete: async (one) => kept.delete(key(one)), keys: async () => [...kept.keys()].map((url) => ({ url })),
            };
        },
        keys: async () => [...stores.keys()], delete: async (name) => stores.delete(name),
    };
    const script = readFileSync(new URL("../display/worker.js", import.meta.url), "utf8").replace("{{shell}}", `${version} ${files}`);
    const world = {
        caches, URL, Response, Error, Set, Promise, clearTimeout, setTimeout: (act, ms) => setTimeout(act, ms / 100), skipWaiting: async () => {},
        location: { origin: "http://hall", href: "http://hall/assets/display/worker.js" },
        clients: { claim: async () => {}, matchAll: async () => [{ url: "http://hall/display/demo?lang=uk", postMessage: (one) => said.push(one) }] },
        addEventListener: (name, act) => { handlers[name] = act; },
        fetch: async (request) => {
            const { pathname } = new URL(request.url ?? request, "http://hall");
            return pathname === "/assets/display/worker.js" ? new Response(script) : serve(pathname);
        },
    };
    vm.runInNewContext(script, world);
    const run = async (name, event = {}) => {
        let answer;
        const waits = [];
        handlers[name]({ waitUntil: (one) => waits.push(one), respondWith: (one) => { answer = one; }, ...event });
        const result = await answer;
        await Promise.all(waits);
        return result && { status: result.status, text: await result.text() };
    };
    const asked = (url, more) => ({ method: "GET", url: new URL(url, "http://hall").href, headers: new Headers(), mode: "cors", destination: "", ...more });
    return {
        stores, said, install: () => run("install"), activate: () => run("activate"),
        open: (url, client = "c1") => run("fetch", { request: asked(url, { mode: "navigate" }), resultingClientId: client }),
        load: (url, client = "c1", more = {}) => run("fetch", { request: asked(url, more), clientId: client }),
    };
}
const pages = (version) => (path) => new Response(path.startsWith("/display/") ? `<html data-shell="${version}">${path}` : `${version} ${path}`);

test("when the server is away a page is loaded from the cache, with all its files of one version", async () => {
    let serve = pages("v1");
    const keeper = worker((path) => serve(path));
    await keeper.install();
    await keeper.activate();
    assert.deepEqual(JSON.parse(JSON.stringify(keeper.said)), [{ shell: "v1" }]);
    assert.match((await keeper.open("/display/demo?lang=uk")).text, /demo/);
    serve = () => { throw new TypeError("Failed to fetch"); };
    assert.match((await keeper.open("/display/demo?lang=en", "c2")).text, /data-shell="v1".*demo/);
    // The server comes back with another version while the page loads: the page keeps to one version.
    serve = pages("v2");
    assert.equal((await keeper.load("/assets/a.js", "c2")).text, "v1 /assets/a.js");
    assert.equal((await keeper.load("/assets/a.js", "c3")).text, "v2 /assets/a.js", "what the server has goes before what is kept");
    await assert.rejects(async () => { serve = () => { throw new TypeError("away"); }; await keeper.open("/display/other"); });
});

test("a proxy's 5xx, and a server that does not respond, count as away", async () => {
    let serve = pages("v1");
    const keeper = worker((path) => serve(path));
    await keeper.install();
    serve = () => new Response("Bad Gateway", { status: 502 });
    assert.match((await keeper.open("/display/demo")).text, /data-shell="v1"/);
    serve = () => new Promise(() => {});
    assert.match((await keeper.open("/display/demo")).text, /data-shell="v1"/);
    assert.equal((await keeper.load("/assets/b.js")).text, "v1 /assets/b.js");
    serve = () => new Response("no such hall", { status: 404 });
    assert.equal((await keeper.open("/display/demo")).status, 404, "that is an answer");
});

test("a new version is cached completely or not at all, and then replaces the old one", async () => {
    const old = worker(pages("v1"));
    await old.install();
    const half = worker((path) => (path === "/assets/b.js" ? new Response("", { status: 404 }) : pages("v2")(path)), undefined, "v2", old.stores);
    await assert.rejects(half.install());
    assert.deepEqual([...old.stores.keys()], ["plenary-display-v1"]);
    const whole = worker(pages("v2"), undefined, "v2", old.stores);
    await whole.install();
    await whole.activate();
    assert.deepEqual([...old.stores.keys()], ["plenary-display-v2"]);
    // A page of another version is not cached with these files.
    const mixed = worker(pages("v3"), undefined, "v2", old.stores);
    await mixed.open("/display/late");
    assert.deepEqual([...old.stores.get("plenary-display-v2").keys()].filter((url) => url.includes("/display/")), ["http://hall/display/demo"]);
});

test("the worker leaves votes, stream segments and POST requests alone", async () => {
    const keeper = worker(() => assert.fail("asked"));
    const others = [
        ["/api/v1/halls/demo/channel"], ["/live/demo/events"], ["/live/demo/1.m4s"], ["/assets/a.js", { method: "POST" }],
        ["http://else/assets/a.js"],
    ];
    for (const [url, more] of others) {
        assert.equal(await keeper.load(url, "c1", more), undefined, url);
    }
});

test("the number of cached pages and pictures is limited", async () => {
    const keeper = worker((path) => (path.endsWith(".png") ? Object.defineProperty(new Response("p"), "type", { value: "basic" }) : pages("v1")(path)));
    await keeper.install();
    for (let i = 0; i < 30; i += 1) {
        await keeper.open(`/display/hall${i}`);
        await keeper.load(`/assets/arms/${i}.png`, "c1", { destination: "image" });
    }
    assert.equal([...keeper.stores.get("plenary-display-v1").keys()].filter((url) => url.includes("/display/")).length, 8);
    assert.equal(keeper.stores.get("plenary-display-pictures").size, 8);
});

test("every module of the display is in a folder that is cached", () => {
    const web = new URL("..", import.meta.url), seen = new Set();
    const visit = (path) => {
        if (seen.has(path)) return;
        seen.add(path);
        const text = readFileSync(new URL(path, web), "utf8");
        for (const [, target] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) visit(new URL(target, new URL(path, "http://x/")).pathname.slice(1));
    };
    visit("display/display.js");
    const kept = readFileSync(new URL("../Sources/Gateway/Pages/DisplayShell.swift", web), "utf8");
    const list = (name) => [...kept.match(new RegExp(`let ${name} = \\[([^\\]]*)\\]`))[1].matchAll(/"([^"]+)"/g)].map(([, one]) => one);
    const folders = list("folders"), single = list("single");
    for (const path of seen) assert.ok(folders.includes(path.split("/").slice(0, -1).join("/")) || single.includes(path), path);
    for (const folder of folders) assert.ok(readdirSync(new URL(folder, web)).length > 0);
    const page = readFileSync(new URL("display.html", web), "utf8");
    for (const [, path] of page.matchAll(/\/assets\/([^"]+)"/g)) assert.ok(folders.includes(path.split("/")[0]) || single.includes(path), path);
});
