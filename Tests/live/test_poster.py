"""The still of the hall, `/live/{hall}/poster.jpg`: what viewers see, renewed, never what is hidden."""

import re
import subprocess
import time

import pytest

from Tests.fixtures import generate
from Tests.support.daemon import Daemon
from Tests.support.wait import NotInTime, wait_until

HALLS = [
    {"name": "clock", "camera": "test:?size=1920x1080&rate=5&gop=10&tone=no", "language": "uk"},
    {"name": "closed", "camera": "test:?size=640x360&rate=10&gop=10&tone=no", "language": "lt"},
    {"name": "hevc", "camera": None}, {"name": "sound", "camera": None}, {"name": "broken", "camera": None},
    {"name": "off", "camera": "test:?size=320x180&rate=5&tone=no", "autostart": False},
]
CLIPS = {"hevc": "hevc.ts", "sound": "audio-only.ts", "broken": "broken-keyframes.ts"}


pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def daemon():
    halls = [{**hall, "camera": hall["camera"] or str(generate.path(CLIPS[hall["name"]]))} for hall in HALLS]
    with Daemon(halls, ready_within=60) as daemon:
        yield daemon


def poster(daemon, hall, **options):
    return daemon.http.get(f"/live/{hall}/poster.jpg", **options)


def await_poster(daemon, hall):
    def asked():
        reply = poster(daemon, hall)
        return reply if reply.status == 200 else None
    return wait_until(asked, 60, lambda: f"a poster of {hall}: {poster(daemon, hall).text} {daemon.status(hall)}", interval=0.2)


def decode(jpeg, size=None):
    """(width, height, RGB bytes) of a picture, by ffmpeg: another decoder than the one that shows it."""
    found = subprocess.run(["ffmpeg", "-hide_banner", "-f", "mjpeg", "-i", "-", "-frames:v", "1", "-f", "null", "-"], input=jpeg, capture_output=True, check=True)
    width, height = map(int, re.search(rb"Video: mjpeg.*?, (\d+)x(\d+)", found.stderr).groups())
    width, height = size or (width, height)
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


def test_the_poster_is_a_jpeg_of_the_hall_and_is_renewed(daemon, measured):
    first = await_poster(daemon, "clock")
    assert first.headers["content-type"] == "image/jpeg" and first.headers["access-control-allow-origin"] == "*"
    assert re.fullmatch(r"public, max-age=[1-9]", first.headers["cache-control"])
    width, height, raw = decode(first.body)
    assert (width, height) == (1280, 720)
    shown = burned_in(first.body)
    assert shown, "the hall's clock is in the picture"
    measured("1080p poster", len(first.body) // 1024, "KiB")
    same = poster(daemon, "clock", headers={"If-None-Match": first.headers["etag"]})
    assert same.status in (304, 200) and (same.status == 304 or same.headers["etag"] != first.headers["etag"])

    def newer_than(etag):
        def asked():
            reply = poster(daemon, "clock")
            return reply if reply.headers["etag"] != etag else None
        return wait_until(asked, 60, "a newer poster", interval=0.5)
    # who asked before the first one was there has asked for a second
    second = newer_than(first.headers["etag"])
    third = newer_than(second.headers["etag"])
    gap = burned_in(third.body) - burned_in(second.body)
    measured("renewed after", gap / 1000, "s")
    assert burned_in(second.body) > shown
    assert gap >= 9_000, "one keyframe in ten seconds is decoded at most"


def test_its_colours_are_the_cards(daemon):
    """The closed session's card, through our own scaler, against the picture it is made of: colours and brightness, not only shapes."""
    await_card(daemon, "closed")
    assert daemon.wish("closed", "slate-on").status in (200, 204)
    try:
        reply = wait_until(lambda: (lambda r: r if r.status == 200 and burned_in(r.body) is None else None)(poster(daemon, "closed")), 60, "the card")
    finally:
        daemon.wish("closed", "slate-off")
    _, _, raw = decode(reply.body, size=(320, 180))
    card = subprocess.run(["ffmpeg", "-v", "error", "-i", "web/media/card-lt.png", "-s", "320x180", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                          capture_output=True, check=True).stdout
    assert difference(raw, card) < 6


def test_a_closed_session_shows_the_card_and_nothing_of_itself_afterwards(daemon):
    await_card(daemon, "closed")
    wait_until(lambda: burned_in(await_poster(daemon, "closed").body), 60, "the hall in the poster")
    assert daemon.wish("closed", "hide").status in (200, 204)
    hidden = time.time() * 1000
    # longer than from one poster to the next: one would be due meanwhile
    until = time.monotonic() + 15
    while time.monotonic() < until:
        reply = poster(daemon, "closed")
        assert reply.status == 200 and burned_in(reply.body) is None, "only the card while the session is closed"
        time.sleep(0.5)
    open_again = time.time() * 1000
    assert daemon.wish("closed", "show").status in (200, 204)

    def hall():
        reply = poster(daemon, "closed")
        return burned_in(reply.body) if reply.status == 200 else None
    shown = wait_until(hall, 60, "the hall again", interval=0.1)
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


def test_broken_keyframes_are_counted_and_the_old_poster_stays(daemon):
    """The clip's first keyframe is whole; every later one is damaged in its slices."""
    first = await_poster(daemon, "broken")
    decode(first.body)
    status = daemon.wait_for("broken", lambda s: poster(daemon, "broken").status == 200 and s["vitals"]["brokenKeyframes"] >= 2, 90, "broken keyframes")
    assert status["state"] == "live" and not daemon.log_lines("ended unexpectedly")
    assert poster(daemon, "broken").headers["etag"] == first.headers["etag"]
    metrics = daemon.http.get("/metrics").text
    assert re.search(r'plenary_stream_broken_keyframes_total\{hall="broken"\} [1-9]', metrics)


def test_a_stopped_stream_has_no_poster(daemon):
    await_poster(daemon, "hevc")
    assert daemon.wish("hevc", "stop").status in (200, 204)
    assert poster(daemon, "hevc").status == 404
