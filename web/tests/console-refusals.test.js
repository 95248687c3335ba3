import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { judge } from "../console/actions.js";
import { summary } from "../console/files.js";
import { explain, inputWord } from "../console/refusals.js";
import { ConsoleWords } from "../console/words.js";
import { Words } from "../page/language.js";

const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
const languages = ["uk", "lt", "ka", "en"];
const parsed = (path) => JSON.parse(read(path));
const wordsOf = (code) => new ConsoleWords(new Words(code, parsed(`web/languages/${code}.json`)), parsed(`web/console/languages/${code}.json`));
const speak = Object.fromEntries(languages.map((code) => [code, wordsOf(code)]));

/** Codes that no request of the console gets: they belong to tokens, exports, pages, `reload`, `check`. */
const elsewhere = new Set([
    "no_such_token", "name_taken", "too_many_tokens", "no_such_format", "no_pages", "faulty_configuration", "reloading", "token_in_url",
]);

const found = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]);

/** Every code with which the daemon may refuse, from its one table. */
const table = read("Sources/Commons/Problems/ProblemCode.swift");
const codes = [...table.matchAll(/^ {4}case (\w+)(?: = "(\w+)")?$/gm)].map(([, name, code]) => code ?? name).filter((code) => !elsewhere.has(code));

/** A refusal with every value that the record may send. */
const problem = (code, more = {}) => ({
    code, status: 409, detail: "ENGLISH", field: "reason", since: [{ seq: 4, type: "round_opened" }],
    values: {
        sitting: "s1", item: "i7", round: "r1", deputy: "d1", speaker: "t1", name: "most", known: "half", id: "x", state: "closed",
        present: 12, needed: 18, voted: 20, counted: 7, cast: 40, may_vote: 34, value: 0, least: 1, most: 9, count: 5, limit: 4,
    },
    ...more,
});
const state = {
    council: { language: "uk", deputies: { d1: { family: "Левчук", given: "Ганна" } } }, agenda: { items: { i7: { number: "7", title: "Про бюджет" } } },
    rounds: { by_id: { r1: { question: "В цілому" } } }, speakers: { queue: [{ id: "t1", deputy: "d1" }] },
};
const variants = {
    bad_text: ["empty", "too_long", "control"].map((fault) => ({ fault, limit: 4 })),
    speech_state: [{ state: "paused" }, { state: "running" }],
};

test("every refusal has its sentence in every language, with what it is about", () => {
    assert.ok(codes.length > 70, `${codes.length} codes are found in the sources`);
    const some = ["ballot_twice", "storage_failed", "role_missing", "locked_out", "no_record", "already_running", "busy"];
    for (const code of some) assert.ok(codes.includes(code), code);
    for (const code of codes) {
        const said = new Set();
        for (const values of variants[code] ?? [undefined]) {
            for (const language of languages) {
                const sentence = explain(speak[language], problem(code, values ? { values } : {}), state);
                assert.ok(!sentence.includes("ENGLISH"), `refused.${code} has no words in ${language}`);
                assert.doesNotMatch(sentence, /\{\w+\}|undefined|null/, `${language}: ${code}`);
                said.add(sentence);
            }
        }
        assert.equal(said.size, languages.length * (variants[code]?.length ?? 1), `${code} says the same in two languages`);
    }
});

test("a full or damaged disk is reported, and the command not retried", () => {
    for (const language of languages) assert.notEqual(explain(speak[language], problem("record_damaged"), state), "ENGLISH");
    assert.equal(judge(503, { code: "storage_full" }), "refused", "asking again frees no disk");
    assert.equal(judge(503, { code: "record_damaged" }), "refused");
    assert.equal(judge(503, { code: "busy" }), "again");
});

test("a status without a code has its sentence", () => {
    for (const status of [400, 401, 403, 404, 408, 409, 413, 422, 429, 431, 500, 502, 503, 504, 507]) {
        for (const language of languages) {
            const said = explain(speak[language], { type: "about:blank", status, detail: "ENGLISH" });
            assert.ok(!said.includes("ENGLISH"), `${status} in ${language}`);
        }
    }
    assert.match(explain(speak.en, { status: 418 }), /418/);
    assert.equal(explain(speak.en, { code: "of_tomorrow", status: 409, detail: "The daemon's own words." }), "The daemon's own words.");
});

test("a refusal names people and things, not ids", () => {
    assert.match(explain(speak.uk, problem("not_registered"), state), /Левчук Ганна/);
    assert.match(explain(speak.en, problem("round_state"), state), /В цілому: not announced yet/);
    const adopted = problem("item_state", { values: { item: "i7", state: "adopted" } });
    assert.match(explain(speak.lt, adopted, state), /7\. Про бюджет: priimtas|7\. Про бюджет: priimta/);
    assert.equal(explain(speak.en, problem("no_quorum"), state), "There is no quorum: 12 present, 18 needed. Register who is here first.");
    assert.equal(explain(speak.en, { code: "no_quorum", detail: "As it was said." }, state), "As it was said.", "a blank that nothing fills is never shown");
    assert.match(explain(speak.en, { type: "urn:plenary:role_missing", status: 403, detail: "…" }), /role/);
    const farAway = problem("bad_number", { field: "until", values: { value: 1e15, least: 0, most: 1e13 } });
    assert.match(explain(speak.en, farAway), /Until: this moment is too far away/);
});

test("the slower of two consoles is told what the other did", () => {
    const since = [{ seq: 4, type: "round_planned" }, { seq: 5, type: "round_opened" }, { seq: 6, type: "ballot_cast" }];
    const said = explain(speak.en, problem("conflict", { conflictsWith: ["round_planned", "round_opened"], since }), state);
    assert.equal(said, "Another console was faster: a vote was opened. Look again.");
    const conflictsWith = found(read("web/console/commands.js"), /(?:conflictsWith: |reordering = )\[([^\]]*)\]/g)
        .flatMap((list) => [...list.matchAll(/"(\w+)"/g)].map((match) => match[1]));
    const types = found(read("Sources/VoteBoard/Events/Event.swift"), /case \w+ = "(\w+)"/g)
        .filter((type) => conflictsWith.some((prefix) => type.startsWith(prefix)));
    assert.ok(types.length >= 11, types.join());
    for (const type of types) for (const language of languages) assert.ok(speak[language].has(`changed.${type}`), `changed.${type}`);
});

test("every input that can be wrong has a label", () => {
    const decisions = readdirSync(new URL("Sources/VoteBoard/Commands/", root))
        .filter((name) => name.startsWith("Decide")).map((name) => read(`Sources/VoteBoard/Commands/${name}`)).join("\n");
    const fields = [
        ...found(decisions, /Check\.\w+\([^"\n]*"(?:\\\([^)]*\))?([\w.[\]]+)"/g), ...found(decisions, /field: "(\w+)"/g),
        "deputies[3].family", "items[0].links[2].url", "yes", "no", "abstain",
    ];
    assert.ok(fields.length > 20, fields.join());
    for (const field of fields) for (const language of languages) assert.notEqual(inputWord(speak[language], field), field, `${field} in ${language}`);
});

test("the changes of an imported file are listed in the user's language", () => {
    const say = (key, values) => speak.lt.say(key, values);
    const changes = [
        { kind: "seats", text: "seats: 33 → 34" }, { kind: "deputy_added", text: "+ d1: Левчук Ганна" },
        { kind: "deputy_added", text: "+ d2: Білик Андрій" },
    ];
    assert.deepEqual(summary(changes, say, 2), ["Keičiasi visa sudėtis.", "Naujų deputatų: 2", "seats: 33 → 34", "+ d1: Левчук Ганна", "… ir dar 1"]);
    const desk = read("Sources/plenary/Daemon/CouncilDesk.swift");
    const kinds = [...found(desk, /case \.\w+: "(\w+)"/g), ...found(desk, /Change\(kind: "(\w+)"/g)];
    assert.ok(kinds.length >= 10, kinds.join());
    for (const kind of kinds) for (const language of languages) assert.ok(speak[language].has(`import.change.${kind}`), kind);
});
