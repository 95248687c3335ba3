"""Real cameras and encoders on loopback, each a process or a thread that a test can end, freeze and bring back."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import http.server
from pathlib import Path

from Tests.fixtures import generate

from .ports import free_port
from .wait import wait_until

HERE = Path(__file__).resolve().parent


class Process:
    """A source in a process of its own; `end()` is its orderly end, `kill()` a pulled plug, `freeze()` a hang."""

    def __init__(self, command, ready=None, environment=None):
        self.command, self._ready = [str(c) for c in command], ready
        self.environment = {**os.environ, **(environment or {})}
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE if self._ready else subprocess.DEVNULL,
            stderr=subprocess.PIPE, env=self.environment, start_new_session=True)
        self._complaints = []
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        if self._ready:
            line = self.process.stdout.readline().decode()
            assert self._ready in line, f"{self.command[:3]} did not start: {line} {self.complaints}"
        return self

    def _read(self, process):
        for line in process.stderr:
            self._complaints.append(line.decode("utf-8", "replace"))
            del self._complaints[:-50]

    @property
    def complaints(self):
        return "".join(self._complaints)

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def end(self):
        if self.running:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self):
        if self.running:
            self.process.kill()
        if self.process:
            self.process.wait(30)

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()


def ffmpeg(*arguments):
    return ["ffmpeg", "-hide_banner", "-nostdin", "-v", "error", *arguments]


def sending(clip, *output, loop=True):
    """ffmpeg that sends a fixture in real time, without encoding."""
    return ffmpeg("-re", *(["-stream_loop", "-1"] if loop else []), "-i", generate.path(clip), "-c", "copy", *output)


def rtmp_push(url, clip="plain.mp4"):
    """An encoder such as OBS."""
    return Process(sending(clip, "-f", "flv", "-flvflags", "no_duration_filesize", url))


class Again(Process):
    """A command that is started anew whenever it ends, as hardware does; ended and frozen with all its processes."""

    def __init__(self, command, pause=0.1):
        line = " ".join(f"'{a}'" for a in map(str, command))
        super().__init__(["bash", "-c", f"while true; do {line}; sleep {pause}; done"])

    def kill(self):
        if self.running:
            os.killpg(self.process.pid, signal.SIGKILL)
        super().kill()

    end = kill

    def freeze(self):
        os.killpg(self.process.pid, signal.SIGSTOP)

    def thaw(self):
        os.killpg(self.process.pid, signal.SIGCONT)


class RTMPServer(Again):
    """Waits for one that pulls; after it left, waits for the next (ffmpeg serves one only)."""

    def __init__(self, clip="plain.mp4"):
        self.port = free_port()
        self.url = f"rtmp://127.0.0.1:{self.port}/live/hall"
        super().__init__(sending(clip, "-f", "flv", "-listen", "1", self.url))


def srt_call(port, passphrase=None, clip="plain.ts"):
    """An encoder that calls Plenary, until somebody answers: SRT itself gives up after three seconds."""
    return Again(sending(clip, "-f", "mpegts", f"srt://127.0.0.1:{port}?mode=caller&pkt_size=1316" + (f"&passphrase={passphrase}" if passphrase else "")), pause=1)


class SRTServer(Again):
    """An encoder that Plenary calls."""

    def __init__(self, passphrase=None, clip="plain.ts"):
        self.port = free_port("udp")
        self.url = f"srt://127.0.0.1:{self.port}"
        super().__init__(sending(clip, "-f", "mpegts", self.url + "?mode=listener&pkt_size=1316" + (f"&passphrase={passphrase}" if passphrase else "")))


def udp_send(port, clip="plain.ts"):
    return Process(sending(clip, "-f", "mpegts", f"udp://127.0.0.1:{port}?pkt_size=1316"))


class RTSPCamera(Process):
    """A GStreamer RTSP server: H.264 and G.711."""

    def __init__(self, user=None, password=None, audio="pcma", transport="any", size="320x180", rate=25, gop=25, port=None):
        self.port = port or free_port()
        self.plain_url = f"rtsp://127.0.0.1:{self.port}/camera"
        self.url = f"rtsp://{user}:{password}@127.0.0.1:{self.port}/camera" if user else self.plain_url
        command = ["/usr/bin/python3", HERE / "rtsp_server.py", "--port", self.port, "--audio", audio, "--transport", transport,
                   "--size", size, "--rate", rate, "--gop", gop]
        if user:
            command += ["--user", user, "--password", password]
        super().__init__(command, ready="ready")


class _Listener:
    """A TCP server in a thread; `handle(connection)` says what it does with each client."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.connections = []
        self.accepted = 0

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.socket.close()
        for each in self.connections:
            with contextlib.suppress(OSError):
                each.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.accepted += 1
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError):
            self.handle(connection)

    def handle(self, connection):
        pass


class SilentServer(_Listener):
    """Accepts, reads, and never says a word."""

    def handle(self, connection):
        while connection.recv(65536):
            pass


class RedirectingCamera(_Listener):
    """Answers every RTSP request with a redirect to `location`."""

    def __init__(self, location):
        super().__init__()
        self.location = location
        self.url = f"rtsp://127.0.0.1:{self.port}/camera"

    def handle(self, connection):
        data = b""
        while True:
            chunk = connection.recv(65536)
            if not chunk:
                return
            data += chunk
            while b"\r\n\r\n" in data:
                head, _, data = data.partition(b"\r\n\r\n")
                number = next((l.split(b":")[1].strip().decode() for l in head.split(b"\r\n") if l.lower().startswith(b"cseq")), "1")
                method = head.split(b" ", 1)[0]
                if method == b"OPTIONS":
                    connection.sendall(f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY\r\n\r\n".encode())
                else:
                    connection.sendall(f"RTSP/1.0 302 Moved Temporarily\r\nCSeq: {number}\r\nLocation: {self.location}\r\n\r\n".encode())


class PageServer:
    """An ordinary web server that shows a login page, as a camera's port 80 does."""

    def __enter__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = b"<!DOCTYPE html><title>Login</title>" * 200
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def listening(port):
    """Waits until somebody accepts on a TCP port of loopback."""
    def asked():
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False
    wait_until(asked, 10, f"a listener on port {port}")
