"""The resident's page with a sitting beside the picture: in step with it, by links, by filter, without a script, for everybody."""

import json
import re
import time
from datetime import datetime, timezone

import pytest

from Tests.browser.access import check_both_themes
from Tests.browser.viewer import READ_CLOCK, median
from Tests.support.daemon import Daemon
from Tests.support.sitting import Sitting
from Tests.support.wait import NotInTime, wait_until

COUNCIL = "document.getElementById('player').council"
NASTY = "<img src=x onerror=\"window.broken = true\"> <b>та</b> “все”"

# Long names in two scripts, one with no place to break.
LONG_ROSTER = "id;family;given;patronymic;gender;seat;faction\n" + "\n".join(
    f"d{n};{family};{given};;f;{n};{faction}" for n, (family, given, faction) in enumerate(
        [("ჯავახიშვილი-ამირანაშვილი-წერეთელი", "ანასტასია-მარიამ", "ქართული ოცნება — დემოკრატიული საქართველო და თანამოაზრეები"),
         ("Kazlauskaitė-Petrauskienė-Vasiliauskienė", "Ona Marija", "Tėvynės sąjunga – Lietuvos krikščionys demokratai"),
         ("Щербак-Нечипоренко-Заболотна", "Анастасія-Вікторія", "Об’єднання самовисуванців територіальної громади"),
         ("Дуже-" + "довге" * 12, "Ім’я", "Фракція"), ("Вовк", "Іван", "Фракція")] * 2, start=1)) + "\n"


def hall(name="demo", **settings):
    return {"name": name, "title": "Зразківська міська рада", "camera": "test:?size=640x360", "language": "uk", "partDuration": 0.2, **settings}


@pytest.fixture(scope="module")
def daemon():
    """A hall with a picture and a sitting with a few votes behind it, and halls without a picture in further states."""
    others = {name: hall(name, autostart=False) for name in ("open", "over", "break", "long", "empty")}
    with Daemon(halls=[hall(liveWindow=300), *others.values()]) as running:
        running.wait_live("demo", timeout=40)
        running.sitting = Sitting(running).play(until=("announce_round", "r1b"))
        Sitting(running, "over").play(until=("announce_round", "r2"))
        Sitting(running, "open").convene().open_round().vote("r1", yes=["d1..d17"])
        Sitting(running, "break").convene(take_up="i2").do("suspend_sitting", notice="Перерва на засідання фракцій", until=(int(time.time()) + 3600) * 1000)
        long = Sitting(running, "long")
        long.take("roster", LONG_ROSTER, seats=10)
        long.do("schedule_sitting", title="ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ: " + "საკრებულოს მეოცდახუთე სხდომა " * 4)
        long.do("replace_agenda", items=[{"item": "i1", "number": "1.10.100", "title": NASTY},
                                         {"item": "i2", "number": "2", "title": "Про" + "довгеслово" * 30}])
        long.do("open_sitting")
        long.do("register", deputies=[f"d{n}" for n in range(1, 11)])
        long.do("take_up_item", item="i1")
        long.do("plan_round", round="r", item="i1", kind="whole", question=NASTY)
        long.do("open_round", round="r")
        long.vote("r", yes=["d1..d6"], no=["d7"])
        long.do("close_round", round="r")
        yield running


def board(viewer):
    return viewer.page.inner_text("[data-part=vote]")


def wait_board(viewer, text, timeout=20):
    wait_until(lambda: text in board(viewer), timeout, lambda: f"“{text}” on the board: {board(viewer)} {viewer.state()}")


# — in step with the picture —

WATCH = f"""() => {{
    const read = {READ_CLOCK};
    const place = document.querySelector('[data-part=now]');
    window.changes = [];
    let before = place.innerText;
    new MutationObserver(() => {{
        const text = place.innerText;
        if (text === before) return;
        before = text;
        const sample = read();
        if (sample) window.changes.push({{ text, shown: sample.shown }});
    }}).observe(place, {{ subtree: true, childList: true, characterData: true }});
}}"""


def changes_of(viewer, marks, timeout):
    """When the picture's clock stood, in ms, as each mark came onto the page."""
    def found():
        changes = viewer.evaluate("window.changes")
        shown = {mark: next((one["shown"] for one in changes if mark in one["text"]), None) for mark in marks}
        return shown if None not in shown.values() else None
    return wait_until(found, timeout, lambda: f"{marks} on the page: {viewer.evaluate('window.changes')} {viewer.state()}", interval=0.2, exactly=True)


@pytest.mark.measures
@pytest.mark.real_time("the board's change against the clock in the picture")
def test_a_change_is_seen_when_the_picture_shows_it_live_and_back_in_time(watch, daemon, measured):
    viewer = watch(daemon, language="uk")
    viewer.wait_playing()
    viewer.wait_near_live(3000)
    viewer.evaluate(WATCH)
    marks, errors = {}, []
    for attempt in range(3):
        fresh = [f"Оголошення {attempt}.{n}" for n in range(5)]
        for mark in fresh:
            daemon.sitting.do("post_notice", text=mark)
            viewer.page.wait_for_timeout(700)
        try:
            shown = changes_of(viewer, fresh, 30)
        except NotInTime:
            # The generated camera may fall behind on a busy machine.
            continue
        record = {line["fact"]["notice_posted"]["notice"]["text"] if "notice" in line["fact"]["notice_posted"] else line["fact"]["notice_posted"]["text"]: line["at"]
                  for line in map(json.loads, daemon.http.get("/api/v1/halls/demo/log").text.splitlines()[:-1]) if "notice_posted" in line.get("fact", {})}
        marks = {mark: record[mark] for mark in fresh}
        errors = [shown[mark] - record[mark] for mark in fresh]
        if abs(median(errors)) < 150:
            break
    assert errors, "no try in which all changes were seen"
    measured("board against the picture's clock at live", median(errors), f"ms ({errors})")
    assert abs(median(errors)) < 150, errors

    # The same changes again, in the past.
    last = max(marks.values())
    wait_until(lambda: viewer.player("liveEdge") and viewer.evaluate(f"{COUNCIL}.store.now()") > last + 6_000, 60, "some seconds to go back")
    back = []
    for attempt in range(3):
        viewer.evaluate("window.changes.length = 0")
        begin = min(marks.values()) - 2500
        assert viewer.evaluate(f"document.getElementById('player').livePlayer.seekToProgramTime({begin})")
        try:
            shown = changes_of(viewer, list(marks), 30)
        except NotInTime:
            continue
        back = [shown[mark] - marks[mark] for mark in marks]
        if abs(median(back)) < 150:
            break
    assert back, f"no try in which all changes were seen again: {viewer.evaluate('window.changes')} {viewer.state()}"
    measured("the same back in time", median(back), f"ms ({back})")
    assert abs(median(back)) < 150, back
    viewer.page.click("#live")
    wait_until(lambda: fresh[-1] in viewer.page.inner_text("[data-part=now]"), 20, "the newest notice at live")
    daemon.sitting.do("clear_notice")


@pytest.mark.real_time("the board goes back with the picture")
def test_who_comes_later_and_goes_back_sees_the_board_as_it_was(watch, daemon):
    daemon.sitting.play(until=("announce_round", "r1a"))
    viewer = watch(daemon, language="uk")
    viewer.wait_playing()
    wait_board(viewer, "Не прийнято")
    opened = daemon.sitting.snapshot["state"]["rounds"]["by_id"]["r1a"]["opened_at"]
    wait_until(lambda: (viewer.evaluate(f"{COUNCIL}.store.now()") or 0) > opened + 6_000, 30, "some seconds to go back")
    assert viewer.evaluate(f"document.getElementById('player').livePlayer.seekToProgramTime({opened - 3000})")
    wait_until(lambda: "Поправка" not in board(viewer), 20, lambda: f"the board before the amendment: {board(viewer)}")
    wait_until(lambda: "Не прийнято" not in viewer.page.inner_text("[data-part=agenda]"), 20, "nothing that was yet to come to be told")
    wait_board(viewer, "Поправка")
    viewer.page.click("#live")
    wait_board(viewer, "Не прийнято")


def test_without_a_picture_the_board_shows_what_is_now(watch, daemon):
    viewer = watch(daemon, path="/halls/over", language="uk")
    wait_board(viewer, "Не прийнято")
    assert "17 за, потрібно 18" in board(viewer)


def test_the_page_tells_of_a_lost_daemon_and_comes_back(watch):
    with Daemon(halls=[hall(autostart=False)]) as own:
        sitting = Sitting(own).play(until=("take_up_item", "i1"))
        viewer = watch(own, language="uk")
        wait_until(lambda: "Питання 1" in viewer.page.inner_text("[data-part=now]"), 20, "the item")
        own.kill9()
        wait_until(lambda: "Немає зв’язку" in viewer.page.inner_text("[data-part=lost]"), 20, "the sign of the loss")
        assert "Питання 1" in viewer.page.inner_text("[data-part=now]"), "what was known stays"
        own.start()
        sitting.do("take_up_item", item="i2")
        wait_until(lambda: "Питання 2" in viewer.page.inner_text("[data-part=now]"), 60, "what happened since")
        wait_until(lambda: viewer.page.locator("[data-part=lost]").is_hidden(), 20, "the sign to go")


# — places —

def at_moment(viewer, at):
    shown = viewer.player("currentProgramTime()")
    return shown is not None and -1500 < shown - at < 6000


@pytest.mark.real_time("links lead to a moment of the picture")
def test_links_lead_to_their_moment(watch, daemon):
    sitting = daemon.sitting
    sitting.do("take_up_item", item="i2")
    sitting.do("plan_round", round="linked", item="i2", kind="amendment", question="Поправка за посиланням")
    sitting.do("open_round", round="linked")
    sitting.vote("linked", yes=["d1..d5"])
    sitting.do("close_round", round="linked")
    opened = sitting.snapshot["state"]["rounds"]["by_id"]["linked"]["opened_at"]
    wait_until(lambda: datetime.now(timezone.utc).timestamp() * 1000 > opened + 10_000, 30, "some seconds to go back")
    moment = datetime.fromtimestamp(opened / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    for link in ("#round=linked", f"#t={moment}"):
        viewer = watch(daemon, path="/halls/demo" + link, language="uk")
        wait_until(lambda: at_moment(viewer, opened), 30, lambda: f"{link} to open at its moment: {viewer.player('currentProgramTime()')} {opened} {viewer.state()}")
        viewer.page.close()

    viewer = watch(daemon, language="uk")
    viewer.wait_playing()
    viewer.page.click('a[href="#round=linked"]')
    wait_until(lambda: at_moment(viewer, opened), 20, lambda: f"a click leads there: {viewer.state()}")
    assert viewer.evaluate("location.hash") == "#round=linked"
    viewer.page.click("#live")
    viewer.wait_near_live(3000)
    wait_until(lambda: viewer.evaluate("location.hash") == "", 20, "no place in the address")
    viewer.evaluate("location.hash = '#item=2'")
    taken = next(change["at"] for change in viewer.evaluate(f"{COUNCIL}.store.changesOf('current_item')") if change.get("value") == "i2")
    wait_until(lambda: at_moment(viewer, taken), 20, lambda: f"the item by its number: {viewer.state()}")


def test_a_link_to_the_moment_is_copied(watch, daemon):
    viewer = watch(daemon, language="en", permissions=["clipboard-read", "clipboard-write"])
    viewer.wait_playing()
    viewer.page.click("#copy")
    wait_until(lambda: viewer.page.inner_text("#told") == "The link is copied.", 10, "the word about it")
    link = viewer.evaluate("navigator.clipboard.readText()")
    at = datetime.fromisoformat(re.fullmatch(re.escape(daemon.url) + r"/halls/demo#t=(.*)Z", link)[1] + "+00:00").timestamp() * 1000
    assert abs(viewer.player("currentProgramTime()") - at) < 15_000


def test_a_vote_whose_picture_is_not_there_is_shown_all_the_same(watch, daemon):
    viewer = watch(daemon, path="/halls/over#round=r1a", language="en")
    wait_board(viewer, "Поправка 1")
    assert "9 for, 18 of 35 needed" in board(viewer)
    viewer.page.get_by_role("button", name="Show what is now").click()
    wait_board(viewer, "17 for, 18 of 35 needed")


@pytest.mark.real_time("marks lead to a moment of the picture")
def test_the_seek_bar_marks_where_items_and_votes_began(watch, daemon):
    sitting = daemon.sitting
    sitting.do("take_up_item", item="i3")
    taken = sitting.snapshot["state"]["current_item_since"]
    # A vote comes some time after its item; on the bar a second is a few pixels.
    wait_until(lambda: datetime.now(timezone.utc).timestamp() * 1000 > taken + 10_000, 30, "some seconds of debate")
    sitting.do("plan_round", round="marked", item="i3", kind="amendment", question="Поправка з позначкою")
    sitting.do("open_round", round="marked")
    sitting.do("close_round", round="marked")
    opened = sitting.snapshot["state"]["rounds"]["by_id"]["marked"]["opened_at"]
    viewer = watch(daemon, language="uk")
    viewer.wait_playing()
    wait_until(lambda: viewer.evaluate(f"{COUNCIL}.clock.at()") > opened + 11_000, 60, "some seconds to go back")
    marks = viewer.page.locator(".marks i")
    wait_until(lambda: marks.count() >= 2, 20, "the marks")
    kinds = viewer.evaluate("[...document.querySelectorAll('.marks i')].map((one) => one.dataset.kind)")
    assert kinds[-1] == "round" and "item" in kinds, kinds

    # Pointing names it; a click on it leads to its beginning.
    box = marks.last.bounding_box()
    viewer.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    wait_until(lambda: "Голосування: Поправка з позначкою" in viewer.page.inner_text(".tip"), 20, lambda: f"its name: {viewer.page.inner_text('.tip')}")
    viewer.page.mouse.down()
    viewer.page.mouse.up()
    wait_until(lambda: at_moment(viewer, opened), 20, lambda: f"a click leads there: {viewer.player('currentProgramTime()')} {opened} {viewer.state()}")

    # The same by keyboard, and told to those who do not see the bar.
    viewer.page.mouse.move(5, 5)
    viewer.page.keyboard.press("l")
    viewer.wait_near_live(4000)
    viewer.page.keyboard.press("Shift+ArrowLeft")
    wait_until(lambda: at_moment(viewer, opened), 20, lambda: f"the key leads there: {viewer.player('currentProgramTime()')} {opened} {viewer.state()}")
    slider = viewer.page.get_by_role("slider", name="Місце в трансляції")
    wait_until(lambda: "Поправка з позначкою" in slider.get_attribute("aria-valuetext"), 20, lambda: f"the slider's word: {slider.get_attribute('aria-valuetext')}")
    slider.focus()
    viewer.page.keyboard.press("Shift+ArrowRight")
    wait_until(lambda: viewer.player("following"), 20, lambda: f"after the last mark comes live: {viewer.state()}")


# — the list —

def rows(viewer):
    return viewer.page.locator("[data-part=rows] tr").all_inner_texts()


def test_the_list_is_filtered_and_sorted(watch, daemon):
    viewer = watch(daemon, path="/halls/over", language="en")
    wait_board(viewer, "Not adopted")
    page = viewer.page
    assert len(rows(viewer)) == 35
    page.get_by_role("combobox", name="Vote").select_option("no")
    assert len(rows(viewer)) == 3 and all("against" in row for row in rows(viewer))
    page.get_by_role("combobox", name="Vote").select_option("")
    page.get_by_role("combobox", name="Faction").select_option(label="Громада")
    assert 5 < len(rows(viewer)) < 35 and all("Громада" in row for row in rows(viewer))
    page.get_by_role("combobox", name="Faction").select_option("")
    page.get_by_label("Search by name").fill("дем'ян")
    assert [row.split()[0] for row in rows(viewer)] == ["Дем’яненко", "Заболотний"], "the family or the given name, whatever the apostrophe"
    page.get_by_label("Search by name").fill("nobody")
    assert rows(viewer) == ["Nobody matches."]
    page.get_by_label("Search by name").fill("")
    page.get_by_role("button", name="Deputy", exact=True).press("Enter")
    names = [row.split("\t")[0] for row in rows(viewer)]
    assert page.locator("th[aria-sort=ascending]").inner_text() == "Deputy"
    assert [name[0] for name in names] == sorted((name[0] for name in names), key="АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ".index)


def test_a_deputy_has_a_page_with_all_votes(watch, daemon):
    viewer = watch(daemon, path="/halls/over", language="uk")
    wait_board(viewer, "Не прийнято")
    viewer.page.get_by_role("link", name="Мельник Людмила Григорівна").click()
    dialog = viewer.page.get_by_role("dialog")
    dialog.wait_for()
    text = dialog.inner_text()
    assert "Мельник Людмила Григорівна" in text and "проти" in text, text
    assert dialog.get_by_role("listitem").count() == 6, "every named vote so far"
    viewer.page.keyboard.press("Escape")
    assert dialog.count() == 0 or dialog.is_hidden()
    direct = watch(daemon, path="/halls/over#deputy=d17", language="en")
    direct.page.get_by_role("heading", name="Мельник Людмила Григорівна").wait_for()


def test_the_vote_is_seen_as_it_comes_and_told_once(watch, daemon):
    viewer = watch(daemon, path="/halls/open", language="uk")
    wait_board(viewer, "Триває голосування")
    wait_board(viewer, "Проголосували 17 з 35")
    wait_until(lambda: viewer.page.locator("council-hemicycle [data-choice=yes]").count() == 17, 20, "17 seats")
    viewer.evaluate("""() => {
        window.told = [];
        const place = document.querySelector('[data-part=announcer]');
        new MutationObserver(() => window.told.push(place.textContent)).observe(place, { childList: true, characterData: true, subtree: true });
    }""")
    sitting = Sitting(daemon, "open")
    sitting.vote("r1", no=["d25..d27"], abstain=["d28"])
    wait_board(viewer, "Проголосували 21 з 35")
    assert viewer.evaluate("window.told") == [], "no word for a ballot"
    sitting.do("close_round", round="r1")
    wait_board(viewer, "17 за, потрібно 18 з 35")
    sitting.do("announce_round", round="r1")
    wait_until(lambda: viewer.page.locator("[data-part=agenda] [aria-current] .state").inner_text() == "не прийнято", 20, "the item's state")
    wait_until(lambda: viewer.evaluate("window.told.length") > 0, 20, "the word about it")
    assert viewer.evaluate("window.told") == ["Прийняти в цілому: Не прийнято. 17 за, потрібно 18 з 35: рішення не прийнято"]


# — for everybody —

@pytest.mark.parametrize("path", ["/halls/open", "/halls/over", "/halls/break", "/halls/long", "/halls/empty", "/embed/over"])
def test_everybody_can_use_it_in_both_themes(watch, daemon, path):
    viewer = watch(daemon, path=path)
    viewer.wait_screen("has not begun")
    wait_until(lambda: viewer.evaluate(f"{COUNCIL}.store.state") is not None, 20, "the council")
    check_both_themes(viewer.page, path)
    if path == "/halls/over":
        viewer.page.get_by_role("link", name="Мельник Людмила Григорівна").click()
        viewer.page.get_by_role("dialog").wait_for()
        check_both_themes(viewer.page, "a deputy's page")


def test_everybody_can_use_it_while_the_picture_plays(watch, daemon):
    viewer = watch(daemon)
    viewer.wait_playing()
    wait_until(lambda: viewer.page.locator("[data-part=now] .current").count() == 1, 20, "the item")
    check_both_themes(viewer.page, "/halls/demo with a sitting")


@pytest.mark.parametrize("path", ["/halls/long", "/halls/open", "/halls/over", "/embed/long"])
def test_nothing_is_wider_than_the_window(watch, daemon, path):
    for language in ("ka", "uk"):
        viewer = watch(daemon, path=path, language=language)
        viewer.page.wait_for_selector("council-hemicycle svg")
        for width in (1366, 960, 390, 320):
            viewer.page.set_viewport_size({"width": width, "height": 640})
            viewer.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
            assert viewer.evaluate("document.documentElement.scrollWidth") <= width, f"{path} in {language} at {width}"
        viewer.page.close()


def test_a_title_is_text_whatever_it_says(watch, daemon):
    viewer = watch(daemon, path="/halls/long", language="uk")
    wait_board(viewer, NASTY)
    assert NASTY in viewer.page.inner_text("[data-part=agenda]") and NASTY in viewer.page.inner_text("[data-part=now]")
    assert viewer.evaluate("window.broken === undefined && document.querySelectorAll('main img').length === 0")


def test_the_language_can_be_switched_at_any_time(watch, daemon):
    viewer = watch(daemon, path="/halls/over", language="uk")
    wait_board(viewer, "Не прийнято")
    viewer.page.select_option("#language", "lt")
    wait_board(viewer, "Nepriimta")
    assert "17 už, reikia 18 iš 35: nepriimta" in board(viewer) and "Darbotvarkė" in viewer.page.inner_text("body")
    viewer.page.select_option("#language", "ka")
    wait_board(viewer, "არ არის მიღებული")


def test_without_a_script_agenda_results_and_picture_are_there(watch, daemon):
    viewer = watch(daemon, path="/halls/over", language="uk", java_script_enabled=False)
    page = viewer.page
    assert page.get_by_role("heading", name="Порядок денний").is_visible()
    assert page.get_by_text("17 за, потрібно 18 з 35: рішення не прийнято").first.is_visible()
    assert page.locator("video[controls]").get_attribute("src") == "/live/over/index.m3u8"
    page.get_by_text("Хто як голосував").click()
    assert page.get_by_role("row", name=re.compile("Мельник Людмила Григорівна.*")).is_visible()
    html = page.content()
    metadata = json.loads(re.search(r'ld\+json">(.*?)</script>', html, re.S)[1])
    assert metadata["@type"] == "Event" and metadata["organizer"][0]["@type"] == "GovernmentOrganization"
    image = page.locator('meta[property="og:image"]').get_attribute("content")
    assert image.startswith(daemon.url) and daemon.http.get(image.removeprefix(daemon.url)).status == 200


def test_another_site_may_show_it_in_a_frame(watch, daemon):
    viewer = watch(daemon, path="/embed/over", language="uk", size=(640, 560))
    wait_board(viewer, "Не прийнято")
    assert viewer.page.get_by_role("link", name="Відкрити всю сторінку").get_attribute("href") == "/halls/over"
    assert viewer.page.locator("[data-part=agenda]").count() == 0
