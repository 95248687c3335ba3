"""What every section shares: the cores, the folders, the feed, and the processes that must end with the run."""

import os
import platform
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class Unfit(Exception):
    """This machine cannot measure that; the message says what is missing."""


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Setting:
    def __init__(self, seconds, rounds):
        self.seconds, self.rounds = seconds, rounds
        cores = sorted(os.sched_getaffinity(0))
        #: One core for the server under test, the last one for whoever loads it.
        self.server_core, self.load_core = cores[0], cores[-1]
        self.cores = len(cores)
        self.binary = Path(os.environ.get("PLENARY_BIN", ROOT / ".build/release/plenary")).resolve()
        self.cache = ROOT / ".build/bench"
        self._children = []

    def __enter__(self):
        if not self.binary.exists():
            raise SystemExit(f"{self.binary} is not there: `make bench` builds it, or set PLENARY_BIN")
        self.cache.mkdir(parents=True, exist_ok=True)
        shared_memory = Path("/dev/shm")
        #: On tmpfs, so that no figure is a disk's.
        self.folder = Path(tempfile.mkdtemp(prefix="plenary-bench-", dir=shared_memory if shared_memory.is_dir() else None))
        self.folder.chmod(0o755)
        return self

    def __exit__(self, *_):
        for child in reversed(self._children):
            self.end(child)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def description(self):
        build = "a DEBUG build: its figures say nothing" if "/debug/" in str(self.binary) else "release build"
        return f"{self.binary.name} ({build}), {platform.machine()}, {self.cores} cores, Linux {platform.release()}"

    def need(self, *programs):
        for program in programs:
            if not shutil.which(program):
                raise Unfit(f"{program} is not installed (`make deps-bench`)")

    def spawn(self, arguments, core=None, log=None, **options):
        """Starts a program that ends with the run, on one core when asked; its output goes to `log` in the run's folder."""
        command = ["taskset", "-c", str(core), *arguments] if core is not None else list(arguments)
        output = open(self.folder / f"{log or Path(arguments[0]).name}.log", "ab")
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", output)
        options.setdefault("stderr", output)
        child = subprocess.Popen([str(part) for part in command], start_new_session=True, **options)
        output.close()
        self._children.append(child)
        return child

    def end(self, child, patience=5):
        """SIGTERM, then SIGKILL to its whole session."""
        if child in self._children:
            self._children.remove(child)
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(patience)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()

    def kill(self, child):
        """What a power cut does."""
        child.kill()
        child.wait()
        self._children.remove(child)

    def log(self, name):
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""
