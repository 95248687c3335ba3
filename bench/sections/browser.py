"""Glass to glass in Chromium: the time burned into the generated hall's picture against the clock when the frame is shown."""

import shutil
import statistics

from harness.plenary import Plenary
from harness.setting import Unfit
from harness.table import Row, at_most

TITLE = "glass to glass in Chromium per part length (generated hall, 640×360)"
TARGETS = {0.5: 1.4, 0.2: 0.6, 0.04: 0.3}

#: The picture's lowest lines are 48 blocks, white is 1: UTC milliseconds, most significant bit first.
MEASURE = """
seconds => new Promise(resolve => {
    const video = document.querySelector("video");
    const canvas = new OffscreenCanvas(480, 1), context = canvas.getContext("2d", { willReadFrequently: true });
    const delays = [], until = performance.now() + seconds * 1000;
    const look = () => {
        const now = performance.timeOrigin + performance.now();
        const line = video.videoHeight * 1064 / 1080;
        context.drawImage(video, 0, line, video.videoWidth, 1, 0, 0, 480, 1);
        const pixels = context.getImageData(0, 0, 480, 1).data;
        let shown = 0;
        for (let bit = 0; bit < 48; bit++) shown = shown * 2 + (pixels[(bit * 10 + 5) * 4] > 127 ? 1 : 0);
        const delay = now - shown;
        if (delay > 0 && delay < 60000) delays.push(delay);
        if (performance.now() < until) video.requestVideoFrameCallback(look); else resolve(delays);
    };
    video.requestVideoFrameCallback(look);
    setTimeout(() => resolve(delays), (seconds + 5) * 1000);
})
"""


def delays(browser, address, seconds):
    """Seconds from each shown frame's burned-in time to its showing."""
    page = browser.new_page(viewport={"width": 800, "height": 600}, bypass_csp=True)
    try:
        page.goto(address)
        page.wait_for_function("() => { const v = document.querySelector('video'); return v && v.currentTime > 0 && v.videoWidth > 0 }", timeout=30_000)
        # The player needs a moment to come to its distance from the live edge.
        page.wait_for_timeout(8_000)
        return [delay / 1000 for delay in page.evaluate(MEASURE, seconds)]
    finally:
        page.close()


def measure(setting):
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise Unfit("Playwright is not installed: run bench/run with .venv/bin/python")
    chromium = shutil.which("chromium")
    if chromium is None:
        raise Unfit("chromium is not installed (`make deps-test`)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"])
        try:
            for duration, target in TARGETS.items():
                hall = {"name": "hall", "camera": "test:?size=640x360&rate=25&gop=25", "partDuration": duration}
                with Plenary(setting, [hall]) as daemon:
                    daemon.wait_live("hall", segments=2)
                    found = delays(browser, f"{daemon.origin}/halls/hall", setting.seconds)
                if len(found) < 10:
                    raise Unfit(f"Chromium showed {len(found)} frames only")
                p50 = statistics.median(found)
                ordered = sorted(found)
                yield Row(
                    f"{duration:g} s parts, p50 / p95 of {len(found)} frames", f"{p50:.2f} / {ordered[int(len(ordered) * 0.95)]:.2f} s",
                    **at_most(target, p50))
        finally:
            browser.close()
