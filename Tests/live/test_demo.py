"""Scripted sittings against the real daemon: by `plenary demo`, and by the daemon itself as `make run` shows it."""

import json
import signal
import subprocess

from Tests.support.council import Council
from Tests.support.daemon import ROOT, Daemon, plenary_binary
from Tests.support.wait import wait_until

SCRIPT = ROOT / "config/demo/sitting.json"
HALL = {"name": "demo", "title": "Демонстраційна зала", "language": "uk", "camera": "test:?size=320x180", "autostart": False}


def council(daemon):
    """What everybody sees, no older than what is on record."""
    return Council(daemon).snapshot


def check_verdicts(daemon):
    state = wait_until(lambda: (s := council(daemon)["state"])["sitting"]["status"] == "closed" and s, 20, "the sitting's end")
    assert len(state["council"]["deputies"]) == 35 and state["council"]["seats"] == 34
    rounds = state["rounds"]["by_id"]
    assert rounds["r2"]["result"]["sentences"]["en"] == "17 for, 18 of 35 needed: not adopted", "one fails by one vote"
    assert rounds["r3"]["status"] == "annulled" and rounds["r3"]["superseded_by"] == "r3x"
    assert rounds["r3x"]["result"]["outcome"] == "adopted", "and is held again"
    assert rounds["r5"]["method"] == "secret" and "positions" not in rounds["r5"] and rounds["r5"]["voted"] == 27
    assert rounds["r5"]["result"]["counts"]["yes"] == 21
    assert {r["kind"] for r in rounds.values()} == {"registration", "procedural", "basis", "amendment", "whole", "election"}
    assert [state["agenda"]["items"][i]["state"] for i in state["agenda"]["order"]] == ["adopted", "rejected", "adopted", "adopted", "adopted"]


def test_the_whole_script_plays_over_the_api_with_the_right_verdicts():
    with Daemon([HALL]) as daemon:
        played = daemon.cli("demo", "--script", SCRIPT, "--speed", 1000, timeout=300)
        assert played.code == 0 and "the turn " in played.out and "passed over" not in played.err, played
        check_verdicts(daemon)
        record = daemon.state / "record.jsonl"
        assert daemon.cli("export", "log", "-o", record).code == 0
        assert daemon.cli("verify", record).code == 0
        for line in record.read_text().splitlines():
            if '"r5"' in line and '"ballot' in line:
                assert not {"yes", "no", "abstain"} & set(json.dumps(json.loads(line)["fact"]).split('"')), "a secret ballot's choice is in the record"


def test_a_script_that_was_interrupted_is_ended_by_the_next_turn():
    with Daemon([HALL]) as daemon:
        first = subprocess.Popen(
            [str(plenary_binary()), "demo", "--script", str(SCRIPT), "--speed", "60", "--json", "--state", str(daemon.state)], stdout=subprocess.PIPE, text=True)
        # in the middle of a round
        while json.loads(first.stdout.readline())["done"] < 30:
            pass
        first.send_signal(signal.SIGKILL)
        first.wait(30)
        interrupted = council(daemon)["state"]["sitting"]["id"]
        assert daemon.cli("demo", "--script", SCRIPT, "--speed", 1000, timeout=300).code == 0
        check_verdicts(daemon)
        assert council(daemon)["state"]["sitting"]["id"] != interrupted


def test_somebody_elses_sitting_is_not_touched():
    with Daemon([HALL]) as daemon:
        assert daemon.cli("roster", "import", ROOT / "config/demo/roster.csv", "--seats", 34, "--apply").code == 0
        assert daemon.cli("sitting", "schedule", "own", "--title", "Own").code == 0
        assert daemon.cli("sitting", "open", "own").code == 0
        refused = daemon.cli("demo", "--script", SCRIPT, "--speed", 1000)
        assert refused.code == 1 and "own" in refused.err, refused
        assert council(daemon)["state"]["sitting"]["status"] == "open"


def test_a_script_with_faults_names_them(tmp_path):
    script = tmp_path / "script.json"
    script.write_text('{"steps":[\n {"command":{"command":"open_siting"}}]}')
    with Daemon([HALL]) as daemon:
        assert daemon.cli("demo", "--script", tmp_path / "none.json").code == 66
        refused = daemon.cli("demo", "--script", script)
        assert refused.code == 65 and "line 2" in refused.err, refused


def test_the_daemon_plays_the_configured_script_and_goes_on_after_kill_9():
    hall = {**HALL, "demo": {"script": str(SCRIPT), "speed": 40}}
    with Daemon([hall]) as daemon:
        def voting():
            state = council(daemon)["state"]
            return state.get("open_round") and state["rounds"]["by_id"][state["open_round"]].get("voted") and state["sitting"]["id"]
        first = wait_until(voting, 60, lambda: f"a round with ballots; the log: {daemon.log}")
        daemon.kill9()
        daemon.start()

        def next_turn():
            state = council(daemon)["state"]
            return state["sitting"]["id"] != first and len(state["rounds"]["order"]) > 3 and state["sitting"]["id"]
        second = wait_until(next_turn, 90, lambda: f"the next turn; the log: {daemon.log}")
        assert "the demo waits" not in daemon.log
        daemon.terminate()
        daemon.start()
        wait_until(lambda: council(daemon)["state"]["sitting"]["id"] not in (first, second), 60, "a turn after a restart")
        record = daemon.state / "record.jsonl"
        assert daemon.cli("export", "log", "-o", record).code == 0
        assert daemon.cli("verify", record).code == 0
        text = record.read_text()
        assert text.count("round_annulled") >= 1 and text.count("sitting_closed") >= 2


def test_a_demo_begins_and_ends_with_a_reload():
    with Daemon([HALL]) as daemon:
        assert "sitting" not in council(daemon)["state"]
        daemon.halls[0]["demo"] = {"script": str(SCRIPT), "speed": 4}
        assert daemon.reload().status == 200
        wait_until(lambda: council(daemon)["state"].get("sitting", {}).get("status") == "open", 60, lambda: f"a sitting; the log: {daemon.log}")
        del daemon.halls[0]["demo"]
        assert daemon.reload().status == 200
        wait_until(lambda: "the demo has ended" in daemon.log, 60, lambda: f"the demo's end; the log: {daemon.log}")
        # Whoever goes on by hand is not disturbed: the script is gone.
        daemon.cli("round", "annul", "--reason", "The script ended in its middle")
        last = daemon.cli("sitting", "close", "--json").json["last"]
        assert daemon.cli("sitting", "schedule", "own", "--title", "Own", "--json").json["first"] == last + 1


def test_a_demo_without_its_script_says_so_once():
    with Daemon([{**HALL, "demo": {"script": "/nowhere/sitting.json"}}]) as daemon:
        wait_until(lambda: "/nowhere/sitting.json cannot be read" in daemon.log, 30, "the complaint")
        assert daemon.http.get("/readyz").status == 200
