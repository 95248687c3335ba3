"""What happens under a viewer's eyes when something goes away: the page plays on by itself, without a reload."""

import os
import signal
import time

import pytest

from Tests.fixtures import generate
from Tests.support.sitting import Sitting
from Tests.support.wait import wait_until

HALL = {"title": "Test council", "camera": "test:?size=640x360", "language": "uk", "partDuration": 0.2}


def change(daemon, **settings):
    """The hall with other settings."""
    daemon.halls[0].update(settings)
    assert daemon.reload().status == 200


def marked(viewer):
    """Leaves a mark that a reload would wipe out."""
    viewer.evaluate("window.sameVisit = true")
    return viewer


def still_same_visit(viewer):
    return viewer.evaluate("window.sameVisit === true")


def test_the_page_starts_by_itself_when_the_stream_begins(watch, daemon):
    assert daemon.wish(daemon.hall, "stop").status < 300
    viewer = marked(watch(daemon))
    viewer.wait_screen("The broadcast has not begun")
    assert "by itself" in viewer.screen
    assert daemon.wish(daemon.hall, "start").status < 300
    viewer.wait_playing(30)
    wait_until(lambda: viewer.screen == "", 20, lambda: f"nothing over the picture: {viewer.state()}")
    assert still_same_visit(viewer)


def test_a_killed_worker_is_a_pause_and_no_more(watch, daemon, measured):
    viewer = marked(watch(daemon))
    viewer.wait_playing()
    os.kill(daemon.worker_pid(daemon.hall), signal.SIGKILL)
    wait_until(lambda: daemon.status(daemon.hall)["reconnects"] >= 1, 20, "the worker's return")
    viewer.wait_playing(20)
    viewer.wait_near_live(3000)
    assert still_same_visit(viewer)
    measured("after kill -9 of the worker", viewer.counters["holes"], f"holes stepped over ({viewer.counters})")


def test_stop_is_told_and_start_plays_on(watch, daemon):
    viewer = marked(watch(daemon))
    viewer.wait_playing()
    assert daemon.wish(daemon.hall, "stop").status < 300
    viewer.wait_screen("The broadcast has ended", 20)
    assert "Since" in viewer.screen
    assert daemon.wish(daemon.hall, "start").status < 300
    viewer.wait_playing(30)
    viewer.wait_near_live(3000)
    assert still_same_visit(viewer)


def test_the_card_is_played_and_the_camera_comes_back(watch, daemon):
    viewer = marked(watch(daemon))
    viewer.wait_playing()
    assert daemon.wish(daemon.hall, "slate-on").status < 300
    wait_until(lambda: "A break" in viewer.line, 25, lambda: f"the line about the break: {viewer.line} {viewer.state()}")
    viewer.wait_playing()
    assert daemon.wish(daemon.hall, "slate-off").status < 300
    viewer.wait_near_live(3000)
    wait_until(lambda: viewer.line == "Live from the hall.", 25, lambda: f"the line about live: {viewer.line}")
    assert still_same_visit(viewer)


def test_a_closed_session_shows_nothing_of_the_hall(watch, daemon):
    viewer = marked(watch(daemon))
    viewer.wait_playing()
    assert daemon.wish(daemon.hall, "hide").status < 300
    wait_until(lambda: "closed" in viewer.line + viewer.screen, 25, lambda: f"the closed session is told: {viewer.line} {viewer.state()}")
    assert daemon.wish(daemon.hall, "show").status < 300
    viewer.wait_near_live(3000)
    assert still_same_visit(viewer)


@pytest.mark.real_time("the picture goes over a closed part by itself, and the board with it")
def test_a_closed_session_in_a_sitting_is_gone_over_and_nothing_else_is_lost(watch, daemon):
    """The card while it lasts, the board at its own pace; afterwards one can go back over it, and on again."""
    sitting = Sitting(daemon).play(until=("take_up_item", "i1"))
    viewer = marked(watch(daemon))
    now = lambda: viewer.page.inner_text("[data-part=now]")
    clock = lambda: viewer.player("currentProgramTime()")
    viewer.wait_playing()
    wait_until(lambda: "Item 1" in now(), 25, lambda: f"the item: {now()}")
    wait_until(lambda: viewer.player("liveEdge - document.getElementById('player').livePlayer.oldest") > 8, 60, "some seconds before the closed part")
    assert daemon.wish(daemon.hall, "hide").status < 300
    began = daemon.wait_for(daemon.hall, lambda status: status["hiddenSince"] is not None, what="hidden")["hiddenSince"]
    wait_until(lambda: "closed" in viewer.line + viewer.screen, 25, lambda: f"the card: {viewer.line} {viewer.state()}")
    # What the council makes public meanwhile is seen beside the card.
    sitting.do("take_up_item", item="i2")
    wait_until(lambda: "Item 2" in now(), 40, lambda: f"the board goes on beside the card: {now()} {viewer.state()}")
    wait_until(lambda: time.time() * 1000 > began + 3500, 40, "a span to go over")
    assert daemon.wish(daemon.hall, "show").status < 300
    wait_until(lambda: viewer.line == "Live from the hall.", 40, lambda: f"live again: {viewer.line} {viewer.state()}")
    viewer.wait_near_live(4000)
    assert "Item 2" in now()

    assert viewer.evaluate(f"document.getElementById('player').livePlayer.seekToProgramTime({began - 5000})"), "from before the closed part there is a picture"
    wait_until(lambda: clock() is not None and began - 8000 < clock() < began, 25, lambda: f"before the closed part: {clock()} {began} {viewer.state()}")
    wait_until(lambda: "Item 1" in now(), 25, lambda: f"the board of then: {now()}")
    viewer.wait_playing()
    # It plays over the hidden part by itself.
    wait_until(lambda: clock() > began + 3500, 60, lambda: f"the picture after it: {clock()} {began} {viewer.state()}")
    wait_until(lambda: "Item 2" in now(), 25, lambda: f"the board of after: {now()}")
    viewer.wait_playing()
    viewer.page.click("#live")
    viewer.wait_near_live(4000)
    assert still_same_visit(viewer)


def test_a_restart_of_the_daemon_is_survived(watch, daemon):
    viewer = marked(watch(daemon))
    viewer.wait_playing()
    daemon.terminate()
    viewer.wait_screen("No connection", 25)
    daemon.start()
    viewer.wait_playing(30)
    viewer.wait_near_live(3000)
    assert still_same_visit(viewer)


@pytest.mark.real_time("every frame that is painted while the buffer is made anew")
def test_the_last_picture_stays_while_a_sound_track_comes_and_goes(watch, daemon, measured):
    """The card has a sound, this camera none: the browser's buffer has to be made anew each time (MSE §3.5.7)."""
    change(daemon, camera=str(generate.path("no-audio.ts")))
    viewer = watch(daemon)
    viewer.wait_playing()
    viewer.evaluate("""(() => {
        const video = document.getElementById('video');
        window.seen = { looks: 0, blank: 0, still: 0 };
        const look = () => {
            const still = document.querySelector('.still') !== null, picture = video.videoWidth > 0 && video.readyState >= 2;
            seen.looks += 1; seen.still += still ? 1 : 0; seen.blank += still || picture ? 0 : 1;
            requestAnimationFrame(look);
        };
        look();
    })()""")
    before = viewer.counters["rebuilds"]
    assert daemon.wish(daemon.hall, "slate-on").status < 300
    wait_until(lambda: viewer.counters["rebuilds"] > before, 25, lambda: f"a new buffer for the card: {viewer.state()}")
    viewer.wait_playing()
    assert daemon.wish(daemon.hall, "slate-off").status < 300
    wait_until(lambda: viewer.counters["rebuilds"] > before + 1, 25, lambda: f"a new buffer for the camera: {viewer.state()}")
    viewer.wait_playing()
    wait_until(lambda: viewer.evaluate("document.querySelector('.still') === null"), 10, "the still gives way")
    seen = viewer.evaluate("window.seen")
    measured("last picture kept", seen["still"], f"of {seen['looks']} looks, {seen['blank']} of them blank")
    assert seen["still"] > 0 and seen["blank"] == 0, seen
