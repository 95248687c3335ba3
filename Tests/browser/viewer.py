"""A resident's browser: Debian's Chromium on a hall's page, and what can be seen of it."""

import statistics
import time

from Tests.support.wait import wait_until

PLAYER = "document.getElementById('player').livePlayer"

# Reads the clock strip of the test camera: y 1048..1080 of 1080, 48 blocks of a bit each, the highest first, UTC ms.
READ_CLOCK = """() => {
    const video = document.querySelector('VIDEO');
    if (!video?.videoWidth) return null;
    const canvas = window.clockCanvas ??= new OffscreenCanvas(480, 8);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, video.videoHeight * 1054 / 1080, video.videoWidth, video.videoHeight * 20 / 1080, 0, 0, 480, 8);
    const pixels = context.getImageData(0, 4, 480, 1).data;
    let shown = 0;
    for (let i = 0; i < 48; i += 1) shown = shown * 2 + (pixels[(i * 10 + 5) * 4] > 128 ? 1 : 0);
    return { shown, now: Date.now(), time: video.currentTime, MORE };
}"""
# The same on the hall's display, of its picture.
READ_DISPLAY_CLOCK = READ_CLOCK.replace("VIDEO", ".picture video").replace(
    "MORE", "rate: video.playbackRate, buffered: [...Array(video.buffered.length).keys()].map((i) => [video.buffered.start(i), video.buffered.end(i)])")
READ_CLOCK = READ_CLOCK.replace("VIDEO", "#video").replace(
    "MORE", f"program: {PLAYER}.currentProgramTime(), label: Date.parse(document.getElementById('clock').dateTime)")


class Viewer:
    """`page` opened on `url`; every console error, page error, CSP violation and foreign request is kept and demanded to be none."""

    def __init__(self, context, url):
        self.url = url
        self.page = context.new_page()
        self.page.set_default_timeout(60_000)
        self.errors, self.requests = [], []
        self.page.on("pageerror", lambda error: self.errors.append(f"page error: {error}"))
        self.page.on("console", self._console)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(url)

    def _console(self, message):
        # A stream that is not there yet answers 404, a daemon that is away not at all: the browser notes both by itself.
        if message.type == "error" and not message.text.startswith(("Failed to load resource", "WebSocket connection to")):
            self.errors.append(f"console: {message.text}")

    def check(self):
        assert not self.errors, self.errors
        origin = "/".join(self.url.split("/")[:3])
        foreign = [url for url in self.requests if not url.startswith((origin, "blob:" + origin, "data:"))]
        assert not foreign, f"requests to other hosts: {foreign}"

    def evaluate(self, expression):
        return self.page.evaluate(expression)

    def player(self, member):
        return self.page.evaluate(f"{PLAYER}.{member}")

    @property
    def phase(self):
        return self.player("phase")

    @property
    def counters(self):
        return self.player("counters")

    @property
    def frames(self):
        return self.page.evaluate("document.getElementById('video').getVideoPlaybackQuality().totalVideoFrames")

    @property
    def time(self):
        return self.page.evaluate("document.getElementById('video').currentTime")

    @property
    def screen(self):
        """The words over the picture; empty when the picture is free."""
        return self.page.evaluate("(() => { const s = document.getElementById('screen'); return s.hidden ? '' : s.innerText })()")

    @property
    def line(self):
        return self.page.inner_text("#now")

    def state(self):
        return self.page.evaluate(
            f"(() => {{ const p = {PLAYER}, v = document.getElementById('video'); return {{ phase: p.phase, following: p.following, behind: p.behind, ahead: p.ahead,"
            " seeking: v.seeking, buffered: [...Array(v.buffered.length).keys()].map((i) => [v.buffered.start(i), v.buffered.end(i)]), cushion: p.cushion, gap: p.inGap, rate: v.playbackRate, paused: v.paused, ready: v.readyState, time: v.currentTime, error: v.error?.message,"
            " counters: p.counters, screen: document.getElementById('screen').innerText }})()")

    def wait_phase(self, phase, timeout=20):
        wait_until(lambda: self.phase == phase, timeout, lambda: f"the player to be {phase}: {self.state()}")

    def wait_screen(self, text, timeout=20):
        wait_until(lambda: text in self.screen, timeout, lambda: f"“{text}” on the screen: {self.state()}")

    def wait_line(self, text, timeout=20):
        wait_until(lambda: self.line == text, timeout, lambda: f"“{text}” below the picture: {self.line} {self.state()}")

    def wait_playing(self, timeout=25):
        """Really plays: the playhead goes on and pictures are decoded."""
        self.wait_phase("playing", timeout)
        time_before, frames_before = self.time, self.frames
        wait_until(lambda: self.time > time_before + 0.5 and self.frames > frames_before + 8, timeout, lambda: f"moving pictures: {self.state()}")

    def clock(self):
        return self.page.evaluate(READ_CLOCK)

    def latencies(self, seconds, every=0.1):
        """Milliseconds between a picture's making and its being seen, sampled for `seconds`."""
        found = []
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            sample = self.clock()
            if sample is not None:
                found.append(sample["now"] - sample["shown"])
            time.sleep(every)
        return found

    def wait_near_live(self, limit_ms, timeout=25):
        """The picture is as new as that."""
        wait_until(lambda: (c := self.clock()) and 0 < c["now"] - c["shown"] < limit_ms, timeout, lambda: f"less than {limit_ms} ms behind: {self.clock()} {self.state()}")


def best_of(tries, measure, is_good):
    """Measures until it is good, at most so many times, and returns the last: what is wrong is wrong every time, other work on this machine passes."""
    for _ in range(tries):
        found = measure()
        if is_good(found):
            break
    return found


def median(values):
    return statistics.median(values)
