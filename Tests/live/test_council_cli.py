"""A clerk's whole sitting by the command line alone, against the real daemon; then the record: exported, checked, tampered with."""

import json
import random
import uuid

import pytest

from Tests.support.council import Council
from Tests.support.daemon import ROOT, Daemon

HALL = {"name": "rada", "title": "Міська рада", "language": "uk", "camera": "test:?size=320x180", "autostart": False}

ROSTER = """id;Прізвище;Ім'я;По батькові;стать;місце;фракція;роль
d1;Бондаренко;Олена;Петрівна;ж;1;Громада;
d2;Білик;Андрій;Миколайович;ч;2;Громада;
d3;Вовк;Марія;Іванівна;ж;3;Місто;
d4;Гаврилюк;Сергій;Олегович;ч;4;Місто;
d5;Дорошенко;Ірина;Василівна;ж;5;Місто;
"""
AGENDA = "номер;назва;доповідач\n1;Про бюджет;Левчук Ганна\n1.1;Про ремонт <школи>;\n2;Різне;\n"


def done(result, *words):
    assert result.code == 0, result
    for word in words:
        assert word in result.out, (word, result)
    return result


def refused(result, code, *words):
    assert result.code == code, result
    for word in words:
        assert word in result.err, (word, result)
    return result


@pytest.fixture(scope="module")
def sitting(tmp_path_factory):
    """A daemon whose hall has been through a sitting; tests look things up in it by id, for others add to it."""
    folder = tmp_path_factory.mktemp("clerk")
    with Daemon([HALL]) as daemon:
        hold(daemon, folder)
        yield daemon, folder


def hold(daemon, folder):
    council = Council(daemon, "rada")

    def cli(*arguments):
        # A clerk reads what was said before the next line is typed: by then everybody sees it.
        result = daemon.cli(*arguments)
        assert council.snapshot
        return result

    roster, agenda = folder / "roster.csv", folder / "agenda.csv"
    roster.write_text(ROSTER, "utf-8-sig")
    agenda.write_text(AGENDA)

    done(cli("roster", "import", roster, "--seats", 6), "+ d1: Бондаренко Олена Петрівна", "1 of 6 seats are vacant", "--apply")
    assert cli("roster", "show", "--json").json["deputies"] == {}, "a dry run changed something"
    done(cli("roster", "import", roster, "--seats", 6, "--apply"), "taken")
    done(cli("roster", "import", roster, "--apply"), "nothing changes")
    done(cli("roster", "show"), "6 seats, 5 filled", "Білик Андрій Миколайович")
    done(cli("rules", "show"), "Europe/Kyiv", "more than 1/2 of seats with head")

    done(cli("sitting", "schedule", "s1", "--title", "Перша сесія", "--at", "2030-01-15 10:00"), "s1 is scheduled")
    done(cli("agenda", "import", agenda), "1.1. Про ремонт <школи>", "--apply")
    done(cli("agenda", "import", agenda, "--apply"), "taken")
    done(cli("agenda", "add", "--number", "3", "--title", "Про міст"), "on the agenda")
    done(cli("agenda", "move", "3", 1))
    done(cli("agenda", "edit", "2", "--title", "Різні питання", "--draft", "П-9"))
    shown = cli("agenda", "show", "--json").json
    assert [shown["items"][i]["number"] for i in shown["order"]] == ["3", "1", "1.1", "2"]
    assert shown["items"]["i2"]["title"] == "Різні питання" and shown["items"]["i2"]["draft"] == "П-9"
    done(cli("sitting", "notice", "Реєстрація о 9:45", "--until", "09:45"))
    done(cli("sitting", "show"), "Реєстрація о 9:45", "2030-01-15 10:00")
    done(cli("sitting", "notice", "--clear"))
    done(cli("sitting", "open"), "s1 is open")

    done(cli("presence", "register", 1, 2, "Вовк", "d4"))
    done(cli("agenda", "take-up", "1"), "Про бюджет")
    done(cli("speaker", "queue", "Вовк", "--kind", "report"))
    done(cli("speaker", "queue", "--guest", "Директорка школи", "--kind", "question", "--seconds", 60, "--speaker", "t9"))
    done(cli("speaker", "start"))
    done(cli("speaker", "extend", 60))
    done(cli("speaker", "pause"))
    done(cli("speaker", "list"), "Вовк Марія Іванівна (report)", "paused", "t9", "Директорка школи")
    done(cli("speaker", "resume"))
    done(cli("speaker", "end"))
    done(cli("speaker", "remove", "t9"))
    done(cli("presence", "recuse", "4", "--reason", "Родич заявника"))
    done(cli("presence", "register", "5"))

    done(cli("round", "plan", "--item", "1", "--kind", "whole", "--question", "В цілому"), "r1 is planned")
    done(cli("round", "open"), "r1 is open", "0 of 5")
    for deputy in ("1", "2", "Вовк"):
        done(cli("ballot", "cast", deputy, "yes"))
    refused(cli("ballot", "cast", "4", "yes"), 1, "d4")
    refused(cli("ballot", "cast", "1", "no"), 1, "correction")
    done(cli("ballot", "correct", "2", "no", "--reason", "Помилився"))
    done(cli("round", "close"), "2 for, 4 of 6 needed: not adopted", "against")
    refused(cli("round", "close", "r1"), 1)
    done(cli("round", "annul", "--reason", "Збій пультів"), "Збій пультів")
    done(cli("round", "plan", "--item", "1", "--kind", "whole", "--question", "Повторно", "--supersedes", "r1"), "r2 is planned")
    done(cli("round", "open"))
    for deputy in ("1", "2", "3", "5"):
        done(cli("ballot", "cast", deputy, "yes"))
    done(cli("round", "close"), "4 for, 4 of 6 needed: adopted")
    done(cli("round", "announce"), "r2 is announced")
    done(cli("agenda", "show"), "adopted")
    done(cli("presence", "depart", 5))
    done(cli("presence", "recuse", "4", "--item", "1", "--withdraw"))

    done(cli("round", "plan", "--kind", "election", "--question", "Секретар"), "r3 is planned")
    done(cli("round", "open"))
    done(cli("round", "totals", "--yes", 3, "--no", 1, "--abstain", 0))
    done(cli("round", "close"), "3 for, 1 against")
    done(cli("round", "announce"))
    done(cli("agenda", "set-state", "2", "postponed", "--reason", "Немає доповідача"), "postponed")
    done(cli("sitting", "suspend", "--until", "14:00", "--notice", "Перерва до 14:00"))
    done(cli("sitting", "show"), "suspended", "Перерва до 14:00 (until", "14:00)")
    done(cli("sitting", "resume"))
    done(cli("sitting", "close"), "s1 is closed")


def test_the_state_is_what_the_clerk_did(sitting):
    daemon, _ = sitting
    state = daemon.cli("sitting", "show", "--json").json["state"]
    assert state["sitting"]["status"] == "closed"
    rounds = state["rounds"]["by_id"]
    assert rounds["r1"]["status"] == "annulled" and rounds["r1"]["superseded_by"] == "r2"
    assert rounds["r2"]["result"]["outcome"] == "adopted" and rounds["r2"]["positions"]["d4"] == "recused"
    assert "positions" not in rounds["r3"] and rounds["r3"]["result"]["counts"]["yes"] == 3
    done(daemon.cli("round", "list"), "Збій пультів", "4 for, 4 of 6 needed: adopted")
    done(daemon.cli("round", "show", "r2"), "Бондаренко", "recused", "Гаврилюк")


def test_a_command_repeated_with_its_id_is_done_once(sitting):
    daemon, _ = sitting
    command = ("sitting", "schedule", "s2", "--title", "Друга сесія", "--json", "--id", str(uuid.uuid4()))
    first, again = done(daemon.cli(*command)).json, done(daemon.cli(*command)).json
    assert not first["repeated"] and again["repeated"] and again["first"] == first["first"]
    refused(daemon.cli(*command[:3], "--title", "Інша", *command[5:]), 1)


def test_a_conflict_says_what_happened(sitting):
    daemon, _ = sitting
    result = daemon.cli("sitting", "schedule", "s3", "--title", "Третя", "--expected", 3, "--json")
    assert result.code == 1 and result.json["code"] == "conflict" and result.json["since"], result
    assert "since then:" in result.err


def test_the_hall_is_named_when_there_are_several(tmp_path):
    with Daemon([HALL, {**HALL, "name": "mala"}]) as daemon:
        refused(daemon.cli("sitting", "show"), 64, "--hall", "rada, mala")
        done(daemon.cli("sitting", "show", "--hall", "mala"))
        refused(daemon.cli("sitting", "show", "--hall", "нема"), 64)
        refused(daemon.cli("sitting", "show", "--hall", "nema"), 1)


@pytest.mark.parametrize("text, faults", [
    ("id;family;seat\nd1;А;x\nd2;;2\n", [":2:", ":3:"]),
    ("id,family\nd1,А\nd1,Б\n", [":3:"]),
    ("name\n\"Вовк Марія\n", [":"]),
    ("a;b\n1;2\n", [":1:", "family"]),
    ("", [":1:"]),
    ("[{\"id\":\"d1\",\"family\":\"А\",\"sex\":\"x\"}]", [":1:", "sex"]),
    ("[{\"id\":\"d1\",\"id\":\"d2\",\"family\":\"А\"}]", [":1:"]),
    ("id;family\nd 1!;А\n", [":2:"]),
])
def test_every_fault_of_a_roster_has_its_line_and_column(sitting, tmp_path, text, faults):
    daemon, _ = sitting
    file = tmp_path / "roster.csv"
    file.write_text(text)
    before = daemon.cli("roster", "show", "--json").json
    result = refused(daemon.cli("roster", "import", file, "--seats", 6, "--apply"), 65, *faults)
    for line in result.err.splitlines():
        name, number, column, words = line.split(":", 1)[1].strip().split(":", 3)
        assert name == str(file) and int(number) >= 1 and int(column) >= 1 and len(words) > 10, line
    assert daemon.cli("roster", "show", "--json").json == before


def test_a_file_that_cannot_be_read_is_66(sitting, tmp_path):
    daemon, _ = sitting
    refused(daemon.cli("roster", "import", tmp_path / "none.csv"), 66, "none.csv")
    refused(daemon.cli("verify", tmp_path / "none.jsonl"), 66)
    refused(daemon.cli("verify", f"{daemon.url}/api/v1/halls/nema/log"), 66, "404")
    refused(daemon.cli("verify", next(daemon.state.glob("halls/rada/*.sqlite"))), 66, "export log")


def test_a_roster_comes_from_standard_input_too(sitting):
    daemon, _ = sitting
    done(daemon.cli("roster", "import", "-", stdin=ROSTER.replace("Білик", "Біленко")), "~ d2", "--apply")


def test_rules_are_checked_and_shown(sitting, tmp_path):
    daemon, _ = sitting
    file = tmp_path / "rules.yaml"
    file.write_text((ROOT / "config/rules/lt.yaml").read_text())
    done(daemon.cli("rules", "import", file), "--apply")
    assert daemon.cli("rules", "show", "--json").json["country"] == "UA"
    file.write_text("country: UA\nrules: {}\nnonsense: 1\n")
    refused(daemon.cli("rules", "import", file, "--apply"), 65, "rules.yaml:3:")


# — the record —

@pytest.fixture(scope="module")
def record(sitting):
    daemon, folder = sitting
    file = folder / "record.jsonl"
    done(daemon.cli("export", "log", "--output", file))
    assert not list(folder.glob("*.part"))
    return file


def verdict(daemon, file, *more):
    result = daemon.cli("verify", file, "--json", *more)
    assert result.code in (0, 1), result
    return result.json


def test_the_record_holds_from_file_web_and_standard_input(sitting, record):
    daemon, _ = sitting
    events = len(record.read_bytes().splitlines()) - 1
    found = verdict(daemon, record)
    assert found["holds"] and found["events"] == events and found["key"] in record.read_text()
    done(daemon.cli("verify", record, "--key", found["key"]), "holds")
    assert daemon.cli("verify", record, "--key", "0" * 64).code == 1
    done(daemon.cli("verify", f"{daemon.url}/api/v1/halls/rada/log"), "holds")
    done(daemon.cli("verify", "-", stdin=daemon.cli("export", "log").out), "holds")


def test_tampering_is_found_at_the_right_event(sitting, record, tmp_path):
    daemon, _ = sitting
    lines = record.read_bytes().splitlines(keepends=True)
    file, chance = tmp_path / "bad.jsonl", random.Random(7)

    def bad(changed, *at, args=()):
        file.write_bytes(b"".join(changed))
        found = verdict(daemon, file, *args)
        assert not found["holds"], found
        assert not at or found["sequence"] in at, (found, at)

    for _ in range(12):
        index = chance.randrange(len(lines) - 1)
        place = chance.randrange(len(lines[index]) - 1)
        flipped = bytearray(lines[index])
        flipped[place] ^= 1 << chance.randrange(7)
        # The event itself when it cannot be read or counts wrong, else the one that should follow from it, or the head.
        bad(lines[:index] + [bytes(flipped)] + lines[index + 1:], index, index + 1, index + 2)
    for index in (0, 5, len(lines) - 2):
        bad(lines[:index] + lines[index + 1:], index, index + 1)
    bad(lines[:8] + [lines[9], lines[8]] + lines[10:], 9)
    bad(lines[:-1])
    bad(lines[:-3] + lines[-1:])
    bad(lines + lines[-1:])
    bad([lines[-1]])
    bad([b"".join(lines)[:-1]])
    bad([b""])


def test_a_record_cut_back_to_an_earlier_head_is_found_by_a_later_one(sitting, record, tmp_path):
    daemon, _ = sitting
    done(daemon.cli("sitting", "schedule", "later", "--title", "Пізніше"))
    later = tmp_path / "later.jsonl"
    done(daemon.cli("export", "log", "-o", later))
    head = tmp_path / "head.json"
    head.write_bytes(later.read_bytes().splitlines()[-1])
    done(daemon.cli("verify", later, "--head", head), "holds")
    done(daemon.cli("verify", record), "holds")
    assert daemon.cli("verify", record, "--head", head).code == 1


def test_votes_leave_as_open_data_and_popolo(sitting, tmp_path):
    daemon, _ = sitting
    done(daemon.cli("export", "835", "--sitting", "s1", "--output", tmp_path / "open", "--edrpou", "04051234"), "motions.csv", "votings.csv")
    motions = (tmp_path / "open/motions.csv").read_bytes()
    assert motions.startswith(b"\xef\xbb\xbf") and "04051234" in motions.decode("utf-8-sig") and "Про бюджет" in motions.decode()
    votings = (tmp_path / "open/votings.csv").read_text("utf-8-sig").splitlines()
    assert len(votings) == 1 + 5 and any("Не голосував" in line for line in votings)
    events = done(daemon.cli("export", "popolo", "--sitting", "s1")).json
    votes = {event["id"]: event.get("votes") for event in events}
    assert votes.keys() == {"s1/r1", "s1/r2", "s1/r3"} and len(votes["s1/r2"]) == 5
    assert not votes["s1/r3"], "a secret round leaves as totals only"
    refused(daemon.cli("export", "popolo", "--sitting", "nema"), 1)


# — tokens, and a daemon that leaves —

def test_tokens_are_made_listed_and_revoked(sitting):
    daemon, _ = sitting
    token = done(daemon.cli("token", "create", "Пульти зали", "--role", "voting-system", "--hall", "rada", "--days", 5)).out.strip()
    assert token.startswith("plenary_")
    daemon.secrets.append(token)
    [mine] = [t for t in daemon.cli("token", "list", "--json").json if t["name"] == "Пульти зали"]
    assert mine["role"] == "voting-system" and mine["halls"] == ["rada"] and token not in daemon.cli("token", "list").out
    done(daemon.cli("token", "revoke", mine["id"]), "revoked")
    assert all(t["name"] != "Пульти зали" or t.get("revoked") for t in daemon.cli("token", "list", "--json").json)
    refused(daemon.cli("token", "create", "x", "--role", "king"), 64)
    refused(daemon.cli("token", "revoke", "../x"), 64)


def test_a_command_survives_a_connection_that_drops():
    import socket
    import threading
    with Daemon([HALL]) as daemon:
        # A door that hangs up on the first command and passes all else on to the daemon.
        path, drops, ids = daemon.state / "elsewhere", [1], []
        path.mkdir()
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(path / "control.sock"))
            door.listen()

            def serve():
                while True:
                    try:
                        client, _ = door.accept()
                    except OSError:
                        return
                    with client:
                        request = b""
                        while b"\r\n\r\n" not in request:
                            request += client.recv(65536)
                        head, _, body = request.partition(b"\r\n\r\n")
                        length = next((int(l.split(b":")[1]) for l in head.lower().split(b"\r\n") if l.startswith(b"content-length")), 0)
                        while len(body) < length:
                            body += client.recv(65536)
                        with socket.socket(socket.AF_UNIX) as daemon_side:
                            daemon_side.connect(str(daemon.socket_path))
                            daemon_side.sendall(head + b"\r\nconnection: close\r\n\r\n" + body)
                            answer = b"".join(iter(lambda: daemon_side.recv(65536), b""))
                        if b"/commands" in head:
                            ids.append(json.loads(body)["id"])
                            if drops:
                                drops.pop()
                                continue
                        client.sendall(answer)

            threading.Thread(target=serve, daemon=True).start()
            result = done(daemon.cli("sitting", "schedule", "s1", "--title", "Раз", "--json", "--state", path))
            assert result.json["repeated"] and len(ids) == 2 and ids[0] == ids[1]
            door.shutdown(socket.SHUT_RDWR)


def test_without_a_daemon_it_is_69(tmp_path):
    from Tests.live.test_command_line import run
    for command in (["sitting", "show"], ["round", "open"], ["token", "list"], ["export", "log"], ["roster", "show"]):
        done_ = run(*command, "--state", tmp_path)
        assert done_.returncode == 69 and "no daemon answers" in done_.stderr, done_


def test_what_a_clerk_mistypes_is_64():
    from Tests.live.test_command_line import run
    for command in (["ballot", "cast", "1", "maybe"], ["speaker", "queue"], ["round", "plan", "--kind", "poll", "--question", "x"],
                    ["sitting", "notice"], ["presence", "recuse", "1"], ["agenda", "move", "1", "0"], ["sitting", "open", "--id", "7"],
                    ["demo", "--script", "x", "--speed", "0"], ["sitting", "show", "--hall", "A B"]):
        assert run(*command).returncode == 64, command
