"""The hall's display over a real daemon: it follows a sitting by itself, survives everything, and is read from the last row."""

import json
import re
import statistics
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from Tests.browser.screen import Display, tomorrow_at_ten
from Tests.browser.sight import SIGHTS, simulate
from Tests.support.daemon import ROOT
from Tests.support.sitting import Sitting
from Tests.support.wait import wait_until

WALL = (1920, 1080)
HALL = {"title": "Зразківська міська рада", "camera": "test:?size=640x360", "language": "uk", "autostart": False}
LONG_TITLE = "Про затвердження проєкту землеустрою щодо відведення земельної ділянки для будівництва та обслуговування багатофункціонального спортивно-оздоровчого комплексу на вулиці Героїв Чорнобиля"
UKRAINIAN = ["Нечипоренко-Староконстянтинівська", "Новоград-Волинський", "Щербак-Нечипоренко", "Іваненко", "Мороз"]
GEORGIAN = ["ჩხარტიშვილი-ხვედელიანი", "გიორგაძე", "მაისურაძე", "წიკლაური", "ბოლქვაძე"]


@pytest.fixture
def on_wall(watch):
    """`on_wall(daemon, "en")`: the display of the daemon's hall, connected."""
    def hang(daemon, language="en", size=WALL, query="", **options):
        display = watch(daemon, path=f"/display/{daemon.hall}?lang={language}{query}", language=language, size=size, kind=Display, **options)
        display.wait_live()
        return display
    return hang


def test_it_follows_a_whole_sitting_by_itself(on_wall, daemon, artifacts):
    """Every screen by role and text, clean for axe, legible from the last row, and the same after F5."""
    display = on_wall(daemon)
    role = lambda kind, **about: display.page.get_by_role(kind, **about)

    def stands(scene, *texts):
        display.wait_scene(scene, *texts)
        display.check_legible()
        display.check_access()
        display.page.screenshot(path=artifacts / f"display-{scene}.png")
        display.reload()
        display.wait_scene(scene, *texts)
        assert role("heading", level=1).count() == 1

    stands("waiting", "Зразківська міська рада", "No sitting is scheduled yet")
    sitting = Sitting(daemon).seat()
    sitting.do("schedule_sitting", title="Двадцять п’ята сесія", scheduled_for=tomorrow_at_ten(), place="Сесійна зала")
    sitting.agenda("Про бюджет громади на 2026 рік", "Про укриття")
    stands("waiting", "Next sitting", "Двадцять п’ята сесія", "Сесійна зала", "10:00")
    sitting.do("open_sitting")
    stands("quorum", "Двадцять п’ята сесія", "0 of 34 present", "18 needed for a quorum", "No quorum")

    sitting.open_round("reg", "Реєстрація депутатів", "registration", seconds=600)
    sitting.vote("reg", yes=range(1, 31))
    sitting.vote("reg", yes=["head"])
    stands("registration", "Registration", "30 of 34 have registered", "18 needed for a quorum")
    assert role("img", name="30 of 34 have registered").is_visible()
    assert role("timer").is_visible()
    sitting.end_round("reg")
    stands("result", "quorum", "30")

    sitting.do("take_up_item", item="i1")
    stands("item", "1", "Про бюджет громади на 2026 рік", "Левчук Ганна Романівна", "30 of 34 present")
    assert role("heading", name="Про бюджет громади на 2026 рік").is_visible()

    for speaker, deputy, kind in (("t1", "d15", "report"), ("t2", "d18", "question"), ("t3", "d3", "debate")):
        sitting.do("queue_speaker", speaker=speaker, deputy=deputy, kind=kind, item="i1", seconds=300)
    sitting.do("start_speech", speaker="t1")
    stands("speech", "Депутат15", "Report", "Next: Депутат18")
    assert re.fullmatch(r"[0-4]:\d\d|5:00", role("timer").inner_text())
    sitting.do("pause_speech")
    wait_until(lambda: display.evaluate("document.querySelector('.left').dataset.state") == "paused", 20, "the countdown to stand still")
    sitting.do("end_speech")
    display.wait_scene("item")

    sitting.open_round("r1", item="i1", seconds=600)
    sitting.vote("r1", yes=range(1, 20), no=[20, 21], abstain=[22])
    stands("round", "Vote", "22 of 31 have voted", "Прийняти в цілому", "19", "For")
    assert role("img", name="For: 19, Against: 2, Abstained: 1").is_visible()
    assert display.evaluate("document.querySelectorAll('council-hemicycle .seat').length") == 35
    sitting.end_round("r1")
    stands("result", "Adopted", "19 for, 18 of 35 needed: adopted", "Against")
    assert display.evaluate("document.querySelectorAll('council-hemicycle text').length") >= 30, "names stand below the seats"

    sitting.open_round("r2", "Поправка 1", "amendment", item="i1", seconds=600)
    sitting.vote("r2", yes=range(1, 18), no=range(18, 24))
    display.wait_scene("round", "Поправка 1", "17")
    sitting.end_round("r2")
    stands("result", "Not adopted", "17 for, 18 of 35 needed: not adopted")
    sitting.do("annul_round", round="r2", reason="Збій у залі")
    stands("result", "Збій у залі")

    sitting.open_round("r3", "Обрати секретаря", "election", item="i1", method="secret", reveal="secret", seconds=600)
    sitting.vote("r3", yes=range(1, 6))
    stands("round", "Secret vote", "5 of 31 have voted")
    assert display.evaluate("[...document.querySelectorAll('.seat')].every((one) => !['yes', 'no', 'abstain'].includes(one.dataset.choice))")
    sitting.end_round("r3")
    display.wait_scene("result", "5")

    sitting.do("suspend_sitting", notice="Перерва на засідання комісії", until=int(time.time() * 1000) + 900_000)
    stands("break", "Break", "Перерва на засідання комісії", "until")
    assert role("heading", name="Break").is_visible() and role("timer").is_visible()
    sitting.do("resume_sitting")
    sitting.do("take_up_item", item="i2")
    stands("item", "2", "Про укриття")
    sitting.do("close_sitting")
    stands("closed", "Зразківська міська рада", "Двадцять п’ята сесія")


def test_it_is_never_blank_between_two_screens(on_wall, daemon):
    """Every frame that the browser paints during some busy moments has a heading and words in the middle or below."""
    sitting = Sitting(daemon).seat().begin()
    display = on_wall(daemon)
    display.wait_scene("quorum")
    display.evaluate("""() => {
        window.frames_seen = 0; window.blank = [];
        const look = () => {
            const main = document.getElementById('display');
            window.frames_seen += 1;
            if (main.querySelector('.title').textContent === '' || main.innerText.trim().length < 10) window.blank.push([main.dataset.scene, main.innerText]);
            requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    }""")
    for turn in range(3):
        sitting.do("take_up_item", item=f"i{turn % 2 + 1}")
        sitting.do("queue_speaker", speaker=f"t{turn}", deputy="d3", kind="debate", item=f"i{turn % 2 + 1}")
        sitting.do("start_speech", speaker=f"t{turn}")
        sitting.do("end_speech")
        sitting.open_round(f"r{turn}", item=f"i{turn % 2 + 1}")
        sitting.vote(f"r{turn}", yes=range(1, 4), no=[4])
        sitting.end_round(f"r{turn}")
    display.wait_scene("result", "3 for")
    sitting.do("suspend_sitting")
    display.wait_scene("break")
    assert display.evaluate("window.frames_seen") > 20
    assert display.evaluate("window.blank") == []


def test_a_change_is_on_the_wall_at_once(on_wall, daemon, artifacts):
    """From the acknowledgement to the painted frame; the figure is kept, the bound only tells whether it is pushed at all."""
    sitting = Sitting(daemon).seat().begin()
    display = on_wall(daemon)
    sitting.do("take_up_item", item="i1")
    sitting.open_round("r1", item="i1")
    display.wait_scene("round", "0 of 31 have voted")
    display.evaluate("""() => {
        window.painted = {};
        const voted = document.querySelector('.voted');
        new MutationObserver(() => {
            const text = voted.textContent;
            requestAnimationFrame(() => setTimeout(() => { window.painted[text] ??= Date.now(); }));
        }).observe(voted, { childList: true, subtree: true, characterData: true });
    }""")
    waits = []
    for number in range(1, 13):
        sitting.do("cast_ballot", round="r1", deputy=f"d{number}", choice="yes")
        acknowledged = time.time() * 1000
        text = f"{number} of 31 have voted"
        painted = wait_until(lambda: display.evaluate(f"window.painted[{json.dumps(text)}]"), 20, f"“{text}” on the wall", interval=0.02)
        waits.append(painted - acknowledged)
    figures = {"median_ms": round(statistics.median(waits), 1), "worst_ms": round(max(waits), 1)}
    (artifacts / "display-latency.json").write_text(json.dumps(figures))
    print("acknowledged → painted:", figures)
    assert statistics.median(waits) < 5000, f"{figures}: 150 ms is the promise, this bound only that nothing polls"


def test_a_killed_daemon_leaves_the_last_state_with_a_sign_and_is_found_again(on_wall, daemon, artifacts):
    sitting = Sitting(daemon).seat().begin()
    display = on_wall(daemon)
    sitting.do("take_up_item", item="i1")
    sitting.open_round("r1", item="i1")
    sitting.vote("r1", yes=range(1, 20))
    sitting.end_round("r1")
    display.wait_scene("result", "19 for, 18 of 35 needed: adopted")
    assert not display.page.locator(".sign").is_visible()
    for end in (daemon.kill9, daemon.terminate):
        end()
        wait_until(lambda: display.page.locator(".sign").is_visible(), 25, "the sign")
        assert "No connection since" in display.page.locator(".sign").inner_text()
        assert display.scene == "result" and "19 for, 18 of 35 needed: adopted" in display.text, "the last state stays"
        display.check_legible()
        display.page.screenshot(path=artifacts / "display-lost.png")
        daemon.start()
        ready = time.monotonic()
        display.wait_live()
        found = time.monotonic() - ready
        wait_until(lambda: not display.page.locator(".sign").is_visible(), 20, "the sign to go")
        assert "19 for, 18 of 35 needed: adopted" in display.text
        (artifacts / f"display-back-after-{end.__name__}.json").write_text(json.dumps({"seconds_after_ready": round(found, 2)}))
        print(f"back after {end.__name__}: {found:.2f} s")
    sitting.do("take_up_item", item="i2")
    display.wait_scene("item", "Про укриття")


def test_where_the_channel_is_blocked_it_comes_by_another_way(watch, daemon):
    sitting = Sitting(daemon).seat(9).begin(present=9)
    displays = {}
    for lacking in (["WebSocket"], ["EventSource"], ["WebSocket", "EventSource"]):
        display = displays[" and ".join(lacking)] = watch(daemon, path=f"/display/{daemon.hall}?lang=en", size=(1280, 720), kind=Display)
        for name in lacking:
            display.page.add_init_script(f"delete globalThis.{name}")
        display.reload()
        assert display.evaluate(f"{json.dumps(lacking)}.every((name) => !(name in globalThis))")
    for display in displays.values():
        display.wait_live()
        display.wait_scene("quorum")
    sitting.do("take_up_item", item="i1")
    for display in displays.values():
        display.wait_scene("item", "Про бюджет")


SIZES = [WALL, (1280, 720), (1024, 768), (1080, 1920)]


@pytest.mark.xdist_group("display-looks")
@pytest.mark.parametrize("count", [7, 120])
def test_small_and_large_councils_with_long_names_fit_on_every_wall(on_wall, daemon, artifacts, count):
    names = {7: lambda i: (GEORGIAN[i % 5], "გიორგი"), 120: lambda i: (UKRAINIAN[i % 5], "Олександра")}[count]
    sitting = Sitting(daemon).seat(count, names).begin(LONG_TITLE, present=count - 1)
    display = on_wall(daemon, "ka" if count == 7 else "uk")

    def stands(scene, name, look=lambda size: None):
        display.wait_scene(scene)
        for size in SIZES:
            display.resize(size)
            display.check_legible()
            title = display.page.locator(".title span").all_inner_texts()
            assert 1 <= len(title) <= 2
            shown = " ".join(title).removesuffix("…").split()
            assert shown == LONG_TITLE.split()[:len(shown)] and len(shown) > 5, f"whole words: {title}"
            look(size)
            display.page.screenshot(path=artifacts / f"display-{count}-{size[0]}-{name}.png")

    def seats_fit(size):
        seats = display.evaluate("""[...document.querySelectorAll('council-hemicycle circle')].map((one) => { const b = one.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; })""")
        assert len(seats) == count + 1
        assert all(left >= 0 and top >= 0 and right <= size[0] and bottom <= size[1] for left, top, right, bottom in seats), size

    sitting.do("take_up_item", item="i1")
    stands("item", "item")
    sitting.do("queue_speaker", speaker="t1", deputy="d5", kind="debate", item="i1")
    sitting.do("start_speech", speaker="t1")
    stands("speech", "speech")
    sitting.do("end_speech")
    sitting.open_round("r1", item="i1")
    # So many that a figure is as wide as it gets: one, or two digits.
    sitting.vote("r1", yes=range(1, min(count - 2, 13)), no=[count - 2])
    stands("round", "round", seats_fit)
    sitting.end_round("r1")
    stands("result", "result")


@pytest.mark.xdist_group("display-looks")
def test_it_can_be_looked_at_in_every_language(on_wall, daemon, artifacts):
    sitting = Sitting(daemon).seat().begin("Про внесення змін до бюджету громади на 2026 рік")
    displays = {language: on_wall(daemon, language) for language in ("uk", "lt", "ka", "en")}
    words = {language: json.loads((ROOT / f"web/languages/{language}.json").read_text()) for language in displays}

    def pictures(scene, *keys):
        for language, display in displays.items():
            display.wait_scene(scene, *(words[language][key] for key in keys))
            assert display.evaluate("document.documentElement.lang") == language
            for size in ((1280, 720), WALL):
                display.resize(size)
                display.check_legible()
                display.page.screenshot(path=artifacts / f"display-{language}-{size[0]}-{scene}.png")

    pictures("quorum", "outcome.quorum")
    sitting.do("take_up_item", item="i1")
    pictures("item", "display.rapporteur")
    sitting.open_round("r1", item="i1", seconds=600)
    sitting.vote("r1", yes=range(1, 20), no=[20])
    pictures("round", "display.voting", "count.yes")
    sitting.end_round("r1")
    pictures("result", "outcome.adopted")
    sitting.do("suspend_sitting", until=int(time.time() * 1000) + 900_000)
    pictures("break", "display.break")
    sitting.do("resume_sitting")
    sitting.do("close_sitting")
    pictures("closed", "sitting.closed")


def test_titles_stay_text_and_the_councils_language_is_spoken(watch, daemon):
    sitting = Sitting(daemon).seat(7, lambda i: (f"<b>{i}</b>", "x")).begin("<img src=x onerror=alert(1)> & Co")
    sitting.do("take_up_item", item="i1")
    display = watch(daemon, path=f"/display/{daemon.hall}", language="en", size=WALL, kind=Display)
    display.wait_scene("item", "<img src=x onerror=alert(1)> & Co")
    assert display.evaluate("document.documentElement.lang") == "uk", "a screen on the wall speaks the council's language, not its computer's"
    assert "Доповідає" in display.text


@pytest.mark.real_time("Chromium plays the hall's picture on the display")
def test_the_halls_picture_stands_beside_the_item_while_there_is_one(on_wall, daemon, artifacts):
    assert daemon.wish(daemon.hall, "start").status < 300
    sitting = Sitting(daemon).seat().begin("Про внесення змін до бюджету громади на 2026 рік")
    sitting.do("take_up_item", item="i1")
    display = on_wall(daemon, query="&picture=yes")
    display.wait_scene("item")
    picture = display.page.locator(".picture")
    frames = lambda: display.evaluate("document.querySelector('.picture video').getVideoPlaybackQuality().totalVideoFrames")
    wait_until(picture.is_visible, 60, "the picture")
    seen = frames()
    wait_until(lambda: frames() > seen + 5, 25, "the picture to move")
    display.check_legible()
    display.page.screenshot(path=artifacts / "display-picture-item.png")
    sitting.do("queue_speaker", speaker="t1", deputy="d15", kind="report", item="i1", seconds=300)
    sitting.do("start_speech", speaker="t1")
    display.wait_scene("speech")
    wait_until(picture.is_visible, 60, "the picture beside the speech")
    display.check_legible()
    display.check_access()
    display.page.screenshot(path=artifacts / "display-picture-speech.png")
    assert display.evaluate("document.querySelector('.picture video').muted")
    sitting.do("end_speech")
    sitting.open_round("r1", item="i1")
    display.wait_scene("round")
    assert not picture.is_visible(), "a round has the wall to itself"
    daemon.wish(daemon.hall, "stop")
    wait_until(lambda: not display.evaluate("document.getElementById('display').hasAttribute('data-picture')"), 60, "the picture to go with the stream")


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_a_day_leaves_nothing_behind(on_wall, daemon, artifacts, measured):
    """24 hours: heap, nodes and listeners are where they were after the first four."""
    a_long_sitting(on_wall, daemon, artifacts, measured, hours=24, settled=4)


@pytest.mark.xdist_group("display-looks")
def test_twenty_minutes_leave_nothing_behind(on_wall, daemon, artifacts, measured):
    """The same in five times four minutes, held against the first eight. The day is in `make soak`."""
    a_long_sitting(on_wall, daemon, artifacts, measured, hours=5, settled=2, minutes=4)


def a_long_sitting(on_wall, daemon, artifacts, measured, hours, settled, minutes=60):
    """So many hours of the page's clock (or of fewer `minutes` each), with a speech in each and a vote in every second.

    The page's timers are led through the day in steps; in each a real message of the daemon comes over the real connection, so
    that the page never thinks it lost.
    """
    step = 20
    sitting = Sitting(daemon).seat(20).begin(present=20)
    sitting.do("take_up_item", item="i1")
    display = on_wall(daemon, service_workers="block")
    display.page.clock.install(time=time.time())
    display.reload()
    display.wait_live()
    debugger = display.page.context.new_cdp_session(display.page)
    debugger.send("Performance.enable")
    began = display.evaluate("Date.now()")

    def weigh():
        for _ in range(3):
            debugger.send("HeapProfiler.collectGarbage")
        values = {one["name"]: one["value"] for one in debugger.send("Performance.getMetrics")["metrics"]}
        return {name: values[name] for name in ("JSHeapUsedSize", "Nodes", "JSEventListeners")}

    def hour(number):
        sitting.do("queue_speaker", speaker=f"t{number}", deputy="d3", kind="debate", item="i1")
        sitting.do("start_speech", speaker=f"t{number}")
        display.wait_text("Депутат3")
        for part in range(minutes * 60 // step):
            title = f"Про бюджет громади, {number}-{part}"
            sitting.do("edit_item", item="i1", number="1", title=title)
            seen(title)
            display.page.clock.run_for(step * 1000)
        sitting.do("end_speech")
        if number % 2:
            return
        # A result stands for a time: the daemon's next tick puts the page's clock, which was led ahead, right again.
        wait_until(lambda: wall_clock() in near(), 30, lambda: f"the time of day on the wall: {wall_clock()} {near()}")
        sitting.open_round(f"r{number}", item="i1")
        display.wait_scene("round")
        sitting.vote(f"r{number}", yes=range(1, 15), no=range(15, 21))
        sitting.end_round(f"r{number}")
        display.wait_scene("result", "14")

    def wall_clock():
        return display.evaluate("document.querySelector('.clock').textContent")

    def near():
        """The minute that it is where the council is, and its neighbours."""
        now = datetime.now(ZoneInfo("Europe/Kyiv"))
        return [(now + timedelta(minutes=minute)).strftime("%H:%M") for minute in (-1, 0, 1)]

    def seen(text):
        """The message came: what it says is on the wall."""
        wait_until(lambda: text in display.text, 20, lambda: f"{text} on the wall: {display.text} {display.wire}", interval=0.002)

    weights = []
    for number in range(hours):
        hour(number)
        weights.append(weigh())
    passed = (display.evaluate("Date.now()") - began) / 60_000 / minutes
    (artifacts / f"display-{hours}-{minutes}.json").write_text(json.dumps({"hours": passed, "weights": weights, "state_bytes": len(json.dumps(sitting.snapshot))}))
    assert passed >= hours
    # The first hours fill the scripts' caches. The public state itself holds the sitting's rounds; beside it nothing may grow.
    before, after = weights[settled - 1], weights[-1]
    grown = after["JSHeapUsedSize"] - before["JSHeapUsedSize"]
    measured(f"heap after {passed:.0f} × {minutes} min", after["JSHeapUsedSize"] / 1e6, f"MB ({grown / 1e3:+.0f} kB since number {settled}; nodes {before['Nodes']} → {after['Nodes']})")
    assert grown < 1_500_000, weights
    assert after["Nodes"] < before["Nodes"] + 400 and after["JSEventListeners"] < before["JSEventListeners"] + 20, weights


def test_choices_are_told_apart_without_colours(on_wall, daemon, artifacts):
    """Pictures for the eye; and for the test, that each choice has a mark and a word of its own."""
    sitting = Sitting(daemon).seat().begin()
    sitting.do("take_up_item", item="i1")
    sitting.open_round("r1", item="i1")
    sitting.vote("r1", yes=range(1, 10), no=range(19, 23), abstain=[23, 24])
    sitting.end_round("r1")
    display = on_wall(daemon)
    display.wait_scene("result", "For", "Against", "Abstained", "Did not vote")
    marks = display.evaluate("Object.fromEntries([...document.querySelectorAll('council-hemicycle .seat')].map((one) => [one.dataset.choice, one.querySelector('.mark').getAttribute('d')]))")
    assert {"yes", "no", "abstain", "not_voting", "absent"} == set(marks)
    assert len(set(marks.values())) == len(marks), marks
    for deficiency in SIGHTS[1:]:
        simulate(display.page, deficiency)
        display.page.screenshot(path=artifacts / f"display-result-{deficiency}.png")


def test_the_hall_has_its_arms_and_its_own_plan(on_wall, daemon, tmp_path):
    """The picture of the configuration stands above the council's name; the seats stand where the roster says."""
    arms = tmp_path / "arms.svg"
    arms.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="30" height="40"><path fill="#1d4f8c" d="M0 0h30v40H0z"/></svg>')
    daemon.halls[0]["arms"] = str(arms)
    assert daemon.reload().status == 200
    # Two rows that face each other, and the head between them.
    places = [(x, y) for y in (20, 80) for x in (10, 30, 50, 70, 90)]
    table = "id;family;gender;x;y;role\n" + "".join(f"d{i};Депутат{i};m;{x};{y};\n" for i, (x, y) in enumerate(places, 1)) + "head;Романенко;f;100;50;head\n"
    sitting = Sitting(daemon)
    sitting.take("roster", table, dry_run="no", seats=12)
    display = on_wall(daemon)
    display.wait_scene("waiting")
    picture = display.page.get_by_role("img", name="Coat of arms")
    wait_until(lambda: picture.evaluate("img => img.complete && img.naturalWidth") == 30, 20, "the arms")
    assert picture.is_visible()
    sitting.begin(present=10)
    display.wait_scene("quorum")
    found = display.evaluate("[...document.querySelectorAll('council-hemicycle .seat circle')].map((seat) => { const { x, y, width } = seat.getBoundingClientRect(); return [x + width / 2, y + width / 2]; })")
    assert len(found) == 11, "every deputy and the head; where the vacant seats stand nobody said"
    left, top = min(x for x, _ in found), min(y for _, y in found)
    unit = (max(x for x, _ in found) - left) / 90
    for (x, y), (seat_x, seat_y) in zip([*places, (100, 50)], found):
        assert abs((seat_x - left) / unit - (x - 10)) < 1 and abs((seat_y - top) / unit - (y - 20)) < 1, found


def test_without_arms_there_is_no_broken_picture(on_wall, daemon):
    display = on_wall(daemon)
    display.wait_scene("waiting")
    wait_until(lambda: display.evaluate("document.querySelector('.arms').naturalWidth") > 0, 20, "the neutral emblem")
    assert display.page.get_by_role("img", name="Coat of arms").count() == 0
    assert daemon.http.get(f"/halls/{daemon.hall}/arms").status == 404
