"""From a frame's arrival to the answer of the reload that waited for its part."""

import re
import statistics
import time

from harness import feed
from harness.plenary import Playlist, Plenary
from harness.rtmp import Encoder
from harness.setting import Unfit
from harness.table import Row, at_most

TITLE = "part-ready delay: a frame's last byte in our socket → the blocked reload answered in full"
KEY = "bench-key-0123456789"
TARGET = 30


def quantile(values, q):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def next_part(playlist):
    """What a player asks for next: the hinted part."""
    hint = re.search(r'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="s(\d+)\.(\d+)\.mp4"', playlist.text)
    return (int(hint[1]), int(hint[2])) if hint else (playlist.last_part[0], playlist.last_part[1] + 1)


def follow(daemon, encoder, hall, seconds):
    """Milliseconds per part: (after the frame that ended it, after its own last frame)."""
    playlists, media = daemon.connection(), daemon.connection()
    playlist = daemon.wait_live(hall, segments=2)
    ended, own = [], []
    stop = time.monotonic() + seconds
    while time.monotonic() < stop:
        sequence, part = next_part(playlist)
        known = set(playlist.parts)
        status, body = daemon.get(f"/live/{hall}/main.m3u8?_HLS_msn={sequence}&_HLS_part={part}", playlists)
        answered = time.monotonic_ns()
        if status != 200:
            raise Unfit(f"a blocking reload was answered {status}: {body[:200]!r}")
        playlist = Playlist(body.decode())
        fresh = [name for name in playlist.parts if name not in known]
        if len(fresh) != 1:
            # Two at once says that this client was late: no figure.
            continue
        last = encoder.last_frame_of(daemon.get(f"/live/{hall}/{fresh[0]}", media)[1])
        if last is None or last + 1 >= len(encoder.frames):
            continue
        own.append((answered - encoder.frames[last][0]) / 1e6)
        ended.append((answered - encoder.frames[last + 1][0]) / 1e6)
    if len(ended) < 5:
        raise Unfit(f"only {len(ended)} parts could be matched with their frames")
    return ended, own


def measure(setting):
    file = feed.flv(setting)
    for duration in (0.5, 0.2, 0.04):
        hall = {"name": "hall", "camera": f"rtmp-push:{KEY}", "partDuration": duration}
        with Plenary(setting, [hall], rtmp=True) as daemon, Encoder(daemon.rtmp_port, KEY, file) as encoder:
            ended, own = follow(daemon, encoder, "hall", setting.seconds)
        p50, p99 = statistics.median(ended), quantile(ended, 0.99)
        yield Row(
            f"{duration:g} s parts: after the frame that ends the part, p50 / p99 of {len(ended)}", f"{p50:.1f} / {p99:.1f} ms",
            **at_most(TARGET, p99))
        yield Row(
            f"{duration:g} s parts: after the part's own last frame (one frame of look-ahead is 40 ms)",
            f"{statistics.median(own):.1f} / {quantile(own, 0.99):.1f} ms")
