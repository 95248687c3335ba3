"""Bad requests at the public door: a clear answer for each, and everything else goes on."""

import resource
import socket
import time

import pytest

from Tests.fixtures import generate
from Tests.support.daemon import Daemon
from Tests.support.door import Door
from Tests.support.playlist import parse_media
from Tests.support.playlist_checker import Watch
from Tests.support.wait import wait_until


@pytest.fixture(scope="module")
def daemon():
    with Daemon([{"name": "a", "camera": str(generate.path("plain.mp4"))}], settings={"limits": {"connectionsPerAddress": 5000}}) as daemon:
        daemon.wait_live("a", parts=4)
        watch = Watch(daemon.address, "a").start()
        yield daemon
        assert not watch.stop(), watch.report()
        assert watch.gap_parts <= 12, "a loaded machine may lose a second or two, not more"


def raw(daemon, data, timeout=60, shut=False):
    """Sends bytes as they are; what came back until the end or the first answer's head and a pause."""
    host, port = daemon.address.split(":")
    with socket.create_connection((host, int(port)), timeout) as connection:
        connection.sendall(data)
        if shut:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while b"\r\n\r\n" not in answer:
                chunk = connection.recv(65536)
                if not chunk:
                    break
                answer += chunk
        except (TimeoutError, ConnectionResetError):
            pass
        return answer


@pytest.mark.parametrize("query,allowed", [
    ("_HLS_msn=-1", {400}), ("_HLS_msn=999999999999", {400}), ("_HLS_msn=99999999999999999999999999", {400}), ("_HLS_msn=abc", {400}), ("_HLS_msn=", {400}),
    ("_HLS_part=0", {400}), ("_HLS_msn=1&_HLS_part=-1", {400}), ("_HLS_msn=1&_HLS_part=abc", {400}), ("_HLS_msn=%00", {400}), ("_HLS_msn=1.5", {400}),
    ("_HLS_msn=+1", {400}), ("_HLS_msn=0x1", {400}), ("_HLS_msn=1&_HLS_msn=2", {200, 400}), ("_HLS_skip=maybe", {200, 400}), ("other=1", {200}),
])
def test_a_bad_delivery_directive(daemon, query, allowed):
    began = time.monotonic()
    reply = daemon.http.get(f"/live/a/main.m3u8?{query}")
    assert reply.status in allowed, (reply.status, reply.text[:300])
    assert time.monotonic() - began < 20
    if reply.status == 400:
        assert reply.text.strip(), "a 400 says why"


def test_more_than_two_segments_ahead_is_400_and_one_is_held(daemon):
    """RFC 8216bis §6.2.5.2: what is asked for beyond the end is answered when it is there, and not before."""
    shown = parse_media(daemon.http.get("/live/a/main.m3u8").body)
    ahead = shown.next_part[0] + 1
    assert daemon.http.get(f"/live/a/main.m3u8?_HLS_msn={ahead + 20}").status == 400
    assert all(s.msn < ahead for s in shown.complete)
    reply = daemon.http.get(f"/live/a/main.m3u8?_HLS_msn={ahead}")
    assert reply.status == 200
    assert any(s.msn == ahead for s in parse_media(reply.body).complete)


@pytest.mark.parametrize("path", [
    "/live/a/../../etc/passwd", "/live/../../../../etc/passwd", "/live/a/%2e%2e/%2e%2e/etc/passwd", "/../etc/passwd", "/..%2f..%2fetc/passwd",
    "/live/a/..%5c..%5cetc", "/web/../../etc/passwd", "//etc/passwd", "/live/a/s1.mp4/../../../etc/passwd", "/live/%00/main.m3u8", "/live//main.m3u8",
    "/live/a/s-1.mp4", "/live/a/s99999999999999999999.mp4", "/live/a/i-1.mp4", "/live/a/", "/live/", "/live/a/main.m3u8/", "/live/A/main.m3u8", "/live/a/nothing",
])
def test_a_path_that_leads_nowhere(daemon, path):
    answer = raw(daemon, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    status = int(answer.split(b" ")[1])
    assert status in (400, 404, 301, 308), answer[:300]
    assert b"root:" not in answer


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW"])
def test_a_wrong_method_on_the_live_path(daemon, method):
    answer = raw(daemon, f"{method} /live/a/main.m3u8 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
    assert int(answer.split(b" ")[1]) in (400, 405, 501), answer[:300]


def test_head_is_get_without_its_body(daemon):
    for name in ("index.m3u8", "main.m3u8"):
        head = daemon.http.request("HEAD", f"/live/a/{name}")
        assert head.status == 200 and head.body == b"" and int(head.headers["content-length"]) > 0


def test_20_kb_of_headers(daemon):
    answer = raw(daemon, b"GET /live/a/main.m3u8 HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 20_000 + b"\r\n\r\n")
    assert not answer or int(answer.split(b" ")[1]) in (431, 400), answer[:300]
    assert answer, "an answer, not a silent close"


def test_an_endless_request_line(daemon):
    answer = raw(daemon, b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert not answer or int(answer.split(b" ")[1]) in (400, 414, 431), answer[:300]


def test_a_body_that_is_too_long(daemon):
    answer = raw(daemon, b"POST /api/v1/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
    assert int(answer.split(b" ")[1]) in (400, 401, 404, 405, 413), answer[:300]


@pytest.mark.parametrize("data", [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200, b"\r\n\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\0" * 1000, b"EHLO x\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
])
def test_what_is_no_http(daemon, data):
    answer = raw(daemon, data, shut=True)
    assert not answer or answer.startswith(b"HTTP/1.1 4") or answer.startswith(b"HTTP/1.1 50") or b"\x00\x00" in answer[:9], answer[:200]
    assert daemon.http.get("/healthz").status == 200


@pytest.mark.parametrize("path,method", [
    ("/api/v1/halls/a/stream/stop", "POST"), ("/api/v1/halls/a/stream/start", "POST"), ("/api/v1/halls/a/stream/hide", "POST"), ("/api/v1/reload", "POST"),
    ("/api/v1/logs", "GET"), ("/api/v1/halls/a/stream", "GET"), ("/api/v1/halls/a/stream/probe", "POST"),
])
def test_the_public_door_takes_no_orders(daemon, path, method):
    reply = daemon.http.request(method, path)
    assert reply.status == 401, (reply.status, reply.text[:200])
    assert reply.headers["content-type"].startswith("application/problem+json")
    assert daemon.status("a")["state"] == "live"


def test_the_public_status_tells_little(daemon):
    reply = daemon.http.get("/api/v1/halls/a/stream/public")
    assert reply.status == 200
    assert set(reply.json) <= {"state", "onAir", "title", "language", "since", "hall", "name"}, reply.json


def test_the_control_socket_is_for_its_owner_only(daemon):
    assert daemon.socket_path.stat().st_mode & 0o007 == 0


def test_2000_open_connections(daemon, measured):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(2000, hard - 500)
    host, port = daemon.address.split(":")
    before = daemon.resident_megabytes()
    open_ = []
    try:
        for _ in range(count):
            open_.append(socket.create_connection((host, int(port)), 60))
        for connection in open_:
            connection.sendall(b"GET /live/a/main.m3u8 HTTP/1.1\r\nHost: x\r\n\r\n")
        answered = 0
        for connection in open_:
            connection.settimeout(60)
            answered += connection.recv(12).startswith(b"HTTP/1.1 200")
        during = daemon.resident_megabytes()
        measured("open connections answered", f"{answered} of {count}")
        measured("memory for them", (during - before) * 1024 / count, "kB each, a playlist's answer included (debug build)")
        assert answered == count
        began = time.monotonic()
        assert daemon.http.get("/live/a/main.m3u8").status == 200
        measured("one more request took", time.monotonic() - began, "s")
    finally:
        for connection in open_:
            connection.close()
    wait_until(lambda: daemon.http.get("/healthz").status == 200, 10, "the door after the crowd")


def metric(daemon, name):
    return next(int(line.split()[1]) for line in daemon.http.get("/metrics").text.splitlines() if line.startswith(name + " "))


def test_10000_open_connections(measured):
    """All that `limits.connections` allows are open and idle; more are refused and counted, and a viewer from before goes on."""
    count, more = 10_000, 50
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = count + more + 500
    assert hard >= needed, f"raise the hard limit of open files to {needed} to run this test: it is {hard} (ulimit -Hn)"
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    hall = {"name": "a", "camera": str(generate.path("plain.mp4"))}
    with Daemon([hall], settings={"limits": {"connections": count}}) as daemon:
        daemon.wait_live("a", parts=4)
        host, port = daemon.address.split(":")
        place = (host, int(port))
        # The control socket's connection counts too.
        daemon.http_close()
        wait_until(lambda: metric(daemon, "plenary_http_connections_open") == 1, 10, "the viewer alone")
        refused_before, before = metric(daemon, "plenary_http_connections_refused_total"), daemon.resident_megabytes()
        # daemon.http keeps its own connection: it is the viewer.
        began, crowd, beyond = time.monotonic(), [], []
        try:
            for _ in range(count - 1):
                crowd.append(socket.create_connection(place, 60))
            wait_until(lambda: metric(daemon, "plenary_http_connections_open") == count, 10, "all connections counted")
            measured("10,000 connections opened in", time.monotonic() - began, "s")
            measured("memory of an idle connection", (daemon.resident_megabytes() - before) * 1024 / count, "kB (debug build)")
            for _ in range(more):
                beyond.append(socket.create_connection(place, 60))
            answers = []
            for connection in beyond:
                connection.settimeout(60)
                try:
                    answers.append(connection.recv(65536)[:12])
                except ConnectionResetError:
                    answers.append(b"reset")
            assert set(answers) == {b"HTTP/1.1 503"}, set(answers)
            assert metric(daemon, "plenary_http_connections_refused_total") - refused_before == more
            edge = parse_media(daemon.http.get("/live/a/main.m3u8").body).next_part
            began = time.monotonic()
            reload = daemon.http.get(f"/live/a/main.m3u8?_HLS_msn={edge[0]}&_HLS_part={edge[1]}")
            measured("a viewer's reload beside them took", time.monotonic() - began, "s")
            assert reload.status == 200 and parse_media(reload.body).next_part > edge
        finally:
            for connection in crowd + beyond:
                connection.close()
        wait_until(lambda: metric(daemon, "plenary_http_connections_open") < 10, 10, "the crowd has left")
        with socket.create_connection(place, 60) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 200")


def test_more_connections_than_one_address_may_have():
    with Daemon([{"name": "a", "camera": "test:?size=320x180", "autostart": False}], settings={"limits": {"connectionsPerAddress": 20, "countLoopback": True}}) as daemon:
        host, port = daemon.address.split(":")
        daemon.http_close()
        open_ = [socket.create_connection((host, int(port)), 60) for _ in range(40)]
        statuses = []
        for connection in open_:
            connection.settimeout(60)
            try:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                answer = connection.recv(100)
                statuses.append(int(answer.split(b" ")[1]) if answer else 0)
            except OSError:
                statuses.append(0)
        for connection in open_:
            connection.close()
        assert 10 <= statuses.count(200) <= 21, statuses
        assert all(s in (200, 503, 429, 0) for s in statuses), statuses
        wait_until(lambda: daemon.http.get("/healthz").status == 200, 10, "room again")
