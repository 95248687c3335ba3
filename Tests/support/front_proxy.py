"""nginx and Caddy in front of a daemon, with the repository's own configs; only names, ports and the certificate are put in."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

from .ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = "council.example"

NGINX = """
{modules}
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
{site}
}}
"""

CADDY = """{{
	admin off
	auto_https disable_redirects
	storage file_system {folder}/store
}}
{site}
"""


def certificate(folder):
    """A certificate for the proxy's name that signs itself: (chain, key)."""
    chain, key = folder / "fullchain.pem", folder / "privkey.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
         "-addext", f"subjectAltName=DNS:{NAME},DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", chain], check=True, capture_output=True)
    return chain, key


def replaced(text, *pairs):
    for old, new in pairs:
        assert old in text, f"the shipped config no longer says {old!r}"
        text = text.replace(old, new)
    return text


class FrontProxy:
    """`with FrontProxy("nginx", daemon) as proxy:` serves https://127.0.0.1:{proxy.port} and, over HTTP/1.1, nothing else."""

    def __init__(self, kind, daemon):
        self.kind, self.daemon = kind, daemon
        self.port = free_port()
        self._folder = tempfile.TemporaryDirectory(prefix=f"plenary-{kind}-")
        self.folder = Path(self._folder.name)
        self.folder.chmod(0o755)
        chain, key = certificate(self.folder)
        self.tls = ssl.create_default_context(cafile=str(chain))
        http, channel = daemon.address, daemon.events_address
        if kind == "nginx":
            site = (ROOT / "config/nginx.conf").read_text()
            site = re.sub(r"\n *listen \[::\][^;]*;", "", site)
            site = replaced(
                site, ("listen 80;", f"listen 127.0.0.1:{free_port()};"), ("listen 443 ssl http2;", f"listen 127.0.0.1:{self.port} ssl http2;"),
                (f"/etc/ssl/{NAME}/fullchain.pem", str(chain)), (f"/etc/ssl/{NAME}/privkey.pem", str(key)), ("127.0.0.1:8080", http),
                ("127.0.0.1:8081", channel))
            config = self.folder / "nginx.conf"
            config.write_text(NGINX.format(folder=self.folder, site=site, modules="user root;" if os.geteuid() == 0 else ""))
            self.command = ["nginx", "-e", self.folder / "error.log", "-p", self.folder, "-c", config]
        else:
            site = (ROOT / "config/Caddyfile").read_text()
            site = replaced(
                site, (f"{NAME} {{\n", f"https://{NAME}:{self.port} {{\n\tbind 127.0.0.1\n\ttls {chain} {key}\n"), ("127.0.0.1:8080", http),
                ("127.0.0.1:8081", channel))
            config = self.folder / "Caddyfile"
            config.write_text(CADDY.format(folder=self.folder, site=site))
            self.command = ["caddy", "run", "--adapter", "caddyfile", "--config", config]

    def __enter__(self):
        assert shutil.which(self.kind), f"{self.kind} is not installed (`make deps-test`)"
        environment = {**os.environ, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)}
        self._output = open(self.folder / "output.log", "wb")
        self.process = subprocess.Popen(
            [str(part) for part in self.command], stdin=subprocess.DEVNULL, stdout=self._output, stderr=self._output, env=environment, cwd=self.folder,
            start_new_session=True)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        said = self.log
        self.__exit__()
        raise AssertionError(f"{self.kind} did not start: {said}")

    @property
    def log(self):
        files = [self.folder / "output.log", self.folder / "error.log"]
        return "".join(file.read_text(errors="replace")[-3000:] for file in files if file.exists())

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        self._output.close()
        self._folder.cleanup()
