/**
 * The texts of a hall's page in every state and language. The server writes the same page for those without a script; its test
 * (`PageTextTests.swift`) reads the same states, `fixtures/pages.json`, and the same texts, `fixtures/pages-text.json`.
 * `PLENARY_WRITE_GOLDEN=1` writes the texts anew after a change that was meant.
 */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import test from "node:test";
import { roundOnShow } from "../council/board.js";
import * as council from "../council/words.js";
import { agendaList } from "../page/agenda.js";
import { languages, Words } from "../page/language.js";
import { nowPanel } from "../page/now.js";
import { isHallShown, voteBoard, voteRows } from "../page/vote.js";
import { fakeDocument, textsOf } from "./support/document.js";

globalThis.document = fakeDocument;

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
const wire = (name) => read(`../../Tests/VoteBoardTests/Fixtures/wire/${name}.json`).state;
const golden = new URL("fixtures/pages-text.json", import.meta.url);
const fixtures = read("fixtures/pages.json");
const cases = fixtures.cases.map((one) => ({ ...one, state: one.wire ? wire(one.wire) : { council: fixtures.council, ...one.state } }));
const tables = Object.fromEntries(Object.keys(languages).map((code) => [code, read(`../languages/${code}.json`)]));

/** The case's state, its council of `language`. */
const stateIn = (language, { state }) => ({ ...state, council: { ...state.council, language } });

/** The page's parts as `CouncilView` draws them: each a list of texts. */
function textsIn(language, one) {
    const state = stateIn(language, one);
    const zone = state.council.time_zone;
    const words = Object.assign(new Words(language, tables[language]), { zone, visitorZone: zone });
    const round = roundOnShow(state);
    const hasRows = round ? round.status === "open" || round.positions : isHallShown(state);
    const wish = { faction: "", choice: "", text: "", sort: "hall" };
    const parts = {
        now: nowPanel(state, words, () => one.now),
        agenda: agendaList(state, words),
        vote: voteBoard(state, round, words, () => one.now),
        rows: hasRows ? voteRows(state, round, words, wish) : [],
    };
    return Object.fromEntries(Object.entries(parts).map(([name, nodes]) => [name, textsOf(nodes)]));
}

const texts = Object.fromEntries(cases.map((one) => [one.name, Object.fromEntries(Object.keys(languages).map((code) => [code, textsIn(code, one)]))]));

test("every state of the page reads as it is written down, in every language", () => {
    if (process.env.PLENARY_WRITE_GOLDEN === "1") {
        const part = ([name, list]) => `${JSON.stringify(name)}: ${JSON.stringify(list)}`;
        const language = ([code, parts]) => `  ${JSON.stringify(code)}: {\n    ${Object.entries(parts).map(part).join(",\n    ")}\n  }`;
        const state = ([name, all]) => `${JSON.stringify(name)}: {\n${Object.entries(all).map(language).join(",\n")}\n}`;
        writeFileSync(golden, `{\n${Object.entries(texts).map(state).join(",\n")}\n}\n`);
    }
    const written = read("fixtures/pages-text.json");
    assert.deepEqual(Object.keys(texts), Object.keys(written));
    for (const [name, all] of Object.entries(texts)) {
        for (const [code, parts] of Object.entries(all)) assert.deepEqual(parts, written[name][code], `${name}, ${code}`);
    }
});

test("no text is a key without its words", () => {
    const keys = new Set(Object.keys(tables.en));
    for (const [name, all] of Object.entries(texts)) {
        for (const text of JSON.stringify(all).match(/[a-zA-Z_]+(?:\.[a-zA-Z0-9_]+)+/g) ?? []) {
            assert.ok(!keys.has(text) && !/^(vote|item|kind|round|sitting|speech|outcome|count|date|board|now)\./.test(text), `${name}: ${text}`);
        }
    }
});

test("the states have everything that the wire can say", () => {
    const rounds = cases.flatMap(({ state }) => Object.values(state.rounds?.by_id ?? {}));
    const seen = (what, values, wanted) => assert.deepEqual([...new Set(wanted)].filter((one) => !values.includes(one)), [], what);
    const entries = cases.flatMap(({ state: { speakers } }) => [speakers?.speech?.entry, ...(speakers?.queue ?? [])].filter(Boolean));
    seen("sittings", cases.map(({ state }) => state.sitting?.status), [undefined, ...council.sittingStates]);
    seen("items", cases.flatMap(({ state }) => Object.values(state.agenda?.items ?? {}).map((item) => item.state)), council.itemStates);
    seen("kinds", rounds.map(({ kind }) => kind), council.roundKinds);
    seen("states of rounds", rounds.map(({ status }) => status), council.roundStates);
    seen("states of rounds on the board", cases.map(({ state }) => roundOnShow(state)?.status), [undefined, "open", "closed", "announced", "annulled"]);
    seen("kinds on the board", cases.map(({ state }) => roundOnShow(state)?.kind), council.roundKinds);
    seen("outcomes", rounds.map(({ result }) => result?.outcome), council.outcomes);
    seen("reasons", rounds.map(({ result }) => result?.reason), ["enough_votes", "not_enough_votes", "no_quorum", "tie_fails", "tie_waits_for_chair",
        "chair_voted_yes", "chair_voted_no", "quorum_present"]);
    seen("reveals", rounds.map(({ reveal }) => reveal), ["live", "count", "secret"]);
    seen("speeches", entries.map(({ kind }) => kind), council.speechKinds);
    seen("speakers", entries.map(({ guest, deputy }) => (guest ? "guest" : deputy)), ["guest", "head", "gone", "d1"]);
    const { deputies } = fixtures.council;
    seen("genders", Object.values(deputies).map(({ gender }) => gender), ["masculine", "feminine", undefined]);
    const endings = { masculine: "m", feminine: "f" };
    const votes = cases.flatMap(({ state }) => {
        const round = roundOnShow(state);
        return round?.positions ? Object.entries(round.positions).map(([id, choice]) => `${choice}.${endings[state.council.deputies[id]?.gender] ?? "n"}`) : [];
    });
    seen("a position of each gender", votes, council.positions.flatMap((choice) => ["m", "f", "n"].map((ending) => `${choice}.${ending}`)));
    for (const [code, table] of Object.entries(tables)) {
        const said = JSON.stringify(cases.map(({ name }) => texts[name][code].rows));
        for (const key of ["waiting", "present", "secret"].flatMap((choice) => ["m", "f", "n"].map((ending) => `vote.${choice}.${ending}`))) {
            assert.ok(said.includes(`"${table[key]}"`), `${code}: ${key}`);
        }
        const dates = JSON.stringify(cases.map(({ name }) => texts[name][code].now));
        for (let month = 1; month <= 12; month += 1) assert.ok(dates.includes(table[`date.month.${month}`]), `${code}: month ${month}`);
    }
});
