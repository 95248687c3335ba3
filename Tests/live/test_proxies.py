"""The front proxies' configurations that we ship: pages, video, votes and their WebSocket under one name and one port."""

import json
import re
import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import pytest
import websockets.sync.client

from Tests.support.council import Council
from Tests.support.daemon import Daemon
from Tests.support.ports import free_port
from Tests.support.wait import wait_until
from Tests.support.wire import Fold, events_of

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = "council.example"


@pytest.fixture(scope="module")
def daemon():
    with Daemon(halls=[{"name": "demo", "camera": "test:"}], settings={"behindProxy": True}) as daemon:
        Council(daemon.control, "demo").open(deputies=12)
        daemon.wait_live("demo", timeout=60)
        yield daemon


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", folder / "key.pem",
         "-out", folder / "cert.pem", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"], check=True, capture_output=True)
    return folder


def nginx(folder, daemon, certificate, port):
    site = (ROOT / "config/nginx.conf").read_text()
    for shipped, ours in (
            ("127.0.0.1:8080", daemon.address), ("127.0.0.1:8081", daemon.events_address), ("listen 443 ", f"listen 127.0.0.1:{port} "),
            ("listen 80;", f"listen 127.0.0.1:{free_port()};"), ("/etc/ssl/council.example/fullchain.pem", str(certificate / "cert.pem")),
            ("/etc/ssl/council.example/privkey.pem", str(certificate / "key.pem"))):
        assert shipped in site, f"config/nginx.conf has no {shipped}"
        site = site.replace(shipped, ours)
    site = re.sub(r"^\s*listen \[::\].*\n", "", site, flags=re.M)
    paths = "".join(f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = folder / "nginx.conf"
    config.write_text(f"daemon off; pid {folder}/pid; error_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}{site}}}\n")
    return ["nginx", "-p", folder, "-c", config]


def caddy(folder, daemon, certificate, port):
    site = (ROOT / "config/Caddyfile").read_text()
    for shipped, ours in (
            ("127.0.0.1:8080", daemon.address), ("127.0.0.1:8081", daemon.events_address),
            (f"{NAME} {{\n", f"{NAME}:{port} {{\n\tbind 127.0.0.1\n\ttls {certificate}/cert.pem {certificate}/key.pem\n")):
        assert shipped in site, f"config/Caddyfile has no {shipped}"
        site = site.replace(shipped, ours)
    config = folder / "Caddyfile"
    config.write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", config]


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def proxy(request, daemon, certificate, tmp_path_factory):
    name = request.param.__name__
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed (Debian: {'nginx-light' if name == 'nginx' else name})")
    folder, port = tmp_path_factory.mktemp(name), free_port()
    log = open(folder / "log", "wb")
    process = subprocess.Popen(
        request.param(folder, daemon, certificate, port), stdout=log, stderr=subprocess.STDOUT, cwd=folder,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(folder), "XDG_DATA_HOME": str(folder)})

    def answers():
        assert process.poll() is None, (folder / "log").read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False
    try:
        wait_until(answers, 30, f"{name} to listen")
        yield port
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def curl(proxy, certificate, path, *more):
    done = subprocess.run(
        ["curl", "-sS", "--max-time", "20", "--cacert", certificate / "cert.pem", "--resolve", f"{NAME}:{proxy}:127.0.0.1", *more,
         f"https://{NAME}:{proxy}{path}"], capture_output=True, text=True)
    return done


def test_pages_video_and_state_come_through(proxy, certificate):
    page = curl(proxy, certificate, "/halls/demo", "-i").stdout
    assert " 200" in page.splitlines()[0] and "content-security-policy" in page.lower()
    assert "#EXTM3U" in curl(proxy, certificate, "/live/demo/main.m3u8").stdout
    assert json.loads(curl(proxy, certificate, "/live/demo/state/-/0").stdout)[0]["type"] == "snapshot"
    assert curl(proxy, certificate, "/metrics", "-o", "/dev/null", "-w", "%{http_code}").stdout == "404"


def test_the_page_is_told_a_channel_under_the_same_name(proxy, certificate, daemon):
    place = json.loads(curl(proxy, certificate, "/api/v1/halls/demo/channel").stdout)["websocket"]
    # A proxy may leave out the port that it was asked on; on 443 there is none.
    assert place in (f"wss://{NAME}:{proxy}/live/demo/events", f"wss://{NAME}/live/demo/events")
    trust = ssl.create_default_context(cafile=certificate / "cert.pem")
    with websockets.sync.client.connect(
            f"wss://{NAME}:{proxy}/live/demo/events", sock=socket.create_connection(("127.0.0.1", proxy)), ssl=trust, server_hostname=NAME,
            subprotocols=["plenary.v1"], origin=f"https://{NAME}:{proxy}", open_timeout=20) as channel:
        fold = Fold()
        assert fold.take(channel.recv(20)) == "snapshot"
        Council(daemon.control, "demo").do("post_notice", text=f"Перерва {proxy}")
        while fold.state.get("notice", {}).get("text") != f"Перерва {proxy}":
            fold.take(channel.recv(20))


def test_server_sent_events_come_at_once(proxy, certificate, daemon):
    with subprocess.Popen(
            ["curl", "-sN", "--max-time", "60", "--cacert", certificate / "cert.pem", "--resolve", f"{NAME}:{proxy}:127.0.0.1",
             f"https://{NAME}:{proxy}/live/demo/events"], stdout=subprocess.PIPE, text=True) as client:
        fold, events = Fold(), events_of(client.stdout)
        assert fold.take(next(events)[1]) == "snapshot"
        Council(daemon.control, "demo").do("post_notice", text=f"Кава {proxy}")
        while fold.state["notice"]["text"] != f"Кава {proxy}":
            fold.take(next(events)[1])
        client.kill()
