"""How many players of one low-latency stream a core carries, each with the votes' WebSocket, over HTTP/2 and TLS."""

import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from harness import feed
from harness.nginx import Nginx
from harness.plenary import Certificate, Plenary
from harness.processes import cpu_seconds, memory
from harness.setting import Unfit
from harness.table import Row, at_least

TITLE = "players that one core carries: 0.5 s parts of 1 Mbit/s over HTTP/2 and TLS, the votes beside them"
STEPS = (1_000, 2_000, 3_000, 4_000, 5_000, 6_000)
TARGET = 3_000
#: Milliseconds: so late may one part in a hundred be, and a part that is a whole part late is a picture that stands.
LATEST, PART = 50, 500
#: Seconds that count, of each step.
SECONDS = 10
#: Milliseconds between two looks of a player that polls: half a part.
POLL = 250
#: Messages of the votes during a step.
VOTES = 4
#: Of a core: beyond that the figures are the load's, not the server's.
FULL = 0.95
#: Everybody's connections: what the bench lets a server have at most.
PATIENCE = 240


def build(setting):
    compiler = next((name for name in ("cc", "clang", "gcc") if shutil.which(name)), None)
    if compiler is None:
        raise Unfit("no C compiler is installed")
    tool = setting.cache / "audience"
    source = Path(__file__).parent.parent / "audience.c"
    done = subprocess.run([compiler, "-O2", "-Wall", "-o", tool, source, "-lnghttp2", "-lssl", "-lcrypto"], capture_output=True, text=True)
    if done.returncode != 0:
        raise Unfit(f"audience.c was not compiled (`make deps-bench` installs libssl-dev and libnghttp2-dev): {done.stderr[-300:]}")
    return tool


def watch(setting, tool, arguments, count, pids, tell=lambda: None):
    """The players' figures, with the server's: `cpu` per viewer in ms a second, `core` that it was busy, `kilobytes` per viewer."""
    before = memory(*pids).proportional
    players = setting.spawn([tool, *arguments], core=setting.load_core, log="audience", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    # A server that answers nobody must not hold the run.
    alarm = threading.Timer(PATIENCE, players.kill)
    alarm.start()

    def expect(word):
        line = players.stdout.readline().strip()
        if line != word:
            raise Unfit(f"{count:,} players: {setting.log('audience')[-300:].strip() or f'not done in {PATIENCE} s'}")

    try:
        expect("ready")
        after = memory(*pids).proportional
        players.stdin.write("go\n")
        players.stdin.flush()
        expect("begin")
        began = cpu_seconds(*pids)
        for _ in range(VOTES):
            # Apart from each other: what happens within 50 ms is one message.
            time.sleep(SECONDS / (VOTES + 1))
            tell()
        expect("end")
        cpu = (cpu_seconds(*pids) - began) / SECONDS
        figures = json.loads(players.stdout.readline())
    finally:
        alarm.cancel()
        setting.end(players)
    return figures | {"cpu": cpu * 1e3 / count, "core": cpu, "kilobytes": (after - before) * 1e3 / count}


def holds(figures, count):
    late = figures["late"]
    return (figures["fewest"] > 0 and late["p99"] <= LATEST and late["most"] < PART and not figures["failures"]
            and figures["votes"] == count * VOTES)


def shown(figures):
    late = figures["late"]
    return f"late p99 {late['p99']:.0f} ms, most {late['most']:.0f} ms; core {figures['core']:.0%} busy, the load's {figures['busy']:.0%}"


def spread(figures):
    return f"{figures['after']['p50']:.0f} / {figures['after']['p99']:.0f} ms"


def ours(setting, tool, certificate, hall):
    """The largest step that held, and what it cost; and the first that did not."""
    best = beyond = None
    for count in STEPS:
        # A daemon for each step: what the one before left behind is not counted.
        with Plenary(setting, [hall], tls=certificate, core=setting.server_core) as daemon:
            daemon.wait_live("hall", segments=3)
            daemon.command("schedule_sitting", sitting="bench", title="Bench")
            figures = watch(
                setting, tool, ["block", daemon.port, count, SECONDS, "hall", daemon.events_port], count, daemon.pids,
                lambda daemon=daemon: daemon.command("post_notice", sitting="bench", text="x" * 200))
        print(f"  {count:,} players: {shown(figures)}", file=sys.stderr, flush=True)
        if not holds(figures, count):
            beyond = count, figures
            break
        best = count, figures
    return best, beyond


class Mirror(threading.Thread):
    """Copies a hall's playlist and newest parts to nginx's folder as they come."""

    def __init__(self, daemon, root):
        super().__init__(daemon=True)
        self.source, self.folder, self.is_ended, self.fault = daemon, root / "live/hall", False, None
        self.folder.mkdir(parents=True, exist_ok=True)
        self.connection = daemon.connection()

    def run(self):
        try:
            sequence, part = self.source.playlist("hall", "", self.connection).last_part
            while not self.is_ended:
                playlist = self.source.playlist("hall", f"?_HLS_msn={sequence}&_HLS_part={part + 1}", self.connection)
                sequence, part = playlist.last_part
                name = f"s{sequence}.{part}.mp4"
                (self.folder / name).write_bytes(self.source.get(f"/live/hall/{name}", self.connection)[1])
                fresh = self.folder / "new"
                fresh.write_text(playlist.text)
                fresh.rename(self.folder / "main.m3u8")
        except Exception as fault:
            self.fault = fault


def polling(setting, tool, certificate, hall, count):
    """nginx with the same files, and players that poll."""
    with Plenary(setting, [hall], tls=certificate) as daemon, Nginx(setting, certificate, core=setting.server_core, changing=True) as nginx:
        daemon.wait_live("hall", segments=3)
        mirror = Mirror(daemon, nginx.root)
        mirror.start()
        try:
            figures = watch(setting, tool, ["poll", nginx.tls, count, SECONDS, "hall", POLL], count, nginx.pids)
        finally:
            mirror.is_ended = True
            mirror.join(10)
    if mirror.fault:
        raise Unfit(f"nginx was not given the parts: {mirror.fault}")
    print(f"  {count:,} players that poll nginx: {shown(figures)}", file=sys.stderr, flush=True)
    return figures


def measure(setting):
    tool, certificate = build(setting), Certificate(setting.folder)
    hall = {"name": "hall", "camera": str(feed.small(setting)), "partDuration": 0.5, "segmentMaximum": 4, "liveWindow": 60}
    best, beyond = ours(setting, tool, certificate, hall)
    if best is None:
        count, figures = beyond
        yield Row(f"players with p99 ≤ {LATEST} ms and nobody late by a part", f"fewer than {count:,} ({shown(figures)})", **at_least(TARGET, 0))
        return
    count, figures = best
    load = "" if beyond is None or beyond[1]["busy"] < FULL else "; the load's core was full beyond"
    yield Row(f"players with p99 ≤ {LATEST} ms and nobody late by a part", f"{count:,} ({shown(figures)}{load})", **at_least(TARGET, count))
    if beyond:
        yield Row(f"… and {beyond[0]:,}", shown(beyond[1]))
    yield Row(f"messages of the votes received by {count:,}", f"{figures['votes']:,} of {count * VOTES:,}")
    peer = polling(setting, tool, certificate, hall, count)
    yield Row(
        f"CPU per player (beside nginx, the same parts, a look at the playlist each {POLL} ms, no votes)", f"{figures['cpu']:.3f} ms/s",
        f"{peer['cpu']:.3f} ms/s nginx", figures["cpu"] / peer["cpu"])
    yield Row("a part is there → a player has it, p50 / p99", spread(figures), f"{spread(peer)} nginx, polling")
    yield Row(
        "memory per player, with its WebSocket", f"{figures['kilobytes']:.1f} kB", f"{peer['kilobytes']:.1f} kB nginx, without",
        figures["kilobytes"] / max(peer["kilobytes"], 0.01))
