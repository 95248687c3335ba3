"""Bad input to the council's API: each a clear refusal, nothing half done, nothing lost."""

import json
import time
import uuid

import pytest

from Tests.support.council import ROSTER, Council
from Tests.support.daemon import Daemon


@pytest.fixture(scope="module")
def daemon():
    with Daemon([{"name": "demo", "camera": "test:?size=320x180", "autostart": False}]) as daemon:
        council = Council(daemon).convene(present=30, take_up=None)
        council.open_round("done")
        council.do("cast_ballot", round="done", deputy="d1", choice="yes")
        council.do("close_round", round="done")
        council.do("declare_recusal", item="i2", deputy="d3", reason="Родич заявника")
        council.open_round("now", item="i2")
        council.do("cast_ballot", round="now", deputy="d1", choice="no")
        council.do("plan_round", round="next", item="i1", kind="procedural", question="Сигнальне")
        yield daemon


@pytest.fixture
def council(daemon):
    return Council(daemon)


@pytest.fixture
def unharmed(council):
    """The state and the record are the same afterwards, byte for byte, and the next command is taken."""
    record, state = council.record, council.state
    yield
    assert council.record == record and council.state == state
    council.do("post_notice", text="Далі")
    council.do("clear_notice")


def refused(reply, status, code, field=None):
    assert reply.status == status, (reply.status, reply.text[:500])
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json
    assert problem["status"] == status and problem["code"] == code and problem["type"] == f"urn:plenary:{code}", problem
    assert problem["title"] and problem["detail"].strip()
    if field:
        assert problem["field"] == field, problem
    return problem


def body(council, text, headers=None):
    data = text if isinstance(text, bytes) else text.encode()
    return council.daemon.control.request("POST", f"{council.path}/commands", body=data, headers=headers)


@pytest.mark.parametrize("command,fields,status,code,field", [
    ("cast_ballot", {"round": "now", "deputy": "nobody", "choice": "yes"}, 404, "unknown_deputy", "deputy"),
    ("cast_ballot", {"round": "now", "deputy": "d1", "choice": "yes"}, 409, "ballot_twice", "deputy"),
    ("cast_ballot", {"round": "now", "deputy": "d3", "choice": "yes"}, 409, "recused", "deputy"),
    ("cast_ballot", {"round": "now", "deputy": "d34", "choice": "yes"}, 409, "not_registered", "deputy"),
    ("cast_ballot", {"round": "next", "deputy": "d1", "choice": "yes"}, 409, "round_state", "round"),
    ("cast_ballot", {"round": "none", "deputy": "d1", "choice": "yes"}, 404, "unknown_round", "round"),
    ("cast_ballot", {"sitting": "none", "round": "now", "deputy": "d1", "choice": "yes"}, 404, "unknown_sitting", "sitting"),
    ("open_round", {"round": "next"}, 409, "round_open", None),
    ("close_round", {"round": "done"}, 409, "round_state", "round"),
    ("close_round", {"round": "next"}, 409, "round_state", "round"),
    ("announce_round", {"round": "now"}, 409, "round_state", "round"),
    ("close_sitting", {}, 409, "round_open", None),
    ("open_sitting", {"sitting": "s1"}, 409, "sitting_state", None),
    ("plan_round", {"round": "now", "kind": "procedural", "question": "Знову"}, 409, "id_taken", "round"),
    ("replace_agenda", {"items": []}, 409, "sitting_state", None),
    ("add_item", {"item": "i9", "number": "9", "title": "x" * 100_000}, 422, "bad_text", None),
    ("add_item", {"item": "i9", "number": "9", "title": ""}, 422, "bad_text", None),
    ("add_item", {"item": "i9", "number": "9", "title": "a\u0007b"}, 422, "bad_text", None),
    ("add_item", {"item": "i9", "number": "9", "title": "a\u202eb"}, 422, "bad_text", None),
    ("add_item", {"item": "i9", "number": "9", "title": "x", "links": [{"url": "javascript:alert(1)"}]}, 422, "bad_link", None),
    ("queue_speaker", {"speaker": "p1", "guest": "\u2066Гість", "kind": "report"}, 422, "bad_text", None),
    ("suspend_sitting", {"until": 1}, 409, "round_open", None),
    ("post_notice", {"text": "x", "until": 1}, 422, "bad_number", "until"),
    ("post_notice", {"text": "x", "until": 9007199254740991}, 422, "bad_number", "until"),
    ("extend_speech", {"seconds": 60}, 409, "no_speech", None),
    ("register", {"deputies": ["d1"]}, 409, "nothing_to_change", "deputies"),
    ("register", {"deputies": []}, 422, "empty", "deputies"),
    ("post_notice", {"text": "x", "expected": 1}, 409, "conflict", "expected"),
    ("post_notice", {"text": "x", "expected": 999_999}, 409, "conflict", "expected"),
])
def test_a_command_at_the_wrong_moment(council, unharmed, command, fields, status, code, field):
    refused(council.send(command, **fields), status, code, field)


def test_a_conflict_says_what_changed(council, unharmed):
    problem = refused(council.send("post_notice", text="x", expected=council.snapshot["seq"] - 2), 409, "conflict")
    assert problem["current"] == council.snapshot["seq"] and len(problem["since"]) == 2
    assert all({"seq", "type"} <= entry.keys() for entry in problem["since"])


GOOD = '{"command":"post_notice","text":"x"}'


@pytest.mark.parametrize("text,words", [
    ("", "empty|too early"), ("x", "no JSON value"), ("[]", "object"), ("{", "double quotes"), (GOOD + "}", "more after the end"),
    ('{"command":"post_notice","text":"x","text":"y"}', "twice"),
    ('{"command":"open_round","round":"next","command":"close_sitting"}', "twice"),
    ('{"command":"post_notice","te\\u0078t":"x","text":"y"}', "twice"),
    ('{"command":"post_notice","text":' + "[" * 10_000 + "]" * 10_000 + "}", "nested deeper"),
    ('{"a":' * 10_000 + "1" + "}" * 10_000, "nested deeper"),
    ('{"command":"post_notice","text":"x","until":1e999}', "beyond measure"),
    ('{"command":"post_notice","text":"x","until":-1e999}', "beyond measure"),
    ('{"command":"post_notice","text":"x","until":1.5}', "whole number"),
    ('{"command":"post_notice","text":"x","until":NaN}', "no JSON value"),
    ('{"command":"post_notice","text":"x","until":"12"}', "whole number"),
    ('{"command":"post_notice","text":"x","until":123456789012345678901234567890}', "whole number"),
    ('{"command":"post_notice","text":5}', "not text"),
    ('{"command":"post_notice","txt":"x"}', "txt"),
    ('{"command":"post_notise","text":"x"}', "not one of"),
    ('{"command":"clock_stepped","milliseconds":1}', "not one of"),
    ('{"command":"import_roster"}', "not one of"),
    ('{"text":"x"}', "command is missing"),
    ('{"command":"post_notice","text":"\\ud800"}', "half a character"),
    ('{"command":"post_notice","text":"a\u0000b"}', "control character"),
    ('{"command":"post_notice","text":"x","id":"not-a-uuid"}', "UUID"),
    ('{"command":"open_round","round":"../../etc"}', "round: write"),
    ('{"command":"open_round","round":"' + "r" * 65 + '"}', "round: write"),
    ("\ufeff" + GOOD[:-1], "comma or }"),
    (b'{"command":"post_notice","text":"\xff\xfe"}', "UTF-8"),
    (b"\x00\x01\x02", "no JSON value"),
])
def test_a_body_that_is_no_command(council, unharmed, text, words):
    began = time.monotonic()
    problem = refused(body(council, text), 422, "bad_input")
    assert time.monotonic() - began < 20
    assert problem["faults"] and all(fault["line"] >= 1 and fault["column"] >= 1 and fault["message"] for fault in problem["faults"])
    assert any(word in fault["message"] for word in words.split("|") for fault in problem["faults"]), problem


def test_a_fault_is_named_by_line_and_column(council, unharmed):
    problem = refused(body(council, '{\n  "command": "open_round",\n  "round": 5,\n  "sitings": "s1"\n}'), 422, "bad_input")
    assert sorted((fault["line"], fault["column"]) for fault in problem["faults"]) == [(3, 12), (4, 14)]


def test_a_body_that_is_too_large(council, unharmed):
    try:
        reply = body(council, b" " * (1 << 20) + GOOD.encode())
    except (BrokenPipeError, ConnectionResetError):
        return  # closed before the whole of it was sent
    assert reply.status == 413


def test_an_id_used_for_another_command(council):
    identity = str(uuid.uuid4())
    first = council.do("post_notice", text="Один", id=identity)
    record = council.record
    again = council.do("post_notice", text="Один", id=identity)
    assert again == {**first, "repeated": True} and council.record == record
    refused(council.send("post_notice", text="Два", id=identity), 409, "command_reused")
    assert council.record == record
    council.do("clear_notice")


def test_a_late_ballot_is_refused_and_the_refusal_is_on_record(council):
    state, count = council.state, len(council.events)
    identity = str(uuid.uuid4())
    for _ in range(2):  # a repeat gets the same answer, and is recorded once
        refused(council.send("cast_ballot", round="done", deputy="d2", choice="yes", id=identity), 409, "ballot_after_close", "deputy")
    events = council.events
    assert len(events) == count + 1 and "yes" not in json.dumps(events[-1])
    after = council.state
    assert after["rounds"]["by_id"]["done"] == state["rounds"]["by_id"]["done"]


def test_markup_stays_text(council):
    for title in ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{title}} & \"x\" 'y'"):
        council.do("edit_item", item="i1", number="1", title=title)
        assert council.state["agenda"]["items"]["i1"]["title"] == title
        raw = council.daemon.http.get(f"{council.path}/council").body
        assert b"<script" not in raw and b"<img" not in raw, "no tag can be opened from JSON inside a page"
    council.do("edit_item", item="i1", number="1", title="Питання 1")


def test_direction_marks_at_the_ends_are_dropped(council):
    council.do("edit_item", item="i1", number="1", title="\u200fПитання\u200e ")
    assert council.state["agenda"]["items"]["i1"]["title"] == "Питання"


def test_an_agenda_of_two_thousand_items_is_taken_and_one_more_is_not(council):
    council.do("schedule_sitting", sitting="big", title="Велика")
    items = [{"item": f"i{n}", "number": str(n), "title": f"Питання {n}"} for n in range(1, 2001)]
    record = council.record
    problem = refused(council.send("replace_agenda", sitting="big", items=[*items, {**items[0], "item": "more"}]), 422, "bad_input")
    assert "2000" in json.dumps(problem) and council.record == record
    council.do("replace_agenda", sitting="big", items=items)
    csv = "number;title\n" + "".join(f"{n};Інше питання {n}\n" for n in range(1, 2002))
    record = council.record
    refused(council.file("agenda", csv.encode(), sitting="big"), 422, "bad_input")
    assert council.record == record
    reply = council.file("agenda", csv.rpartition("2001;")[0].encode(), sitting="big")
    assert reply.status == 200 and len(reply.json["changes"]) == 2000


@pytest.mark.parametrize("name,data,query,code", [
    ("roster", b"", {"seats": 34}, "bad_input"),
    ("roster", b"\x00\xff\xfe", {"seats": 34}, "bad_input"),
    ("roster", "id;family\nd1;Шевченко\nd1;Франко\n".encode(), {"seats": 34}, "bad_input"),
    ("roster", "id;family\nd1;a\u202eb\n".encode(), {"seats": 34}, "bad_input"),
    ("roster", b'{"deputies":[],"deputies":[]}', {"seats": 34}, "bad_input"),
    ("roster", b"[" * 100_000, {"seats": 34}, "bad_input"),
    ("roster", ROSTER.replace(b"d1;", b"d1;X", 1), {"seats": 34}, "round_open"),
    ("agenda", b"number;title\n1;\n", {"sitting": "s1"}, "bad_input"),
    ("agenda", b"number;title\n1;x\n", {"sitting": "none"}, "unknown_sitting"),
    ("agenda", b"number;title\n1;x\n", {"sitting": "a%2Fb"}, "bad_field"),
    ("rules", b"rules: [", {}, "bad_input"),
    ("rules", b"&a [*a,*a]", {}, "bad_input"),
    ("rules", b"\xff", {}, "bad_input"),
    ("hall-system", b"{}", {}, "bad_input"),
    ("hall-system", '{"GL_Text":"Питання","DPList":[{"DPName":"Невідомий Хтось","DPGolos":"За"}]}'.encode(), {}, "bad_input"),
])
@pytest.mark.parametrize("dry_run", ["yes", "no"])
def test_a_file_with_faults_changes_nothing(council, unharmed, name, data, query, code, dry_run):
    reply = council.file(name, data, dry_run=dry_run, **query)
    assert reply.json["code"] == code and reply.json["detail"], reply.text[:500]
    assert reply.status in (404, 409, 422)


@pytest.mark.parametrize("path", [
    "roster?dryrun=yes&seats=34", "roster?dry_run=maybe&seats=34", "roster?dry_run=yes&dry_run=no&seats=34", "roster?seats=0", "roster?seats=1e3",
    "roster?seats=34&expected=-1", "commands?dry_run=yes",
])
def test_a_misspelt_query_is_never_the_real_thing(council, unharmed, path):
    reply = council.daemon.control.request("POST", f"{council.path}/{path}", body=ROSTER)
    refused(reply, 400, "bad_field")


def test_a_token_in_the_address_is_refused_before_anything_is_done(council, unharmed):
    token = council.token("secretary")
    for query in (f"token={token}", f"access_token={token}", f"x={token}"):
        reply = council.daemon.http.request("POST", f"{council.path}/commands?{query}", body=GOOD.encode())
        problem = refused(reply, 400, "token_in_url")
        assert token not in reply.text and "Authorization: Bearer" in problem["detail"]
    assert token not in council.daemon.log


def test_a_hall_system_s_file_is_taken_once(daemon):
    council = Council(daemon)
    council.do("annul_round", round="now", reason="Для перевірки")
    names = {deputy: data for deputy, data in council.state["council"]["deputies"].items()}
    full = {deputy: " ".join(filter(None, (d["family"], d["given"], d.get("patronymic")))) for deputy, d in names.items()}
    words = ["За", "Проти", "Утримався", "Не голосував", "Відсутній"]
    entries = [{"DPName": f"  {full[f'd{n}']}  ", "DPGolos": words[n % 3] if n <= 30 else words[4]} for n in range(1, 35)]
    file = json.dumps({"PD_NPP": "1", "PD_Fullname": "Питання 1", "GL_Text": "В цілому", "GLType": "Поіменне", "DPList": entries}, ensure_ascii=False)
    data = ("\ufeff" + file).encode()
    headers = council.as_token("voting-system", halls=["demo"])
    record = council.record
    dry = council.file("hall-system", data, headers=headers, door=daemon.http, dry_run="yes")
    assert dry.status == 200 and dry.json["ballots"] == 30 and council.record == record, dry.text
    first = council.file("hall-system", data, headers=headers, door=daemon.http)
    assert first.status == 200 and not first.json["repeated"], first.text
    made = council.state["rounds"]["by_id"][first.json["round"]]
    assert made["status"] == "closed" and made["result"]["counts"]["yes"] == 10 and made["item"] == "i1"
    record = council.record
    again = council.file("hall-system", data, headers=headers, door=daemon.http)
    assert again.status == 200 and again.json["repeated"] and council.record == record, again.text
