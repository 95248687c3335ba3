"""The hall's display through a whole sitting in Chromium and in Firefox, in halls of 7, 34 and 120 seats: every screen by role and text."""

import json
import time

import pytest

from Tests.browser.firefox import Firefox
from Tests.browser.screen import TEXTS, Display
from Tests.support.daemon import Daemon
from Tests.support.sitting import Sitting
from Tests.support.wait import wait_until

HALL = {"name": "demo", "title": "Зразківська міська рада", "camera": "test:", "language": "uk", "autostart": False}
WALL = (1920, 1080)
TITLE = "Про затвердження проєкту землеустрою щодо відведення земельної ділянки для будівництва спортивно-оздоровчого комплексу на вулиці Героїв Чорнобиля"
FAMILIES = ["Нечипоренко-Староконстянтинівська", "ჩხარტიშვილი-ხვედელიანი", "Щербак-Нечипоренко", "Kazlauskaitė-Petrauskienė", "Мороз"]
COUNCILS = {7: "ka", 34: "en", 120: "uk"}


class InChromium:
    def __init__(self, watch, url):
        self.page = watch(url[0], path=url[1], size=WALL, kind=Display, service_workers="block").page

    def evaluate(self, expression):
        return self.page.evaluate(expression)

    def count(self, role, name=None):
        return self.page.get_by_role(role, **({"name": name, "exact": True} if name else {})).count()


class InFirefox:
    def __init__(self, firefox, url):
        self.page = firefox.open(url[0].url + url[1], size=WALL).front()

    def evaluate(self, expression):
        return self.page.evaluate(expression)

    def count(self, role, name=None):
        # Firefox calls it a graphic: what the page says of it is asked.
        if role == "img":
            return self.evaluate(f"[...document.querySelectorAll('[role=img]')].filter((one) => one.ariaLabel === {json.dumps(name)} && one.checkVisibility()).length")
        return self.page.count(role, name)


@pytest.fixture(scope="module")
def firefox():
    with Firefox() as running:
        yield running
        assert running.faults == []


@pytest.mark.parametrize("seats", COUNCILS)
@pytest.mark.parametrize("browser_name", ["chromium", "firefox"])
def test_a_whole_sitting_is_on_the_wall(watch, request, browser_name, seats):
    language = COUNCILS[seats]
    words = json.loads(open(f"web/languages/{language}.json", encoding="utf-8").read())
    with Daemon(halls=[HALL]) as daemon:
        sitting = Sitting(daemon)
        address = daemon, f"/display/demo?lang={language}"
        wall = InFirefox(request.getfixturevalue("firefox"), address) if browser_name == "firefox" else InChromium(watch, address)
        text = lambda: wall.evaluate("document.getElementById('display').innerText.replace(/\\s+/g, ' ')")
        scene = lambda: wall.evaluate("document.getElementById('display').dataset.scene")

        def stands(name, *texts, heading=None, roles=()):
            wait_until(lambda: scene() == name and all(one in text() for one in texts), 40, lambda: f"the screen {name} with {texts}: {scene()}, {text()[:800]}")
            # A heading that was broken over two lines is still one.
            if heading:
                wait_until(lambda: wall.count("heading", heading) == 1, 30, f"the heading {heading}")
            for role, accessible in roles:
                wait_until(lambda: wall.count(role, accessible) >= 1, 30, lambda: f"a {role} “{accessible}” in {name}")
            wait_until(lambda: wall.evaluate("document.getAnimations().length") == 0, 30, "the colours to settle")
            for one in wall.evaluate(f"({TEXTS})()"):
                assert one["contrast"] >= 7, (name, one)
                assert one["size"] >= 2.4 * 10.8 * 0.99, (name, one)
                assert one["left"] >= 0 and one["top"] >= -1 and one["right"] <= WALL[0] + 1 and one["bottom"] <= WALL[1] + 1, (name, one)

        def say(key, **values):
            said = words[key]
            for field, value in values.items():
                said = said.replace("{%s}" % field, str(value))
            return said

        def attend(deputies):
            sitting.do("register", deputies=[f"d{i}" for i in deputies])

        stands("waiting", words["display.none"], heading=HALL["title"])
        sitting.seat(seats, lambda i: (FAMILIES[i % len(FAMILIES)], f"Олександра{i}"), head=None)
        tomorrow = (int(time.time()) // 86400 + 1) * 86_400_000 + 8 * 3_600_000
        sitting.do("schedule_sitting", title="Двадцять п’ята сесія", scheduled_for=tomorrow, place="Сесійна зала")
        sitting.agenda(TITLE, "Про укриття")
        stands("waiting", words["display.next"], "Двадцять п’ята сесія", "Сесійна зала", "10:00", heading="Зразківська міська рада")
        sitting.do("open_sitting")
        quorum = seats // 2 + 1
        stands("quorum", words["outcome.no_quorum"], say("display.present", count=0, of=seats), say("display.needed", count=quorum))

        # Too few come, and then enough.
        sitting.open_round("reg1", "Реєстрація депутатів", "registration", seconds=600)
        sitting.vote("reg1", yes=[1, 2])
        registered = say("display.registered", count=2, of=seats)
        stands("registration", words["display.registration"], registered, roles=[("timer", None), ("img", registered)])
        sitting.end_round("reg1")
        stands("result", words["outcome.no_quorum"])
        sitting.open_round("reg2", "Реєстрація депутатів", "registration", seconds=600)
        sitting.vote("reg2", yes=[1, 2])
        sitting.do("close_round", round="reg2")
        attend(range(1, seats))
        sitting.do("take_up_item", item="i1")
        stands("item", "1", "Левчук Ганна Романівна", words["display.rapporteur"], say("display.present", count=seats - 1, of=seats))
        assert TITLE.split()[-1] in text() or "…" in text()

        sitting.do("queue_speaker", speaker="t1", deputy="d1", kind="report", item="i1", seconds=300)
        sitting.do("queue_speaker", speaker="t2", deputy="d2", kind="debate", item="i1", seconds=1)
        sitting.do("start_speech", speaker="t1")
        stands("speech", "Олександра1", roles=[("timer", None)])
        assert wall.evaluate("document.querySelector('.left').textContent")[0] in "45"
        sitting.do("end_speech")
        sitting.do("start_speech", speaker="t2")
        wait_until(lambda: scene() == "speech" and wall.evaluate("document.querySelector('.left').dataset.state") == "over", 40, "the speech to be over its time")
        stands("speech", "−", "Олександра2")
        sitting.do("end_speech")

        enough, few = range(1, quorum + 1), range(1, quorum)
        sitting.open_round("r1", item="i1", seconds=600)
        sitting.vote("r1", yes=enough, no=[seats - 1])
        voted = say("display.voted", count=quorum + 1, of=seats - 1)
        stands("round", words["display.voting"], voted, "Прийняти в цілому", words["count.abstain"], roles=[("timer", None), ("img", f"{words['count.yes']}: {quorum}, {words['count.no']}: 1, {words['count.abstain']}: 0")])
        marks = wall.evaluate("[...document.querySelectorAll('council-hemicycle .seat')].map((one) => one.dataset.choice)")
        assert len(marks) == seats and marks.count("yes") == quorum and marks.count("no") == 1, marks
        sitting.end_round("r1")
        stands("result", words["outcome.adopted"], words["count.yes"], words["count.not_voting"])
        sitting.open_round("r2", "Поправка 1", "amendment", item="i1", reveal="count", seconds=600)
        sitting.vote("r2", yes=few)
        stands("round", "Поправка 1", say("display.voted", count=quorum - 1, of=seats - 1))
        assert not {"yes", "no", "abstain"} & set(wall.evaluate("[...document.querySelectorAll('council-hemicycle .seat')].map((one) => one.dataset.choice)")), "only how many"
        sitting.end_round("r2")
        stands("result", words["outcome.rejected"], "Поправка 1")
        # As many for as against.
        half = (seats - 1) // 2
        sitting.open_round("r3", "Поправка 2", "amendment", item="i1", seconds=600)
        sitting.vote("r3", yes=range(1, half + 1), no=range(half + 1, 2 * half + 1))
        stands("round", "Поправка 2", roles=[("img", f"{words['count.yes']}: {half}, {words['count.no']}: {half}, {words['count.abstain']}: 0")])
        sitting.end_round("r3")
        stands("result", words["outcome.rejected"], "Поправка 2")
        sitting.do("annul_round", round="r3", reason="Збій у залі")
        stands("result", words["outcome.annulled"], "Збій у залі")
        sitting.open_round("r4", "Обрати секретаря", "election", item="i1", method="secret", reveal="secret", seconds=600)
        sitting.vote("r4", yes=few)
        stands("round", words["display.secret"], say("display.voted", count=quorum - 1, of=seats - 1))
        assert not {"yes", "no", "abstain"} & set(wall.evaluate("[...document.querySelectorAll('council-hemicycle .seat')].map((one) => one.dataset.choice)")), "nobody's choice"
        sitting.end_round("r4")
        stands("result", words["outcome.rejected"], "Обрати секретаря")
        sitting.do("suspend_sitting", notice="Перерва на засідання постійної комісії", until=int(time.time() * 1000) + 900_000)
        stands("break", "Перерва на засідання постійної комісії", heading=words["display.break"], roles=[("timer", None)])
        sitting.do("resume_sitting")
        sitting.do("take_up_item", item="i2")
        stands("item", "2", heading="Про укриття")
        sitting.do("close_sitting")
        stands("closed", words["sitting.closed"], "Двадцять п’ята сесія", heading="Зразківська міська рада")
