import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import { merge } from "../council/store.js";
import { fit } from "../display/fit.js";
import { Calendar } from "../display/calendar.js";
import { resultOnShow, sceneOf } from "../display/scene.js";
import { Words } from "../page/language.js";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const message = (name) => JSON.parse(read(`../../Tests/VoteBoardTests/Fixtures/wire/${name}.json`));
const words = Object.fromEntries(["uk", "lt", "ka", "en"].map((code) => [code, new Words(code, JSON.parse(read(`../languages/${code}.json`)))]));
/** The golden messages in order; `after` gives the state after one of them. */
const order = [
    "item-taken-up", "speech", "speech-ended", "item-added", "recusal", "round-opened", "ballot-live", "round-closed",
    "round-announced", "round-annulled", "revote-opened", "ballot-count", "count-closed", "secret-opened", "secret-ballot",
    "secret-closed", "break", "resumed", "departed", "closed",
];
function after(last) {
    let { state } = message("snapshot-registered"), at = message("snapshot-registered").now;
    for (const name of last === null ? [] : order.slice(0, order.indexOf(last) + 1)) {
        const delta = message(`delta-${name}`);
        [state, at] = [merge(state, delta.patch), delta.at];
    }
    return { state, at };
}
const shown = (last, language = "en", later = 500) => {
    const { state, at } = after(last);
    return sceneOf(state, at + later, words[language], "Hall");
};

test("the display follows a whole sitting by itself", () => {
    const scenes = order.map((name) => [name, shown(name).name]);
    assert.deepEqual(scenes, [["item-taken-up", "item"], ["speech", "speech"], ["speech-ended", "item"], ["item-added", "item"], ["recusal", "item"],
        ["round-opened", "round"], ["ballot-live", "round"], ["round-closed", "result"], ["round-announced", "result"], ["round-annulled", "result"],
        ["revote-opened", "round"], ["ballot-count", "round"], ["count-closed", "result"], ["secret-opened", "round"], ["secret-ballot", "round"],
        ["secret-closed", "result"], ["break", "break"], ["resumed", "result"], ["departed", "result"], ["closed", "closed"]]);
    assert.equal(sceneOf(null, 0, words.en, "Hall").name, "empty");
    assert.equal(sceneOf(null, 0, words.en, "Hall").title, "Hall");
});

test("an open round shows the question, the time left, and who has voted", () => {
    const { state, at } = after("ballot-live");
    const scene = sceneOf(state, at, words.uk);
    assert.equal(scene.tone, "open");
    assert.deepEqual([scene.number, scene.title, scene.note, scene.word], ["1", "Про бюджет", "В цілому", "Голосування"]);
    assert.deepEqual(scene.counts.map(({ choice, count }) => [choice, count]), [["yes", 1], ["no", 0], ["abstain", 0]]);
    assert.equal(scene.voted, "Проголосували 1 з 4");
    assert.equal(scene.seats.find(({ id }) => id === "d1").choice, "yes");
    assert.equal(scene.countdown.left(at), 19_000);
    assert.match(scene.seatsLabel, /За: 1/);
});

test("a round that shows only how many have voted has no counts", () => {
    const scene = shown("ballot-count");
    assert.deepEqual(scene.counts, []);
    assert.equal(scene.voted, "1 of 4 have voted");
    assert.equal(scene.seatsLabel, scene.voted);
});

test("a secret round names itself, and shows nobody's choice even afterwards", () => {
    assert.equal(shown("secret-ballot", "lt").word, "Slaptas balsavimas");
    const scene = shown("secret-closed");
    assert.ok(scene.seats.every(({ choice }) => ["present", "absent", "vacant"].includes(choice)));
    assert.equal(scene.counts.find(({ choice }) => choice === "yes").count, 1);
});

test("a result is the verdict's word, its sentence and the counts, in each language", () => {
    for (const [language, word] of [["uk", "Не прийнято"], ["en", "Not adopted"]]) {
        const scene = shown("round-announced", language);
        assert.equal(scene.word, word);
        assert.equal(scene.tone, "rejected");
        assert.ok(scene.sentence.length > 10);
    }
    assert.match(shown("round-announced", "ka").sentence, /საჭიროა 4 6-დან/);
    assert.match(shown("round-announced", "lt").sentence, /reikia 4 iš 6/);
    assert.deepEqual(shown("round-announced").counts.map(({ choice }) => choice), ["yes", "no", "abstain", "not_voting", "absent", "recused"]);
});

test("an annulled vote says why, and stays until it is held again", () => {
    const scene = shown("round-annulled", "uk", 3_600_000);
    assert.equal(scene.name, "result");
    assert.match(scene.sentence, /Збій/);
    assert.equal(scene.seats, null);
    assert.equal(scene.until, null);
});

test("a result gives way to what comes next: an item, a speech, or time", () => {
    const { state, at } = after("round-announced");
    const { round, until } = resultOnShow(state, at);
    assert.equal(sceneOf(state, until - 1, words.en).name, "result");
    assert.equal(sceneOf(state, until, words.en).name, "item");
    assert.equal(resultOnShow({ ...state, current_item: "i2" }, at), null);
    const speech = { entry: { id: "t", deputy: "d1", kind: "debate" }, allotted: 60_000, spent: 0, running_since: round.announced_at + 1 };
    assert.equal(sceneOf({ ...state, speakers: { queue: [], speech } }, at, words.en).name, "speech");
    const interrupted = { ...speech, running_since: round.opened_at - 5 };
    const speakers = { queue: [], speech: interrupted };
    assert.equal(sceneOf({ ...state, speakers }, at, words.en).name, "result", "a speech that was there before waits for the result");
    assert.equal(sceneOf({ ...state, speakers: { queue: [], speech: interrupted } }, at + 21_000, words.en).name, "speech");
});

test("a registration gives way to the item that is taken up after it, also on a display that has just connected", () => {
    const { state, at } = after("round-announced");
    const { item, ...registration } = { ...state.rounds.by_id.r1, kind: "registration" };
    const before = { ...state, current_item: undefined, current_item_since: undefined, rounds: { order: ["r1"], by_id: { r1: registration } } };
    const since = (at) => ({ ...before, current_item: "i2", current_item_since: at });
    assert.equal(sceneOf(before, at + 60_000, words.en).name, "result");
    assert.equal(sceneOf(since(at + 400), at + 500, words.en).name, "item");
    assert.equal(sceneOf(since(at - 60_000), at + 500, words.en).name, "result", "a vote of its own while an item is discussed");
});

test("a speech counts down, with the kind of speech and who is next", () => {
    const { state, at } = after("speech");
    const scene = sceneOf(state, at, words.en);
    assert.equal(scene.person, "Депутат2 Ім’я");
    assert.equal(scene.role, "Report");
    assert.equal(scene.countdown.left(at + 60_000), 840_000);
    assert.match(scene.feet[0], /^Next: Гостя$/);
});

test("a break says until when and counts down to it, then neither", () => {
    const { state, at } = after("break");
    const scene = sceneOf(state, at, words.uk);
    assert.deepEqual([scene.title, scene.sentence], ["Перерва", "Перерва до 14:00"]);
    assert.match(scene.note, /^до \d\d:\d\d$/);
    assert.equal(scene.countdown.left(scene.until), 0);
    assert.equal(sceneOf(state, scene.until, words.uk).countdown, null);
});

test("registering shows who is there, against the quorum", () => {
    const { state, at } = after(null);
    const round = {
        kind: "registration", question: "Реєстрація", status: "open", method: "roll_call", reveal: "live", opened_at: at,
        entitled: { d1: "", d2: "", head: "" }, ballots: { d1: "yes" }, voted: 1,
    };
    const presence = { present: {}, count: 0, quorum: { needed: 3, base: 5, met: false } };
    const rounds = { order: ["g"], by_id: { g: round } };
    const scene = sceneOf({ ...state, open_round: "g", rounds, presence }, at, words.uk);
    assert.equal(scene.name, "registration");
    assert.equal(scene.voted, "Зареєструвалися 1 з 5");
    assert.equal(scene.sentence, "Для кворуму потрібно 3");
    assert.deepEqual(scene.seats.slice(0, 2).map(({ choice }) => choice), ["present", "waiting"]);
    const quorum = sceneOf({ ...state, current_item: undefined, rounds: { order: [], by_id: {} } }, at, words.uk);
    assert.equal(quorum.name, "quorum");
});

test("before a sitting the next one is announced, in the council's time zone", () => {
    const { state } = after(null);
    const at = Date.parse("2026-11-23T08:00:00Z");
    const sitting = { id: "s", title: "Сесія", status: "scheduled", scheduled_for: at, place: "Зала" };
    const waiting = sceneOf({ ...state, sitting }, at - 86_400_000, words.uk);
    assert.equal(waiting.name, "waiting");
    assert.equal(waiting.voted, "Понеділок, 23 листопада, 10:00 · Зала");
    assert.equal(sceneOf({ ...state, sitting: undefined }, at, words.lt).word, "Posėdis dar nepaskirtas");
    assert.equal(new Calendar({ language: "en" }, "Europe/Kyiv").moment(at, at), "10:00");
    assert.equal(typeof new Calendar({ language: "en" }, "Mars/Phobos").time(at), "string");
});

// — text that fits —

const measure = (text) => [...text].length * 0.5;
const room = { width: 1000, lines: 2, largest: 100, smallest: 20 };

test("a short title has the largest size, a long one is broken evenly", () => {
    assert.deepEqual(fit("Short", measure, room), { size: 100, lines: ["Short"], cut: false });
    const { size, lines } = fit("one two three four five six seven eight nine", measure, room);
    assert.equal(lines.length, 2);
    assert.ok(size < 100 && lines.every((line) => measure(line) * size <= 1000.01));
    assert.equal(lines.join(" "), "one two three four five six seven eight nine");
});

test("words are never cut: a text that is too long ends after a word, with “…”", () => {
    const long = Array.from({ length: 100 }, (_, i) => `word${i}`).join(" ");
    const { size, lines, cut } = fit(long, measure, room);
    assert.equal(size, 20);
    assert.ok(cut && lines.length === 2 && lines[1].endsWith("…"));
    const kept = lines.join(" ").slice(0, -1).split(" ");
    assert.deepEqual(kept, long.split(" ").slice(0, kept.length));
    assert.ok(lines.every((line) => measure(line) * size <= 1000.01));
});

test("a title of 100 kB, one endless word, and an empty text are handled", () => {
    const begun = performance.now();
    assert.equal(fit("x ".repeat(50_000), measure, room).lines.length, 2);
    const endless = fit("x".repeat(100_000), measure, room);
    assert.ok(endless.cut && endless.lines.every((line) => measure(line) * endless.size <= 1000.01));
    assert.deepEqual(fit("  ", measure, room).lines, []);
    assert.ok(performance.now() - begun < 5000);
});

// — the files —

test("every text that the display and the overlay use exists in every language", () => {
    for (const folder of ["display", "overlay"]) {
        const sources = readdirSync(new URL(`../${folder}/`, import.meta.url))
            .filter((name) => name.endsWith(".js")).map((name) => read(`../${folder}/${name}`)).join("\n");
        const keys = [...sources.matchAll(/"((?:display|outcome|sitting|count)\.\w+)"/g)].map(([, key]) => key);
        assert.ok(keys.length > 3);
        for (const key of keys) for (const language of Object.keys(words)) assert.notEqual(words[language].say(key), key, `${language}: ${key}`);
    }
});

test("a long text becomes smaller before it takes another line, takes one before it is cut, and is cut where it reads well", () => {
    const wide = (text) => text.length * 0.5;
    const room = { width: 500, lines: 3, largest: 48, smallest: 20, tall: 96, worth: 1.6 };
    const words = (count) => Array.from({ length: count }, () => "слово").join(" ");
    assert.deepEqual([fit(words(4), wide, room)].map(({ size, lines }) => [lines.length, size]), [[1, 500 / (23 * 0.5)]]);
    const two = fit(words(14), wide, room);
    assert.ok(two.lines.length === 2 && two.size < 48 && two.size >= 20, JSON.stringify(two));
    const three = fit(words(22), wide, room);
    assert.ok(three.lines.length === 3 && three.size >= 20 && three.size * 3 <= 96 && !three.cut, JSON.stringify(three));
    const cut = fit(`12. ${words(22)} щодо та ${words(20)}`, wide, room);
    assert.ok(cut.cut && cut.lines[0].startsWith("12. ") && cut.lines.at(-1).endsWith("слово…"), JSON.stringify(cut));
    const abbreviated = fit(`${words(22)} КЗ ${words(20)}`, wide, { ...room, lines: 1 });
    assert.ok(abbreviated.lines[0].endsWith("…"));
});

test("both pages have the agreed placeholders, no inline script or style, no other host", () => {
    for (const page of ["display.html", "overlay.html"]) {
        const html = read(`../${page}`);
        const own = page === "display.html" ? ["{{shell}}"] : []; // the version that the service worker keeps
        const placeholders = [...new Set(html.match(/\{\{\w+\}\}/g))].sort();
        assert.deepEqual(placeholders, ["{{emblemText}}", "{{emblemWord}}", "{{emblem}}", "{{hall}}", "{{lang}}", ...own, "{{title}}"]);
        assert.doesNotMatch(html, /<style|style=|<script(?![^>]*src=)|\son\w+=|https?:/);
    }
});
