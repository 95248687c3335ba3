"""A real `plenary serve` on loopback, in a folder of its own: the way every live and browser test sees the product."""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
import uuid
from pathlib import Path

from .door import Door
from .ports import free_port
from .wait import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent


def plenary_binary():
    return Path(os.environ.get("PLENARY_BIN", ROOT / ".build/debug/plenary")).resolve()


class CommandResult:
    """What a CLI command printed and how it ended."""

    def __init__(self, completed):
        self.code, self.out, self.err = completed.returncode, completed.stdout, completed.stderr

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"<exit {self.code}\nout: {self.out}\nerr: {self.err}>"


class Daemon:
    """`with Daemon(halls=[{"name": "demo", "camera": "test:"}]) as daemon:`

    - `halls`: the config's halls, as dicts of its keys; `settings`: further top-level keys (they win).
    - `rtmp=True`: opens the RTMP listener on `daemon.rtmp_address`.
    - `secrets`: texts that may appear in no log line, no status and no process list; checked at the end.
    - `state`: keep a state folder over several daemons.
    - `wait`: `False` does not wait for `/readyz`.

    Leaving the context sends SIGTERM and then demands: status 0, no crash, no child left, no secret in the log.
    """

    running = []

    def __init__(self, halls=(), settings=None, rtmp=False, secrets=(), state=None, environment=None, wait=True, ready_within=60):
        self.halls, self.settings, self.secrets = [dict(hall) for hall in halls], dict(settings or {}), list(secrets)
        self._folder = None if state else tempfile.TemporaryDirectory(prefix="plenary-test-")
        self.state = Path(state or self._folder.name)
        self.state.mkdir(parents=True, exist_ok=True)
        self.config = self.state / "plenary.yaml"
        self.address = f"127.0.0.1:{free_port()}"
        self.events_address = f"127.0.0.1:{free_port()}"
        self.rtmp_address = f"127.0.0.1:{free_port()}" if rtmp else None
        self.environment = dict(environment or {})
        self._wait, self._ready_within = wait, ready_within
        self._mark = f"PLENARY_TEST={uuid.uuid4()}"
        self._log, self._log_lock = [], threading.Lock()
        self.process = None
        self.expect_code = 0
        #: Halls whose worker is meant to crash: what it says at its end is no crash of the daemon.
        self.crashing = set()
        self.log_path = self.state / "test-daemon.log"

    # — life —

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__(AssertionError, None, None)
            raise
        return self

    def __exit__(self, kind, error, trace):
        try:
            if kind is None:
                self.stop_and_check()
            else:
                self._end()
        finally:
            if self in Daemon.running:
                Daemon.running.remove(self)
            if self._folder:
                self._folder.cleanup()

    def write_config(self):
        """JSON is YAML: the config file needs no YAML writer."""
        config = {"listen": self.address, "events": {"listen": self.events_address}, "state": str(self.state)}
        if self.rtmp_address:
            config["rtmp"] = {"listen": self.rtmp_address}
        config["halls"] = self.halls
        config.update(self.settings)
        self.config.write_text(json.dumps(config, indent=2, ensure_ascii=False))

    def start(self):
        assert plenary_binary().exists(), f"{plenary_binary()} is not built: run `swift build` first, or set PLENARY_BIN"
        self.write_config()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PLENARY_")}
        key, _, value = self._mark.partition("=")
        environment[key] = value
        environment.update(self.environment)
        started = time.monotonic()
        self.process = subprocess.Popen(
            [str(plenary_binary()), "serve", "--config", str(self.config)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True, env=environment, cwd=ROOT)
        threading.Thread(target=self._read_log, args=(self.process,), daemon=True).start()
        if self not in Daemon.running:
            Daemon.running.append(self)
        if self._wait:
            try:
                self.wait_ready(self._ready_within)
            except BaseException:
                self._end()
                raise
            self.ready_after = time.monotonic() - started

    def wait_ready(self, timeout=60):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError(f"the daemon left with {self.process.returncode} before it was ready:\n{self.log}")
            try:
                return self.http.get("/readyz", timeout=10).status == 200
            except OSError:
                return False
        wait_until(ready, timeout, lambda: f"/readyz of the daemon; its log:\n{self.log}")

    def _read_log(self, process):
        with open(self.log_path, "ab") as file:
            for line in process.stdout:
                with self._log_lock:
                    self._log.append(line.decode("utf-8", "replace"))
                file.write(line)

    def restart(self):
        """SIGTERM, wait, start again with the same state and ports."""
        self.terminate()
        self.start()

    def terminate(self, timeout=60):
        """SIGTERM; returns the seconds it took to leave."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout)
        return time.monotonic() - began

    def kill9(self):
        """kill -9, as a power cut would; the workers must follow by themselves."""
        self.process.kill()
        self.process.wait(60)

    def _end(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(60)
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.http_close()

    def stop_and_check(self):
        try:
            if self.process.poll() is None:
                try:
                    self.terminate()
                except subprocess.TimeoutExpired:
                    raise AssertionError(f"SIGTERM did not end the daemon in a minute; its log:\n{self.log[-4000:]}")
            assert self.process.returncode == self.expect_code, f"the daemon left with {self.process.returncode}:\n{self.log[-4000:]}"
            wait_until(lambda: not self.processes(), 8, lambda: f"children left behind: {[self.command_line(p) for p in self.processes()]}")
            self.check_log()
        finally:
            self._end()

    def check_log(self):
        log = "\n".join(line for line in self.log.splitlines() if not any(f" {hall}: " in line for hall in self.crashing))
        for sign in ("Fatal error", "Crash", "Assertion failed", "AddressSanitizer"):
            assert sign not in log, f"the log shows a crash:\n{log[-6000:]}"
        for secret in self.secrets:
            assert secret not in log, f"a secret is in the log: {[l for l in log.splitlines() if secret in l][:3]}"

    # — processes —

    def processes(self):
        """Every living process that descends from this daemon (by session or by the mark in its environment), itself too."""
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                stat = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                if stat[0] == "Z":
                    continue
                mine = self.process is not None and int(stat[3]) == self.process.pid
                if not mine:
                    mine = self._mark.encode() in Path(f"/proc/{entry}/environ").read_bytes()
                if mine:
                    found.append(int(entry))
            except (OSError, IndexError, ValueError):
                continue
        return found

    @staticmethod
    def command_line(pid):
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
        except OSError:
            return ""

    @property
    def pid(self):
        return self.process.pid

    def worker_pid(self, hall, timeout=10):
        """The pid of the hall's relay worker, as the status says."""
        return wait_until(lambda: self.status(hall).get("workerPID"), timeout, f"a worker of {hall}")

    def resident_megabytes(self, pid=None):
        for line in Path(f"/proc/{pid or self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    # — doors —

    @property
    def log(self):
        with self._log_lock:
            return "".join(self._log)

    def log_lines(self, containing):
        return [line for line in self.log.splitlines() if containing in line]

    @property
    def url(self):
        return f"{'https' if 'tls' in self.settings else 'http'}://{self.address}"

    @property
    def socket_path(self):
        return self.state / "control.sock"

    @property
    def http(self):
        """The public door."""
        if getattr(self, "_http", None) is None:
            self._http = Door(self.address)
        return self._http

    @property
    def control(self):
        """The Unix socket."""
        if getattr(self, "_control", None) is None:
            self._control = Door(unix=str(self.socket_path))
        return self._control

    def http_close(self):
        for name in ("_http", "_control"):
            door = getattr(self, name, None)
            if door is not None:
                door.close()
                setattr(self, name, None)

    def cli(self, *arguments, timeout=180, stdin=None):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PLENARY_")}
        environment["PLENARY_STATE"] = str(self.state)
        return CommandResult(subprocess.run(
            [str(plenary_binary()), *map(str, arguments)], input=stdin, capture_output=True, text=True, timeout=timeout,
            env=environment, cwd=ROOT))

    def status(self, hall):
        """StreamStatus, from the operators' door."""
        reply = self.control.get(f"/api/v1/halls/{hall}/stream", timeout=60)
        assert reply.status == 200, f"status of {hall}: {reply.status} {reply.text}"
        text = reply.text
        for secret in self.secrets:
            assert secret not in text, f"a secret is in the status of {hall}"
        optional = dict.fromkeys(("source", "failure", "retryIn", "partTarget", "hiddenSince", "workerPID"))
        return {**optional, **reply.json}

    def wish(self, hall, what, timeout=60):
        """POST …/stream/{start|stop|restart|slate-on|slate-off|hide|show}; the reply."""
        return self.control.post(f"/api/v1/halls/{hall}/stream/{what}", timeout=timeout)

    def reload(self):
        self.write_config()
        return self.control.post("/api/v1/reload")

    def wait_for(self, hall, predicate, timeout=20, what="the hall's status", exactly=False):
        """Waits until `predicate(status)` is true; returns that status."""
        last = {}

        def asked():
            last.clear()
            last.update(self.status(hall))
            return predicate(last)

        wait_until(asked, timeout, lambda: f"{what} of {hall}; last: {last}", exactly=exactly)
        return dict(last)

    def wait_live(self, hall, timeout=25, parts=1):
        return self.wait_for(hall, lambda s: s["state"] == "live" and s["onAir"] == "camera" and s["parts"] >= parts, timeout, "live")
