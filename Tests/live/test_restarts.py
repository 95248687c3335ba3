"""The daemon leaves, is killed and comes back: what viewers see of that, and what stands in its way."""

import socket
import threading
import time

import pytest

from Tests.fixtures import generate
from Tests.support.daemon import Daemon
from Tests.support.door import Door
from Tests.support.playlist import parse_media
from Tests.support.playlist_checker import Watch
from Tests.support.wait import wait_until


def clip():
    return str(generate.path("plain.mp4"))


def playlist(daemon, hall):
    reply = daemon.http.get(f"/live/{hall}/main.m3u8")
    assert reply.status == 200, (reply.status, reply.text)
    return parse_media(reply.body)


def test_a_blocked_viewer_does_not_hold_up_sigterm(measured):
    with Daemon([{"name": "a", "camera": clip()}]) as daemon:
        daemon.wait_live("a")
        answers = []

        def blocked():
            door = Door(daemon.address)
            msn = playlist(daemon, "a").next_part[0]
            try:
                answers.append(door.get(f"/live/a/main.m3u8?_HLS_msn={msn + 1}&_HLS_part=0").status)
            except OSError as error:
                answers.append(repr(error))

        threads = [threading.Thread(target=blocked) for _ in range(10)]
        for thread in threads:
            thread.start()
        wait_until(lambda: "plenary_http_held_requests 10\n" in daemon.http.get("/metrics").text, 20, "ten viewers to be held")
        took = daemon.terminate()
        measured("SIGTERM with ten blocked viewers took", took, "s")
        for thread in threads:
            thread.join(60)
        assert took < 20
        assert daemon.process.returncode == 0


@pytest.mark.parametrize("way", ["SIGTERM", "kill -9"])
def test_sequence_numbers_go_on_over_a_restart_of_the_daemon(way, measured):
    with Daemon([{"name": "a", "camera": clip(), "segmentMaximum": 4, "liveWindow": 30}]) as daemon:
        daemon.wait_live("a")
        watch = Watch(daemon.address, "a", outages=True, may_end=True).start()
        wait_until(lambda: watch.real_parts >= 8, 30, "parts")
        edge, hashes = watch.playlist.next_part, dict(watch.hashes)
        watch._stopping.set()
        if way == "SIGTERM":
            daemon.terminate()
        else:
            daemon.kill9()
        watch.stop()
        assert not watch.all_findings, watch.report()
        daemon.start()
        began = time.monotonic()
        daemon.wait_live("a")
        measured(f"live again after {way}", time.monotonic() - began, "s after ready")
        later = Watch(daemon.address, "a").start()
        later.hashes.update(hashes)  # no URL may come back with other bytes
        wait_until(lambda: later.real_parts >= 6, 30, "parts after the restart")
        assert not later.stop(), later.report()
        assert later.first.media_sequence >= edge[0], (edge, later.first.media_sequence)
        assert later.first.discontinuity_sequence + (1 if later.first.segments[0].discontinuity else 0) >= watch.playlist.discontinuity_sequence
        old_maps = {u for u in hashes if u.startswith("i")}
        assert not old_maps & {u for u in later.hashes if u.startswith("i") and u not in hashes}


def test_a_viewer_who_waits_through_a_restart_plays_on():
    with Daemon([{"name": "a", "camera": clip()}]) as daemon:
        daemon.wait_live("a")
        # the window was in the memory of the one that was killed: what is listed begins anew
        watch = Watch(daemon.address, "a", outages=True, may_end=True, allow=["no_sequence_number_is_passed_over"]).start()
        wait_until(lambda: watch.real_parts >= 6, 30, "parts")
        daemon.kill9()
        daemon.start()
        parts = watch.real_parts
        wait_until(lambda: watch.real_parts >= parts + 6 or watch.ended, 30, "parts after the restart")
        assert not watch.stop(), watch.report()


def test_a_port_that_is_taken_is_a_clear_end():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        daemon = Daemon([{"name": "a", "camera": "test:"}], settings={"listen": f"127.0.0.1:{taken.getsockname()[1]}"}, wait=False)
        daemon.start()
        code = daemon.process.wait(60)
        assert code not in (0, -6, -11), daemon.log
        wait_until(lambda: "in use" in daemon.log.lower() or "taken" in daemon.log.lower(), 20, lambda: f"the reason in {daemon.log}")
        daemon._end()
        Daemon.running.remove(daemon)


def test_two_daemons_on_one_state_folder(tmp_path):
    with Daemon([{"name": "a", "camera": clip()}], state=tmp_path / "s") as first:
        second = Daemon([{"name": "a", "camera": clip()}], state=tmp_path / "s", wait=False)
        second.start()
        code = second.process.wait(60)
        assert code not in (0, -6, -11), second.log
        second._end()
        Daemon.running.remove(second)
        first.write_config()
        assert first.status("a")["hall"] == "a"
