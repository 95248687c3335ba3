import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { merge } from "../council/store.js";
import { readOptions } from "../overlay/options.js";
import { overlayOf } from "../overlay/scene.js";
import { Words } from "../page/language.js";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const message = (name) => JSON.parse(read(`../../Tests/VoteBoardTests/Fixtures/wire/${name}.json`));
const words = Object.fromEntries(["uk", "lt", "ka", "en"].map((code) => [code, new Words(code, JSON.parse(read(`../languages/${code}.json`)))]));
const order = [
    "item-taken-up", "speech", "speech-ended", "item-added", "recusal", "round-opened", "ballot-live", "round-closed",
    "round-announced", "round-annulled", "revote-opened", "ballot-count", "count-closed", "secret-opened", "secret-ballot",
    "secret-closed", "break", "resumed", "departed", "closed",
];
function after(last, query = "", language = "en", later = 0) {
    let { state } = message("snapshot-registered"), at = 0;
    for (const name of order.slice(0, order.indexOf(last) + 1)) {
        const delta = message(`delta-${name}`);
        [state, at] = [merge(state, delta.patch), delta.at];
    }
    return overlayOf(state, at + later, words[language], readOptions(query).options);
}

test("every option has its default, and takes what it is given", () => {
    const { options, faults } = readOptions("");
    const values = ({ parts, lang, theme, scale, delay, verdict }) => [[...parts], lang, theme, scale, delay, verdict];
    assert.deepEqual(values(options), [["item", "speaker", "tally", "verdict"], null, "dark", 1, 0, 8000]);
    assert.deepEqual(faults, []);
    const given = readOptions("?parts=item,hemicycle&lang=ka&theme=light&scale=1.25&delay=800&verdict=12");
    assert.deepEqual(given.faults, []);
    assert.deepEqual(values(given.options), [["item", "hemicycle"], "ka", "light", 1.25, 800, 12_000]);
});

test("an invalid option is reported, and its default used", () => {
    for (const [query, hint] of [
        ["scale=9", "0.5 to 1.5"], ["scale=1e1", "0.5"], ["delay=-5", "0 to 60000"], ["verdict=0", "1 to 120"], ["verdict=soon", "number"],
        ["theme=pink", "dark or light"],
        ["lang=de", "uk or lt"], ["parts=item,clock", "clock"], ["parts=", "nothing"], ["colour=red", "no option"], ["lang=__proto__", "uk"]]) {
        const { options, faults } = readOptions(query);
        assert.equal(faults.length, 1, query);
        assert.ok(faults[0].includes(hint), `${query}: ${faults[0]}`);
        assert.deepEqual([options.scale, options.delay, options.verdict, options.theme, options.lang], [1, 0, 8000, "dark", null], query);
        assert.ok(options.parts.size > 0);
    }
});

test("the lower third is who speaks, then the item; the item alone in two lines", () => {
    assert.deepEqual(after("speech").lower, { first: "Депутат2 Ім’я", second: "1. Про бюджет", item: false });
    assert.deepEqual(after("speech", "parts=speaker").lower, { first: "Депутат2 Ім’я", second: "Report · Громада", item: false });
    assert.deepEqual(after("speech", "parts=item").lower, { first: "1. Про бюджет", second: "", item: true });
    assert.deepEqual(after("item-taken-up").lower, { first: "1. Про бюджет", second: "", item: true });
    assert.equal(after("item-taken-up", "parts=tally").lower, null);
});

test("the tally is there while a round is open", () => {
    const { side, lower, seats } = after("ballot-live", "", "uk");
    assert.deepEqual(side.counts.map(({ choice, count }) => [choice, count]), [["yes", 1], ["no", 0], ["abstain", 0]]);
    assert.equal(side.word, "Голосування");
    assert.equal(lower.second, "В цілому");
    assert.equal(seats, null);
    assert.equal(after("ballot-live", "parts=item").side, null);
    assert.equal(after("ballot-count").side.sentence, "1 of 4 have voted");
    assert.equal(after("secret-ballot", "", "lt").side.word, "Slaptas balsavimas");
    assert.equal(after("ballot-live", "parts=hemicycle,tally").seats.seats.find(({ id }) => id === "d1").choice, "yes");
});

test("the verdict is there for its seconds and not longer", () => {
    const scene = after("round-announced", "verdict=5", "uk", 4_999);
    assert.deepEqual([scene.side.kind, scene.side.outcome, scene.side.word], ["verdict", "rejected", "Не прийнято"]);
    assert.match(scene.side.sentence, /потрібно 4 з 6/);
    assert.equal(after("round-announced", "verdict=5", "uk", 5_000).side, null);
    assert.equal(after("round-announced", "parts=item", "uk").side, null);
    assert.equal(after("round-annulled", "verdict=60", "uk").side.outcome, "annulled");
});

test("outside a sitting the overlay is empty", () => {
    for (const last of ["break", "closed"]) assert.deepEqual(after(last), { lower: null, side: null, seats: null, until: null });
    assert.deepEqual(overlayOf(null, 0, words.en, readOptions("").options), { lower: null, side: null, seats: null, until: null });
});
