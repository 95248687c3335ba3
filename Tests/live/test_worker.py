"""What happens to a relay worker stays there: the daemon and every other hall go on."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from Tests.fixtures import generate
from Tests.support.daemon import Daemon
from Tests.support.playlist_checker import Watch
from Tests.support.wait import wait_until

HALLS = ("killed", "stopped", "untouched")


@pytest.fixture(scope="module")
def daemon():
    halls = [{"name": n, "camera": str(generate.path("plain.mp4")), "slateOnLoss": False} for n in HALLS]
    with Daemon(halls, ready_within=30) as daemon:
        for hall in HALLS:
            daemon.wait_live(hall, timeout=40)
        yield daemon


def hurt(daemon, hall, harm):
    """Harms the hall's worker; (seconds until the loss shows, seconds until the picture is back, watch)."""
    watch = Watch(daemon.address, hall).start()
    pid = daemon.worker_pid(hall)
    wait_until(lambda: watch.real_parts >= 4, 20, f"{hall} watched")
    began = time.monotonic()
    os.kill(pid, harm)
    daemon.wait_for(hall, lambda s: s["workerPID"] != pid, 12, "the loss of the worker")
    noticed = time.monotonic() - began
    daemon.wait_for(hall, lambda s: s["onAir"] == "camera" and s["workerPID"] not in (None, pid), 25, "the picture again")
    back = time.monotonic() - began
    # What a slow viewer reads first are parts from before.
    wait_until(lambda: watch.discontinuities >= 1, 20, "the discontinuity of the new worker")
    parts = watch.real_parts
    wait_until(lambda: watch.real_parts >= parts + 6, 20, "parts after the return")
    assert not watch.stop(), watch.report()
    return noticed, back, watch


@pytest.fixture(scope="module")
def harm(daemon):
    """Both harms at the same time, and the hall beside them, watched all along."""
    other, bystander = Watch(daemon.address, "untouched").start(), daemon.worker_pid("untouched")
    wait_until(lambda: other.real_parts >= 4, 20, "the other hall watched")
    with ThreadPoolExecutor() as threads:
        killed, stopped = threads.submit(hurt, daemon, "killed", signal.SIGKILL), threads.submit(hurt, daemon, "stopped", signal.SIGSTOP)
    other.stop()
    assert daemon.worker_pid("untouched") == bystander
    return {"killed": killed, "stopped": stopped, "other": other}


def test_kill_9_of_a_worker(harm, measured):
    noticed, back, watch = harm["killed"].result()
    measured("kill -9 noticed after", noticed, "s")
    measured("picture back after", back, "s")
    assert noticed < 20
    assert watch.discontinuities >= 1


def test_a_hang_is_noticed(daemon, harm, measured):
    noticed, back, _ = harm["stopped"].result()
    measured("kill -STOP noticed after", noticed, "s")
    measured("picture back after", back, "s")
    assert noticed < 20
    assert daemon.status("stopped")["state"] == "live"


def test_the_hall_beside_them_never_notices(daemon, harm, measured):
    other = harm["other"]
    measured("longest part interval of the other hall", max(other.part_intervals), "s")
    assert not other.all_findings, other.report()
    assert other.gap_parts <= 12 and daemon.status("untouched")["reconnects"] == 0


def test_every_worker_has_its_limits(daemon):
    limits = Path(f"/proc/{daemon.worker_pid('untouched')}/limits").read_text().splitlines()
    line = next(l for l in limits if l.startswith("Max data size"))
    assert "unlimited" not in line.split()[3:4], line
    files = next(l for l in limits if l.startswith("Max open files"))
    assert int(files.split()[3]) <= 1024, files
    core = next(l for l in limits if l.startswith("Max core file size"))
    assert core.split()[4] == "0", core


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
        assert other.gap_parts <= 12 and daemon.status("untouched")["reconnects"] == 0
        assert daemon.worker_pid("untouched") == bystander
        counted = [line for line in daemon.http.get("/metrics").text.splitlines()
                   if line.startswith("plenary_stream_failures_total{") and 'hall="greedy"' in line and 'kind="worker"' in line]
        assert counted and int(counted[0].split()[-1]) >= 2, counted
