import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { countsOf, filtered, roundOnShow, roundsOf, rowsOf, sorted, votesOf } from "../council/board.js";
import { speechLeft } from "../council/countdown.js";
import { CouncilStore } from "../council/store.js";
import * as council from "../council/words.js";
import { languages, Words } from "../page/language.js";

const wire = new URL("../../Tests/VoteBoardTests/Fixtures/wire/", import.meta.url);
const golden = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, wire), "utf8"));
const table = (code) => JSON.parse(readFileSync(new URL(`../languages/${code}.json`, import.meta.url), "utf8"));
const words = Object.fromEntries(Object.keys(languages).map((code) => [code, new Words(code, table(code))]));
const full = golden("snapshot-full").state;
const round = (state, id) => ({ id, ...state.rounds.by_id[id] });

/** The state while the golden first round is open, with one ballot. */
function whileOpen() {
    const store = new CouncilStore();
    const begin = golden("snapshot-full");
    begin.seq = 15;
    begin.state.rounds = { by_id: {}, order: [] };
    store.take(begin);
    store.take(golden("delta-round-opened"));
    store.take(golden("delta-ballot-live"));
    return store.state;
}

test("every word of the wire has its words in every language", () => {
    const table = words.en;
    const lists = {
        count: council.positions, item: council.itemStates, kind: council.roundKinds, round: council.roundStates,
        sitting: council.sittingStates, speech: council.speechKinds, outcome: [...council.outcomes, "annulled", "quorum", "no_quorum"],
    };
    for (const [prefix, values] of Object.entries(lists)) for (const value of values) assert.notEqual(table.say(`${prefix}.${value}`), `${prefix}.${value}`);
    for (const choice of [...council.positions, "voted", "waiting", "present", "secret"]) {
        for (const gender of ["m", "f", "n"]) assert.notEqual(table.say(`vote.${choice}.${gender}`), `vote.${choice}.${gender}`);
    }
});

test("a vote's word has the deputy's gender", () => {
    assert.equal(council.choiceWord(words.uk, "abstain", "masculine"), "утримався");
    assert.equal(council.choiceWord(words.uk, "abstain", "feminine"), "утрималася");
    assert.equal(council.choiceWord(words.uk, "absent", "feminine"), "відсутня");
    assert.doesNotMatch(council.choiceWord(words.uk, "not_voting", undefined), /-л[аи]|в$/, "without a gender, none is guessed");
    assert.equal(council.choiceWord(words.lt, "abstain", "feminine"), "susilaikė");
});

test("names are written in the order of the council's language", () => {
    const ukrainian = { family: "Бондаренко", given: "Олена", patronymic: "Петрівна" };
    assert.equal(council.deputyName(ukrainian, "full", "uk"), "Бондаренко Олена Петрівна");
    assert.equal(council.deputyName(ukrainian, "name", "uk"), "Бондаренко Олена");
    assert.equal(council.deputyName(ukrainian, "short", "uk"), "Бондаренко\u00a0О.\u00a0П.");
    const lithuanian = { family: "Kazlauskaitė-Petrauskienė", given: "Ona Marija" };
    assert.equal(council.deputyName(lithuanian, "name", "lt"), "Ona Marija Kazlauskaitė-Petrauskienė");
    assert.equal(council.deputyName(lithuanian, "short", "lt"), "O.\u00a0Kazlauskaitė-Petrauskienė");
    assert.equal(council.deputyName({ family: "ჯავახიშვილი", given: "ნინო" }, "short", "ka"), "ნ.\u00a0ჯავახიშვილი");
    assert.equal(council.deputyName({ family: "Ґ" }, "short", "uk"), "Ґ");
    assert.equal(council.deputyName(undefined), "");
});

test("who speaks is a deputy or a guest", () => {
    assert.equal(council.speakerName({ guest: "<b>Гостя</b>" }, full.council), "<b>Гостя</b>");
    assert.equal(council.speakerName({ deputy: "d2" }, full.council), "Депутат2 Ім’я");
    assert.equal(council.speakerName({ deputy: "left" }, full.council), "left");
});

test("a result is a word and the sentence that explains it", () => {
    assert.deepEqual(council.verdict(words.uk, round(full, "r2")), {
        word: "Не прийнято", sentence: "2 за, потрібно 4 з 6: рішення не прийнято", outcome: "rejected",
    });
    assert.equal(council.verdict(words.en, round(full, "r1")).sentence, "Reason: Збій");
    assert.equal(council.verdict(words.en, round(full, "r1")).outcome, "annulled");
    assert.equal(council.verdict(words.en, { status: "open" }), null);
    const sentence = "31 present, 18 of 34 needed for a quorum: there is a quorum";
    const result = { outcome: "adopted", reason: "quorum_present", sentences: { en: sentence } };
    const registration = { status: "closed", kind: "registration", result };
    assert.equal(council.verdict(words.en, registration).word, "There is a quorum");
    assert.equal(council.verdict(words.lt, registration).sentence, sentence, "English rather than nothing");
    const inquorate = { status: "closed", kind: "whole", result: { outcome: "rejected", reason: "no_quorum", sentences: {} } };
    assert.equal(council.verdict(words.en, inquorate).word, "No quorum");
    assert.equal(council.capital("priimta", "lt"), "Priimta");
    assert.equal(council.capital("მიღებულია", "ka"), "მიღებულია");
});

test("the golden speech has its time left", () => {
    const { speech } = golden("delta-speech").patch.speakers;
    assert.equal(speechLeft(speech, 1795341610000 + 20_000), 880_000);
});

test("an open round's board shows what is public", () => {
    const state = whileOpen();
    const rows = Object.fromEntries(rowsOf(state, roundOnShow(state)).map((row) => [row.id, row.choice]));
    assert.deepEqual(rows, { d1: "yes", d2: "waiting", d3: "waiting", d4: "recused", d5: "absent", head: "waiting" });
    assert.deepEqual(countsOf(roundOnShow(state)), { yes: 1, no: 0, abstain: 0, not_voting: 3, absent: 1, recused: 1 });
    const secret = { ...roundOnShow(state), reveal: "secret", method: "secret", ballots: undefined, counts: undefined };
    assert.ok(rowsOf(state, secret).every((row) => ["secret", "absent", "recused"].includes(row.choice)));
    assert.equal(countsOf(secret), null);
});

test("a closed round's board has everybody's position, the head last", () => {
    const rows = rowsOf(full, round(full, "r2"));
    assert.deepEqual(rows.map((row) => [row.id, row.choice]), [
        ["d1", "yes"], ["d2", "yes"], ["d3", "not_voting"], ["d4", "recused"], ["d5", "absent"], ["head", "not_voting"],
    ]);
    assert.equal(rows[0].factionName, "Громада");
    const left = rowsOf({ ...full, council: { ...full.council, deputies: {} } }, round(full, "r2"));
    assert.equal(left.length, 6, "who has left the council since keeps the vote");
});

test("the board shows the open round, else the last one of the item", () => {
    assert.equal(roundOnShow(whileOpen()).id, "r1");
    assert.equal(roundOnShow(full).id, "r3");
    const rounds = { ...full.rounds, order: ["r1", "r2"] };
    assert.equal(roundOnShow({ ...full, rounds, current_item: "i2" }), null, "a new item has been taken up");
    assert.equal(roundOnShow({ ...full, rounds }).id, "r2");
    assert.equal(roundOnShow({}), null);
    assert.deepEqual(roundsOf(full, "i1").map((one) => one.id), ["r1", "r2"]);
});

test("a deputy's votes are those of named rounds", () => {
    assert.deepEqual(votesOf(full, "d1").map(({ round: { id }, choice }) => [id, choice]), [["r1", "yes"], ["r2", "yes"]]);
    assert.deepEqual(votesOf(full, "nobody"), []);
});

test("rows are filtered by faction, choice and name, and sorted by each", () => {
    const rows = rowsOf(full, round(full, "r2"));
    assert.deepEqual(filtered(rows, { faction: "a" }).map((row) => row.id), ["d1", "d2"]);
    assert.deepEqual(filtered(rows, { choice: "recused" }).map((row) => row.id), ["d4"]);
    assert.deepEqual(filtered(rows, { text: " ГОЛОВА " }).map((row) => row.id), ["head"]);
    assert.deepEqual(filtered(rows, { text: "імя" }).length, 5, "an apostrophe need not be typed");
    assert.equal(filtered(rows, {}).length, 6);
    assert.deepEqual(sorted(rows, "choice", "uk").map((row) => row.choice), ["yes", "yes", "not_voting", "not_voting", "absent", "recused"]);
    const named = ["Яценко", "Єрмак", "Ґудзь", "Андрієнко", "Івченко"].map((full, i) => ({ id: String(i), full, choice: "yes" }));
    assert.deepEqual(sorted(named, "name", "uk").map((row) => row.full), ["Андрієнко", "Ґудзь", "Єрмак", "Івченко", "Яценко"]);
});
