"""What an operator does to a stream, and what viewers see of it."""

import hashlib
import signal
import time

import pytest

from Tests.fixtures import generate
from Tests.support.daemon import Daemon
from Tests.support.door import Door
from Tests.support.playlist import parse_media
from Tests.support.playlist_checker import Watch
from Tests.support.sources import SilentServer
from Tests.support.wait import wait_until


def clip(name="plain.mp4"):
    return str(generate.path(name))


@pytest.fixture(scope="module")
def daemon():
    with SilentServer() as silent:
        halls = [{"name": n, "camera": clip(), "autostart": True, "language": "en"} for n in ("main", "second", "slate", "closed", "again")]
        halls.append({"name": "off", "camera": clip(), "autostart": False})
        halls.append({"name": "slow", "camera": f"rtsp://127.0.0.1:{silent.port}/", "autostart": False})
        with Daemon(halls, ready_within=30) as daemon:
            for hall in ("main", "second", "slate", "closed", "again"):
                daemon.wait_live(hall, timeout=40)
            yield daemon


def playlist(daemon, hall):
    reply = daemon.http.get(f"/live/{hall}/main.m3u8")
    assert reply.status == 200, (reply.status, reply.text)
    return parse_media(reply.body)


def test_ready_within_a_second(daemon, measured):
    measured("start to /readyz", daemon.ready_after, "s (debug build)")
    assert daemon.ready_after < 20


def test_a_stream_that_is_off_says_so(daemon):
    reply = daemon.http.get("/live/off/main.m3u8")
    assert reply.status in (404, 503), (reply.status, reply.text)
    assert daemon.status("off")["state"] == "stopped"


def test_start_and_stop(daemon):
    result = daemon.cli("stream", "start", "off")
    assert result.code == 0, result
    daemon.wait_live("off")
    watch = Watch(daemon.address, "off", may_end=True).start()
    wait_until(lambda: watch.real_parts >= 4, 20, "parts")
    result = daemon.cli("stream", "stop", "off")
    assert result.code == 0, result
    daemon.wait_for("off", lambda s: s["state"] == "stopped", 10)
    # The viewer still fetches what came last when the status already says stopped.
    wait_until(lambda: watch.ended, 20, "the end of the playlist")
    assert not watch.stop(), watch.report()
    last = watch.playlist.next_part[0]
    assert daemon.cli("stream", "start", "off").code == 0
    daemon.wait_live("off")
    assert playlist(daemon, "off").next_part[0] >= last


def test_a_stream_started_twice(daemon):
    pid = daemon.worker_pid("main")
    reply = daemon.wish("main", "start")
    assert reply.status == 409 and reply.headers["content-type"].startswith("application/problem+json"), (reply.status, reply.text)
    assert "already running" in reply.json["detail"]
    result = daemon.cli("stream", "start", "main")
    assert result.code != 0 and "already running" in result.err + result.out, result
    assert daemon.worker_pid("main") == pid


def test_a_stop_of_what_is_not_running(daemon):
    reply = daemon.wish("slow", "stop")
    assert reply.status == 409, (reply.status, reply.text)


def test_a_stop_while_starting(daemon, measured):
    assert daemon.wish("slow", "start").status < 300
    daemon.wait_for("slow", lambda s: s["state"] in ("starting", "lost"), 5)
    began = time.monotonic()
    reply = daemon.wish("slow", "stop")
    measured("stop while starting took", time.monotonic() - began, "s")
    assert reply.status < 300, (reply.status, reply.text)
    status = daemon.wait_for("slow", lambda s: s["state"] == "stopped", 10)
    assert not status.get("workerPID")


def test_an_unknown_hall(daemon):
    for path in ("/live/nowhere/main.m3u8", "/live/nowhere/index.m3u8", "/live/nowhere/s1.mp4"):
        assert daemon.http.get(path).status == 404
    reply = daemon.wish("nowhere", "start")
    assert reply.status == 404 and reply.headers["content-type"].startswith("application/problem+json")
    assert daemon.cli("stream", "start", "nowhere").code not in (0, 70)


def test_restart_keeps_numbers_and_viewers(daemon):
    watch = Watch(daemon.address, "again").start()
    wait_until(lambda: watch.real_parts >= 4, 20, "parts")
    pid = daemon.worker_pid("again")
    result = daemon.cli("stream", "restart", "again")
    assert result.code == 0, result
    daemon.wait_for("again", lambda s: s["onAir"] == "camera" and s["workerPID"] not in (None, pid), 20)
    # What the viewer reads first are parts from before.
    wait_until(lambda: watch.discontinuities >= 1, 20, "the discontinuity of the restart")
    before = watch.real_parts
    wait_until(lambda: watch.real_parts >= before + 6, 20, "parts after the restart")
    assert not watch.stop(), watch.report()


def test_the_card_goes_on_air_within_a_segment(daemon, measured):
    watch = Watch(daemon.address, "slate").start()
    wait_until(lambda: watch.real_parts >= 4, 20, "parts")
    began = time.monotonic()
    assert daemon.cli("stream", "slate", "slate", "on").code == 0
    daemon.wait_for("slate", lambda s: s["onAir"] == "slate" and s["slateOn"], 10)
    wait_until(lambda: watch.discontinuities >= 1, 10, "the card's discontinuity")
    gaps = watch.gap_parts
    measured("card on air after", time.monotonic() - began, "s")
    assert time.monotonic() - began < 20
    parts = watch.real_parts
    wait_until(lambda: watch.real_parts >= parts + 8, 20, "the card's parts")
    assert watch.gap_parts == gaps, "the card leaves no gap"
    began = time.monotonic()
    assert daemon.cli("stream", "slate", "slate", "off").code == 0
    daemon.wait_for("slate", lambda s: s["onAir"] == "camera" and not s["slateOn"], 15)
    measured("camera back after the card", time.monotonic() - began, "s")
    wait_until(lambda: watch.discontinuities >= 2, 20, "the discontinuity after the card")
    parts = watch.real_parts
    wait_until(lambda: watch.real_parts >= parts + 6, 20, "the camera's parts")
    assert not watch.stop(), watch.report()
    watch.decode()
    assert not watch.all_findings, watch.report()
    assert watch.discontinuities >= 2 and len(watch.inits) >= 2


def test_a_closed_session_is_in_no_playlist_and_no_memory(daemon, measured):
    watch = Watch(daemon.address, "closed").start()
    wait_until(lambda: watch.real_parts >= 6, 20, "parts")
    camera_maps = set(watch.inits)
    assert daemon.cli("stream", "hide", "closed").code == 0
    daemon.wait_for("closed", lambda s: s["onAir"] == "hidden" and s["hiddenSince"], 10)
    hidden_from = playlist(daemon, "closed").next_part
    assert daemon.wish("closed", "hide").status == 409

    def card_segments():
        shown = [s for s in playlist(daemon, "closed").segments if (s.msn, 0) > hidden_from]
        return len(shown) >= 3 and shown
    shown = wait_until(card_segments, 20, "the card to go on while hidden")
    assert not {s.map_uri for s in shown} & camera_maps, "only the card's init segment while hidden"
    held = daemon.status("closed")
    assert daemon.cli("stream", "show", "closed").code == 0
    after = daemon.wait_for("closed", lambda s: s["onAir"] == "camera" and not s.get("hiddenSince"), 15)
    back = playlist(daemon, "closed").next_part
    parts = watch.real_parts
    wait_until(lambda: watch.real_parts >= parts + 6, 20, "the camera's parts")
    found = watch.stop()
    assert not found, watch.report()
    watch.decode()
    assert not watch.all_findings, watch.report()
    # Not reachable by guessing names either: whatever has a number within the span was listed, under this name or the one it was hinted by.
    door, served = Door(daemon.address), set(watch.hashes.values())
    for msn in range(hidden_from[0], back[0] + 1):
        for name in [f"s{msn}.mp4"] + [f"s{msn}.{k}.mp4" for k in range(24)]:
            reply = door.get(f"/live/closed/{name}")
            listed = name in watch.hashes or hashlib.sha256(reply.body).digest() in served
            assert listed or reply.status in (400, 404, 410, 503), (name, reply.status)
    measured("bytes in the window before and after the closed session", f"{held['windowBytes']} {after['windowBytes']}")
    assert daemon.wish("closed", "show").status == 409


def test_reload_touches_only_what_changed(daemon):
    watch = Watch(daemon.address, "second").start()
    wait_until(lambda: watch.real_parts >= 2, 20, "parts")
    before = {h: daemon.worker_pid(h) for h in ("main", "second")}
    hall = next(h for h in daemon.halls if h["name"] == "main")
    hall["camera"] = clip("small.mp4")
    daemon.write_config()
    result = daemon.cli("reload", "--json")
    assert result.code == 0, result
    assert result.json["changed"] == ["main"] and "second" in result.json["unchanged"], result
    daemon.wait_for("main", lambda s: s["onAir"] == "camera" and s["workerPID"] not in (None, before["main"]), 20)
    parts = watch.real_parts
    wait_until(lambda: watch.real_parts >= parts + 4, 20, "parts")
    assert daemon.worker_pid("second") == before["second"]
    assert not watch.stop(), watch.report()
    assert daemon.status("second")["reconnects"] == 0 and watch.gap_parts <= 12


def test_reload_adds_and_removes_halls_by_sighup(daemon):
    pid = daemon.worker_pid("second")
    daemon.halls.append({"name": "new", "camera": clip()})
    daemon.write_config()
    daemon.process.send_signal(signal.SIGHUP)
    wait_until(lambda: daemon.control.get("/api/v1/halls/new/stream").status == 200, 10, "the new hall")
    daemon.wait_live("new")
    daemon.halls.pop()
    daemon.write_config()
    daemon.process.send_signal(signal.SIGHUP)
    wait_until(lambda: daemon.control.get("/api/v1/halls/new/stream").status == 404, 10, "the hall is gone")
    assert daemon.worker_pid("second") == pid


def test_a_reload_with_faults_changes_nothing(daemon):
    pid = daemon.worker_pid("second")
    good = daemon.config.read_text()
    daemon.config.write_text(good.replace('"second"', '"Second!"').replace('"autostart": false', '"autostart": "perhaps"'))
    result = daemon.cli("reload")
    assert result.code != 0, result
    assert "autostart" in result.err and "name" in result.err, result
    daemon.config.write_text(good)
    assert daemon.worker_pid("second") == pid and daemon.status("second")["state"] == "live"
