"""The page itself: controls, keys, languages, sizes, access for everybody, and what it looks like."""

import re

import pytest

from Tests.browser.access import check_both_themes
from Tests.browser.viewer import best_of
from Tests.support.certificate import make_certificate, tls
from Tests.support.council import Council
from Tests.support.daemon import Daemon
from Tests.support.wait import wait_until

SIZES = {"phone": (390, 844), "laptop": (1366, 768), "large": (1920, 1080)}
LONG_TITLE = "Сесійна зала Новоград-Волинської районної територіальної громади та об’єднаної ради"


@pytest.fixture(scope="module")
def daemon():
    halls = [
        {"name": "demo", "title": "Демонстраційна зала", "camera": "test:?size=640x360", "language": "uk", "partDuration": 0.2},
        {"name": "quiet", "title": "<img src=x onerror=alert(1)> & Co", "camera": "test:?size=320x180", "language": "lt", "autostart": False},
        {"name": "long", "title": LONG_TITLE, "camera": "test:?size=320x180", "language": "uk", "autostart": False},
    ]
    with Daemon(halls=halls) as running:
        yield running


@pytest.mark.real_time("Chromium plays, is led by keys, and is at live again")
def test_keys_drive_the_player(watch, daemon):
    viewer = watch(daemon)
    viewer.wait_playing()
    wait_until(lambda: viewer.evaluate("document.getElementById('seek').min <= -12"), 30, "some seconds to go back to")
    press = viewer.page.keyboard.press
    press("k")
    viewer.wait_phase("paused")
    viewer.wait_line("Paused by you.")
    press(" ")
    viewer.wait_playing()
    press("ArrowLeft")
    press("ArrowLeft")
    viewer.wait_playing()
    assert viewer.player("behind") > 8
    wait_until(lambda: viewer.page.inner_text("#live") == "Back to live", 20, "the way back to live")
    press("l")
    viewer.wait_near_live(2500)
    wait_until(lambda: viewer.page.inner_text("#live") == "LIVE", 5, "the live mark")
    press("m")
    assert viewer.evaluate("document.getElementById('video').muted") is False
    press("ArrowDown")
    assert abs(viewer.evaluate("document.getElementById('video').volume") - 0.95) < 0.01
    press("f")
    wait_until(lambda: viewer.evaluate("document.fullscreenElement?.id") == "player", 5, "full screen")
    press("f")
    wait_until(lambda: viewer.evaluate("document.fullscreenElement") is None, 5, "leaving full screen")
    press("?")
    assert viewer.evaluate("document.getElementById('help').open")
    press("Escape")
    assert not viewer.evaluate("document.getElementById('help').open")


@pytest.mark.real_time("Chromium plays over HTTP/2")
def test_over_tls_everything_comes_by_http2_and_the_votes_beside_it(watch, tmp_path):
    make_certificate(tmp_path)
    hall = {"name": "demo", "title": "Демонстраційна зала", "camera": "test:?size=320x180", "language": "uk"}
    with Daemon(halls=[hall], settings=tls(tmp_path), wait=False) as daemon:
        wait_until(lambda: "ready:" in daemon.log, 30, "the daemon to be ready")
        viewer = watch(daemon, ignore_https_errors=True)
        viewer.wait_playing()
        Council(daemon).convene(deputies=12)
        wait_until(lambda: "Питання 1" in viewer.page.inner_text("main"), 30, "the item that was taken up")
        wait_until(lambda: viewer.evaluate("performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.mp4')).length") > 10, 30, "parts")
        assert viewer.evaluate("[...new Set(performance.getEntriesByType('resource').map((one) => one.nextHopProtocol))]") == ["h2"]


@pytest.mark.real_time("the page's clock against the clock in the picture, then and now")
def test_one_can_go_back_within_the_window_and_see_that_moment(watch, daemon):
    viewer = watch(daemon)
    viewer.wait_playing()
    wait_until(lambda: viewer.evaluate("document.getElementById('seek').min <= -20"), 60, "some seconds to go back to")

    def slip():
        """By how much the page's clock goes another way than the picture, when one goes back by 15 s."""
        viewer.player("goLive()")
        viewer.wait_near_live(2500)
        live = viewer.clock()
        viewer.player("seekBy(-15)")
        viewer.wait_playing()
        wait_until(lambda: 13_000 < (c := viewer.clock())["now"] - c["shown"] < 30_000, 10, lambda: f"the picture of then: {viewer.clock()}")
        sample = viewer.clock()
        assert sample["shown"] < live["shown"]
        return (sample["program"] - sample["shown"]) - (live["program"] - live["shown"])

    # Without time the generated camera draws its clock late, then and now by different amounts.
    off = best_of(6, slip, lambda off: abs(off) < 300)
    assert abs(off) < 300, f"the page's clock goes back with the picture: off by {off} ms"
    wait_until(lambda: "−0:" in viewer.page.inner_text("#behind"), 20, "how far back")
    viewer.wait_line("You are watching an earlier moment.")
    viewer.page.click("#live")
    viewer.wait_near_live(2500)


def test_the_sound_is_offered_and_the_choice_is_remembered(watch, daemon):
    viewer = watch(daemon)
    viewer.wait_playing()
    button = viewer.page.locator("#sound")
    # Offered once the browser has refused to play with sound, a moment after the first picture.
    button.wait_for(state="visible")
    assert button.inner_text() == "Turn the sound on"
    button.click()
    assert viewer.evaluate("document.getElementById('video').muted") is False
    wait_until(lambda: not button.is_visible(), 20, "the button to go")
    assert viewer.evaluate("localStorage.getItem('plenary.sound')") == "on"


def test_the_page_follows_the_browsers_language_and_can_be_switched(watch, daemon):
    viewer = watch(daemon, path="/halls/quiet", language="ka")
    viewer.wait_screen("ტრანსლაცია ჯერ არ დაწყებულა")
    assert viewer.evaluate("document.documentElement.lang") == "ka"
    viewer.page.select_option("#language", "lt")
    viewer.wait_screen("Transliacija dar neprasidėjo")
    viewer.page.reload()
    viewer.wait_screen("Transliacija dar neprasidėjo")


def test_a_title_stays_text(watch, daemon):
    viewer = watch(daemon, path="/halls/quiet")
    wait_until(lambda: viewer.page.inner_text("h1") != "", 20, "the title")
    assert viewer.page.inner_text("h1") == "<img src=x onerror=alert(1)> & Co"
    assert viewer.page.title() == "<img src=x onerror=alert(1)> & Co"
    front = watch(daemon, path="/")
    assert front.page.inner_text(".halls li:nth-child(2) a") == "<img src=x onerror=alert(1)> & Co"


@pytest.mark.parametrize("path", ["/halls/demo", "/halls/long", "/"])
def test_nothing_is_wider_than_a_phone(watch, daemon, path):
    for language in ("uk", "lt", "ka", "en"):
        viewer = watch(daemon, path=path, size=(320, 640), language=language)
        wait_until(lambda: viewer.evaluate("document.documentElement.lang") == language and viewer.page.locator("#language option").count() == 4, 20, "the words")
        for width in (320, 360, 430):
            viewer.page.set_viewport_size({"width": width, "height": 640})
            wide = viewer.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{language}: {wide} px at {width}"
        viewer.page.close()


@pytest.mark.parametrize("path", ["/", "/halls/demo", "/halls/quiet"])
def test_everybody_can_use_it_in_both_themes(watch, daemon, path):
    viewer = watch(daemon, path=path)
    wait_until(lambda: viewer.page.locator("#language option").count() == 4 and viewer.page.locator("#language").is_visible(), 20, "the words")
    if path == "/halls/demo":
        viewer.wait_playing()
    if path == "/halls/quiet":
        viewer.wait_screen("has not begun")
    check_both_themes(viewer.page, path)
    if path == "/halls/demo":
        viewer.page.keyboard.press("?")
        viewer.page.locator("#help[open]").wait_for()
        check_both_themes(viewer.page, "the help")


def test_a_codec_the_browser_lacks_is_told(watch, daemon):
    viewer = watch(daemon)
    viewer.wait_playing()
    viewer.page.add_init_script("MediaSource.isTypeSupported = () => false")
    viewer.page.reload()
    viewer.wait_screen("This browser cannot play the hall's video")
    assert "avc1." in viewer.screen


def test_without_javascript_the_picture_has_the_browsers_own_player(watch, daemon):
    viewer = watch(daemon, java_script_enabled=False)
    html = viewer.page.content()
    assert 'src="/live/demo/index.m3u8"' in html and "controls" in html
    assert viewer.page.locator("#bar").is_hidden()


def test_the_page_is_light(daemon):
    """HTML, CSS and JS of the first paint, as they travel."""
    door = daemon.http
    html = door.get("/halls/demo", headers={"Accept-Encoding": "gzip"})
    paths = re.findall(r'(?:src|href)="(/assets/[^"]+\.(?:js|css))"', door.get("/halls/demo").text) + ["/assets/languages/uk.json"]
    total = len(html.body) + sum(len(door.get(path, headers={"Accept-Encoding": "gzip"}).body) for path in paths)
    assert len(paths) > 10 and total < 100_000, f"{total} bytes"


@pytest.mark.parametrize("language", ["uk", "lt", "ka", "en"])
def test_it_can_be_looked_at(watch, daemon, artifacts, language):
    viewer = watch(daemon, language=language)
    viewer.wait_playing()
    waiting = watch(daemon, path="/halls/long", language=language, color_scheme="dark")
    waiting.page.wait_for_selector("#screen h2")
    wait_until(lambda: waiting.screen != "", 10, "a screen")
    for name, size in SIZES.items():
        for page, what in ((viewer.page, "hall"), (waiting.page, "waiting")):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.screenshot(path=artifacts / f"{what}-{language}-{name}.png")
