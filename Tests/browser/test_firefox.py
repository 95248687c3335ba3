"""Another browser: resident, hall display and console in Firefox, through a sitting. Asked by text and role, never by pixels."""

import re

import pytest

from Tests.support.wait import wait_until

HALL = {"title": "Демонстраційна зала", "camera": "test:?size=640x360", "language": "uk", "partDuration": 0.5}


@pytest.mark.xdist_group("firefox")
@pytest.mark.real_time("Firefox plays")
def test_a_sitting_in_firefox_is_seen_by_resident_and_display_and_led_by_the_console(firefox, daemon, council):
    council.convene()
    daemon.wait_live(daemon.hall, timeout=60)
    resident = firefox.open(f"{daemon.url}/halls/{daemon.hall}", size=(1366, 768))
    resident.see("Питання 1")
    # Pictures are decoded only in a tab that is looked at.
    resident.front()
    player = "document.getElementById('player').livePlayer"
    wait_until(lambda: resident.evaluate(f"{player}.phase") == "playing", 90, lambda: f"the picture: {resident.evaluate(f'[{player}.phase, {player}.problem]')}", interval=0.2)
    before = resident.evaluate("document.getElementById('video').currentTime")
    wait_until(lambda: resident.evaluate("document.getElementById('video').currentTime") > before + 1, 60, "the playhead to go on", interval=0.2)

    display = firefox.open(f"{daemon.url}/display/{daemon.hall}", size=(1280, 720))
    display.see("Питання 1")

    console = firefox.open(f"{daemon.url}/console", size=(1366, 768)).front()
    console.find("button", "Sign in")
    console.press(*council.token("secretary"), "Enter")
    console.see("Current item")
    console.press("v")
    console.find("button", "Open the vote now")
    console.press("Enter")
    console.see("Close the vote")
    console.find("button", "Романенко Галина: For")
    display.front().see("Голосу|ГОЛОСУ")
    console.front().press("r", *["y"] * 20, *["n"] * 15)
    wait_until(lambda: council.facts.count("ballot_cast") == 35, 90, lambda: f"35 ballots on record: {console.text[:600]}")
    console.see("Voted: 35 of 35")
    console.press("c")
    console.find("button", "Back")
    console.press("Enter")
    console.see("20 for, 18 of 35 needed: adopted")
    console.press("p")
    console.find("button", "Back")
    console.press("Enter")
    console.see("Announce the result: .* — on record")
    display.front().see("20 за, потрібно 18 з 35")
    resident.front().see(re.compile("20 for, 18 of 35 needed: adopted", re.IGNORECASE))
    assert council.facts.count("round_opened") == council.facts.count("round_announced") == 1
