"""Choices by colour, and by mark, and by word: what is left of them for those who see colours otherwise, measured in the pixels of the simulation."""

import itertools
import re

import pytest

from Tests.browser.sight import SEATS, SIGHTS, Pixels, contrast, simulate
from Tests.support.wait import wait_until

HALL = {"title": "Демонстраційна зала", "camera": "test:?size=320x180", "language": "uk", "autostart": False}
WORDS = {"yes": "For|За", "no": "Against|Проти", "abstain": "Abstained|Утрим", "not_voting": "Did not vote|Не голос", "absent": "Absent|Відсут"}


def voted(council, yes=4, no=4, abstain=4):
    """A vote that is over, with every kind of answer."""
    council.convene(present=32).open_round(seconds=3600)
    here = [one for one, is_here in council.state["presence"]["present"].items() if is_here]
    council.cast("r1", zip(here, ["yes"] * yes + ["no"] * no + ["abstain"] * abstain))
    council.do("close_round", round="r1")
    return council


def check_seats(page, where, sights=SIGHTS):
    host = page.locator("council-hemicycle:visible").first
    wait_until(lambda: {one["choice"] for one in host.evaluate(SEATS)} >= set(WORDS), 40, lambda: f"{where}: every answer in the hall: {[one['choice'] for one in host.evaluate(SEATS)]}")
    wait_until(lambda: page.evaluate("document.getAnimations().length") == 0, 20, "the colours to settle")
    seats = host.evaluate(SEATS)
    marks = {choice: {one["mark"] for one in seats if one["choice"] == choice} for choice in WORDS}
    assert all(len(found) == 1 for found in marks.values()), f"{where}: a mark for each answer: {marks}"
    for left, right in itertools.combinations(("yes", "no", "abstain", "not_voting"), 2):
        assert marks[left] != marks[right], f"{where}: {left} and {right} have the same mark"
    assert all(one["dashed"] != "none" for one in seats if one["choice"] == "absent"), f"{where}: who is absent has a dashed seat"
    scale = page.evaluate("devicePixelRatio")
    plain = None
    for sight in sights:
        simulate(page, sight)
        pixels = Pixels(host.screenshot(), scale)
        colours = {}
        for choice in ("yes", "no", "abstain", "not_voting"):
            for one in [seat for seat in seats if seat["choice"] == choice][:3]:
                colours[choice] = list(pixels.within(one["x"], one["y"], one["r"] * 0.6))
                found = contrast(colours[choice])
                assert found >= 3, f"{where}, {sight}: the mark of “{choice}” stands out {found:.1f} : 1"
        if sight == "none":
            plain = colours
        else:
            assert colours != plain, f"{where}: {sight} is simulated"
        if sight == "achromatopsia":
            assert all(max(colour) - min(colour) <= 4 for all_of in colours.values() for colour in all_of), f"{where}: no colour is left"
    simulate(page, "none")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_the_console_a_choice_is_a_mark_and_a_word_too(sit, council, scheme):
    voted(council)
    desk = sit(council.token("secretary"), color_scheme=scheme, device_scale_factor=2)
    check_seats(desk.page, f"the console, {scheme}")
    for choice, mark in (("yes", "✓ For"), ("no", "✗ Against"), ("abstain", "○ Abstained")):
        desk.see(f"#counts [data-choice={choice}]", mark)
    says = desk.page.locator("#roll tr").evaluate_all("rows => rows.map((row) => [row.dataset.choice, row.querySelector('.says').innerText])")
    told = {"yes": "✓ for", "no": "✗ against", "abstain": "○ abstained", "not_voting": "– did not vote", "absent": "absent"}
    assert {choice for choice, _ in says} == set(told) and all(text == told[choice] for choice, text in says), says


#: A laptop has the phone's colours.
PLACES = {"a phone": ("halls", (390, 844), 2, SIGHTS), "a laptop": ("halls", (1366, 768), 2, ["none", "achromatopsia"]), "the display": ("display", (1920, 1080), 1, SIGHTS)}


def test_on_the_public_pages_a_choice_is_a_mark_and_a_word_too(watch, daemon, council):
    voted(council).do("announce_round", round="r1")
    for where, (page, size, scale, sights) in PLACES.items():
        there = watch(daemon, path=f"/{page}/{daemon.hall}", size=size, device_scale_factor=scale).page
        there.locator("council-hemicycle:visible").first.wait_for(timeout=40_000)
        check_seats(there, where, sights)
        # Each count is a mark's picture with its word beside it.
        lines = there.evaluate("[...document.querySelectorAll('.choice-mark')].filter((one) => one.checkVisibility()).map((one) => [one.querySelector('.seat').dataset.choice, one.querySelector('.mark').getAttribute('d') !== '', one.parentElement.innerText])")
        for choice in ("yes", "no", "abstain"):
            mine = [(marked, text) for one, marked, text in lines if one == choice]
            assert mine and all(marked and re.search(WORDS[choice], text, re.IGNORECASE) for marked, text in mine), f"{where}, {choice}: {mine}"
