"""Ukrainian hall voting systems' files, with their real-life dirt, dropped into the watched folder of the real daemon."""

import json
import os
from contextlib import contextmanager

import pytest

from Tests.support.council import Council
from Tests.support.daemon import ROOT, Daemon
from Tests.support.wait import wait_until

NAMES = [line.split(";") for line in (ROOT / "config/demo/roster.csv").read_text("utf-8-sig").splitlines()[1:]]


def full(index):
    return " ".join(NAMES[index][1:4])


def vote(title="Про внесення змін до бюджету", number="1", choices=None, **more):
    """One vote as such systems write it: padded names, dots for nothing, gendered words."""
    labels = choices or ["За"] * 20 + ["ПРОТИ"] * 2 + ["Утрималась"] * 2 + ["Не голосував"] * 3 + ["Відсутня"] * 7
    people = [{"DPName": f"  {full(i)} ".replace(" ", "   ", 1), "DPGolos": f" {label} "} for i, label in enumerate(labels)]
    return {
        "OrgName": "Зразківська міська рада", "SName": ".........", "GLTime": "22.11.2026 14:05:30", "GLType": "Поіменне", "PD_NPP": number,
        "PD_Fullname": f"{title}      ", "GL_Text": "В цілому", "RESULT": "Рішення прийнято", "DPList": people, "Spare": "0", **more}


@contextmanager
def in_session(parent):
    folder = parent / "votes"
    folder.mkdir()
    with Daemon([{"name": "rada", "language": "uk", "camera": "test:?size=320x180", "autostart": False, "hallSystem": {"folder": str(folder)}}]) as daemon:
        council = Council(daemon, "rada")
        council.import_roster()
        council.do("schedule_sitting", sitting="s1", title="Сесія")
        council.take("agenda", "number;title\n1;Про внесення змін до бюджету\n2;Різне\n", sitting="s1")
        council.do("open_sitting", sitting="s1")
        yield daemon, folder


@pytest.fixture
def hall(tmp_path):
    with in_session(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """One hall for all files of which nothing may be taken."""
    with in_session(tmp_path_factory.mktemp("untouched")) as found:
        yield found


def drop(folder, name, content, rename=True):
    """As programs do: written elsewhere and renamed in, or written in place."""
    data = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    if not rename:
        (folder / name).write_bytes(data)
        return
    (folder / f".{name}.tmp").write_bytes(data)
    os.rename(folder / f".{name}.tmp", folder / name)


def outcome(daemon, folder, name, where):
    text = folder / where / f"{name}.txt"
    wait_until(lambda: text.exists() and (folder / where / name).exists(), 40, lambda: f"{text}; there: {list(folder.rglob('*'))}; {daemon.log}")
    assert not (folder / name).exists()
    return text.read_text()


def rounds(daemon):
    return Council(daemon, "rada").state["rounds"]["by_id"]


def test_a_vote_is_taken_with_all_its_dirt(hall):
    daemon, folder = hall
    drop(folder, "vote-1.json", b"\xef\xbb\xbf" + json.dumps(vote(), ensure_ascii=False, indent=2).encode())
    assert "taken: 24 ballots" in outcome(daemon, folder, "vote-1.json", "done")
    [round] = rounds(daemon).values()
    assert round["status"] == "closed" and round["kind"] == "whole" and round["item"] == "i1" and round["question"] == "В цілому"
    counts = round["result"]["counts"]
    assert (counts["yes"], counts["no"], counts["abstain"], counts["not_voting"]) == (20, 2, 2, 3)
    assert counts["absent"] == 35 - 27, "seven deputies and the head, of whom the file knows nothing"


def test_the_same_vote_again_changes_nothing(hall):
    daemon, folder = hall
    drop(folder, "a.json", vote())
    outcome(daemon, folder, "a.json", "done")
    sequence = Council(daemon, "rada").snapshot["seq"]
    drop(folder, "b.json", vote())
    assert "taken before" in outcome(daemon, folder, "b.json", "done")
    drop(folder, "a.json", vote(), rename=False)
    assert "taken before" in outcome(daemon, folder, "a-2.json", "done")
    assert Council(daemon, "rada").snapshot["seq"] == sequence


def test_ballots_go_into_the_round_that_is_open(hall):
    daemon, folder = hall
    assert daemon.cli("presence", "register", *range(1, 31)).code == 0
    assert daemon.cli("round", "plan", "--item", "2", "--kind", "whole", "--question", "Різне", "--round", "mine").code == 0
    assert daemon.cli("round", "open", "mine").code == 0
    drop(folder, "v.json", vote())
    outcome(daemon, folder, "v.json", "done")
    assert rounds(daemon)["mine"]["voted"] == 24 and rounds(daemon)["mine"]["status"] == "open"


@pytest.mark.parametrize("content, words", [
    (vote(DPList=[{"DPName": "Бондаренка Олена Петрівна", "DPGolos": "За"}]), ["line 1, column", "Бондаренка", "nearest: Бондаренко Олена Петрівна (d1)"]),
    (json.dumps(vote(DPList=[{"DPName": "Невідомий Ніхто", "DPGolos": "За"}]), ensure_ascii=False, indent=1).encode(), ["line 1", "Невідомий Ніхто"]),
    (vote(DPList=[{"DPName": full(0), "DPGolos": "Можливо"}]), ["“Можливо” is no known vote"]),
    (vote(DPList=[{"DPName": full(0), "DPGolos": "За"}, {"DPName": full(0), "DPGolos": "Проти"}]), ["twice"]),
    (vote(DPList=[]), ["DPList"]),
    (b'{"DPList": [', ["line 1, column"]),
    (b'{"PD_Fullname":"x","PD_Fullname":"y","DPList":[]}', ["line 1, column"]),
    (b"[" * 10_000, ["nested"]),
    ("не JSON".encode("cp1251"), ["line"]),
])
def test_a_file_with_faults_is_put_aside_with_each_named(untouched, request, content, words):
    daemon, folder = untouched
    name = f"bad-{request.node.callspec.indices['content']}.json"
    drop(folder, name, content)
    text = outcome(daemon, folder, name, "failed")
    for word in words:
        assert word in text, text
    assert rounds(daemon) == {}, "something of a faulty file was taken"


def test_without_a_sitting_the_file_is_put_aside(hall):
    daemon, folder = hall
    assert daemon.cli("sitting", "close").code == 0
    drop(folder, "late.json", vote())
    assert "sitting" in outcome(daemon, folder, "late.json", "failed")


def test_half_a_file_waits_for_the_rest(hall):
    daemon, folder = hall
    data = json.dumps(vote(), ensure_ascii=False).encode()
    with open(folder / "slow.json", "wb", buffering=0) as file:
        for place in range(0, len(data), max(1, len(data) // 30)):
            file.write(data[place:place + max(1, len(data) // 30)])
            os.fsync(file.fileno())
    assert "taken" in outcome(daemon, folder, "slow.json", "done")


def test_other_files_links_and_folders_are_left_alone(hall):
    daemon, folder = hall
    (folder / "readme.txt").write_text("x")
    (folder / "folder.json").mkdir()
    os.symlink("/etc/hostname", folder / "link.json")
    drop(folder, "vote.json", vote())
    outcome(daemon, folder, "vote.json", "done")
    assert (folder / "readme.txt").exists() and (folder / "folder.json").is_dir() and (folder / "link.json").is_symlink()


def test_a_folder_that_is_not_there_is_told_once_and_found_later(tmp_path):
    folder = tmp_path / "later"
    with Daemon([{"name": "rada", "language": "uk", "camera": "test:?size=320x180", "autostart": False, "hallSystem": {"folder": str(folder)}}]) as daemon:
        wait_until(lambda: str(folder) in daemon.log, 30, "the complaint")
        folder.mkdir()
        drop(folder, "x.json", b"{}")
        outcome(daemon, folder, "x.json", "failed")
        assert daemon.log.count("cannot be read: is it there") == 1
