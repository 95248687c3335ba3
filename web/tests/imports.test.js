import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import test from "node:test";

const web = new URL("../", import.meta.url);
const modules = readdirSync(web, { recursive: true }).filter((name) => name.endsWith(".js")).map((name) => new URL(name, web).href);

/** The addresses of the modules that `source` imports, statically or dynamically; comments do not count. */
function importsOf(source, address) {
    const found = source.matchAll(/^(?:import|export)\b[^"';]*?"(\.{1,2}\/[^"]+)"|\bimport\("(\.{1,2}\/[^"]+)"\)/gm);
    return [...found].map((match) => new URL(match[1] ?? match[2], address).href);
}

/** A circle in the graph, as the list of its modules with the first one repeated at the end; `null` for none. */
function circleIn(graph) {
    const done = new Set();
    const path = [];
    const visit = (module) => {
        if (path.includes(module)) return [...path.slice(path.indexOf(module)), module];
        if (done.has(module)) return null;
        path.push(module);
        for (const next of graph.get(module) ?? []) {
            const circle = visit(next);
            if (circle) return circle;
        }
        path.pop();
        done.add(module);
        return null;
    };
    for (const module of graph.keys()) {
        const circle = visit(module);
        if (circle) return circle;
    }
    return null;
}

const graph = new Map(modules.map((address) => [address, importsOf(readFileSync(new URL(address), "utf8"), address)]));

test("modules import each other one way", () => {
    assert.ok(modules.length > 80 && [...graph.values()].flat().length > 200, "the imports are found");
    assert.equal(circleIn(graph)?.map((address) => address.slice(web.href.length)).join(" → "), undefined);
});

test("player/ and council/ import no other folder", () => {
    for (const folder of ["player", "council"]) {
        const own = new URL(`${folder}/`, web).href;
        for (const [address, imports] of graph) if (address.startsWith(own)) for (const one of imports) assert.ok(one.startsWith(own), `${address}: ${one}`);
    }
});

test("every module that is imported is there", () => {
    for (const [address, imports] of graph) for (const one of imports) assert.ok(existsSync(new URL(one)), `${address}: ${one}`);
});

test("a circle is found", () => {
    const late = `await ${"import"}("./e.js");`; // put together, so that it is no import of this file
    const source = ['import { b } from "./b.js";', "import {", "    c,", '} from "./c.js";', 'export { d } from "../d.js";', late].join("\n");
    const names = importsOf(source, "file:///x/a.js").map((address) => address.slice("file:///".length));
    assert.deepEqual(names, ["x/b.js", "x/c.js", "d.js", "x/e.js"]);
    assert.deepEqual(circleIn(new Map([["a", ["b"]], ["b", ["c", "d"]], ["c", []], ["d", ["b"]]])), ["b", "d", "b"]);
    assert.equal(circleIn(new Map([["a", ["b", "c"]], ["b", ["c"]], ["c", []]])), null);
});
