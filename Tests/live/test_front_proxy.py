"""One name for everything: picture, votes and pages through nginx and Caddy, with the configs that ship."""

import http.client
import json
import uuid

import pytest

from Tests.fixtures import generate
from Tests.support.daemon import Daemon
from Tests.support.front_proxy import NAME, FrontProxy
from Tests.support.playlist import parse_media
from Tests.support.websocket import Refused, WebSocket


class Proxied:
    """A client's side of the proxy: HTTP/1.1 over TLS, under the public name (as if on port 443)."""

    def __init__(self, proxy):
        self.proxy = proxy

    def connection(self, timeout=60):
        connection = http.client.HTTPSConnection("127.0.0.1", self.proxy.port, timeout=timeout, context=self.proxy.tls)
        return connection

    def get(self, path, headers=None, timeout=60):
        connection = self.connection(timeout)
        connection.request("GET", path, headers={"Host": NAME, **(headers or {})})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body

    def socket(self, path, **options):
        return WebSocket("127.0.0.1", self.proxy.port, path, name=NAME, tls=self.proxy.tls, **options)


@pytest.fixture(scope="module")
def daemon():
    halls = [{"name": "rada", "camera": str(generate.path("plain.mp4")), "partDuration": 0.5, "hallPicture": True}]
    with Daemon(halls, settings={"behindProxy": True}) as daemon:
        daemon.wait_live("rada", parts=6)
        command(daemon, "schedule_sitting", title="Through the proxy")
        yield daemon


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxied(request, daemon):
    with FrontProxy(request.param, daemon) as proxy:
        yield Proxied(proxy)


def command(daemon, name, **fields):
    reply = daemon.control.post("/api/v1/halls/rada/commands", json={"command": name, "id": str(uuid.uuid4()), "sitting": "s1", **fields})
    assert reply.status == 200, reply.text
    return reply.json["last"]


def tell(daemon, text):
    """Something that everybody is told of; its sequence number."""
    return command(daemon, "post_notice", text=text)


def test_the_page_is_told_the_one_name(proxied):
    """`GET …/channel` names the proxy, with TLS and without the channel's own port."""
    response, body = proxied.get("/api/v1/halls/rada/channel")
    assert response.status == 200, body
    assert json.loads(body)["websocket"] == f"wss://{NAME}/live/rada/events"
    page, text = proxied.get("/halls/rada")
    assert page.status == 200 and b"<html" in text
    policy = page.getheader("content-security-policy")
    assert f"wss://{NAME}" in policy, policy


def test_a_websocket_is_joined_to_the_channel(proxied, daemon):
    with proxied.socket("/live/rada/events", origin=f"https://{NAME}") as socket:
        first = socket.message()
        assert first["type"] == "snapshot", first
        last = tell(daemon, "to every socket")
        while True:
            message = socket.message()
            if message["type"] != "tick" and message["seq"] >= last:
                break
        assert "to every socket" in json.dumps(message), message


def test_the_picture_frame_by_frame_passes_too(proxied):
    _, body = proxied.get("/api/v1/halls/rada/channel")
    assert json.loads(body)["picture"] == f"wss://{NAME}/live/rada/picture"
    with proxied.socket("/live/rada/picture", origin=f"https://{NAME}", subprotocol="plenary.picture.v1") as socket:
        while (message := socket.any_message())["type"] != "init":
            pass
        assert message["codecs"].startswith("avc1."), message
        assert socket.any_message()[4:8] == b"ftyp"
        assert socket.any_message()[4:8] == b"moof"


def test_a_foreign_page_is_refused_through_the_proxy_too(proxied):
    with pytest.raises(Refused, match="403"):
        proxied.socket("/live/rada/events", origin="https://elsewhere.example")


def test_server_sent_events_come_at_once(proxied, daemon):
    """The same address, asked as an event stream: the HTTP port answers, and nothing is held back on the way."""
    connection = proxied.connection(timeout=30)
    connection.request("GET", "/live/rada/events", headers={"Host": NAME, "Accept": "text/event-stream"})
    response = connection.getresponse()
    assert response.status == 200 and response.getheader("content-type").startswith("text/event-stream")

    def data():
        while True:
            line = response.readline()
            assert line, "the stream ended"
            if line.startswith(b"data:"):
                return json.loads(line[5:])

    assert data()["type"] == "snapshot"
    last = tell(daemon, "as an event")
    while True:
        message = data()
        if message["type"] != "tick" and message["seq"] >= last:
            break
    assert "as an event" in json.dumps(message)
    connection.close()


def test_the_state_for_caches_passes(proxied, daemon):
    """The first answer is a snapshot; the next waits for what changes, and a proxy may keep it."""
    response, body = proxied.get("/live/rada/state/-/0")
    snapshot = json.loads(body)[0]
    assert response.status == 200 and snapshot["type"] == "snapshot"
    tell(daemon, "for every cache")
    response, body = proxied.get(f"/live/rada/state/{snapshot['epoch']}/{snapshot['seq']}")
    assert response.status == 200 and "immutable" in response.getheader("cache-control")
    assert [message["type"] for message in json.loads(body)] == ["delta"]


def test_blocking_reloads_and_parts_pass(proxied):
    response, body = proxied.get("/live/rada/main.m3u8")
    assert response.status == 200, body
    for _ in range(6):
        playlist = parse_media(body)
        sequence, part = playlist.next_part
        response, body = proxied.get(f"/live/rada/main.m3u8?_HLS_msn={sequence}&_HLS_part={part}")
        assert response.status == 200, body
        fresh = parse_media(body)
        known = {p.uri for s in playlist.segments for p in s.parts}
        new = [p.uri for s in fresh.segments for p in s.parts if p.uri not in known]
        assert new, "a reload that was held brings a part"
        media, data = proxied.get(f"/live/rada/{new[-1]}")
        assert media.status == 200 and data[4:8] in (b"moof", b"styp", b"prft")
        assert "immutable" in media.getheader("cache-control")


def test_what_is_the_machines_own_is_not_shown(proxied):
    assert proxied.get("/metrics")[0].status == 404
    assert proxied.get("/api/v1/halls/rada/stream")[0].status in (401, 403)
