"""A thousand players wait for the same part: when does the last one have its playlist?"""

import json
import shutil
import statistics
import subprocess
from pathlib import Path

from harness import feed, load
from harness.plenary import Plenary
from harness.rtmp import Encoder
from harness.setting import Unfit, free_port
from harness.table import Row, at_most

TITLE = "1,000 blocked reloads released by one part"
KEY = "bench-key-0123456789"
COUNT = 1000
TARGET = 25


def build_tool(setting):
    compiler = next((name for name in ("cc", "clang", "gcc") if shutil.which(name)), None)
    if compiler is None:
        raise Unfit("no C compiler is installed")
    tool = setting.cache / "waiters"
    subprocess.run([compiler, "-O2", "-Wall", "-o", tool, Path(__file__).parent.parent / "waiters.c"], check=True)
    return tool


def release(setting, tool, daemon, encoder):
    """Milliseconds from the frame that ended the part: first, median and last answer; and the answer's size."""
    sequence, part = daemon.playlist("hall").last_part
    # Two parts ahead: all requests are there before it comes.
    waiting = load.waiters(tool, daemon.port, COUNT, f"/live/hall/main.m3u8?_HLS_msn={sequence}&_HLS_part={part + 2}")
    result = load.answers(waiting)
    if result["good"] != COUNT:
        return None
    playlist = daemon.playlist("hall", f"?_HLS_msn={sequence}&_HLS_part={part + 2}")
    name = f"s{sequence}.{part + 2}.mp4"
    if name not in playlist.parts:
        # The segment ended before that part: the next segment's first part answered.
        name = f"s{sequence + 1}.0.mp4"
    last = encoder.last_frame_of(daemon.get(f"/live/hall/{name}")[1])
    if last is None or last + 1 >= len(encoder.frames):
        return None
    came = encoder.frames[last + 1][0]
    return [(result[key] - came) / 1e6 for key in ("first", "median", "last")] + [result["bytes"]]


def bare_loop(tool, size):
    """The same clients against an epoll loop in C that does nothing else: milliseconds until the last answer."""
    port = free_port()
    server = subprocess.Popen([tool, "floor", str(port), str(COUNT), str(size)], stdout=subprocess.PIPE, text=True)
    try:
        server.stdout.readline()
        result = load.answers(load.waiters(tool, port, COUNT, "/"))
        released = json.loads(server.communicate(timeout=10)[0])["released"]
        return (result["last"] - released) / 1e6
    finally:
        server.kill()
        server.wait()


def measure(setting):
    tool = build_tool(setting)
    releases, floors = [], []
    hall = {"name": "hall", "camera": f"rtmp-push:{KEY}", "liveWindow": 60}
    with Plenary(setting, [hall], rtmp=True) as daemon, Encoder(daemon.rtmp_port, KEY, feed.flv(setting)) as encoder:
        daemon.wait_live("hall", segments=3)
        for _ in range(setting.rounds * 6):
            if (figures := release(setting, tool, daemon, encoder)) is not None:
                releases.append(figures)
                floors.append(bare_loop(tool, int(figures[3])))
            if len(releases) == setting.rounds:
                break
    if not releases:
        raise Unfit("no release could be matched with its frame")
    first, middle, last, size = (statistics.median(column) for column in zip(*releases))
    floor = statistics.median(floors)
    yield Row(
        f"frame that ends the part → last of {COUNT:,} answers ({size / 1000:.1f} kB each)", f"{last:.1f} ms", f"{floor:.1f} ms bare C epoll loop",
        last / floor, **at_most(TARGET, last))
    yield Row("first and median answer of the same", f"{first:.1f} / {middle:.1f} ms")
