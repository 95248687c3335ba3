"""A whole sitting as a resident sees it, in Chromium and in Firefox beside each other: the same steps, the same words and roles."""

import re

import pytest

from Tests.support.daemon import ROOT
from Tests.support.wait import wait_until

# Without a picture the board shows what is now: the steps follow one another at once. That it waits for a picture is tested elsewhere.
HALL = {"title": "Демонстраційна зала", "camera": "test:?size=320x180", "language": "uk", "autostart": False}
BY_SIMPLE_MAJORITY = (ROOT / "config/rules/ua.yaml").read_text().replace(
    "present: { base: registered, numerator: 1, denominator: 2, strict: true, tie: fails }", "present: { base: yes_no, numerator: 1, denominator: 2, strict: true, tie: chair_casts }")


class InChromium:
    def __init__(self, viewer):
        self.page = viewer.page

    @property
    def text(self):
        return self.page.inner_text("body")

    def count(self, role, name=None):
        return self.page.get_by_role(role, **({"name": name, "exact": True} if name else {})).count()


class InFirefox:
    def __init__(self, page):
        self.page = page

    @property
    def text(self):
        return self.page.text

    def count(self, role, name=None):
        # The same role under its newer name (ARIA 1.3).
        return sum(self.page.count(one, name) for one in {"img": ["img", "image"]}.get(role, [role]))


class Residents:
    """What is on their pages, asked by text and role; each browser has to say the same."""

    def __init__(self, *browsers):
        self.browsers = browsers

    def _wait(self, what, holds):
        for browser in self.browsers:
            wait_until(lambda: holds(browser), 60, lambda: f"{type(browser).__name__}: {what}: {browser.text[:2500]}", interval=0.1)

    def see(self, *patterns):
        for pattern in patterns:
            self._wait(f"“{pattern}” on the page", lambda browser: re.search(pattern, browser.text, re.IGNORECASE))

    def see_no(self, *patterns):
        for pattern in patterns:
            self._wait(f"no “{pattern}” on the page", lambda browser: not re.search(pattern, browser.text, re.IGNORECASE))

    def find(self, role, name=None, count=1):
        self._wait(f"{count} of {role} “{name}”", lambda browser: browser.count(role, name) >= count)


def see_a_sitting(council, resident):
    """Each step is done, then looked at."""
    do = lambda name, **fields: council.do(name, sitting="s1", **fields)

    def vote(round, **choices):
        council.cast(round, [(deputy, choice) for choice, deputies in choices.items() for deputy in deputies], sitting="s1")

    def hold(round, kind, question, **more):
        do("plan_round", round=round, kind=kind, question=question, **more)
        do("open_round", round=round)
        resident.find("heading", question)

    council.take("rules", BY_SIMPLE_MAJORITY)
    council.import_roster()
    council.schedule(items=3)
    resident.see("The sitting is planned", "Двадцять п’ята сесія")
    resident.find("heading", "Agenda")

    do("open_sitting")
    resident.see("The sitting is in session")
    hold("reg", "registration", "Реєстрація депутатів")
    everybody = council.people
    vote("reg", yes=everybody[:30])
    resident.see("Voted: 30 of 35")
    do("close_round", round="reg")
    do("announce_round", round="reg")
    resident.see("There is a quorum", "Present: 30")

    do("take_up_item", item="i1")
    resident.find("heading", "Питання 1")
    do("queue_speaker", speaker="t1", deputy=everybody[4], kind="report", item="i1", seconds=600)
    do("queue_speaker", speaker="t2", guest="Остапчук Василь", kind="question", item="i1", seconds=60)
    resident.see("Next: .*Остапчук Василь")
    do("start_speech", speaker="t1")
    resident.see("report", r"(9:\d\d|10:00)")
    resident.find("timer")
    family = council.state["council"]["deputies"][everybody[4]]["family"]
    resident.see(re.escape(family))
    do("end_speech")

    # A live round: each ballot as it comes, the verdict with its reason.
    hold("r1", "whole", "Прийняти в цілому", item="i1")
    resident.see("Voting is open")
    vote("r1", yes=everybody[:12], no=everybody[12:15])
    resident.see("Voted: 15 of 35")
    resident.see(r"For\s+12\b", r"Against\s+3\b")
    resident.find("img")
    vote("r1", yes=everybody[15:23])
    do("close_round", round="r1")
    do("announce_round", round="r1")
    resident.see("Adopted", "20 for, 18 of 34 needed")
    resident.find("row", count=36)

    # A secret round: who has voted, never how; totals at its end.
    do("take_up_item", item="i2")
    hold("r2", "election", "Обрати секретаря", item="i2")
    resident.see("secret ballot")
    vote("r2", yes=everybody[:19], no=everybody[19:21])
    resident.see("Voted: 21 of 35")
    resident.see_no("For\\s+19", "Against\\s+2")
    do("close_round", round="r2")
    do("announce_round", round="r2")
    resident.see("19 for, 18 of 34 needed", "Against\\s+2")
    resident.see_no("Who voted how")

    # A tie is not decided until the chair has cast a vote.
    hold("r3", "procedural", "Обмежити обговорення", item="i2")
    vote("r3", yes=everybody[:10], no=everybody[10:20])
    do("close_round", round="r3")
    resident.see("Not decided yet")
    do("cast_chair_vote", round="r3", deputy=everybody[0], choice="no")
    do("announce_round", round="r3")
    resident.see("Not adopted", "A tie, 10–10, the chair voted against")
    resident.see_no("Not decided yet")

    # An annulled round says why, and that it was held again.
    do("take_up_item", item="i3")
    hold("r4", "whole", "Прийняти рішення", item="i3")
    vote("r4", yes=everybody[:5])
    do("annul_round", round="r4", reason="Не спрацювали пульти")
    resident.see("Vote annulled", "Reason: Не спрацювали пульти")
    hold("r5", "whole", "Прийняти рішення (вдруге)", item="i3", supersedes="r4")
    resident.see("Held again in place of an annulled vote")
    vote("r5", no=everybody[:25])
    do("close_round", round="r5")
    do("announce_round", round="r5")
    resident.see("Not adopted", "0 for, 18 of 34 needed")

    do("suspend_sitting", notice="Перерва 15 хвилин")
    resident.see("A break", "Перерва 15 хвилин")
    do("resume_sitting")
    resident.see("The sitting is in session")
    do("close_sitting")
    resident.see("The sitting is closed")
    # What was decided stays to be read.
    resident.see("Прийняти в цілому\\s+.*Adopted", "Прийняти рішення\\s+.*annulled")
    resident.find("link", count=6)


@pytest.mark.xdist_group("firefox")
def test_a_whole_sitting_is_seen_in_chromium_and_in_firefox(watch, firefox, daemon, council):
    see_a_sitting(council, Residents(InChromium(watch(daemon, language="en")), InFirefox(firefox.open(f"{daemon.url}/halls/{daemon.hall}").front())))
