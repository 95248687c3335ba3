"""The record under the worst that can happen to a machine: power cuts, a full disk, a clock that is set."""

import json
import os
import random
import sqlite3
import statistics
import struct
import subprocess
import threading
import time
from pathlib import Path

import pytest

from Tests.support.council import Council, Refused
from Tests.support.daemon import Daemon
from Tests.support.record import verify
from Tests.support.voting import Voting
from Tests.support.wait import wait_until

HALL = {"name": "demo", "camera": "test:?size=320x180", "autostart": False}
#: `make soak` asks for more.
KILLS = int(os.environ.get("PLENARY_KILLS", "30"))


@pytest.mark.timeout(300 + 10 * KILLS)
def test_no_acknowledged_ballot_is_lost_or_doubled_by_kill_9(measured):
    seed = int(os.environ.get("PLENARY_SEED", str(random.randrange(1 << 32))))
    chance = random.Random(seed)
    print(f"PLENARY_SEED={seed}")
    voting, ready = Voting("demo", seed=seed), []
    with Daemon(halls=[HALL]) as daemon:
        Council(daemon).seat(voting.deputies)
        for life in range(KILLS):
            # From the first moment on, now and then for longer.
            moment = time.monotonic() + chance.choice((0.03, 0.15, 0.5)) * chance.random()
            threads = voting.run(daemon, workers=6, enough=lambda: False)
            while time.monotonic() < moment and voting.failure is None:
                time.sleep(max(0, min(0.01, moment - time.monotonic())))
            daemon.kill9()
            for thread in threads:
                thread.join(60)
                assert not thread.is_alive(), "a worker did not see the daemon go"
            assert voting.failure is None, f"in life {life}: {voting.failure}"
            daemon.start()
            ready.append(daemon.ready_after)
            voting.check_state(Council(daemon).snapshot["state"])
        done = len(voting.acknowledged)
        for thread in voting.run(daemon, workers=6, enough=lambda: len(voting.acknowledged) > done + 100):
            thread.join(120)
        assert voting.failure is None, voting.failure
        events, head = Council(daemon).log()
        voting.check_record(verify(events, head))
    ballots = [job for job in voting.acknowledged if job.name == "cast_ballot"]
    measured("ballots acknowledged", len(ballots))
    measured("commands that a kill left without an answer", sum(job.repeats for job in voting.ballots + voting.steps))
    measured("of them done before the kill", sum(job.answer["repeated"] for job in voting.acknowledged))
    measured("ready after a kill, median", statistics.median(ready), "s")
    measured("ready after a kill, longest", max(ready), "s")
    assert len(ballots) > KILLS, "too few ballots for the kills to mean anything"
    # How long is measured; a start that waited for something that never comes would be seen here.
    assert statistics.median(ready) < 20


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 4 MiB that can be filled."""
    if os.getuid() != 0:
        pytest.skip("mounting a small disk needs root")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=0755", "tmpfs", tmp_path], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"this machine does not let us mount a small disk: {done.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "-l", tmp_path], check=True)


def fill(path):
    """Takes every byte that is left; the file to remove."""
    filler = path / "filler"
    with open(filler, "wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                pass
    return filler


def test_a_full_disk_refuses_commands_and_nothing_else(small_disk, tmp_path_factory):
    daemon = Daemon(halls=[HALL], state=small_disk)
    daemon.log_path = tmp_path_factory.mktemp("log") / "daemon.log"
    with daemon:
        council = Council(daemon)
        council.convene(deputies=12)
        council.open_round("r1")
        council.do("cast_ballot", round="r1", deputy="d1", choice="yes")
        before, pid = council.log(), daemon.pid
        filler = fill(small_disk)
        ballots = [{"id": f"00000000-0000-4000-8000-00000000000{n}", "round": "r1", "deputy": f"d{n}", "choice": "no"} for n in range(2, 8)]
        for ballot in ballots:
            reply = council.send("cast_ballot", **ballot)
            assert (reply.status, reply.json["code"]) == (507, "storage_full"), reply.text
            assert "disk" in reply.json["detail"] and "space" in reply.json["detail"]
        # Reading goes on, by every way.
        assert council.log() == before
        # What was acknowledged is shown a moment later, on a full disk too.
        wait_until(lambda: council.snapshot["state"]["rounds"]["by_id"]["r1"]["ballots"] == {"d1": "yes"}, 20, "the first ballot, and no other")
        assert daemon.http.get("/live/demo/state/-/0").json[0]["type"] == "snapshot"
        assert daemon.http.get("/readyz").status == 200
        assert 'plenary_board_commands_refused_total{hall="demo",code="storage_full"} 6' in daemon.http.get("/metrics").text
        filler.unlink()
        # The same commands under the same ids: they were not done before.
        for ballot in ballots:
            assert council.do("cast_ballot", **ballot)["repeated"] is False
        council.do("close_round", round="r1")
        events = verify(*council.log())
        assert sum("ballot_cast" in event["fact"] for event in events) == 7
        assert daemon.pid == pid and daemon.process.poll() is None, "without a restart"
        daemon.restart()
        assert verify(*council.log()) == events


class SetClock:
    """A daemon's wall clock, to be set while it runs."""

    def __init__(self, folder):
        self._offset, library = folder / "offset", folder / "set_clock.so"
        self._offset.write_bytes(struct.pack("=q", 0))
        source = Path(__file__).parent.parent / "support/set_clock.c"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source], check=True)
        self.environment = {"LD_PRELOAD": str(library), "SET_CLOCK_FILE": str(self._offset)}

    def set(self, milliseconds):
        """From now on it is off by so much."""
        with open(self._offset, "r+b") as file:
            file.write(struct.pack("=q", milliseconds))


def test_a_clock_set_back_an_hour_moves_neither_order_nor_countdowns(tmp_path):
    clock = SetClock(tmp_path)
    with Daemon(halls=[HALL], environment=clock.environment) as daemon:
        council = Council(daemon)
        council.convene(deputies=12)
        council.do("queue_speaker", speaker="t1", deputy="d1", kind="report", seconds=600)
        council.do("start_speech", speaker="t1")
        council.open_round("r1", seconds=500)
        council.do("cast_ballot", round="r1", deputy="d1", choice="yes")
        wait_until(lambda: "d1" in council.snapshot["state"]["rounds"]["by_id"]["r1"].get("ballots", {}), 20, "the ballot")
        before, steady = council.snapshot, time.monotonic()

        def left(message):
            """Seconds of the speech and of the round."""
            speech, voting = message["state"]["speakers"]["speech"], message["state"]["rounds"]["by_id"]["r1"]
            return (speech["allotted"] - speech["spent"] - (message["now"] - speech["running_since"])) / 1000, (voting["ends_at"] - message["now"]) / 1000

        clock.set(-3_600_000)
        wait_until(lambda: council.snapshot["now"] < before["now"] - 3_000_000, 20, "the daemon's clock to be set")
        council.do("cast_ballot", round="r1", deputy="d2", choice="no")
        after = wait_until(
            lambda: (now := council.snapshot)["state"]["rounds"]["by_id"]["r1"]["ballots"].get("d2") and now, 20, "the second ballot")
        passed = time.monotonic() - steady
        for was, now in zip(left(before), left(after)):
            assert abs(was - now - passed) < 60, f"a countdown had {was} s left and {passed:.1f} s later {now}"
        events = verify(*council.log())
        at = {event["seq"]: event["at"] for event in events}
        step = next(event for event in events if "clock_stepped" in event["fact"])
        assert abs(step["fact"]["clock_stepped"]["milliseconds"] + 3_600_000) < 60_000
        assert at[step["seq"]] < at[step["seq"] - 1] - 3_500_000, "the record says the time that the clock said"
        ballots = [event["fact"]["ballot_cast"]["deputy"] for event in events if "ballot_cast" in event["fact"]]
        assert ballots == ["d1", "d2"]
        # The same after a start with the clock as it is now, and when it is right again.
        daemon.restart()
        assert council.snapshot["state"] == after["state"]
        clock.set(0)
        council.do("cast_ballot", round="r1", deputy="d3", choice="no")
        assert [event["seq"] for event in verify(*council.log())] == list(range(1, len(council.log()[0]) + 1))


def test_a_damaged_record_costs_its_own_hall_only():
    """Its stream and the other hall go on; by every way it is named; the backup is taken without a restart."""
    other = HALL | {"name": "other"}
    with Daemon(halls=[HALL | {"autostart": True}, other]) as daemon:
        council, neighbour = Council(daemon), Council(daemon, "other")
        council.convene(deputies=12)
        neighbour.convene(deputies=12)
        events = verify(*council.log())
        daemon.terminate()
        path = daemon.state / "halls/demo/record.sqlite"
        whole = path.read_bytes()
        place = whole.index("сесія, s1".encode())
        damaged = whole[:place + 1] + bytes([whole[place + 1] ^ 1]) + whole[place + 2:]
        path.write_bytes(damaged)
        daemon.start()
        # By every way it is named, with the remedy.
        for reply in (council.send("open_round", round="r1"), *(daemon.http.get(f"/api/v1/halls/demo/{rest}") for rest in ("council", "log", "rules", "export/popolo"))):
            assert (reply.status, reply.json["type"]) == (503, "urn:plenary:record_damaged"), reply.text
            assert "plenary verify" in reply.json["detail"] and "plenary reload" in reply.json["detail"]
        for way in ("events", "state/-/0"):
            assert daemon.http.get(f"/live/demo/{way}").status == 503
        assert daemon.http.get("/api/v1/halls/demo/channel").json["record"] == "damaged"
        assert "hall demo: the record is damaged" in daemon.http.get("/readyz").text
        assert "record is damaged" in daemon.cli("stream", "list").out
        assert "Event" in daemon.cli("stream", "status", "demo").out
        shown = daemon.cli("sitting", "show", "--hall", "demo")
        assert shown.code != 0 and "damaged" in shown.err, shown
        named = lambda: any(str(path) in line and "damaged" in line and "backup" in line for line in daemon.log.splitlines())
        wait_until(named, 20, "the log to name the file and the remedy")
        # The picture goes on, and so does the neighbour.
        wait_until(lambda: daemon.http.get("/live/demo/index.m3u8").status == 200, 60, "the hall's picture")
        assert daemon.http.get("/halls/demo").status == 200
        assert daemon.http.get("/api/v1/halls/other/channel").json.get("record") is None
        neighbour.do("suspend_sitting")
        assert verify(*neighbour.log())
        assert path.read_bytes() == damaged, "what is damaged is left as it is"
        # A backup in its place.
        path.write_bytes(whole)
        assert daemon.cli("reload").code == 0
        assert verify(*council.log()) == events
        council.do("suspend_sitting")
        wait_until(lambda: council.snapshot["state"]["sitting"]["status"] == "suspended", 20, "the break")
        assert daemon.http.get("/readyz").text == "ready\n"


def test_a_command_waits_for_somebody_who_copies_the_record():
    with Daemon(halls=[HALL]) as daemon:
        council = Council(daemon)
        council.convene(deputies=12)
        reader = sqlite3.connect(daemon.state / "halls/demo/record.sqlite", isolation_level=None, check_same_thread=False)
        reader.execute("BEGIN")
        count = reader.execute("SELECT count(*) FROM event").fetchone()[0]
        ending = threading.Timer(1, reader.execute, ["COMMIT"])
        ending.start()
        assert council.do("post_notice", text="Перерва")["first"] == count + 1
        ending.join()
        reader.close()


def test_another_programs_writing_is_noticed_before_anything_is_acknowledged():
    with Daemon(halls=[HALL]) as daemon:
        council = Council(daemon)
        council.convene(deputies=12)
        path = daemon.state / "halls/demo/record.sqlite"
        other = sqlite3.connect(path)
        other.execute("DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)")
        other.commit()
        other.close()
        with pytest.raises(Refused) as refusal:
            council.do("post_notice", text="Перерва")
        assert refusal.value.code == "storage_failed" and "Another program" in json.dumps(refusal.value.problem)
