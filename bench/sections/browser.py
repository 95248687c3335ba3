"""Glass to glass in Chromium: the time burned into the generated hall's picture against the clock when it is seen."""

import shutil
import statistics
import sys
import time

from harness import hlsjs
from harness.plenary import Plenary
from harness.setting import ROOT, Unfit
from harness.table import Row, at_most

TITLE = "glass to glass in Chromium per part length (generated hall, 640×360, 25 fps)"
#: Seconds, the median, by part length.
TARGETS = {0.5: 1.4, 0.2: 0.6, 0.04: 0.3}
#: Of the hall's display, frame by frame over WebSocket.
DISPLAY_TARGET = 0.2
SETTLING = 8


def tools():
    """Playwright, and the tests' own way of looking at the page."""
    sys.path.insert(0, str(ROOT))
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise Unfit("Playwright is not installed: `make bench` does, or run bench/run with .venv/bin/python") from None
    from Tests.browser.viewer import Viewer

    return sync_playwright, Viewer


def seconds_behind(page, seconds):
    """How far hls.js' picture is behind the clock, looked at ten times a second."""
    found, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        behind = page.evaluate(hlsjs.READ_CLOCK)
        # An unreadable strip gives a number that is no time.
        if behind is not None and 0 < behind < 60_000:
            found.append(behind / 1000)
        time.sleep(0.1)
    return found


def by_hlsjs(setting, browser, daemon, seconds):
    """The median of hls.js with its defaults, in the same Chromium, of the same stream; `None` when it cannot be had here."""
    try:
        server = hlsjs.Page(setting)
    except Unfit as reason:
        print(f"  {reason}", file=sys.stderr)
        return None
    with server:
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        page = context.new_page()
        page.goto(f"{server.origin}/index.html?stream={daemon.origin}/live/hall/index.m3u8")
        seconds_behind(page, SETTLING)
        found = seconds_behind(page, seconds)
        context.close()
    return statistics.median(found) if len(found) >= 10 else None


def by_display(setting, browser):
    """Looks at the hall's display: seconds behind, sorted."""
    from Tests.browser.viewer import READ_DISPLAY_CLOCK

    hall = {"name": "hall", "camera": "test:?size=640x360&rate=25&gop=25", "hallPicture": True}
    with Plenary(setting, [hall]) as daemon:
        daemon.wait_live("hall", segments=2)
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        page = context.new_page()
        page.goto(f"{daemon.origin}/display/hall?picture=yes")
        found, end, begin = [], time.monotonic() + SETTLING + setting.seconds, time.monotonic() + SETTLING
        while time.monotonic() < end:
            # Without a sitting the display has no place for it.
            page.evaluate("(() => { const place = document.querySelector('.picture'); if (place) place.style.display = 'block'; })()")
            seen = page.evaluate(READ_DISPLAY_CLOCK)
            if seen is not None and time.monotonic() > begin and 0 < seen["now"] - seen["shown"] < 60_000:
                found.append((seen["now"] - seen["shown"]) / 1000)
            time.sleep(0.1)
        context.close()
    return sorted(found)


def measure(setting):
    sync_playwright, viewer_of = tools()
    chromium = shutil.which("chromium")
    if chromium is None:
        raise Unfit("chromium is not installed (`make deps-test`)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        for duration, target in TARGETS.items():
            hall = {"name": "hall", "camera": "test:?size=640x360&rate=25&gop=25", "partDuration": duration}
            with Plenary(setting, [hall]) as daemon:
                daemon.wait_live("hall", segments=2)
                viewer = viewer_of(browser.new_context(viewport={"width": 1280, "height": 720}), f"{daemon.origin}/halls/hall")
                viewer.wait_playing()
                # The player comes to its distance from the live edge by and by.
                viewer.latencies(SETTLING)
                found = sorted(delay / 1000 for delay in viewer.latencies(setting.seconds))
                stalls = viewer.counters
                viewer.page.context.close()
                peer = by_hlsjs(setting, browser, daemon, setting.seconds)
            if len(found) < 10:
                raise Unfit(f"Chromium showed its clock {len(found)} times only")
            p50 = statistics.median(found)
            print(f"  {duration:g} s parts: the player counted {stalls}", file=sys.stderr)
            yield Row(
                f"{duration:g} s parts, p50 / p95 of {len(found)} looks", f"{p50:.2f} / {found[int(len(found) * 0.95)]:.2f} s",
                "" if peer is None else f"{peer:.2f} s hls.js {hlsjs.VERSION}, p50", None if peer is None else p50 / peer, **at_most(target, p50))
        found = by_display(setting, browser)
        if len(found) >= 10:
            p50 = statistics.median(found)
            yield Row(
                f"the hall's display, frame by frame, p50 / p95 of {len(found)} looks", f"{p50:.2f} / {found[int(len(found) * 0.95)]:.2f} s", "", None,
                **at_most(DISPLAY_TARGET, p50))
        browser.close()
