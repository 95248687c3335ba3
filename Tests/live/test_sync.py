"""Lips and voice: a flash and a beep of the camera's are still together when a viewer decodes what is served."""

import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from Tests.fixtures import generate
from Tests.support import sources
from Tests.support.daemon import Daemon
from Tests.support.playlist import parse_media
from Tests.support.ports import free_port

SECONDS = 7
CAMERAS = ("udp", "rtmp", "srt", "file")
#: Lip sync is noticed from about here on (ITU-R BT.1359: 45 ms of sound ahead).
TOLERANCE = 0.040


def onsets(file, stream, filters, key, is_on):
    """Seconds of the stream's own clock at which `key` turns on."""
    done = subprocess.run(
        ["ffmpeg", "-hide_banner", "-nostdin", "-v", "error", "-copyts", "-i", file, "-map", f"0:{stream}:0", f"-filter:{stream}", filters, "-f", "null", "-"],
        capture_output=True, text=True, timeout=300)
    found, was, at = [], True, None
    for line in done.stdout.splitlines():
        if match := re.search(r"pts_time:(-?[\d.]+)", line):
            at = float(match[1])
        elif match := re.search(rf"{re.escape(key)}=(-?[\d.]+|-inf|nan)", line):
            on = is_on(float(match[1]))
            if on and not was:
                found.append(at)
            was = on
    assert found, f"no {key} turns on: {done.stderr[-500:]}"
    return found


def record(daemon, hall, file, seconds):
    """What a viewer gets of `hall` from now on: init segment and whole segments, one after the other."""
    sequence, length, taken = None, 0.0, set()
    with open(file, "wb") as out:
        deadline = time.monotonic() + seconds + 180
        while length < seconds:
            assert time.monotonic() < deadline, f"{hall}: only {length:.1f} s came"
            playlist = parse_media(daemon.http.get(f"/live/{hall}/main.m3u8").body)
            for segment in playlist.complete:
                if segment.gap or segment.msn in taken or (sequence is not None and segment.msn < sequence):
                    continue
                if not taken:
                    out.write(daemon.http.get(f"/live/{hall}/{segment.map_uri}").body)
                reply = daemon.http.get(f"/live/{hall}/{segment.uri}")
                assert reply.status == 200, reply.text
                out.write(reply.body)
                taken.add(segment.msn)
                length += float(segment.duration)
            time.sleep(0.2)


@pytest.fixture(scope="module")
def daemon():
    with ExitStack() as stack:
        udp = free_port("udp")
        pull, srt = stack.enter_context(sources.RTMPServer("flash.ts")), stack.enter_context(sources.SRTServer(clip="flash.ts"))
        cameras = {"udp": f"udp://127.0.0.1:{udp}", "rtmp": pull.url, "srt": srt.url, "file": str(generate.path("flash.ts"))}
        daemon = stack.enter_context(Daemon([{"name": name, "camera": camera, "slateOnLoss": False} for name, camera in cameras.items()], ready_within=30))
        stack.enter_context(sources.udp_send(udp, "flash.ts"))
        for name in cameras:
            daemon.wait_live(name, timeout=60, parts=4)
        yield daemon


@pytest.fixture(scope="module")
def seen(daemon, tmp_path_factory):
    """What a viewer of each hall gets, all at the same time."""
    files = {name: tmp_path_factory.mktemp("seen") / f"{name}.mp4" for name in CAMERAS}
    with ThreadPoolExecutor(len(files)) as viewers:
        for done in [viewers.submit(record, daemon, name, file, SECONDS) for name, file in files.items()]:
            done.result()
    return files


@pytest.mark.parametrize("hall", CAMERAS)
def test_flash_and_beep_are_together(seen, hall, measured):
    file = seen[hall]
    flashes = onsets(file, "v", "signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-", "lavfi.signalstats.YAVG", lambda y: y > 120)
    beeps = onsets(
        file, "a", "asetnsamples=n=240,astats=metadata=1:reset=1,ametadata=print:key=lavfi.astats.Overall.RMS_level:file=-",
        "lavfi.astats.Overall.RMS_level", lambda level: level > -20)
    offsets = [min((beep - flash for beep in beeps), key=abs) for flash in flashes[1:-1]]
    measured(f"{hall}: sound behind the picture", ", ".join(f"{offset * 1000:.0f}" for offset in offsets), "ms")
    assert len(offsets) >= 3
    assert max(abs(offset) for offset in offsets) <= TOLERANCE, (flashes, beeps)
