"""The agenda on the console: sub-items, documents, order by hand and by keys, files; and what refusals and questions say."""

import json
import re

import pytest

from Tests.support.wait import wait_until

HALL = {"title": "Демонстраційна зала", "camera": "test:?size=320x180", "language": "uk", "autostart": False}


def numbers(council):
    agenda = council.state["agenda"]
    return [agenda["items"][one]["number"] for one in agenda["order"]]


def item(council, number):
    return next((one for one in council.state["agenda"]["items"].values() if one["number"] == number), None)


def with_tree(council):
    """1, 2 with 2.1 and 2.2, 3."""
    council.convene(items=3)
    for index, number in ((2, "2.1"), (3, "2.2")):
        council.do("add_item", sitting="s1", item=f"i{number}", number=number, title=f"Підпитання {number}", parent="i2", index=index)
    wait_until(lambda: numbers(council) == ["1", "2", "2.1", "2.2", "3"], 20, "the agenda")


def test_a_sub_item_with_documents_is_added_by_keys_and_stands_below_its_item(sit, council):
    council.convene(items=3)
    desk = sit(council.token("secretary"))
    desk.press("l", "Home", "ArrowDown", "+")
    desk.wait_dialog("Add a sub-item")
    assert desk.page.get_by_label("Number").input_value() == "2.1"
    desk.page.keyboard.type("Про зміну цільового призначення")
    desk.page.get_by_role("button", name="Add a document").focus()
    desk.press("Enter")
    desk.page.keyboard.type("Проєкт рішення")
    desk.press("Tab")
    desk.page.keyboard.type("javascript:alert(1)")
    desk.press("Enter")
    desk.page.wait_for_function("document.querySelector('input[type=url]').validationMessage.includes('https://')")
    assert desk.dialog.count() == 1, "an address that is none goes nowhere"
    desk.page.get_by_label("Document 1: address").fill("https://rada.example/2.1.pdf")
    desk.axe("an item's form")
    desk.press("Enter")
    desk.wait_no_dialog()
    desk.wait_settled()
    wait_until(lambda: numbers(council) == ["1", "2", "2.1", "3"], 30, lambda: f"the sub-item below its item: {numbers(council)}")
    assert item(council, "2.1")["parent"] == "i2"
    assert item(council, "2.1")["links"] == [{"title": "Проєкт рішення", "url": "https://rada.example/2.1.pdf"}]
    row = desk.page.locator("#agenda tr", has_text="цільового")
    wait_until(lambda: "documents: 1" in row.inner_text(), 20, "the documents to be counted")
    assert row.get_attribute("aria-level") == "2" and desk.page.locator("#agenda tr").first.get_attribute("aria-level") == "1"
    desk.axe("an agenda with a sub-item")


def test_an_item_is_edited_given_to_another_and_back_by_undo(sit, council):
    with_tree(council)
    desk = sit(council.token("secretary"))
    desk.press("l", "End", "Enter")
    desk.wait_dialog("Edit")
    desk.page.get_by_role("button", name="Edit", exact=True).focus()
    desk.press("Enter")
    desk.wait_dialog("Sub-item of")
    desk.page.get_by_label("Sub-item of").select_option(label="1. Питання 1")
    desk.page.get_by_label("Number").fill("1.1")
    desk.page.get_by_role("button", name="Save").click()
    wait_until(lambda: numbers(council) == ["1", "1.1", "2", "2.1", "2.2"], 30, lambda: f"the item below another: {numbers(council)}")
    desk.wait_settled()
    desk.press("u")
    wait_until(lambda: numbers(council) == ["1", "2", "2.1", "2.2", "3"] and "parent" not in item(council, "3"), 30, lambda: f"it back: {numbers(council)}")
    # An item with sub-items cannot become one.
    desk.press("l", "Home", "ArrowDown", "Enter")
    desk.page.get_by_role("button", name="Edit", exact=True).click()
    desk.wait_dialog("Documents")
    assert desk.page.get_by_label("Sub-item of").count() == 0
    desk.press("Escape")


def test_keys_move_an_item_with_its_sub_items_and_a_sub_item_only_among_its_own(sit, council):
    with_tree(council)
    desk = sit(council.token("secretary"))
    desk.press("l", "Home", "ArrowDown", "Alt+ArrowUp")
    wait_until(lambda: numbers(council) == ["2", "2.1", "2.2", "1", "3"], 30, lambda: f"the block first: {numbers(council)}")
    desk.wait_settled()
    assert council.facts.count("item_moved") == 3
    desk.press("u")
    wait_until(lambda: numbers(council) == ["1", "2", "2.1", "2.2", "3"], 30, lambda: f"the block back: {numbers(council)}")
    desk.wait_settled()
    desk.press("l", "Home", "ArrowDown", "ArrowDown", "Alt+ArrowUp")
    desk.see("#last-sent", "A sub-item stays with its item")
    desk.press("Alt+ArrowDown")
    wait_until(lambda: numbers(council) == ["1", "2", "2.2", "2.1", "3"], 30, lambda: f"the sub-items in another order: {numbers(council)}")


def test_the_handle_drags_an_item_with_its_sub_items(sit, council):
    with_tree(council)
    desk = sit(council.token("secretary"), size=(1366, 1000))
    rows = desk.page.locator("#agenda tr")
    wait_until(lambda: rows.count() == 5, 20, "the rows")

    def drag(number, over):
        rows.nth(number).scroll_into_view_if_needed()
        start, goal = rows.nth(number).locator(".handle").bounding_box(), rows.nth(over).bounding_box()
        desk.page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        desk.page.mouse.down()
        desk.page.mouse.move(start["x"] + 10, goal["y"] + goal["height"] / 2, steps=5)
        dragged = desk.page.locator("#agenda .dragged").count()
        desk.page.mouse.up()
        return dragged

    assert drag(1, 0) == 3, "an item is dragged with its sub-items"
    wait_until(lambda: numbers(council) == ["2", "2.1", "2.2", "1", "3"], 30, lambda: f"the block first: {numbers(council)}")
    desk.wait_settled()
    wait_until(lambda: rows.nth(0).locator(".number").inner_text() == "2", 20, "the rows to follow")
    # Into the middle of another item's sub-items: behind all of them.
    drag(4, 1)
    wait_until(lambda: numbers(council) == ["3", "2", "2.1", "2.2", "1"], 30, lambda: f"before the whole block: {numbers(council)}")


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_an_agenda_with_sub_items_and_documents_is_imported_after_a_look(sit, council, kind):
    council.import_roster()
    council.do("schedule_sitting", sitting="s1", title="Сесія")
    csv = "номер;назва;посилання\n1;Про бюджет;https://rada.example/1.pdf\n2;Про землю;\n2.1;Про оренду;https://rada.example/2-1.pdf\n"
    listed = [
        {"number": "1", "title": "Про бюджет", "links": [{"title": "Проєкт", "url": "https://rada.example/1.pdf"}]}, {"id": "land", "number": "2", "title": "Про землю"},
        {"number": "2.1", "title": "Про оренду", "parent": "land", "links": [{"title": "", "url": "https://rada.example/2-1.pdf"}]},
    ]
    desk = sit(council.token("secretary"))
    desk.page.locator("[data-do=importAgenda]").focus()
    desk.press("Enter")
    desk.wait_dialog("takes the place of the whole agenda")
    desk.page.get_by_label("File").set_input_files({"name": f"agenda.{kind}", "mimeType": "text/plain", "buffer": (csv if kind == "csv" else json.dumps(listed)).encode()})
    desk.page.get_by_role("button", name="Check the file").click()
    desk.wait_dialog("Items: 3")
    desk.see("dialog[open]", "To go back, import the earlier file")
    desk.see("dialog[open]", "2.1. Про оренду")
    desk.page.get_by_role("button", name="Take it").click()
    wait_until(lambda: numbers(council) == ["1", "2", "2.1"], 30, "the agenda")
    wait_until(lambda: desk.page.locator("#agenda tr[aria-level='2']").count() == 1, 20, "the tree")
    desk.see("#agenda tr[aria-level='2']", "documents: 1")
    assert item(council, "2.1")["parent"], "the number says whose it is"


TOLD = {
    "uk": ("Немає кворуму: присутні 0, потрібно 18", "Інший пульт випередив: заплановано голосування"),
    "lt": ("Nėra kvorumo: dalyvauja 0, reikia 18", "Kitas pultas suspėjo pirmas: suplanuotas balsavimas"),
    "ka": ("კვორუმი არ არის: ესწრება 0, საჭიროა 18", "სხვა პულტმა დაასწრო: კენჭისყრა დაიგეგმა"),
}


def test_a_refusal_is_told_in_the_persons_language_with_its_figures(sit, council):
    council.convene(present=1, items=2)
    council.do("depart", sitting="s1", deputies=council.people[:1])
    wait_until(lambda: council.state["presence"]["count"] == 0, 20, "an empty hall")
    secret = council.token("secretary")
    for language, (quorum, faster) in TOLD.items():
        desk = sit(secret, language=language)
        desk.press("v")
        wait_until(lambda: desk.dialog.count() == 1, 30, "the question")
        desk.press("Enter")
        desk.wait_no_dialog()
        desk.see("#bar-words", quorum)
        assert desk.is_red
        assert not re.search("deput|register|round", desk.text("#bar-words")), "no word of the daemon's English"
        desk.page.click("#bar-button")
        held = []
        desk.page.route("**/commands", lambda route: held.append(route))
        desk.press("v")
        wait_until(lambda: desk.dialog.count() == 1, 30, "the question")
        desk.press("Enter")
        wait_until(lambda: (desk.page.wait_for_timeout(20), held)[1], 30, "the console's command")
        council.do("plan_round", sitting="s1", round=f"r-{language}", kind="whole", question="В цілому", item="i1")
        held[0].continue_()
        desk.see("#bar-words", faster)


TABLETS = [("uk", (820, 1180), "light"), ("lt", (1024, 768), "dark"), ("ka", (1024, 768), "light"), ("en", (820, 1180), "dark")]


def test_on_a_tablet_every_target_is_large_and_what_is_on_air_never_leaves_the_screen(sit, council):
    with_tree(council)
    council.open_round(seconds=3600)
    secret = council.token("secretary")
    for language, size, scheme in TABLETS:
        where = f"{language}, {size}, {scheme}"
        desk = sit(secret, language=language, size=size, color_scheme=scheme, has_touch=True)
        wait_until(lambda: desk.page.locator("#agenda tr").count() == 5, 30, "the agenda")
        assert desk.page.evaluate("matchMedia('(pointer: coarse)').matches")
        small = desk.page.evaluate("""[...document.querySelectorAll('button, select, .handle')].filter((one) => one.checkVisibility()).map((one) => [one.innerText, one.getBoundingClientRect()])
            .filter(([, box]) => box.height < 43.5 || box.width < 43.5).map(([text, box]) => `${text} ${box.width} × ${box.height}`)""")
        assert small == [], where
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= size[0], where
        for place in (0, 0.5, 1):
            desk.page.evaluate("(place) => scrollTo(0, document.documentElement.scrollHeight * place)", place)
            box = desk.page.locator("#air").bounding_box()
            assert box and 0 <= box["y"] and box["y"] + box["height"] <= size[1] and 0 <= box["x"] and box["x"] + box["width"] <= size[0], f"{where}: what is on air at {place}: {box}"
        desk.axe(where)
