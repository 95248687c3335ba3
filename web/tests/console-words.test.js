import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { intents } from "../console/commands.js";
import { everywhere, inAgenda, inRoll } from "../console/keys.js";

const folder = new URL("../", import.meta.url);
const read = (path) => readFileSync(new URL(path, folder), "utf8");
const codes = ["uk", "lt", "ka", "en"];
const words = Object.fromEntries(codes.map((code) => [code, JSON.parse(read(`console/languages/${code}.json`))]));
const pages = JSON.parse(read("languages/en.json"));
const known = (key) => key in words.en || key in pages;

test("the console has every language of the pages, with the same keys and placeholders", () => {
    assert.deepEqual(readdirSync(new URL("console/languages/", folder)).sort(), codes.map((code) => `${code}.json`).sort());
    const blanks = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
    for (const [code, table] of Object.entries(words)) {
        assert.deepEqual(Object.keys(table).sort(), Object.keys(words.en).sort(), `keys of ${code}`);
        for (const [key, text] of Object.entries(table)) {
            assert.notEqual(text.trim(), "", `${code}: ${key}`);
            assert.deepEqual(blanks(text), blanks(words.en[key]), `${code}: ${key}`);
        }
    }
});

test("no text of the console hides one of the pages", () => {
    for (const key of Object.keys(words.en)) assert.ok(!(key in pages), key);
});

test("every key that the console uses exists", () => {
    const scripts = readdirSync(new URL("console/", folder)).filter((name) => name.endsWith(".js")).map((name) => read(`console/${name}`)).join("\n");
    const html = read("console.html");
    const used = [
        ...[...html.matchAll(/data-(?:word|name)="([^"]+)"/g)].map((match) => match[1]),
        ...[...scripts.matchAll(/(?:say|Say)\((?:[^"`(]*\? )?"([^"]+)"(?: : "([^"]+)")?/g)].flatMap((match) => match.slice(1).filter(Boolean)),
        ...[...scripts.matchAll(/word: "([^"]+)"/g)].map((match) => match[1]),
        ...[...everywhere, ...inRoll, ...inAgenda].map(({ name }) => `keys.${name}`),
        ...[...html.matchAll(/data-do="(\w+)"/g)].map((match) => match[1]).filter((name) => !["next", "undo"].includes(name)).map((name) => `do.${name}`),
    ];
    assert.ok(used.length > 150, String(used.length));
    for (const key of used) assert.ok(known(key), key);
});

test("every action, next step and alert has its texts", () => {
    const next = [...read("console/next.js").matchAll(/key: (?:[^"?]*\? )?"(\w+)"(?: : "(\w+)")?/g)].flatMap((match) => match.slice(1).filter(Boolean));
    for (const key of next) assert.ok(known(`do.${key}`), key);
    const alerts = [...read("console/next.js").split("export function alerts")[1].matchAll(/, "(\w+)"(?:\)|, \{)/g)].map((match) => match[1]);
    assert.ok(alerts.length >= 8);
    for (const key of alerts) assert.ok(known(`alert.${key}`), key);
    const sent = [...read("console/commands.js").matchAll(/(?:one|simple|here)\("(\w+)"/g)].map((match) => match[1]);
    for (const name of sent) assert.ok(known(`do.${name}`), name);
    for (const name of ["waiting", "sent", "unanswered", "record", "already", "refused"]) assert.ok(known(`sent.${name}`), name);
    for (const name of ["start", "stop", "slateOn", "slateOff", "hide", "show"]) assert.ok(known(`air.${name}`), name);
    for (const state of ["pending", "under_discussion", "postponed", "withdrawn", "adopted", "rejected"]) assert.ok(known(`state.${state}`), state);
    for (const choice of ["yes", "no", "abstain"]) {
        const names = choice === "abstain" ? ["cast", "correct"] : ["cast", "correct", "chair"];
        for (const name of names) assert.ok(known(`${name}.${choice}`), `${name}.${choice}`);
    }
    for (const mode of ["vote", "registration", "presence", "closed", "secret", "none"]) assert.ok(known(`roll.${mode}`), mode);
    assert.ok(Object.keys(intents({ sitting: { id: "s" }, agenda: { order: [] } })).length > 25);
});

test("the page has no placeholder but the agreed ones, no inline script or style, no other host", () => {
    const html = read("console.html");
    assert.deepEqual([...new Set(html.match(/\{\{\w+\}\}/g))].sort(), ["{{emblemText}}", "{{emblemWord}}", "{{emblem}}", "{{hall}}", "{{lang}}", "{{title}}"]);
    assert.doesNotMatch(html, /<style|style=|<script(?![^>]*src=)|\son\w+=|https?:/);
});
