"""What happens to a relay worker stays there: the daemon and every other hall go on."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from Tests.fixtures import generate
from Tests.support.daemon import Daemon
from Tests.support.playlist_checker import Watch
from Tests.support.wait import wait_until

HALLS = ("killed", "stopped", "starved", "untouched")


@pytest.fixture(scope="module")
def daemon():
    halls = [{"name": n, "camera": str(generate.path("plain.mp4")), "slateOnLoss": False} for n in HALLS]
    with Daemon(halls, ready_within=30) as daemon:
        for hall in HALLS:
            daemon.wait_live(hall, timeout=40)
        yield daemon


def hurt(daemon, hall, harm, exactly=False):
    """Harms the hall's worker with both halls watched; (seconds until the loss shows, seconds until the picture is back, watch, other's watch)."""
    watch, other = Watch(daemon.address, hall).start(), Watch(daemon.address, "untouched").start()
    pid, bystander = daemon.worker_pid(hall), daemon.worker_pid("untouched")
    wait_until(lambda: watch.real_parts >= 4 and other.real_parts >= 4, 20, "both watched")
    began = time.monotonic()
    harm(pid)
    daemon.wait_for(hall, lambda s: s["workerPID"] != pid, 12, "the loss of the worker", exactly)
    noticed = time.monotonic() - began
    daemon.wait_for(hall, lambda s: s["onAir"] == "camera" and s["workerPID"] not in (None, pid), 25, "the picture again")
    back = time.monotonic() - began
    parts = watch.real_parts
    wait_until(lambda: watch.real_parts >= parts + 6, 20, "parts after the return")
    found = watch.stop(), other.stop()
    assert daemon.worker_pid("untouched") == bystander
    assert not found[0], watch.report()
    assert not found[1], other.report()
    assert (other.gap_parts <= 12 or other.starved) and daemon.status("untouched")["reconnects"] == 0
    return noticed, back, watch, other


def test_kill_9_of_a_worker(daemon, measured):
    noticed, back, watch, other = hurt(daemon, "killed", lambda pid: os.kill(pid, signal.SIGKILL))
    measured("kill -9 noticed after", noticed, "s")
    measured("picture back after", back, "s")
    measured("longest part interval of the other hall", max(other.part_intervals), "s")
    assert noticed < 20
    assert watch.discontinuities >= 1


def test_a_hang_is_noticed(daemon, measured):
    noticed, back, watch, other = hurt(daemon, "stopped", lambda pid: os.kill(pid, signal.SIGSTOP))
    measured("kill -STOP noticed after", noticed, "s")
    measured("picture back after", back, "s")
    assert noticed < 20
    assert daemon.status("stopped")["state"] == "live"


def test_a_worker_that_wants_more_memory_than_it_may_have(daemon, measured):
    """The limit is set on every worker; with the limit under what it needs it ends, and only it."""
    pid = daemon.worker_pid("starved")
    limits = Path(f"/proc/{pid}/limits").read_text()
    line = next(l for l in limits.splitlines() if l.startswith("Max data size"))
    assert "unlimited" not in line.split()[3:4], line
    files = next(l for l in limits.splitlines() if l.startswith("Max open files"))
    assert int(files.split()[3]) <= 1024, files
    core = next(l for l in limits.splitlines() if l.startswith("Max core file size"))
    assert core.split()[4] == "0", core

    def starve(pid):
        subprocess.run(["prlimit", f"--pid={pid}", "--data=1048576"], check=True)

    try:
        noticed, back, _, _ = hurt(daemon, "starved", starve, exactly=True)
        measured("starved worker gone after", noticed, "s")
    except AssertionError as error:
        # It may live on memory it already has: then nothing was harmed, and that is as good.
        if "the loss of the worker" not in str(error):
            raise
        assert daemon.status("starved")["state"] == "live"


def test_a_worker_knows_no_address_by_its_command_line(daemon):
    for hall in HALLS:
        assert str(generate.path("plain.mp4")) not in daemon.command_line(daemon.worker_pid(hall))


def test_workers_end_with_the_daemon():
    with Daemon([{"name": "a", "camera": str(generate.path("plain.mp4"))}]) as daemon:
        pid = daemon.worker_pid("a")
        daemon.kill9()
        wait_until(lambda: not Path(f"/proc/{pid}").exists() or Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z",
                   8, "the worker left after its daemon was killed")
        daemon.start()


def test_a_worker_that_needs_more_memory_than_it_may_have_hurts_nobody_else(measured):
    """Parts of five seconds at 70 Mbit/s pile up beyond `workerMemory`: that worker ends, again at each try; the other hall never notices."""
    halls = [{"name": "greedy", "camera": str(generate.path("noise.mp4")), "workerMemory": "64MiB", "slateOnLoss": False, "autostart": False,
              "partDuration": 5, "segmentDuration": 10, "segmentMaximum": 12},
             {"name": "untouched", "camera": str(generate.path("plain.mp4")), "slateOnLoss": False}]
    with Daemon(halls, ready_within=30) as daemon:
        daemon.crashing.add("greedy")
        daemon.wait_live("untouched", timeout=40)
        other = Watch(daemon.address, "untouched").start()
        wait_until(lambda: other.real_parts >= 4, 20, "the other hall watched")
        bystander = daemon.worker_pid("untouched")
        assert daemon.wish("greedy", "start").status == 200
        hurt = daemon.wait_for("greedy", lambda s: s["failures"].get("worker", 0) >= 2, 60, "two workers out of memory")
        measured("why it ended", hurt["failure"]["message"])
        assert hurt["onAir"] != "camera", hurt
        parts = other.real_parts
        wait_until(lambda: other.real_parts >= parts + 6, 30, "parts of the other hall")
        assert not other.stop(), other.report()
        assert (other.gap_parts <= 12 or other.starved) and daemon.status("untouched")["reconnects"] == 0
        assert daemon.worker_pid("untouched") == bystander
        counted = [line for line in daemon.http.get("/metrics").text.splitlines()
                   if line.startswith("plenary_stream_failures_total{") and 'hall="greedy"' in line and 'kind="worker"' in line]
        assert counted and int(counted[0].split()[-1]) >= 2, counted
