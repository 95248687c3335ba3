"""The console: files, hostile words, large councils, and everybody can use it, in any size, theme and language."""

import re

from Tests.browser.test_console import HALL, order
from Tests.support.daemon import ROOT
from Tests.support.wait import wait_until


def test_roster_and_agenda_are_imported_after_a_look_at_what_changes(sit, council):
    desk = sit(council.token("secretary"))
    desk.step("Import the roster")
    desk.wait_dialog("docs/council.md")
    desk.page.get_by_label("File").set_input_files({"name": "roster.csv", "mimeType": "text/csv", "buffer": "id;family;given\nd1;Бондаренко;Олена\nd1;Білик;Андрій\n".encode()})
    desk.page.get_by_label("Full composition").fill("34")
    desk.press("Enter")
    desk.wait_dialog(re.compile("Line 3"))
    desk.press("Escape")
    desk.wait_no_dialog()
    desk.step("Import the roster")
    desk.wait_dialog("docs/council.md")
    desk.page.get_by_label("File").set_input_files(str(ROOT / "config/demo/roster.csv"))
    desk.page.get_by_label("Full composition").fill("34")
    desk.press("Enter")
    desk.wait_dialog("Take it")
    desk.page.get_by_role("button", name="Take it").click()
    desk.see("#next", "Plan a sitting")
    wait_until(lambda: len(council.state["council"]["deputies"]) == 35, 20, "the deputies")


def test_a_title_is_only_ever_text(sit, council):
    council.import_roster()
    council.do("schedule_sitting", sitting="s1", title="<img src=x onerror=alert(1)>")
    council.do("add_item", sitting="s1", item="i1", number="<b>1", title="<script>alert(2)</script> <img src=x onerror=alert(3)>")
    desk = sit(council.token("secretary"))
    desk.see("#sitting", "<img src=x onerror=alert(1)>")
    desk.see("#agenda", "<script>alert(2)</script>")
    assert desk.page.locator("#agenda img, #agenda script, #sitting img").count() == 0


def test_an_item_is_dragged_to_its_place(sit, council):
    council.convene(items=4)
    desk = sit(council.token("secretary"))
    desk.see("#agenda", "Питання 4")
    rows = desk.page.locator("#agenda tr")
    rows.nth(2).scroll_into_view_if_needed()
    start, goal = rows.nth(2).locator(".handle").bounding_box(), rows.nth(1).bounding_box()
    desk.page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    desk.page.mouse.down()
    desk.page.mouse.move(start["x"] + 10, goal["y"] + goal["height"] / 2, steps=5)
    desk.page.mouse.up()
    wait_until(lambda: order(council) == ["1", "3", "2", "4"], 30, lambda: f"the new order: {order(council)}")


def test_a_large_council_with_a_long_agenda_and_long_names_stays_in_its_place(sit, council):
    names = ["Новоград-Волинська-Миколаєнко", "მჭედლიშვილი-ჩიქოვანი", "Kazlauskaitė-Petravičienė", "Ли"]
    lines = ["family;given;seat;faction", *(f"{names[seat % 4]}{seat};Олександра-Вікторія;{seat};Фракція {seat % 9}" for seat in range(1, 121))]
    council.take("roster", "\n".join(lines), seats=120)
    council.do("schedule_sitting", sitting="s1", title="Довге засідання " * 12)
    items = [{"item": f"i{number}", "number": str(number), "title": f"Про дуже довге питання порядку денного номер {number}"} for number in range(1, 2001)]
    council.do("replace_agenda", sitting="s1", items=items)
    council.do("open_sitting", sitting="s1")
    desk = sit(council.token("secretary"), size=(1024, 768))
    wait_until(lambda: desk.page.locator("#agenda tr").count() == 2000 and desk.page.locator("#roll tr").count() == 120, 60, "all rows")
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 1024
    assert desk.page.evaluate("[...document.querySelectorAll('.scroll')].every((one) => one.scrollWidth <= one.clientWidth)"), "no list scrolls sideways"
    desk.press("r", *"y" * 12)
    wait_until(lambda: council.state["presence"]["count"] == 12, 90, lambda: f"12 deputies registered: {desk.glance()}")
    council.do("register", sitting="s1", deputies=council.people)
    wait_until(lambda: council.state["presence"]["count"] == 120, 20, "all to be there")
    desk.wait_settled()
    desk.press("l", "End")
    assert desk.page.evaluate("document.activeElement.dataset.key") == "i2000"
    desk.step("Take up the item")
    wait_until(lambda: council.state.get("current_item") == "i1", 60, "the first item")


SIZES = {"laptop": (1366, 768), "tablet": (1024, 768), "zoomed 200 %": (683, 384), "phone": (320, 640)}


def test_nothing_is_cut_off_and_nothing_is_too_small_to_press(sit, council):
    council.convene(items=3).open_round(seconds=3600)
    desk = sit(council.token("secretary"), reduced_motion="reduce")
    desk.see("#next", "Close the vote")
    for name, size in SIZES.items():
        desk.page.set_viewport_size({"width": size[0], "height": size[1]})
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= size[0], name
        box = desk.page.locator("#next").bounding_box()
        assert box["height"] >= 64, name
        if size[0] >= 1024:
            assert box["y"] + box["height"] <= size[1], f"{name}: the next action needs no scrolling"
        small = desk.page.evaluate("""[...document.querySelectorAll('button, select')].filter((one) => one.checkVisibility()).map((one) => [one.innerText, one.getBoundingClientRect()])
            .filter(([, box]) => box.height < 43.5 || box.width < 43.5).map(([text]) => text)""")
        assert small == [], name
        assert desk.page.evaluate("document.getAnimations().length") == 0, name
        desk.axe(name)


def test_everybody_can_use_it_in_both_themes(sit, council):
    council.convene(items=3)
    desk = sit(council.token("secretary"))
    desk.see("#next", "Open the vote")
    desk.axe_in_both_themes("discussion")
    for key, words in (("?", "Everywhere"), ("v", "Kind of vote"), ("w", "Kind of speech"), ("m", "Everybody sees it"), ("i", "Title")):
        desk.press(key)
        desk.wait_dialog(words)
        desk.axe_in_both_themes(words)
        desk.press("Escape")
        desk.wait_no_dialog()
    desk.press("l", "Enter")
    desk.wait_dialog("Mark as")
    desk.axe_in_both_themes("an item")
    desk.press("Escape")
    desk.wait_no_dialog()
    desk.press("r", "Enter")
    desk.wait_dialog("Leaves the hall")
    desk.axe_in_both_themes("a deputy")
    desk.press("Escape")
    desk.wait_no_dialog()
    council.open_round(seconds=3600)
    desk.see("#roll-title", "Roll call")
    desk.press("c")
    desk.confirm("Voted: 0 of 35")
    desk.axe_in_both_themes("a result")
    desk.step("Announce the result")
    desk.confirm("final")
    desk.axe_in_both_themes("announced")


def test_single_keys_can_be_switched_off(sit, council):
    council.convene()
    desk = sit(council.token("secretary"))
    desk.press("?")
    desk.wait_dialog("Keys of one letter are on")
    desk.page.get_by_role("checkbox").uncheck()
    desk.press("Escape")
    desk.wait_no_dialog()
    desk.press("v")
    assert desk.dialog.count() == 0
    desk.press("?")
    desk.wait_dialog("Keys of one letter are on")


LANGUAGES = {"uk": ((1366, 768), "Закрити голосування"), "lt": ((1024, 768), "Baigti balsavimą"), "ka": ((1024, 768), "კენჭისყრის დახურვა"), "en": ((1920, 1080), "Close the vote")}


def test_it_speaks_the_persons_language(sit, council, artifacts):
    council.convene(items=4).open_round(seconds=3600)
    council.cast("r1", zip(council.people[:20], ["yes", "yes", "no", "abstain"] * 5))
    secret = council.token("secretary")
    for language, (size, words) in LANGUAGES.items():
        desk = sit(secret, language=language, size=size)
        desk.see("#next", words)
        left = desk.page.evaluate("[...document.querySelectorAll('[data-word], [data-name], #roll .says, #next')].flatMap((one) => [one.childElementCount ? '' : one.textContent, one.ariaLabel ?? '']).filter((text) => /\\b[a-z]+\\.[a-zA-Z_]+\\b|\\{\\w+\\}/.test(text))")
        assert left == [], f"{language}: a key or a blank is left"
        wait_until(lambda: desk.page.locator("#roll tr[data-choice=yes]").count() == 10, 30, "the ballots")
        desk.page.screenshot(path=str(artifacts / f"console-{language}-{size[0]}.png"))
