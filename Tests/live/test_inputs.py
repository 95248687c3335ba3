"""Every kind of input over a real socket, side by side in one daemon; and the wrong keys, passwords and peers."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from Tests.support import sources
from Tests.support.daemon import Daemon
from Tests.support.playlist_checker import Watch
from Tests.support.ports import free_port
from Tests.support.wait import NotInTime, wait_until
from Tests.fixtures import generate

# Twenty cameras at once, each with a deadline of its own.
pytestmark = pytest.mark.measures

#: Of pictures that each watch must get.
SECONDS = 8
RATES = {"test": 10}
PASSWORD, PASSPHRASE, KEY = "Sitzung-7714", "plenarysecret77", "hall-key-5533-aa"
GOOD = ("rtsp-tcp", "rtsp-udp", "rtsp-digest", "rtmp-push", "rtmp-pull", "srt-call", "srt-listen", "udp", "file", "test")
BAD = ("rtsp-wrong", "srt-call-wrong", "srt-listen-wrong", "push-waiting", "page-rtsp", "page-rtmp", "silent-rtsp", "silent-rtmp", "redirect-file",
       "redirect-host", "nobody")
#: What each of those is told that brings no usable camera; the others only wait.
KINDS = {
    "rtsp-wrong": ("unauthorized",), "srt-call-wrong": ("unauthorized", "unreachable"), "page-rtsp": ("unusable", "unreachable"),
    "page-rtmp": ("unusable", "unreachable"), "silent-rtsp": ("unreachable",), "silent-rtmp": ("unreachable",), "redirect-file": ("forbidden", "unusable"),
    "redirect-host": ("forbidden", "unusable", "unreachable"), "nobody": ("unreachable",),
}


PROBED = ("rtsp-tcp", "file", "test")


class House:
    pass


def pictures(watch):
    """Seconds of pictures that a watch has got."""
    return watch.media.video_frames / RATES.get(watch.hall, 25)


@pytest.fixture(scope="module")
def house():
    house = House()
    with ExitStack() as stack:
        enter = stack.enter_context
        tcp, udp = enter(sources.RTSPCamera(transport="tcp")), enter(sources.RTSPCamera(transport="udp", audio="pcmu"))
        digest = enter(sources.RTSPCamera("admin", PASSWORD))
        pull, srt = enter(sources.RTMPServer()), enter(sources.SRTServer(PASSPHRASE))
        page, silent = enter(sources.PageServer()), enter(sources.SilentServer())
        elsewhere = enter(sources.SilentServer())
        to_file = enter(sources.RedirectingCamera("file:///etc/passwd"))
        to_host = enter(sources.RedirectingCamera(f"rtsp://127.0.0.2:{elsewhere.port}/secret"))
        srt_port, srt_wrong_port, udp_port = free_port("udp"), free_port("udp"), free_port("udp")
        addresses = {
            "rtsp-tcp": tcp.url, "rtsp-udp": udp.url + "?transport=udp", "rtsp-digest": digest.url, "rtmp-push": f"rtmp-push:{KEY}", "rtmp-pull": pull.url,
            "srt-call": f"{srt.url}?passphrase={PASSPHRASE}", "srt-listen": f"srt://127.0.0.1:{srt_port}?mode=listener&passphrase={PASSPHRASE}",
            "udp": f"udp://127.0.0.1:{udp_port}", "file": str(generate.path("plain.mp4")), "test": f"test:?size=320x180&rate={RATES['test']}",
            "rtsp-wrong": digest.url.replace(PASSWORD, "wrong-" + PASSWORD), "srt-call-wrong": f"{srt.url}?passphrase=wrong{PASSPHRASE}",
            "srt-listen-wrong": f"srt://127.0.0.1:{srt_wrong_port}?mode=listener&passphrase={PASSPHRASE}", "push-waiting": f"rtmp-push:other-{KEY}",
            "page-rtsp": f"rtsp://127.0.0.1:{page.port}/", "page-rtmp": f"rtmp://127.0.0.1:{page.port}/live/x", "silent-rtsp": f"rtsp://127.0.0.1:{silent.port}/",
            "silent-rtmp": f"rtmp://127.0.0.1:{silent.port}/live/x", "redirect-file": to_file.url, "redirect-host": to_host.url,
            "nobody": f"rtsp://127.0.0.1:{free_port()}/",
        }
        halls = [{"name": n, "camera": a, "slateOnLoss": False} for n, a in addresses.items()]
        daemon = enter(Daemon(halls, rtmp=True, secrets=[PASSWORD, PASSPHRASE, KEY], ready_within=60, settings={"limits": {"connectionsPerAddress": 1000}}))
        enter(sources.Again(sources.rtmp_push(f"rtmp://{daemon.rtmp_address}/live/{KEY}").command))
        enter(sources.srt_call(srt_port, PASSPHRASE))
        house.wrong_srt = enter(sources.srt_call(srt_wrong_port, "wrong" + PASSPHRASE))
        enter(sources.udp_send(udp_port))
        house.daemon, house.failures, house.elsewhere, house.silent = daemon, {}, elsewhere, silent
        # The generated hall encodes its picture here: on a machine that cannot keep up it is late, and dated so.
        late = {"test": ["dates_go_on_with_the_durations"]}
        house.first_part, began, watches = {}, time.monotonic(), {}

        def look():
            for name in [*GOOD, *BAD]:
                status = daemon.status(name)
                if status["state"] == "live" and status["parts"] and name not in house.first_part:
                    house.first_part[name] = time.monotonic() - began
                    if name in GOOD:
                        watches[name] = Watch(daemon.address, name, allow=late.get(name, ())).start()
                if status.get("failure"):
                    house.failures.setdefault(name, []).append(status["failure"])
            return len(watches) == len(GOOD) and all(pictures(watch) >= SECONDS for watch in watches.values()) and KINDS.keys() <= house.failures.keys()

        try:
            wait_until(look, 120, "all inputs seen", interval=0.2)
        except NotInTime:
            pass  # each input has a test of its own that says so
        for watch in watches.values():
            watch._stopping.set()
        for watch in watches.values():
            watch.stop()
        # Only now: the RTSP server shares its picture, and whoever joins or leaves shifts its clock for all.
        probes = enter(ThreadPoolExecutor())
        house.probes = {name: probes.submit(daemon.cli, "stream", "probe", name, "--json") for name in PROBED}
        house.watches = watches
        house.status = {name: daemon.status(name) for name in addresses}
        house.command_lines = [daemon.command_line(pid) for pid in daemon.processes()]
        house.logs = daemon.control.get("/api/v1/logs?last=1000").text
        house.metrics = daemon.http.get("/metrics").text
        house.listed = daemon.cli("stream", "list")
        house.listed_json = daemon.cli("stream", "list", "--json")
        yield house


def in_real_time(name):
    """A file waits for whoever reads it; what comes from an encoder comes when it comes."""
    return name if name in ("file", "test") else pytest.param(name, marks=pytest.mark.real_time("an encoder sends in real time: what waits too long is lost"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", map(in_real_time, GOOD))
def test_an_input_is_relayed(house, name, measured):
    assert name in house.watches, f"never live: {house.status[name]}, {house.failures.get(name, [])[-2:]}"
    watch = house.watches[name]
    strict = name not in ("rtsp-udp", "test", "udp", "srt-call", "srt-listen")
    watch.decode(strict=strict)
    measured(f"{name}: first part after", house.first_part[name], "s")
    measured(name, str(watch.figures))
    assert not watch.all_findings, watch.report()
    assert pictures(watch) >= SECONDS, watch.figures
    assert watch.media.audio_frames > 0


def test_cheap_cameras_g711_becomes_aac(house):
    for name, codec in (("rtsp-tcp", "pcm_alaw"), ("rtsp-udp", "pcm_mulaw")):
        audio = house.status[name]["source"]["audio"]
        assert audio and audio[0]["codec"] == codec and audio[0]["transcodedBecause"], audio


@pytest.mark.parametrize("name,kinds", KINDS.items())
def test_a_wrong_peer_gets_a_clear_reason(house, name, kinds, measured):
    failures = house.failures.get(name)
    assert failures, house.status[name]
    measured(name, f"{failures[-1]['kind']}: {failures[-1]['message']}")
    assert {f["kind"] for f in failures} <= set(kinds), failures[-1]
    assert len(failures[-1]["message"]) > 20
    assert house.status[name]["onAir"] != "camera"


@pytest.mark.parametrize("name,kinds", [("srt-call-wrong", ("unauthorized", "unreachable")), ("redirect-host", ("forbidden",)), ("rtsp-wrong", ("unauthorized",))])
def test_each_try_that_fails_is_counted_by_its_reason(house, name, kinds, measured):
    """A wrong passphrase as the caller, a redirect to another host, a wrong password: in the metrics, and nothing under another kind."""
    counted = {}
    for line in house.metrics.splitlines():
        if line.startswith("plenary_stream_failures_total{") and f'hall="{name}"' in line:
            counted[line.partition('kind="')[2].partition('"')[0]] = int(line.split()[-1])
    measured(name, str(counted))
    assert sum(counted.get(kind, 0) for kind in kinds) >= 1, counted
    assert not [kind for kind, count in counted.items() if count and kind not in kinds], counted


def test_a_redirect_to_another_host_is_not_followed(house):
    assert house.elsewhere.accepted == 0


def test_a_wrong_passphrase_is_not_taken(house):
    assert house.status["srt-listen-wrong"]["onAir"] != "camera"
    assert house.status["srt-listen-wrong"]["parts"] == 0


def test_a_wrong_stream_key_is_turned_away(house, measured):
    daemon = house.daemon
    with sources.rtmp_push(f"rtmp://{daemon.rtmp_address}/live/wrong-{KEY}") as encoder:
        wait_until(lambda: not encoder.running, 15, "the encoder is turned away")
        measured("what the encoder says", encoder.complaints.strip().splitlines()[-1] if encoder.complaints else "")
    assert daemon.status("push-waiting")["state"] == "waiting"
    assert daemon.status("rtmp-push")["state"] == "live"
    counted = [line for line in daemon.http.get("/metrics").text.splitlines() if line.startswith('plenary_rtmp_refused_total{reason="key"}')]
    assert int(counted[0].split()[-1]) >= 1, "a refused stream key is counted"


def test_a_second_encoder_with_the_same_key_is_turned_away(house):
    daemon = house.daemon
    before = daemon.status("rtmp-push")
    with sources.rtmp_push(f"rtmp://{daemon.rtmp_address}/live/{KEY}") as encoder:
        wait_until(lambda: not encoder.running, 15, "the second encoder is turned away")
    after = daemon.status("rtmp-push")
    assert after["state"] == "live" and after["workerPID"] == before["workerPID"]


def test_no_secret_is_seen_anywhere(house):
    for what, text in (("a process list", "\n".join(house.command_lines)), ("the log", house.logs), ("the metrics", house.metrics), ("stream list", house.listed.out),
                       ("the daemon's output", house.daemon.log)):
        for secret in (PASSWORD, PASSPHRASE, KEY):
            assert secret not in text, f"{secret} in {what}"
    assert "relay-worker" in "\n".join(house.command_lines)


def test_stream_list_shows_every_hall(house):
    assert house.listed.code == 0 and house.listed_json.code == 0
    for name in (*GOOD, *BAD):
        assert name in house.listed.out
    assert house.listed_json.json


@pytest.mark.parametrize("name", PROBED)
def test_a_probe_describes_the_camera(house, name):
    result = house.probes[name].result()
    assert result.code == 0, result
    assert '"h264"' in result.out, result.out
