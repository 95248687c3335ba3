"""One vote to everybody: from the answer that acknowledges it to the last of N WebSocket clients."""

import http.client
import json
import os
import select
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from harness.nginx import Nginx
from harness.plenary import Plenary
from harness.processes import cpu_seconds, memory
from harness.setting import Unfit, free_port
from harness.table import Row, at_most

TITLE = "a message to 1,000 and 10,000 WebSocket clients"
COUNTS = (1_000, 10_000)
#: Of the bare loop's: what the issue wants.
CPU_TARGET, LAST_TARGET = 1.2, 1.5
#: Bytes of the posted text; the message around it is what the daemon makes of it.
TEXT = 380
#: Seconds of quiet before a lone message: Plenary sends at most one each 50 ms, the first after such a quiet time at once.
QUIET = 0.1


def build(setting):
    compiler = next((name for name in ("cc", "clang", "gcc") if shutil.which(name)), None)
    if compiler is None:
        raise Unfit("no C compiler is installed")
    tool = setting.cache / "fanout"
    subprocess.run([compiler, "-O2", "-Wall", "-o", tool, Path(__file__).parent.parent / "fanout.c"], check=True)
    return tool


class Pipe:
    """A tool of the bench's with lines in and out."""

    def __init__(self, setting, core, *command):
        self.process = subprocess.Popen(
            ["taskset", "-c", str(core), *map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1)
        setting._children.append(self.process)
        self.setting = setting

    def say(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def hear(self, timeout=60):
        if not select.select([self.process.stdout], [], [], timeout)[0]:
            raise Unfit(f"{self.process.args[3:5]} said nothing for {timeout} s")
        line = self.process.stdout.readline().strip()
        if not line:
            raise Unfit(f"{self.process.args[3:5]} left: {self.process.stderr.read()[-300:]}")
        return line

    def end(self):
        if self.process in self.setting._children:
            self.setting._children.remove(self.process)
        self.process.kill()
        self.process.communicate()


class Ours:
    """The daemon; a message is a notice of the sitting: decided, written, acknowledged, sent."""

    name = "Plenary"

    def __init__(self, setting):
        self.daemon = Plenary(setting, [{"name": "hall", "camera": "test:", "autostart": False}], core=setting.server_core)

    def __enter__(self):
        self.daemon.__enter__()
        self.daemon.command("schedule_sitting", sitting="bench", title="Bench")
        self.port, self.path = self.daemon.events_port, "/live/hall/events"
        return self

    def __exit__(self, *_):
        self.daemon.__exit__(*_)

    @property
    def pids(self):
        return [self.daemon.pid]

    def send(self, mark):
        began = time.monotonic_ns()
        self.daemon.command("post_notice", sitting="bench", text=f"{mark} {'x' * TEXT}")
        return began, time.monotonic_ns()


class Nchan:
    """nginx's publish/subscribe module, one worker, its channel in memory; acknowledged is the answer to the POST."""

    name = "nginx nchan"

    def __init__(self, setting):
        self.nginx = Nginx(setting, nchan=True, core=setting.server_core)

    def __enter__(self):
        self.nginx.__enter__()
        self.port, self.path = self.nginx.plain, "/sub"
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        return self

    def __exit__(self, *_):
        self.nginx.__exit__(*_)

    @property
    def pids(self):
        return self.nginx.pids

    def send(self, mark):
        began = time.monotonic_ns()
        self.connection.request("POST", "/pub", f"{mark} {'x' * (self.bytes - len(mark) - 1)}")
        answer = self.connection.getresponse()
        answer.read()
        if answer.status not in (200, 201, 202):
            raise Unfit(f"nchan answered {answer.status}")
        return began, time.monotonic_ns()


class UWebSockets:
    """uWebSockets' publish to a topic, in C++; a request to a few lines of Python (`uws.py`) begins each message."""

    name = "uWebSockets"
    PACKAGE, VERSION = "socketify", "0.0.31"

    def __init__(self, setting):
        self.setting, self.folder = setting, setting.cache / f"{self.PACKAGE}-{self.VERSION}"
        if not self.folder.exists():
            fresh = setting.folder / self.PACKAGE
            done = subprocess.run(
                [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", fresh, f"{self.PACKAGE}=={self.VERSION}"],
                capture_output=True, text=True, timeout=300)
            if done.returncode != 0:
                raise Unfit(f"uWebSockets: pip could not get {self.PACKAGE} {self.VERSION}: {done.stderr.strip()[-200:]}")
            shutil.move(fresh, self.folder)

    def __enter__(self):
        self.port, self.path = free_port(), "/sub"
        self.process = self.setting.spawn(
            [sys.executable, Path(__file__).parent.parent / "uws.py", self.port, self.bytes], core=self.setting.server_core, log="uws",
            env={**os.environ, "PYTHONPATH": str(self.folder)})
        deadline = time.monotonic() + 20
        while "listening" not in self.setting.log("uws"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.setting.end(self.process)
                raise Unfit(f"uWebSockets did not start: {self.setting.log('uws')[-300:]}")
            time.sleep(0.02)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.setting.end(self.process)
        (self.setting.folder / "uws.log").unlink(missing_ok=True)

    @property
    def pids(self):
        return [self.process.pid]

    def send(self, mark):
        began = time.monotonic_ns()
        self.connection.request("GET", f"/pub/{mark}")
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise Unfit(f"uWebSockets answered {answer.status}")
        return began, time.monotonic_ns()


class Bare:
    """The loop in C: what no server can beat."""

    name = "bare C epoll loop"

    def __init__(self, setting, tool, count):
        self.setting, self.tool, self.count = setting, tool, count

    def __enter__(self):
        self.port, self.path = free_port(), "/"
        self.pipe = Pipe(self.setting, self.setting.server_core, self.tool, "floor", self.port, self.count)
        self.pipe.hear()
        return self

    def __exit__(self, *_):
        self.pipe.end()

    @property
    def pids(self):
        return [self.pipe.process.pid]

    def connected(self):
        self.pipe.hear()

    def send(self, mark):
        self.pipe.say(f"{mark} {self.bytes}")
        released = json.loads(self.pipe.hear())["released"]
        return released, released


def system_calls(setting, server, rounds, send):
    """System calls of the server while `send` is called `rounds` times; `None` without strace."""
    if not shutil.which("strace"):
        return None
    report = setting.folder / "strace"
    tracers = [subprocess.Popen(["strace", "-c", "-f", "-q", "-o", f"{report}.{pid}", "-p", str(pid)], stderr=subprocess.DEVNULL) for pid in server.pids]
    time.sleep(1)
    for _ in range(rounds):
        send()
    for tracer in tracers:
        tracer.send_signal(2)
        tracer.wait(20)
    calls = 0
    for pid in server.pids:
        for line in Path(f"{report}.{pid}").read_text().splitlines():
            if line.endswith("total"):
                calls += int(line.split()[3])
    return calls


def figures(setting, tool, server, count, rounds):
    """Medians: ms from sending and from the answer to the last client, and the latter hard on the heels of another message; µs of CPU, calls
    and kB per client."""
    with server:
        before = sum(memory(pid).anonymous for pid in server.pids)
        listeners = Pipe(setting, setting.load_core, tool, "clients", server.port, count, server.path)
        try:
            listeners.hear(120)
            getattr(server, "connected", lambda: None)()
            time.sleep(1)
            held = (sum(memory(pid).anonymous for pid in server.pids) - before) * 1000 / count
            serial = 0

            def send(quiet=QUIET):
                nonlocal serial
                serial += 1
                time.sleep(quiet)
                mark = f"mark-{serial:05d}-"
                listeners.say(mark)
                listeners.hear()
                began, acknowledged = server.send(mark)
                seen = json.loads(listeners.hear())
                if seen["got"] != count:
                    raise Unfit(f"{server.name}: only {seen['got']} of {count} clients were told")
                return (seen["last"] - began) / 1e6, (seen["last"] - acknowledged) / 1e6

            for _ in range(3):
                send()
            spent = cpu_seconds(*server.pids)
            seen = [send() for _ in range(rounds)]
            spent = (cpu_seconds(*server.pids) - spent) * 1e6 / rounds / count
            close = statistics.median(send(quiet=0)[1] for _ in range(rounds))
            calls = system_calls(setting, server, 3, send)
            sent, acknowledged = (statistics.median(column) for column in zip(*seen))
            return {"sent": sent, "acknowledged": acknowledged, "close": close, "cpu": spent, "calls": None if calls is None else calls / 3 / count, "kilobytes": held}
        finally:
            listeners.end()


def peers(setting, tool, count):
    """The bare loop, and the servers that can be had here."""
    yield Bare(setting, tool, count)
    for peer in (UWebSockets, Nchan):
        try:
            yield peer(setting)
        except Unfit as reason:
            print(f"  {reason}", file=sys.stderr)


def measure(setting):
    tool = build(setting)
    rounds = max(5, setting.rounds * 3)
    Nchan.bytes = UWebSockets.bytes = Bare.bytes = TEXT + 160
    for count in COUNTS:
        ours = figures(setting, tool, Ours(setting), count, rounds)
        others = {}
        for server in peers(setting, tool, count):
            try:
                others[server.name] = figures(setting, tool, server, count, rounds)
            except Unfit as reason:
                if server.name == Bare.name:
                    raise
                print(f"  {server.name}: {reason}", file=sys.stderr)

        def against(unit, key, digits, others=others):
            """The peers' figures in one cell."""
            return ", ".join(f"{other[key]:.{digits}f}{unit} {name}" for name, other in others.items() if other[key] is not None)

        for name, peer in others.items():
            # the peers decide and write nothing: theirs begins with the sending
            ratio = ours["acknowledged"] / peer["sent"]
            yield Row(f"{count:,} clients: acknowledged → last", f"{ours['acknowledged']:.1f} ms", f"{peer['sent']:.1f} ms {name}, from sending", ratio,
                      **(at_most(LAST_TARGET, ratio) if name == Bare.name else {}))
        yield Row(f"{count:,} clients: sent → last", f"{ours['sent']:.1f} ms", against(" ms", "sent", 1))
        yield Row(f"{count:,} clients: acknowledged → last, hard on the heels of another (at most one each 50 ms)", f"{ours['close']:.1f} ms",
                  against(" ms", "close", 1))
        for name, peer in others.items():
            ratio = ours["cpu"] / peer["cpu"]
            yield Row(f"{count:,} clients: CPU per delivered message", f"{ours['cpu']:.1f} µs", f"{peer['cpu']:.1f} µs {name}", ratio,
                      **(at_most(CPU_TARGET, ratio) if name == Bare.name else {}))
        if ours["calls"] is not None:
            yield Row(f"{count:,} clients: system calls per delivered message", f"{ours['calls']:.2f}", against("", "calls", 2))
        yield Row(f"{count:,} clients: memory of the process per connection", f"{ours['kilobytes']:.1f} kB", against(" kB", "kilobytes", 1))
