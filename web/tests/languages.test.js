import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { chooseLanguage, languages, Words } from "../page/language.js";

const folder = new URL("../", import.meta.url);
const read = (path) => readFileSync(new URL(path, folder), "utf8");
const words = Object.fromEntries(Object.keys(languages).map((code) => [code, JSON.parse(read(`languages/${code}.json`))]));

/** The words of `code` for a council in `zone`, for a visitor in `visitorZone`. */
const inZones = (code, zone, visitorZone) => Object.assign(new Words(code, words[code]), { zone, visitorZone });

test("every language has a file and every file a language", () => {
    assert.deepEqual(readdirSync(new URL("languages/", folder)).sort(), Object.keys(languages).map((code) => `${code}.json`).sort());
});

test("every key is there in every language, with the same blanks to fill", () => {
    const blanks = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
    for (const [code, table] of Object.entries(words)) {
        assert.deepEqual(Object.keys(table).sort(), Object.keys(words.en).sort(), `keys of ${code}`);
        for (const [key, text] of Object.entries(table)) {
            assert.deepEqual(blanks(text), blanks(words.en[key]), `${code}: ${key}`);
            assert.equal(text === "", words.en[key] === "", `${code}: ${key} is empty`);
        }
    }
});

test("every key that pages and modules use is there", () => {
    const modules = readdirSync(new URL("page/", folder)).filter((name) => name.endsWith(".js")).map((name) => `page/${name}`);
    const sources = ["index.html", "halls.html", ...modules].map(read).join("\n");
    const inPages = sources.matchAll(/data-(?:text|label|hint)="([^"]+)"/g);
    const inScripts = sources.matchAll(/say\((?:[^")]*\? )?"([^"]+)"(?: : "([^"]+)")?/g);
    const used = [...inPages, ...inScripts].flatMap((match) => match.slice(1).filter(Boolean));
    assert.ok(used.length > 30);
    for (const key of used) assert.ok(key in words.en, key);
});

test("every screen and line that can be said has its words", () => {
    const source = read("page/screens.js");
    for (const [, key] of source.matchAll(/cover\("(\w+)"|cover\([^"]*\? "(\w+)"/g)) {
        if (key) assert.ok(`screen.${key}.title` in words.en && `screen.${key}.next` in words.en, key);
    }
    for (const reason of ["codec", "media", "browser"]) assert.ok(`screen.${reason}.title` in words.en, reason);
    for (const [, key] of source.matchAll(/line\((?:[^")]*\? )?"(\w+)"/g)) assert.ok(`line.${key}` in words.en, key);
});

test("the English in the HTML is the English of the table", () => {
    const html = read("index.html") + read("halls.html");
    for (const [, key, text] of html.matchAll(/data-text="([^"]+)">([^<]*)</g)) assert.equal(text, words.en[key], key);
});

test("the pages have no placeholder but the agreed ones, no inline script or style, no other host", () => {
    const page = read("index.html");
    assert.deepEqual(page.match(/\{\{\{.*?\}\}\}/g), ["{{{metadata}}}"], "nothing else goes unescaped");
    const [opened, closed] = ["[#^]", "/"].map((sign) =>
        [...page.matchAll(new RegExp(`\\{\\{${sign}(\\w+)\\}\\}`, "g"))].map((match) => match[1]).sort());
    assert.deepEqual(opened, closed, "every section has its end");
    assert.deepEqual([...new Set(read("halls.html").match(/\{\{\w+\}\}/g))], ["{{halls}}"]);
    for (const file of ["index.html", "halls.html"]) {
        assert.doesNotMatch(read(file), /<style|style=|<script(?![^>]*(?:src=|"application\/ld\+json"))|\son\w+=|https?:/);
    }
});

test("the visitor's choice goes before the browser's, the browser's before the council's", () => {
    assert.equal(chooseLanguage("ka", ["lt"], "uk"), "ka");
    assert.equal(chooseLanguage(null, ["de-DE", "lt-LT", "en"], "uk"), "lt");
    assert.equal(chooseLanguage("xx", ["de"], "uk-UA"), "uk");
    assert.equal(chooseLanguage(null, [], ""), "en");
    assert.equal(chooseLanguage("constructor", ["toString"], "uk"), "uk");
});

test("a moment of today is told by its time, another by its day too", () => {
    const now = Date.parse("2026-11-22T14:00:00Z");
    const at = (code, ago) => inZones(code, "Europe/Kyiv", "Europe/Kyiv").moment(now - ago, now);
    const english = new Words("en", words.en);
    assert.equal(at("en", 60_000), "15:59");
    assert.equal(at("en", 86_400_000), "21 November, 16:00");
    assert.equal(at("uk", 86_400_000), "21 листопада, 16:00");
    assert.equal(at("lt", 86_400_000), "lapkričio 21 d., 16:00");
    assert.equal(at("ka", 86_400_000), "21 ნოემბერი, 16:00");
    assert.equal(at("en", 16 * 3_600_000 + 1), "21 November, 23:59", "the council's midnight, not UTC's");
    assert.equal(english.say("since", { time: "<b>" }), "Since <b>.");
});

test("the council's hour is told wherever the visitor is, and the visitor's beside it where it is another", () => {
    const at = Date.parse("2026-11-22T16:00:00Z");
    assert.equal(inZones("en", "Europe/Kyiv", "Europe/Kyiv").hour(at), "18:00");
    assert.equal(inZones("en", "Europe/Kyiv", "Europe/Helsinki").hour(at), "18:00", "another zone, the same hour");
    assert.equal(inZones("en", "Europe/Kyiv", "Asia/Baghdad").hour(at), "18:00 (19:00 your time)");
    assert.equal(inZones("uk", "Europe/Kyiv", "Europe/Warsaw").hour(at), "18:00 (17:00 за вашим часом)");
    assert.equal(inZones("lt", "Europe/Vilnius", "Europe/London").hour(at), "18:00 (16:00 jūsų laiku)");
    assert.equal(inZones("ka", "Asia/Tbilisi", "Europe/Rome").hour(at), "20:00 (თქვენი დროით 17:00)");
    assert.equal(inZones("en", "Europe/Kyiv", "Asia/Tokyo").hour(at), "18:00 (23 November, 01:00 your time)", "another day there");
    assert.equal(inZones("en", "Europe/Kyiv", "America/New_York").clock(at), "18:00:00");
    assert.equal(inZones("en", undefined, undefined).hour(at), inZones("en", "no/such", undefined).hour(at), "until it is known, the visitor's");
    const summer = Date.parse("2027-07-01T16:00:00Z");
    assert.equal(inZones("en", "Europe/Kyiv", "UTC").moment(summer, at), "1 July, 19:00 (16:00 your time)");
});
