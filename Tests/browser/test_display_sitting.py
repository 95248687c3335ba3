"""The hall's display through a whole sitting, in Chromium and in Firefox beside each other, in halls of 7 and of 120 seats: every screen by role and text."""

import json
import time

import pytest

from Tests.browser.screen import TEXTS, Display, tomorrow_at_ten
from Tests.support.daemon import ROOT
from Tests.support.sitting import Sitting
from Tests.support.wait import wait_until

HALL = {"title": "Зразківська міська рада", "camera": "test:?size=320x180", "language": "uk", "autostart": False}
WALL = (1920, 1080)
TITLE = "Про затвердження проєкту землеустрою щодо відведення земельної ділянки для будівництва спортивно-оздоровчого комплексу на вулиці Героїв Чорнобиля"
FAMILIES = ["Нечипоренко-Староконстянтинівська", "ჩხარტიშვილი-ხვედელიანი", "Щербак-Нечипоренко", "Kazlauskaitė-Petrauskienė", "Мороз"]
#: The demo's 34 are in test_display.py.
COUNCILS = {7: "ka", 120: "uk"}


class InChromium:
    def __init__(self, watch, daemon, path):
        self.page = watch(daemon, path=path, size=WALL, kind=Display, service_workers="block").page

    def front(self):
        return self

    def evaluate(self, expression):
        return self.page.evaluate(expression)

    def count(self, role, name=None):
        return self.page.get_by_role(role, **({"name": name, "exact": True} if name else {})).count()


class InFirefox:
    def __init__(self, firefox, daemon, path):
        self.page = firefox.open(daemon.url + path, size=WALL).front()

    def evaluate(self, expression):
        return self.page.evaluate(expression)

    def count(self, role, name=None):
        # Firefox calls it a graphic: what the page says of it is asked.
        if role == "img":
            return self.evaluate(f"[...document.querySelectorAll('[role=img]')].filter((one) => one.ariaLabel === {json.dumps(name)} && one.checkVisibility()).length")
        return self.page.count(role, name)


@pytest.mark.xdist_group("firefox")
@pytest.mark.parametrize("seats", COUNCILS)
def test_a_whole_sitting_is_on_the_wall(watch, firefox, daemon, seats):
    language = COUNCILS[seats]
    words = json.loads((ROOT / f"web/languages/{language}.json").read_text())
    path = f"/display/{daemon.hall}?lang={language}"
    walls = InChromium(watch, daemon, path), InFirefox(firefox, daemon, path)
    sitting = Sitting(daemon)

    def text(wall):
        return wall.evaluate("document.getElementById('display').innerText.replace(/\\s+/g, ' ')")

    def scene(wall):
        return wall.evaluate("document.getElementById('display').dataset.scene")

    def choices(wall):
        return wall.evaluate("[...document.querySelectorAll('council-hemicycle .seat')].map((one) => one.dataset.choice)")

    def stands(name, *texts, heading=None, roles=(), also=lambda wall: None):
        for wall in walls:
            where = f"{type(wall).__name__}, {name}"
            wait_until(lambda: scene(wall) == name and all(one in text(wall) for one in texts), 40, lambda: f"{where} with {texts}: {scene(wall)}, {text(wall)[:800]}")
            # A heading that was broken over two lines is still one.
            if heading:
                wait_until(lambda: wall.count("heading", heading) == 1, 30, f"{where}: the heading {heading}")
            for role, accessible in roles:
                wait_until(lambda: wall.count(role, accessible) >= 1, 30, lambda: f"{where}: a {role} “{accessible}”")
            wait_until(lambda: wall.evaluate("document.getAnimations().length") == 0, 30, f"{where}: the colours to settle")
            for one in wall.evaluate(f"({TEXTS})()"):
                assert one["contrast"] >= 7, (where, one)
                assert one["size"] >= 2.4 * 10.8 * 0.99, (where, one)
                assert one["left"] >= 0 and one["top"] >= -1 and one["right"] <= WALL[0] + 1 and one["bottom"] <= WALL[1] + 1, (where, one)
            also(wall)

    def say(key, **values):
        said = words[key]
        for field, value in values.items():
            said = said.replace("{%s}" % field, str(value))
        return said

    def title_is_whole_or_cut(wall):
        assert TITLE.split()[-1] in text(wall) or "…" in text(wall)

    def five_minutes_run(wall):
        assert wall.evaluate("document.querySelector('.left').textContent")[0] in "45"

    def its_time_is_over(wall):
        assert wall.evaluate("document.querySelector('.left').dataset.state") == "over"

    def each_choice_has_its_seat(wall):
        marks = choices(wall)
        assert len(marks) == seats and marks.count("yes") == quorum and marks.count("no") == 1, marks

    def nobodys_choice_is_shown(wall):
        assert not {"yes", "no", "abstain"} & set(choices(wall)), "only how many"

    def attend(deputies):
        sitting.do("register", deputies=[f"d{i}" for i in deputies])

    stands("waiting", words["display.none"], heading=HALL["title"])
    sitting.seat(seats, lambda i: (FAMILIES[i % len(FAMILIES)], f"Олександра{i}"), head=None)
    sitting.do("schedule_sitting", title="Двадцять п’ята сесія", scheduled_for=tomorrow_at_ten(), place="Сесійна зала")
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
    stands("item", "1", "Левчук Ганна Романівна", words["display.rapporteur"], say("display.present", count=seats - 1, of=seats), also=title_is_whole_or_cut)

    sitting.do("queue_speaker", speaker="t1", deputy="d1", kind="report", item="i1", seconds=300)
    sitting.do("queue_speaker", speaker="t2", deputy="d2", kind="debate", item="i1", seconds=1)
    sitting.do("start_speech", speaker="t1")
    stands("speech", "Олександра1", roles=[("timer", None)], also=five_minutes_run)
    sitting.do("end_speech")
    sitting.do("start_speech", speaker="t2")
    stands("speech", "−", "Олександра2", also=its_time_is_over)
    sitting.do("end_speech")

    enough, few = range(1, quorum + 1), range(1, quorum)
    sitting.open_round("r1", item="i1", seconds=600)
    sitting.vote("r1", yes=enough, no=[seats - 1])
    voted = say("display.voted", count=quorum + 1, of=seats - 1)
    stands("round", words["display.voting"], voted, "Прийняти в цілому", words["count.abstain"], roles=[("timer", None), ("img", f"{words['count.yes']}: {quorum}, {words['count.no']}: 1, {words['count.abstain']}: 0")], also=each_choice_has_its_seat)
    sitting.end_round("r1")
    stands("result", words["outcome.adopted"], words["count.yes"], words["count.not_voting"])
    sitting.open_round("r2", "Поправка 1", "amendment", item="i1", reveal="count", seconds=600)
    sitting.vote("r2", yes=few)
    stands("round", "Поправка 1", say("display.voted", count=quorum - 1, of=seats - 1), also=nobodys_choice_is_shown)
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
    stands("round", words["display.secret"], say("display.voted", count=quorum - 1, of=seats - 1), also=nobodys_choice_is_shown)
    sitting.end_round("r4")
    stands("result", words["outcome.rejected"], "Обрати секретаря")
    sitting.do("suspend_sitting", notice="Перерва на засідання постійної комісії", until=int(time.time() * 1000) + 900_000)
    stands("break", "Перерва на засідання постійної комісії", heading=words["display.break"], roles=[("timer", None)])
    sitting.do("resume_sitting")
    sitting.do("take_up_item", item="i2")
    stands("item", "2", heading="Про укриття")
    sitting.do("close_sitting")
    stands("closed", words["sitting.closed"], "Двадцять п’ята сесія", heading="Зразківська міська рада")
