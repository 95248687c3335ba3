"""Where there is no Media Source the browser's own HLS plays: seconds behind, yet board and picture agree. In Chromium, which does not tell the date of its picture."""

import contextlib
import re

import pytest
from playwright.sync_api import Error

from Tests.browser.test_resident import WATCH
from Tests.browser.viewer import median
from Tests.support.sitting import Sitting
from Tests.support.wait import wait_until

HALL = {"title": "Зразківська міська рада", "camera": "test:?size=640x360", "language": "uk", "partDuration": 0.5, "segmentMaximum": 2}
NO_MEDIA_SOURCE = "delete window.MediaSource; delete window.ManagedMediaSource; delete window.WebKitMediaSource"
# Chromium's own HLS asks for segments that are marked EXT-X-GAP, and gives up; Apple's, for which this way is, knows the mark.
GAPS = re.compile(r"(#EXT-X-PROGRAM-DATE-TIME[^\n]*\n)?#EXT-X-GAP\n#EXTINF[^\n]*\n[^\n]*\n")


def without_media_source(watch, daemon):
    viewer = watch(daemon, language="uk")

    def without_gaps(route):
        # The page may be closed meanwhile, at the test's end: there is then nobody to answer.
        with contextlib.suppress(Error):
            answer = route.fetch()
            route.fulfill(response=answer, body=GAPS.sub("", answer.text()))

    viewer.page.route("**/main.m3u8*", without_gaps)
    viewer.page.add_init_script(NO_MEDIA_SOURCE)
    viewer.page.reload()
    assert viewer.evaluate("document.getElementById('player').livePlayer.constructor.name") == "NativePlayer"
    assert viewer.evaluate("!Number.isFinite(document.createElement('video').getStartDate?.().getTime())"), "this browser tells no date by itself"
    viewer.wait_playing(60)
    wait_until(lambda: viewer.player("currentProgramTime()"), 40, lambda: f"the date of the picture: {viewer.state()}")
    return viewer


def off_by(viewer, count=12):
    """Milliseconds between the page's date of the picture and the clock in the picture, while it plays."""
    found = []

    def sample():
        clock = viewer.clock()
        if clock and viewer.phase == "playing":
            found.append(clock["program"] - clock["shown"])
        return len(found) >= count

    wait_until(sample, 60, lambda: f"{count} pictures: {found} {viewer.state()}", interval=0.25)
    return found


@pytest.mark.real_time("the browser's own HLS against the clock in the picture")
def test_board_and_picture_agree_in_the_browsers_own_hls(watch, daemon, measured):
    sitting = Sitting(daemon).play(until=("open_sitting", None))
    daemon.wait_live(daemon.hall, timeout=60, parts=10)
    viewer = without_media_source(watch, daemon)
    errors = off_by(viewer)
    measured("the page's date against the clock in the picture, native HLS", median(errors), f"ms ({[round(one) for one in errors]})")
    assert abs(median(errors)) < 1000, errors

    # What happens is shown when the picture, seconds behind, has come to it.
    viewer.evaluate(WATCH)
    sitting.do("post_notice", text="Оголошення для перевірки")
    posted = sitting.snapshot["now"]
    early = "Оголошення для перевірки" in viewer.page.inner_text("[data-part=now]")
    assert not early, "not before the picture"
    change = wait_until(
        lambda: next((one for one in viewer.evaluate("window.changes") if "Оголошення для перевірки" in one["text"]), None), 60,
        lambda: f"the notice on the page: {viewer.state()}")
    measured("the board's change against the clock in the picture, native HLS", change["shown"] - posted, "ms")
    # The browser may leave out a segment on its way; never is the board early.
    assert change["shown"] - posted > -1000, change
    assert change["shown"] - posted < 3000, change

    # Back within what the browser has kept: the board of then, and still in step.
    back = """(() => {
        const player = document.getElementById('player').livePlayer;
        const [oldest, now] = [player.oldestProgramTime, player.currentProgramTime()];
        return oldest !== null && now - oldest > 2500 && player.seekToProgramTime(now - 2000) ? now : null;
    })()"""
    now = wait_until(lambda: viewer.evaluate(back), 60, lambda: f"some seconds to go back: {viewer.state()}", interval=0.1)
    wait_until(lambda: (viewer.player("currentProgramTime()") or 0) < now + 500, 20, "the way back")
    errors = off_by(viewer, 3)
    measured("the same after going back", median(errors), f"ms ({errors})")
    assert abs(median(errors)) < 1000, errors
