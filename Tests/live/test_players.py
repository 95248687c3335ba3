"""Players that are not ours play the live playlist: FFmpeg's, GStreamer's two, and VLC where it is installed."""

import os
import re
import shutil
import subprocess

import pytest

from Tests.fixtures import generate
from Tests.support.daemon import Daemon


@pytest.fixture(scope="module")
def daemon():
    with Daemon([{"name": "a", "camera": str(generate.path("plain.mp4"))}, {"name": "two", "camera": str(generate.path("two-audio.ts"))}]) as daemon:
        for hall in ("a", "two"):
            daemon.wait_live(hall, timeout=40, parts=16)
        yield daemon


@pytest.mark.parametrize("hall", ["a", "two"])
def test_ffmpeg_plays(daemon, hall, measured):
    done = subprocess.run(
        ["ffmpeg", "-hide_banner", "-nostdin", "-v", "warning", "-stats", "-i", f"{daemon.url}/live/{hall}/index.m3u8", "-t", "10", "-f", "null", "-"],
        capture_output=True, text=True, timeout=90)
    frames = int(re.findall(r"frame=\s*(\d+)", done.stderr)[-1])
    measured("ffmpeg decoded", frames, "frames of 250")
    assert done.returncode == 0 and frames >= 240, done.stderr[-2000:]
    assert "error" not in done.stderr.lower(), done.stderr[-2000:]


@pytest.mark.parametrize("adaptive", ["hlsdemux", "hlsdemux2"])
def test_gstreamer_plays(daemon, adaptive, measured):
    """playbin with hlsdemux, playbin3 with hlsdemux2: both must reach a hundred decoded frames."""
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
GLib.timeout_add_seconds(40, loop.quit)
play.set_state(Gst.State.PLAYING); loop.run(); play.set_state(Gst.State.NULL)
print(counts['video'], counts['audio'], errors)
"""
    done = subprocess.run(["/usr/bin/python3", "-c", script], capture_output=True, text=True, timeout=90,
                          env={**os.environ, "GST_PLUGIN_FEATURE_RANK": f"{adaptive}:MAX,{other}:NONE"})
    assert done.stdout, done.stderr[-2000:]
    video, audio, errors = done.stdout.split(" ", 2)
    measured(f"GStreamer {adaptive} decoded", f"{video} video frames, {audio} audio buffers")
    assert int(video) >= 100 and int(audio) >= 50 and errors.strip() == "[]", done.stdout + done.stderr[-2000:]


@pytest.mark.skipif(shutil.which("cvlc") is None, reason="VLC is not installed")
def test_vlc_plays(daemon, tmp_path, measured):
    target = tmp_path / "out.ts"
    subprocess.run(
        ["cvlc", "-I", "dummy", "--no-color", "--run-time=12", f"{daemon.url}/live/a/index.m3u8", f"--sout=#standard{{access=file,mux=ts,dst={target}}}", "vlc://quit"],
        capture_output=True, text=True, timeout=90)
    assert target.stat().st_size > 50_000
