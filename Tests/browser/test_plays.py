"""Chromium really plays what the daemon serves, and how late."""

import subprocess

import pytest

from Tests.browser.viewer import best_of, median
from Tests.support.wait import wait_until

HALL = {"title": "Test council", "camera": "test:?size=640x360", "language": "en"}


def change(daemon, **settings):
    """The hall with other settings."""
    daemon.halls[0].update(settings)
    assert daemon.reload().status == 200


@pytest.mark.real_time("every picture of a live stream is decoded")
def test_the_live_picture_plays_by_itself_and_goes_on(watch, daemon):
    viewer = watch(daemon)
    viewer.wait_playing()
    viewer.wait_line("Live from the hall.")
    before = viewer.counters

    def five_seconds():
        frames, began = viewer.frames, viewer.time
        wait_until(lambda: viewer.time > began + 5, 20, lambda: f"5 s of playback: {viewer.state()}")
        return viewer.frames - frames

    # The generated camera leaves pictures out when it gets no time.
    decoded = best_of(4, five_seconds, lambda decoded: decoded > 112)
    assert decoded > 112, f"decoded pictures fall behind: {decoded} of 125"
    after = viewer.counters
    assert after["missing"] == 0 and after["rebuilds"] == before["rebuilds"], after


@pytest.mark.measures
@pytest.mark.real_time("glass to glass, in milliseconds")
@pytest.mark.parametrize("part, goal_ms", [(0.5, 1400), (0.2, 600), (0.04, 300)])
def test_the_picture_is_seen_soon_after_it_was_made(watch, daemon, measured, part, goal_ms):
    change(daemon, partDuration=part)
    viewer = watch(daemon)
    viewer.wait_playing()
    viewer.wait_near_live(goal_ms * 2 + 2000)
    rounds = []
    while len(rounds) < 8 and (not rounds or median(min(rounds, key=median)) > goal_ms):
        rounds.append(viewer.latencies(3))
    found = min(rounds, key=median)
    assert len(found) > 5
    p50 = median(found)
    measured(f"glass to glass p50 with {part} s parts", p50, f"ms (goal {goal_ms}; least {min(found)}, most {max(found)}; {viewer.counters})")
    assert p50 < 1.5 * goal_ms


@pytest.mark.real_time("two clocks in one picture")
def test_the_time_on_the_page_is_the_time_in_the_picture(watch, daemon, measured):
    change(daemon, partDuration=0.2)
    viewer = watch(daemon)
    viewer.wait_playing()
    viewer.wait_near_live(3000)

    def clocks():
        """The stream's date and the page's label, both against the clock in the picture."""
        dates, labels = [], []
        for _ in range(20):
            sample = viewer.clock()
            dates.append(sample["program"] - sample["shown"])
            labels.append(sample["label"] + 500 - sample["shown"])  # it shows whole seconds: the second's middle
            viewer.page.wait_for_timeout(100)
        return dates, labels

    # Without time the generated camera draws its clock after the moment the picture stands for.
    dates, labels = best_of(8, clocks, lambda found: abs(median(found[0])) < 300 and abs(median(found[1])) < 1000)
    measured("EXT-X-PROGRAM-DATE-TIME against the clock in the picture", median(dates), "ms")
    measured("the clock under the picture against the one in it", median(labels), "ms")
    apart = [label - date for label, date in zip(labels, dates)]
    assert median([abs(a) for a in apart]) < 600, f"the label is not the stream's date: {apart}"
    assert abs(median(dates)) < 300, f"the stream's date is off by more than 300 ms: {dates}"
    assert abs(median(labels)) < 1000, f"the label is off by more than a second: {labels}"


def test_several_halls_are_a_list_to_choose_from(watch, daemon):
    second = {**HALL, "name": f"{daemon.hall}-second", "title": "The second"}
    daemon.halls.append(second)
    assert daemon.reload().status == 200
    page = watch(daemon, path="/").page
    wait_until(lambda: page.locator(".halls a").count() == 2, 20, "both halls")
    page.locator(".halls a").nth(1).click()
    page.wait_for_url(f"**/halls/{second['name']}")
    wait_until(lambda: page.evaluate("document.getElementById('player')?.livePlayer?.phase") == "playing", 60, "the second hall to play")


def test_sound_only_plays_and_is_told(watch, daemon, tmp_path):
    sound = tmp_path / "sound.ts"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=440:sample_rate=48000", "-t", "20", "-c:a", "aac", "-f", "mpegts", sound], check=True)
    change(daemon, camera=f"file:{sound}")
    viewer = watch(daemon)
    viewer.wait_phase("playing", 25)
    before = viewer.time
    wait_until(lambda: viewer.time > before + 2, 15, lambda: f"the sound goes on: {viewer.state()}")
    wait_until(lambda: "sound only" in viewer.line, 10, lambda: viewer.line)
