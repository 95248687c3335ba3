"""Players that are not ours play the live playlist: FFmpeg's, GStreamer's two, and VLC."""

import os
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from Tests.fixtures import generate
from Tests.support.daemon import Daemon
from Tests.support.wait import wait_until


@pytest.fixture(scope="module")
def daemon():
    with Daemon([{"name": "a", "camera": str(generate.path("plain.mp4"))}, {"name": "two", "camera": str(generate.path("two-audio.ts"))}]) as daemon:
        for hall in ("a", "two"):
            # Some players begin three target durations, of 10 s, before the end and take no GAP there.
            daemon.wait_live(hall, timeout=60, parts=64)
        yield daemon


def ffmpeg(daemon, hall):
    return subprocess.run(
        ["ffmpeg", "-hide_banner", "-nostdin", "-v", "warning", "-stats", "-i", f"{daemon.url}/live/{hall}/index.m3u8", "-t", "6", "-f", "null", "-"],
        capture_output=True, text=True, timeout=300)


def gstreamer(daemon, adaptive):
    other, player = ("hlsdemux", "playbin3") if adaptive == "hlsdemux2" else ("hlsdemux2", "playbin")
    script = f"""
import gi, sys
gi.require_version('Gst', '1.0')
from gi.repository import Gst, GLib
Gst.init(None)
play = Gst.parse_launch('{player}')
counts = {{'video': 0, 'audio': 0}}
def sink(kind):
    s = Gst.ElementFactory.make('fakesink'); s.set_property('signal-handoffs', True); s.set_property('sync', True)
    s.connect('handoff', lambda *a: counts.__setitem__(kind, counts[kind] + 1)); return s
play.set_property('uri', '{daemon.url}/live/a/index.m3u8')
play.set_property('video-sink', sink('video')); play.set_property('audio-sink', sink('audio'))
loop = GLib.MainLoop(); bus = play.get_bus(); bus.add_signal_watch(); errors = []
bus.connect('message::error', lambda b, m: (errors.append(str(m.parse_error())), loop.quit()))
GLib.timeout_add(100, lambda: (loop.quit(), False)[1] if counts['video'] >= 100 and counts['audio'] >= 50 else True)
GLib.timeout_add_seconds(90, loop.quit)
play.set_state(Gst.State.PLAYING); loop.run(); play.set_state(Gst.State.NULL)
print(counts['video'], counts['audio'], errors)
"""
    return subprocess.run(["/usr/bin/python3", "-c", script], capture_output=True, text=True, timeout=300,
                          env={**os.environ, "GST_PLUGIN_FEATURE_RANK": f"{adaptive}:MAX,{other}:NONE"})


def vlc(daemon):
    """VLC takes the stream in and writes it out as a TS, which is looked at; it will not run as root. (video frames, audio frames, what it said)"""
    with tempfile.TemporaryDirectory(prefix="plenary-vlc-") as folder:
        os.chmod(folder, 0o777)
        target = os.path.join(folder, "out.ts")
        player = subprocess.Popen(
            ["cvlc", "-I", "dummy", "--no-color", "--sout-keep", f"--sout=#standard{{access=file,mux=ts,dst={target}}}",
             f"{daemon.url}/live/a/index.m3u8"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, "HOME": folder}, cwd=folder,
            **({"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}))
        try:
            wait_until(lambda: frames(target) >= 100, 60, "a hundred frames that VLC passed on", interval=0.5)
        finally:
            player.terminate()
            said = player.communicate(timeout=60)[1]
        return frames(target), frames(target, "a"), said


@pytest.fixture(scope="module")
def played(daemon):
    """All players at the same time, as viewers are."""
    with ThreadPoolExecutor() as threads:
        return {
            "a": threads.submit(ffmpeg, daemon, "a"), "two": threads.submit(ffmpeg, daemon, "two"), "hlsdemux": threads.submit(gstreamer, daemon, "hlsdemux"),
            "hlsdemux2": threads.submit(gstreamer, daemon, "hlsdemux2"), "vlc": threads.submit(vlc, daemon)}


@pytest.mark.parametrize("hall", ["a", "two"])
def test_ffmpeg_plays(played, hall, measured):
    done = played[hall].result()
    frames = int(re.findall(r"frame=\s*(\d+)", done.stderr)[-1])
    measured("ffmpeg decoded", frames, "frames of 150")
    assert done.returncode == 0 and frames >= 144, done.stderr[-2000:]
    assert "error" not in done.stderr.lower(), done.stderr[-2000:]


@pytest.mark.parametrize("adaptive", ["hlsdemux", "hlsdemux2"])
def test_gstreamer_plays(played, adaptive, measured):
    """playbin with hlsdemux, playbin3 with hlsdemux2: both must reach a hundred decoded frames."""
    done = played[adaptive].result()
    assert done.stdout, done.stderr[-2000:]
    video, audio, errors = done.stdout.split(" ", 2)
    measured(f"GStreamer {adaptive} decoded", f"{video} video frames, {audio} audio buffers")
    assert int(video) >= 100 and int(audio) >= 50 and errors.strip() == "[]", done.stdout + done.stderr[-2000:]


def test_vlc_plays(played, measured):
    video, audio, said = played["vlc"].result()
    measured("VLC passed on", video, "frames")
    assert audio > 0, said[-2000:]


def frames(file, kind="v"):
    if not os.path.exists(file):
        return 0
    done = subprocess.run(
        ["ffprobe", "-v", "quiet", "-select_streams", f"{kind}:0", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", file],
        capture_output=True, text=True, timeout=120)
    found = re.findall(r"\d+", done.stdout)
    return int(found[0]) if found else 0
