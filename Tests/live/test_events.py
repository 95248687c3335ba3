"""The votes on their way to everybody, from a real daemon over real sockets."""

import base64
import os
import random
import re
import socket
import ssl
import time

import pytest
import websockets
import websockets.sync.client

from Tests.support.certificate import make_certificate, tls
from Tests.support.council import Council
from Tests.support.daemon import Daemon
from Tests.support.listeners import AiohttpClient, CurlClient, Goal, SUBPROTOCOL, StateClient, WebSocketsClient, array, listen
from Tests.support.playlist import parse_media
from Tests.support.playlist_checker import Watch
from Tests.support.record import verify
from Tests.support.voting import Voting
from Tests.support.wait import wait_until
from Tests.support.wire import Fold

HALL = {"name": "demo", "camera": "test:?size=320x180", "autostart": False}
#: What becomes of the votes under losses: so many events, and clients of each kind. `make soak` takes more of both.
EVENTS, CROWD = 600, (6, 5, 3, 3)


def connect(daemon, hall="demo", query="", **options):
    """A WebSocket of a client that does everything right."""
    return websockets.sync.client.connect(
        f"ws://{daemon.events_address}/live/{hall}/events{query}", subprotocols=[SUBPROTOCOL], open_timeout=60, **options)


def delta(channel):
    """The next message that is no tick."""
    while '"type":"tick"' in (message := channel.recv(60)):
        pass
    return message


def metric(daemon, line):
    """The value of one sample of /metrics."""
    for found in daemon.http.get("/metrics").text.splitlines():
        if found.startswith(line + " "):
            return float(found.rpartition(" ")[2])
    raise AssertionError(f"/metrics has no {line}")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("count,crowd", [(EVENTS, CROWD), pytest.param(2000, (16, 12, 6, 6), marks=pytest.mark.soak)])
def test_everybody_ends_with_the_daemons_state_whatever_was_lost(count, crowd, measured):
    """So many events, a restart in their middle, and clients that lose their connection at random."""
    seed = int(os.environ.get("PLENARY_SEED", str(random.randrange(1 << 32))))
    print(f"PLENARY_SEED={seed}")
    goal, voting = Goal(), Voting("demo", deputies=100, seed=seed)
    with Daemon(halls=[HALL]) as daemon:
        Council(daemon).seat(voting.deputies)
        kinds = [kind for kind, many in zip((WebSocketsClient, AiohttpClient, CurlClient, StateClient), crowd) for _ in range(many)]
        listeners = [kind(daemon, "demo", goal, seed + number, patience=count // 80) for number, kind in enumerate(kinds)]
        join = listen(listeners)

        def lost():
            """How often each kind of client has lost its connection."""
            return {kind.__name__: sum(one.drops for one in listeners if type(one) is kind) for kind in dict.fromkeys(kinds)}

        for half in (count // 2, count):
            # A quick machine has done all before anybody was lost: it goes on.
            losses = {name: many + 5 for name, many in lost().items()}

            def enough():
                return len(voting.acknowledged) >= half and all(many >= losses[name] for name, many in lost().items())

            for thread in voting.run(daemon, workers=8, enough=enough):
                thread.join(240)
            assert voting.failure is None, voting.failure
            if half < count:
                daemon.restart()
        events = verify(*Council(daemon).log())
        goal.seq = len(events)
        arrived = join(240)
        failures = [f"{one.name}: {one.failure!r}" for one in listeners if one.failure]
        assert not failures, failures[:5]
        assert arrived, [f"{one.name} has {one.fold.seq}" for one in listeners if not goal.is_reached(one.fold)]
        truth = Council(daemon).snapshot
        assert truth["seq"] == goal.seq
        published = {}
        for one in listeners:
            assert one.fold.state == truth["state"], f"{one.name} has another state than the daemon"
            assert one.fold.epoch == truth["epoch"]
            for place, data in one.fold.bytes.items():
                assert published.setdefault(place, data) == data, f"{one.name} got other bytes for {place} than somebody else"
        drops = lost()
        measured("events", len(events))
        measured("lost connections", drops)
        measured("deltas seen", len(published))
        for kind in dict.fromkeys(kinds):
            mine = [one for one in listeners if type(one) is kind]
            assert sum(one.fold.counts["delta"] for one in mine) > 20, f"{kind.__name__} saw hardly a delta"
        assert min(drops.values()) >= 10, drops


def test_all_three_ways_give_the_same_bytes():
    with Daemon(halls=[HALL]) as daemon:
        council = Council(daemon)
        council.convene(deputies=12)
        council.open_round("r1")
        begin = council.log()[0]
        wait_until(lambda: council.snapshot["seq"] == len(begin), 20, "the last event to be published")
        epoch, after = council.snapshot["epoch"], len(begin)
        with connect(daemon, query=f"?epoch={epoch}&after={after}") as channel, socket.create_connection(daemon.address.split(":")) as sse:
            assert '"type":"tick"' in channel.recv(60), "nothing is missing"
            sse.settimeout(60)
            sse.sendall(f"GET /live/demo/events?epoch={epoch}&after={after} HTTP/1.0\r\n\r\n".encode())
            stream = sse.makefile("rb")
            lines = iter(lambda: stream.readline().rstrip(b"\n"), None)
            assert b'"type":"tick"' in next(line for line in lines if line.startswith(b"data: "))
            for number in range(1, 13):
                council.do("cast_ballot", round="r1", deputy=f"d{number}", choice="yes")
                by_channel = delta(channel)
                by_stream = next(line for line in lines if line.startswith(b"data: ") and b'"type":"tick"' not in line)[6:].decode()
                by_state = array(daemon.http.get(f"/live/demo/state/{epoch}/{after}").text)
                assert [by_channel] == by_state and by_channel == by_stream
                after += 1
            stream.close()


def test_a_page_is_told_where_the_channel_is():
    with Daemon(halls=[HALL]) as daemon:
        place = daemon.http.get("/api/v1/halls/demo/channel").json
        assert place["websocket"] == f"ws://{daemon.events_address}/live/demo/events"
        with websockets.sync.client.connect(place["websocket"], subprotocols=[SUBPROTOCOL], origin=daemon.url) as channel:
            assert '"type":"snapshot"' in channel.recv(60)
        policy = daemon.http.get("/halls/demo").headers["content-security-policy"]
        assert f"connect-src 'self' ws://{daemon.events_address};" in policy
        with pytest.raises(websockets.exceptions.InvalidStatus) as refusal:
            websockets.sync.client.connect(place["websocket"], subprotocols=[SUBPROTOCOL], origin="https://elsewhere.example")
        assert refusal.value.response.status_code == 403
    with Daemon(halls=[HALL], settings={"behindProxy": True}) as daemon:
        fields = {"Host": "council.example", "X-Forwarded-Proto": "https"}
        assert daemon.http.get("/api/v1/halls/demo/channel", headers=fields).json["websocket"] == "wss://council.example/live/demo/events"


def test_a_restart_tells_everybody_when_to_come_back():
    with Daemon(halls=[HALL]) as daemon:
        council = Council(daemon)
        council.convene(deputies=12)
        with connect(daemon) as channel:
            fold = Fold()
            fold.take(channel.recv(60))
            daemon.terminate()
            with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
                while True:
                    fold.take(channel.recv(60))
            assert closed.value.rcvd.code == 1001 and closed.value.rcvd.reason.startswith("retryWindow="), closed.value.rcvd
        daemon.start()
        with connect(daemon, query=fold.query) as channel:
            fold.take(channel.recv(60))
        truth = council.snapshot
        assert (fold.epoch, fold.seq, fold.state) == (truth["epoch"], truth["seq"], truth["state"]), "the record goes on"


def test_a_hall_that_a_reload_adds_has_votes_and_one_that_it_removes_says_goodbye():
    with Daemon(halls=[HALL, {**HALL, "name": "old"}]) as daemon:
        with connect(daemon, "old") as old, connect(daemon) as kept:
            old.recv(60), kept.recv(60)
            daemon.halls = [HALL, {**HALL, "name": "new"}]
            daemon.write_config()
            assert daemon.cli("reload").code == 0
            with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
                while True:
                    old.recv(60)
            assert closed.value.rcvd.code == 1001
            Council(daemon, "new").convene(deputies=12)
            with connect(daemon, "new") as channel:
                assert '"s1"' in channel.recv(60)
            Council(daemon).convene(deputies=12)
            assert '"type":"delta"' in delta(kept), "the other hall's listeners were not touched"
        with pytest.raises(websockets.exceptions.InvalidStatus) as refusal:
            connect(daemon, "old")
        assert refusal.value.response.status_code == 404


@pytest.mark.xdist_group("events: deadlines")
def test_both_doors_take_a_renewed_certificate_and_drop_nobody(tmp_path):
    first = make_certificate(tmp_path)
    daemon = Daemon(halls=[HALL], settings=tls(tmp_path), wait=False)
    with daemon:
        wait_until(lambda: "ready:" in daemon.log, 20, "the daemon to be ready")
        trust = ssl.create_default_context(cadata=first)
        with websockets.sync.client.connect(
                f"wss://{daemon.events_address}/live/demo/events", subprotocols=[SUBPROTOCOL], ssl=trust, open_timeout=60) as channel:
            fold = Fold()
            fold.take(channel.recv(60))
            renewed = make_certificate(tmp_path)

            def shown(address):
                host, port = address.split(":")
                return ssl.get_server_certificate((host, int(port)))
            for address in (daemon.address, daemon.events_address):
                wait_until(lambda: shown(address).split() == renewed.split(), 60, f"the renewed certificate on {address}", interval=0.5)
            # The second tick, after ten seconds at least: every deadline of a handshake has passed.
            while fold.counts["tick"] < 2:
                fold.take(channel.recv(60))
            Council(daemon).convene(deputies=12)
            while fold.state.get("sitting", {}).get("status") != "open":
                fold.take(channel.recv(60))


def silent_client(daemon):
    """Asks for the votes and then reads nothing at all."""
    host, port = daemon.events_address.split(":")
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(60)
    client.connect((host, int(port)))
    key = base64.b64encode(os.urandom(16)).decode()
    client.sendall(
        f"GET /live/demo/events HTTP/1.1\r\nHost: {daemon.events_address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n".encode())
    return client


@pytest.mark.xdist_group("events: slow readers")
def test_slow_readers_are_let_go_and_hold_up_nobody(measured):
    count = 100
    with Daemon(halls=[HALL]) as daemon:
        council = Council(daemon)
        council.convene(deputies=12)
        slow = [silent_client(daemon) for _ in range(count)]
        wait_until(lambda: metric(daemon, 'plenary_events_listeners{hall="demo"}') == count, 30, "the silent clients to be there")
        before = daemon.resident_megabytes()
        with connect(daemon, max_size=None) as channel:
            fold, late = Fold(), []
            fold.take(channel.recv(60))
            # Each change is 4 kB in UTF-8: past what a socket and a queue hold, for every silent one.
            for number in range(250):
                title = f"{number:04}" + "ї" * 1990
                council.do("edit_item", item="i2", number="2", title=title)
                began = time.monotonic()
                while fold.state["agenda"]["items"]["i2"]["title"] != title:
                    fold.take(channel.recv(60))
                late.append(time.monotonic() - began)
            measured("acknowledged to seen, worst", max(late), "s")
            measured("memory that came", daemon.resident_megabytes() - before, "MB")
            # 100 queues of 256 KiB of their own would be 25 MB; they are places in one log.
            assert daemon.resident_megabytes() - before < 60
            closed = 'plenary_events_closed_total{reason="slow"}'
            while metric(daemon, closed) < count:
                try:
                    # The ticks: nobody else is let go.
                    fold.take(channel.recv(60))
                except TimeoutError:
                    raise AssertionError(f"only {metric(daemon, closed)} of {count} silent clients were let go")
        assert fold.counts["snapshot"] == 1, "the one who reads missed nothing"
        for client in slow:
            client.close()


@pytest.mark.xdist_group("events: deadlines")
def test_what_is_no_upgrade_is_answered_and_closed():
    with Daemon(halls=[HALL]) as daemon:
        host, port = daemon.events_address.split(":")
        post = f"POST /live/demo/events HTTP/1.1\r\nHost: {daemon.events_address}\r\nContent-Length: 3\r\n\r\nabc".encode()
        for request, status in ((post + post, 405), (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 404), (b"\x16\x03\x01\x02\x00", None), (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", None)):
            with socket.create_connection((host, int(port))) as client:
                client.settimeout(60)
                client.sendall(request)
                got = b""
                try:
                    while chunk := client.recv(4096):
                        got += chunk
                except ConnectionResetError:
                    pass
                assert len(re.findall(rb"HTTP/1\.1 \d{3} ", got)) <= 1, got
                assert status is None or got.startswith(f"HTTP/1.1 {status} ".encode()), got
        # It still works, and rests: two POSTs in one packet spin libwebsockets' own HTTP for ever.
        with connect(daemon) as channel:
            assert '"type":"snapshot"' in channel.recv(60)
        ticks = os.sysconf("SC_CLK_TCK")

        def spent():
            fields = open(f"/proc/{daemon.pid}/stat").read().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / ticks
        began = spent()
        time.sleep(1)  # a time in which nothing is to be done
        assert spent() - began < 0.5, "the daemon is busy with nothing"


@pytest.mark.xdist_group("events: slow readers")
def test_items_and_rounds_stand_in_the_live_playlists():
    with Daemon(halls=[{"name": "demo", "camera": "test:?size=640x360", "segmentMaximum": 4}]) as daemon:
        daemon.wait_live("demo", timeout=60)
        watch = Watch(daemon.address, "demo").start()
        council = Council(daemon)
        began = time.time()
        council.convene(deputies=12)
        council.open_round("r1")

        def ranges():
            playlist = parse_media(daemon.http.get("/live/demo/main.m3u8").body)
            return {found["ID"].strip('"').rpartition("-")[0]: found for found in playlist.date_ranges}

        wait_until(lambda: set(ranges()) == {"item-i1", "round-r1"}, 20, lambda: f"both in the playlist, which has {ranges()}")
        assert "END-DATE" not in ranges()["round-r1"]
        assert ranges()["item-i1"]["X-ORG-PLENARY-TITLE"] == '"1. Питання 1"' and ranges()["item-i1"]["CLASS"] == '"org.plenary.item"'
        council.do("cast_ballot", round="r1", deputy="d1", choice="yes")
        council.do("close_round", round="r1")
        council.do("take_up_item", item="i2")
        wait_until(lambda: "item-i2" in ranges() and all("END-DATE" in ranges()[name] for name in ("item-i1", "round-r1")), 20, "the ends")
        # The same clock: the picture that shows it has a date beside it.
        playlist = parse_media(daemon.http.get("/live/demo/main.m3u8").body)
        opened = next(event["at"] for event in verify(*council.log()) if "round_opened" in event["fact"]) / 1000
        assert began - 1 < opened < time.time() + 1
        last = playlist.segments[-1].date.timestamp()
        assert abs(time.time() - last) < 20
        # A stream that begins anew still has what lasts.
        daemon.cli("stream", "stop", "demo")
        watch.stop()
        findings = [finding for finding in watch.findings if "date_range" in finding.rule]
        assert findings == [], findings
        assert daemon.cli("stream", "start", "demo").code == 0
        daemon.wait_live("demo", timeout=60)
        wait_until(lambda: "item-i2" in ranges(), 20, "the running item in the new window")
