"""The hall's picture on its display, frame by frame: how far behind the camera it is, and that it never stays behind."""

import statistics
import time

import pytest

from Tests.browser.screen import Display
from Tests.browser.viewer import READ_DISPLAY_CLOCK
from Tests.support.sitting import Sitting
from Tests.support.wait import wait_until

HALL = {"title": "Зразківська міська рада", "camera": "test:?size=640x360", "language": "uk", "partDuration": 0.5, "hallPicture": True}
#: Milliseconds behind the camera that no machine should need, however busy.
GENEROUS = 1000


class Wall(Display):
    @property
    def way(self):
        return self.evaluate("document.getElementById('display').dataset.picture ?? ''")

    def wait_way(self, way, timeout=60):
        wait_until(lambda: self.way == way, timeout, lambda: f"the picture by “{way}”: {self.way} {self.clock()}")

    def clock(self):
        return self.evaluate(READ_DISPLAY_CLOCK)

    def behind(self):
        """Milliseconds between the camera's clock and the wall's, as seen now."""
        sample = self.clock()
        return None if sample is None else sample["now"] - sample["shown"]

    def distances(self, seconds, every=0.1):
        found, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            if (sample := self.behind()) is not None:
                found.append(sample)
            self.page.wait_for_timeout(every * 1000)
        return found

    def wait_near(self, timeout=30):
        wait_until(lambda: (found := self.behind()) is not None and 0 <= found < GENEROUS, timeout, lambda: f"less than {GENEROUS} ms behind: {self.clock()}")


@pytest.fixture
def hang(watch):
    """`hang(daemon)`: the hall's display with its picture, beside the item."""
    def on_wall(daemon):
        return watch(daemon, path=f"/display/{daemon.hall}?lang=en&picture=yes", size=(1280, 720), kind=Wall)
    return on_wall


def begin(daemon):
    daemon.wait_live(daemon.hall, timeout=40)
    sitting = Sitting(daemon).seat(9).begin("Про бюджет громади на 2026 рік", present=9)
    sitting.do("take_up_item", item="i1")
    return sitting


@pytest.mark.measures
@pytest.mark.real_time("how far the wall is behind the camera")
def test_the_picture_is_a_blink_behind_the_hall_catches_up_and_does_not_drift(hang, daemon, measured):
    begin(daemon)
    wall = hang(daemon)
    wall.wait_way("frames")
    wall.wait_near()
    first = wall.distances(4)
    measured("glass to glass, the hall's display", statistics.median(first), f"ms (least {min(first)}, most {max(first)}, of {len(first)})")

    # A page that stood still for three seconds is back at the edge by itself.
    wall.evaluate("(() => { const end = performance.now() + 3000; while (performance.now() < end); })()")
    wall.wait_near()

    # Longer than the page may keep: what it keeps is thrown away, and the distance stays.
    began = wall.clock()["time"]
    wait_until(lambda: wall.clock()["time"] > began + 12, 60, lambda: f"twelve seconds more: {wall.clock()}", interval=0.5)
    wall.wait_near()
    last = wall.distances(4)
    measured("the same after twenty seconds", statistics.median(last), "ms")
    assert statistics.median(last) < GENEROUS, last
    span = sum(end - start for start, end in wall.clock()["buffered"])
    assert span < 15, f"{span} s of picture are kept: the buffer grows"
    assert not [url for url in wall.requests if ".m3u8" in url], "the residents' stream was loaded too"


@pytest.mark.real_time("Chromium shows single frames, and finds them again after a restart")
def test_a_closed_session_takes_the_picture_away_and_a_restarted_daemon_brings_it_back(hang, daemon):
    begin(daemon)
    wall = hang(daemon)
    wall.wait_way("frames")
    assert daemon.wish(daemon.hall, "hide").status == 200
    wall.wait_way("")
    assert daemon.wish(daemon.hall, "show").status == 200
    wall.wait_way("frames")
    wall.wait_near()
    daemon.restart()
    began = wall.evaluate("Date.now()")
    wait_until(lambda: (seen := wall.clock()) and seen["shown"] > began and seen["now"] - seen["shown"] < GENEROUS, 60, lambda: f"a new picture: {wall.clock()}")
    assert wall.way == "frames"


def test_without_it_the_residents_stream_is_shown(hang, daemon):
    daemon.halls[0]["hallPicture"] = False
    assert daemon.reload().status == 200
    begin(daemon)
    hang(daemon).wait_way("stream")


def test_what_the_browser_cannot_decode_falls_back_to_the_residents_stream(hang, daemon):
    """HEVC or the like: the browser says that it has no decoder for single frames, and the page does what it did before."""
    begin(daemon)
    wall = hang(daemon)
    wall.page.add_init_script("const knows = MediaSource.isTypeSupported; MediaSource.isTypeSupported = (type) => !/^video\\/mp4; codecs=\"avc1[^,]*\"$/.test(type) && knows.call(MediaSource, type);")
    wall.reload()
    wall.wait_way("stream")
