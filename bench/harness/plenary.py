"""The daemon under test: its config, its start, its playlists."""

import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import time
import uuid

from .processes import descendants
from .setting import ROOT, Unfit, free_port


class Plenary:
    """`with Plenary(setting, [{"name": "hall", "camera": "test:"}]) as daemon:`"""

    count = 0

    def __init__(self, setting, halls, rtmp=False, tls=None, core=None):
        Plenary.count += 1
        self.setting, self.core, self.tls = setting, core, tls
        self.name = f"plenary-{Plenary.count}"
        self.port = free_port()
        self.rtmp_port = free_port() if rtmp else None
        self.events_port = free_port()
        self.state = setting.folder / self.name
        self.state.mkdir()
        config = {
            "listen": f"127.0.0.1:{self.port}",
            "events": {"listen": f"127.0.0.1:{self.events_port}"},
            "state": str(self.state),
            "pages": str(ROOT / "web"),
            "log": {"level": "warning"},
            "limits": {"connections": 100_000, "connectionsPerAddress": 100_000},
            "halls": halls,
        }
        if rtmp:
            config["rtmp"] = {"listen": f"127.0.0.1:{self.rtmp_port}"}
        if tls:
            config["tls"] = {"certificate": str(tls.certificate), "key": str(tls.key)}
        self.config = self.state / "plenary.yaml"
        # JSON is YAML.
        self.config.write_text(json.dumps(config))
        self.process = self._control = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.setting.end(self.process, patience=10)

    def start(self):
        """Returns the seconds from exec to a 200 of `/readyz`."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PLENARY_")}
        began = time.monotonic()
        self.process = self.setting.spawn(
            [self.setting.binary, "serve", "--config", self.config], core=self.core, log=self.name, env=environment, cwd=ROOT)
        while time.monotonic() - began < 30:
            if self.process.poll() is not None:
                raise Unfit(f"the daemon left with status {self.process.returncode}: {self.setting.log(self.name)}")
            try:
                if self.get("/readyz")[0] == 200:
                    return time.monotonic() - began
            except OSError:
                pass
            time.sleep(0.002)
        raise Unfit(f"the daemon was not ready in 30 s: {self.setting.log(self.name)}")

    @property
    def pid(self):
        return self.process.pid

    @property
    def pids(self):
        """Daemon and workers."""
        return descendants(self.pid)

    @property
    def workers(self):
        return [pid for pid in self.pids if pid != self.pid]

    @property
    def origin(self):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def connection(self, timeout=20):
        if not self.tls:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=ssl._create_unverified_context())

    def get(self, path, connection=None):
        """Status and body; over `connection` when one is kept."""
        own = connection or self.connection()
        try:
            own.request("GET", path)
            response = own.getresponse()
            return response.status, response.read()
        finally:
            if connection is None:
                own.close()

    def command(self, name, **fields):
        """A command of the hall `hall`, as an operator on this machine."""
        if self._control is None:
            self._control = _Unix(str(self.state / "control.sock"))
        body = json.dumps({"command": name, "id": str(uuid.uuid4()), **fields})
        self._control.request("POST", "/api/v1/halls/hall/commands", body, {"Content-Type": "application/json"})
        answer = self._control.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise Unfit(f"{name} was answered {answer.status}: {text[:300]!r}")

    def playlist(self, hall, query="", connection=None):
        status, body = self.get(f"/live/{hall}/main.m3u8{query}", connection)
        if status != 200:
            raise Unfit(f"the playlist of {hall} answered {status}: {body[:200]!r}")
        return Playlist(body.decode())

    def wait_live(self, hall, segments=0, timeout=40):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            status, body = self.get(f"/live/{hall}/main.m3u8")
            if status == 200:
                playlist = Playlist(body.decode())
                if playlist.last_part and len(playlist.segments) >= segments:
                    return playlist
            time.sleep(0.05)
        raise Unfit(f"{hall} was not live in {timeout} s: {self.setting.log(self.name)}")


class _Unix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Playlist:
    def __init__(self, text):
        self.text = text
        #: Whole segments that are there; a GAP has a name and no bytes.
        self.segments, is_gap = [], False
        for line in text.splitlines():
            if line == "#EXT-X-GAP":
                is_gap = True
            elif line and not line.startswith("#"):
                self.segments += [] if is_gap else [line]
                is_gap = False
        self.parts = re.findall(r'^#EXT-X-PART:.*URI="([^"]+)"', text, re.M)

    @property
    def last_part(self):
        """(media sequence number, part) of the newest part."""
        match = re.fullmatch(r"s(\d+)\.(\d+)\.mp4", self.parts[-1]) if self.parts else None
        return (int(match[1]), int(match[2])) if match else None




class Certificate:
    """A self-signed P-256 certificate that both servers use."""

    def __init__(self, folder):
        self.certificate, self.key = folder / "cert.pem", folder / "key.pem"
        if not self.key.exists():
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                 "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.key, "-out", self.certificate],
                check=True, capture_output=True)
