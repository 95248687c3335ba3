"""The hall's picture frame by frame over a real WebSocket: every frame decodes, nothing hidden gets out, nobody slow harms anybody."""

import os
import signal
import struct
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from Tests.support.daemon import Daemon
from Tests.support.wait import wait_until
from Tests.support.websocket import Refused, WebSocket

HALL = {"name": "demo", "camera": "test:?size=640x360&gop=25", "partDuration": 0.5, "hallPicture": True}
#: Seconds in which a message must have come, on the busiest machine.
PATIENCE = 40
#: Ticks of 90 kHz between two frames at most: the generated camera leaves some out when it has no processor; after a second it counts as lost.
LONGEST = 90_000


class Screen:
    """A display's end of the connection: what it was told, in order."""

    def __init__(self, daemon, hall="demo", **options):
        host, port = daemon.events_address.split(":")
        self.socket = WebSocket(host, int(port), f"/live/{hall}/picture", subprotocol="plenary.picture.v1", timeout=PATIENCE, **options)
        self.init = None
        self.frames = []

    def next(self):
        """`("init", message)`, `("gone", reason)` or `("frame", bytes)`."""
        message = self.socket.any_message()
        if isinstance(message, bytes):
            self.frames.append(message)
            return "frame", message
        if message["type"] == "init":
            self.init = self.socket.any_message()
            assert isinstance(self.init, bytes) and self.init[4:8] == b"ftyp", "an init message is followed by the init segment"
            self.frames = []
            return "init", message
        return "gone", message["reason"]

    def until(self, kind, value=None, count=1):
        """Reads on to the `count`th message of that kind, of frames since the last init; `value` is a reason to be gone."""
        deadline, left = time.monotonic() + PATIENCE, count
        while time.monotonic() < deadline:
            found = self.next()
            if found[0] == "init" and kind == "frame":
                # On a busy machine the generated camera may miss a beat, and begin anew.
                left = count
            if found[0] == kind and (value is None or found[1] == value):
                left -= 1
                if left == 0:
                    return found[1]
        raise AssertionError(f"no {kind} {value or ''} within {PATIENCE} s")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.socket.close()


def decode_time(fragment):
    """The fragment's `tfdt`, and whether its one sample is a keyframe."""
    at = fragment.index(b"tfdt")
    run = fragment.index(b"trun")
    assert fragment[4:8] == b"moof" and struct.unpack(">I", fragment[run + 8:run + 12])[0] == 1, "one sample in each fragment"
    flags = struct.unpack(">I", fragment[run + 24:run + 28])[0]
    return struct.unpack(">Q", fragment[at + 8:at + 16])[0], not flags & 0x10000


def decoded(screen):
    """How many pictures ffmpeg makes of what the screen was sent since its last init; any complaint of its is a fault."""
    run = subprocess.run(
        ["ffmpeg", "-v", "error", "-xerror", "-f", "mp4", "-i", "pipe:", "-f", "framemd5", "-fps_mode", "passthrough", "-"],
        input=screen.init + b"".join(screen.frames), capture_output=True, timeout=120)
    assert run.returncode == 0 and not run.stderr, run.stderr.decode()
    return len([line for line in run.stdout.decode().splitlines() if line and not line.startswith("#")])


@pytest.fixture(scope="module")
def daemon():
    with Daemon(halls=[HALL, {"name": "plain", "camera": "test:?size=320x180", "autostart": False}]) as running:
        running.wait_live("demo", timeout=60)
        yield running


def test_every_frame_is_a_fragment_that_decodes_and_time_only_rises(daemon):
    with Screen(daemon) as screen:
        init = screen.until("init")
        assert init["codecs"].startswith("avc1.") and (init["width"], init["height"]) == (640, 360), init
        screen.until("frame", count=60)
        times = [decode_time(one) for one in screen.frames]
        assert times[0][1], "the first frame is a keyframe"
        assert sum(key for _, key in times) >= 2, times
        assert all(0 < later - earlier <= LONGEST for (earlier, _), (later, _) in zip(times, times[1:])), times
        assert decoded(screen) == len(screen.frames)


def test_a_newcomer_begins_at_once(daemon):
    """Init, keyframe and all since come in one go: no newcomer waits for a keyframe."""
    with Screen(daemon) as first:
        first.until("frame", count=30)
        with Screen(daemon) as newcomer:
            assert newcomer.next()[0] == "init"
            _, frame = newcomer.next()
            assert decode_time(frame)[1]


def test_the_parts_are_the_same_with_and_without():
    """The same file at the same place makes the same bytes for the residents."""
    from Tests.fixtures import generate
    from Tests.support.playlist import parse_media

    def parts(frames):
        hall = {"name": "film", "camera": f"{generate.path('plain.mp4')}?loop=no", "hallPicture": frames, "autostart": False}
        with Daemon(halls=[hall]) as daemon:
            daemon.wish("film", "start")
            daemon.wait_for("film", lambda status: status["parts"] >= 6, 60, "six parts")
            text = daemon.http.get("/live/film/main.m3u8").text
            media = parse_media(text)
            urls = [part.uri for segment in media.segments for part in segment.parts][:6]
            return [daemon.http.get(f"/live/film/{url}").body for url in urls]

    with ThreadPoolExecutor() as threads:
        with_frames, without = threads.map(parts, (True, False))
    assert len(with_frames) == 6 and with_frames == without


def test_a_hidden_sitting_is_taken_away_from_everybody_and_comes_back(daemon):
    with Screen(daemon) as screen:
        screen.until("frame", count=3)
        assert daemon.wish("demo", "hide").status == 200
        try:
            screen.until("gone", "hidden")
            last = decode_time(screen.frames[-1])[0]
            with Screen(daemon) as newcomer:
                assert newcomer.next() == ("gone", "hidden")
                # The camera goes on; nothing of it comes while it is hidden. That is a time without a message, so it is waited for.
                newcomer.socket.socket.settimeout(2)
                with pytest.raises(TimeoutError):
                    newcomer.next()
        finally:
            assert daemon.wish("demo", "show").status == 200
        screen.until("init")
        screen.until("frame", count=3)
        first, is_keyframe = decode_time(screen.frames[0])
        assert is_keyframe and first > last


def test_a_camera_that_dies_is_told_and_comes_back_on_the_same_time_line(daemon):
    with Screen(daemon) as screen:
        screen.until("frame", count=3)
        before = decode_time(screen.frames[-1])[0]
        daemon.crashing.add("demo")
        os.kill(daemon.worker_pid("demo"), signal.SIGKILL)
        screen.until("gone", "lost")
        screen.until("init")
        screen.until("frame", count=10)
        assert decode_time(screen.frames[0])[0] > before
        assert decoded(screen) == len(screen.frames)


def test_a_stopped_stream_says_so(daemon):
    with Screen(daemon) as screen:
        screen.until("frame")
        daemon.wish("demo", "stop")
        try:
            screen.until("gone", "stopped")
        finally:
            daemon.wish("demo", "start")
        screen.until("init")
        screen.until("frame", count=3)


@pytest.mark.xdist_group("picture: slow")
def test_a_slow_screen_is_moved_to_a_keyframe_and_harms_nobody(daemon):
    """One that reads little by little, one that reads nothing: the neighbour gets every frame, the daemon keeps its memory."""
    daemon.wait_live("demo", timeout=60)
    with Screen(daemon) as quick, Screen(daemon, receive_bytes=4096) as stuck, Screen(daemon, receive_bytes=4096) as slow:
        quick.until("frame", count=5)
        before = daemon.resident_megabytes()
        stop = threading.Event()
        seen = []

        def crawl():
            # Fewer than the camera sends, but some.
            slow.socket.socket.settimeout(PATIENCE)
            try:
                while not stop.is_set():
                    seen.append(slow.next()[0])
                    stop.wait(0.12)
            except OSError:
                pass

        crawler = threading.Thread(target=crawl, daemon=True)
        crawler.start()
        try:
            # What the stuck one's sockets hold must be full first; then it takes nothing for 15 s and is let go.
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline:
                quick.until("frame", count=25)
                text = daemon.http.get("/metrics").text
                if 'plenary_events_picture_viewers{hall="demo"} 2' in text and seen.count("init") >= 2:
                    break
            else:
                raise AssertionError(f"nobody was let go, or nobody was moved: {seen.count('init')} " + "\n".join(line for line in text.splitlines() if "picture" in line))
        finally:
            stop.set()
        crawler.join(PATIENCE)
        times = [decode_time(one)[0] for one in quick.frames]
        assert all(0 < later - earlier <= LONGEST for earlier, later in zip(times, times[1:])), "the neighbour missed a frame"
        assert daemon.resident_megabytes() < before + 24, f"{before} → {daemon.resident_megabytes()} MB"


def test_a_hall_without_it_has_no_such_address(daemon):
    with pytest.raises(Refused, match="(?s)404.*hallPicture"):
        Screen(daemon, "plain")
    channel = daemon.http.get("/api/v1/halls/plain/channel").json
    assert "picture" not in channel
    assert daemon.http.get("/api/v1/halls/demo/channel").json["picture"] == f"ws://{daemon.events_address}/live/demo/picture"


def test_a_foreign_page_may_not_look(daemon):
    with pytest.raises(Refused, match="403"):
        Screen(daemon, origin="https://elsewhere.example")


def test_a_reload_switches_it():
    with Daemon(halls=[{**HALL, "hallPicture": False}]) as daemon:
        daemon.wait_live("demo", timeout=60)
        with pytest.raises(Refused, match="404"):
            Screen(daemon)
        daemon.halls[0]["hallPicture"] = True
        assert daemon.reload().status == 200
        with Screen(daemon) as screen:
            screen.until("frame", count=3)
            daemon.halls[0]["hallPicture"] = False
            assert daemon.reload().status == 200
            with pytest.raises(ConnectionError):
                screen.until("frame", count=10_000)
