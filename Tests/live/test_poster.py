"""The still of the hall, `/live/{hall}/poster.jpg`: what viewers see, renewed, never what is hidden."""

import re
import struct
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from Tests.fixtures import generate
from Tests.support.daemon import Daemon
from Tests.support.wait import NotInTime, wait_until

HALLS = [
    {"name": "clock", "camera": "test:?size=1920x1080&rate=2&gop=4&tone=no", "language": "uk"},
    {"name": "closed", "camera": "test:?size=640x360&rate=10&gop=10&tone=no", "language": "lt"},
    {"name": "hevc", "camera": None}, {"name": "sound", "camera": None}, {"name": "broken", "camera": None},
    {"name": "off", "camera": "test:?size=320x180&rate=5&tone=no", "autostart": False},
]
CLIPS = {"hevc": "hevc.ts", "sound": "audio-only.ts", "broken": "broken-keyframes.ts"}


pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def daemon():
    files = generate.paths(CLIPS.values())
    halls = [{**hall, "camera": hall["camera"] or str(files[CLIPS[hall["name"]]])} for hall in HALLS]
    with Daemon(halls, ready_within=60) as daemon:
        yield daemon


def poster(daemon, hall, **options):
    return daemon.http.get(f"/live/{hall}/poster.jpg", **options)


def await_poster(daemon, hall):
    def asked():
        reply = poster(daemon, hall)
        return reply if reply.status == 200 else None
    return wait_until(asked, 60, lambda: f"a poster of {hall}: {poster(daemon, hall).text} {daemon.status(hall)}", interval=0.2)


def dimensions(jpeg):
    """(width, height) as the frame header says (ITU-T T.81 §B.2.2)."""
    at = 2
    while jpeg[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + struct.unpack_from(">H", jpeg, at + 2)[0]
    height, width = struct.unpack_from(">HH", jpeg, at + 5)
    return width, height


def decode(jpeg, size=None):
    """(width, height, RGB bytes) of a picture, by ffmpeg: another decoder than the one that shows it."""
    width, height = size or dimensions(jpeg)
    raw = subprocess.run(["ffmpeg", "-v", "error", "-f", "mjpeg", "-i", "-", "-frames:v", "1", "-s", f"{width}x{height}", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                         input=jpeg, capture_output=True, check=True).stdout
    assert len(raw) == width * height * 3
    return width, height, raw


def burned_in(jpeg):
    """The UTC milliseconds in the strip of the generated hall; `None` when there is no strip."""
    width, height, raw = decode(jpeg)
    row = int(height * (1048 + 1080) / 2 / 1080)
    value = 0
    for bit in range(48):
        light = raw[(row * width + int((bit + 0.5) * width / 48)) * 3 + 1]
        if 90 < light < 165:
            return None
        value = value << 1 | (light >= 165)
    return value if abs(value - time.time() * 1000) < 3_600_000 else None


def difference(one, other):
    """Mean difference of two pictures' bytes, 0 to 255."""
    return sum(abs(a - b) for a, b in zip(one, other)) / len(one)


def await_card(daemon, hall):
    """The hall's card is there. A machine that is far too busy does not make it in its 30 s: a new start has it made again."""
    for patience in (45, 45, 90):
        daemon.wait_live(hall, timeout=60)
        assert daemon.wish(hall, "slate-on").status in (200, 204)
        try:
            daemon.wait_for(hall, lambda s: s["onAir"] == "slate", patience, "the card")
            break
        except NotInTime:
            if patience == 90:
                raise
            assert daemon.wish(hall, "stop").status in (200, 204) and daemon.wish(hall, "start").status in (200, 204)
    assert daemon.wish(hall, "slate-off").status in (200, 204)
    daemon.wait_live(hall, timeout=60)


# — what takes ten seconds and more: all of it at the same time, each in a hall of its own —

def renewal(daemon):
    """The first poster, and the two that follow it."""
    first = await_poster(daemon, "clock")

    def newer_than(etag):
        def asked():
            reply = poster(daemon, "clock")
            return reply if reply.headers["etag"] != etag else None
        return wait_until(asked, 60, "a newer poster", interval=0.2)
    # who asked before the first one was there has asked for a second
    second = newer_than(first.headers["etag"])
    return first, second, newer_than(second.headers["etag"])


def closed_session(daemon):
    """The card's picture while it is on air, all posters while the session is closed, and the first of the hall afterwards."""
    await_card(daemon, "closed")
    assert daemon.wish("closed", "slate-on").status in (200, 204)
    try:
        card = wait_until(lambda: (lambda r: r if r.status == 200 and burned_in(r.body) is None else None)(poster(daemon, "closed")), 60, "the card")
    finally:
        daemon.wish("closed", "slate-off")
    daemon.wait_live("closed", timeout=60)
    wait_until(lambda: burned_in(await_poster(daemon, "closed").body), 60, "the hall in the poster")
    assert daemon.wish("closed", "hide").status in (200, 204)
    hidden, shown_while_hidden = time.time() * 1000, []
    # longer than from one poster to the next: one would be due meanwhile
    until = time.monotonic() + 11
    while time.monotonic() < until:
        shown_while_hidden.append(poster(daemon, "closed"))
        time.sleep(0.5)
    open_again = time.time() * 1000
    assert daemon.wish("closed", "show").status in (200, 204)

    def hall():
        reply = poster(daemon, "closed")
        return burned_in(reply.body) if reply.status == 200 else None
    return card, hidden, shown_while_hidden, open_again, wait_until(hall, 60, "the hall again", interval=0.1)


def broken_keyframes(daemon):
    """The first poster of a camera whose later keyframes are damaged, and what is there after two of those."""
    first = await_poster(daemon, "broken")
    status = daemon.wait_for("broken", lambda s: poster(daemon, "broken").status == 200 and s["vitals"]["brokenKeyframes"] >= 2, 90, "broken keyframes")
    return first, status, poster(daemon, "broken")


@pytest.fixture(scope="module")
def long_ones(daemon):
    with ThreadPoolExecutor() as threads:
        yield {what: threads.submit(what, daemon) for what in (renewal, closed_session, broken_keyframes)}


def test_the_poster_is_a_jpeg_of_the_hall_and_is_renewed(daemon, long_ones, measured):
    first, second, third = long_ones[renewal].result()
    assert first.headers["content-type"] == "image/jpeg" and first.headers["access-control-allow-origin"] == "*"
    assert re.fullmatch(r"public, max-age=[1-9]", first.headers["cache-control"])
    assert decode(first.body)[:2] == (1280, 720)
    shown = burned_in(first.body)
    assert shown, "the hall's clock is in the picture"
    measured("1080p poster", len(first.body) // 1024, "KiB")
    gap = burned_in(third.body) - burned_in(second.body)
    measured("renewed after", gap / 1000, "s")
    assert burned_in(second.body) > shown
    assert gap >= 9_000, "one keyframe in ten seconds is decoded at most"
    etag = poster(daemon, "clock").headers["etag"]
    same = poster(daemon, "clock", headers={"If-None-Match": etag})
    assert same.status in (304, 200) and (same.status == 304 or same.headers["etag"] != etag)


def test_its_colours_are_the_cards(long_ones):
    """The closed session's card, through our own scaler, against the picture it is made of: colours and brightness, not only shapes."""
    _, _, raw = decode(long_ones[closed_session].result()[0].body, size=(320, 180))
    card = subprocess.run(["ffmpeg", "-v", "error", "-i", "web/media/card-lt.png", "-s", "320x180", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                          capture_output=True, check=True).stdout
    assert difference(raw, card) < 6


def test_a_closed_session_shows_the_card_and_nothing_of_itself_afterwards(long_ones):
    _, hidden, posters, open_again, shown = long_ones[closed_session].result()
    assert len(posters) >= 5 and all(reply.status == 200 for reply in posters)
    for body in {reply.body for reply in posters}:
        assert burned_in(body) is None, "only the card while the session is closed"
    # a generated frame is drawn up to a second before it is sent
    assert shown > open_again - 2_000 > hidden, f"{open_again - shown} ms before the session was open again"


def test_hevc_has_a_poster(daemon):
    reply = await_poster(daemon, "hevc")
    width, height, raw = decode(reply.body)
    assert (width, height) == (320, 192)
    source = subprocess.run(["ffmpeg", "-v", "error", "-skip_frame", "nokey", "-i", generate.path("hevc.ts"), "-an", "-fps_mode", "passthrough", "-f", "rawvideo",
                             "-pix_fmt", "rgb24", "-"], capture_output=True, check=True).stdout
    size = width * height * 3
    keyframes = [source[at:at + size] for at in range(0, len(source) - size + 1, size)]
    assert len(keyframes) >= 5
    assert min(difference(raw, frame) for frame in keyframes) < 12, "it is one of the camera's keyframes"


def test_sound_alone_and_a_stream_that_is_off_have_none(daemon):
    daemon.wait_live("sound", timeout=60)
    for hall in ("sound", "off"):
        assert poster(daemon, hall).status == 404
        head = daemon.http.get(f"/halls/{hall}").text
        assert re.search(r'property="og:image" content="http://[^"]*/assets/media/card-\w\w\.png"', head), "the page shows the card"
    assert poster(daemon, "nowhere").status == 404


def test_the_page_names_it_while_there_is_one(daemon):
    await_poster(daemon, "clock")
    head = daemon.http.get("/halls/clock").text
    address = f"{daemon.url}/live/clock/poster.jpg"
    assert f'property="og:image" content="{address}"' in head and f'name="twitter:image" content="{address}"' in head
    assert f'"thumbnailUrl":"{address}"' in head
    listed = daemon.http.get("/").text
    assert '<img src="/live/clock/poster.jpg"' in listed and "/live/off/poster.jpg" not in listed


def test_broken_keyframes_are_counted_and_the_old_poster_stays(daemon, long_ones):
    """The clip's first keyframe is whole; every later one is damaged in its slices."""
    first, status, later = long_ones[broken_keyframes].result()
    decode(first.body)
    assert status["state"] == "live" and not daemon.log_lines("ended unexpectedly")
    assert later.headers["etag"] == first.headers["etag"]
    metrics = daemon.http.get("/metrics").text
    assert re.search(r'plenary_stream_broken_keyframes_total\{hall="broken"\} [1-9]', metrics)


def test_a_stopped_stream_has_no_poster(daemon):
    await_poster(daemon, "hevc")
    assert daemon.wish("hevc", "stop").status in (200, 204)
    assert poster(daemon, "hevc").status == 404
