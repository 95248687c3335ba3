"""Every action of the console by keys alone, each seen sent and on record; a second press, a daemon that dies, a second console: nothing is done twice."""

import re

import pytest

from Tests.support.wait import wait_until

HALL = {"title": "Демонстраційна зала", "camera": "test:?size=320x180", "language": "uk", "autostart": False}


@pytest.fixture
def sit(sit):
    """A console whose line at the bottom is listened to."""
    def open_console(secret, **options):
        desk = sit(secret, **options)
        listen(desk)
        return desk
    return open_console


def listen(desk):
    """Notes everything that the line at the bottom has ever said."""
    desk.page.evaluate("""() => {
        window.said = [];
        const line = document.getElementById('last-sent');
        new MutationObserver(() => window.said.push(line.textContent)).observe(line, { childList: true, characterData: true, subtree: true });
    }""")


def goes(desk, name, done="on record"):
    """The action was seen on its way, and then done; what was said before is forgotten."""
    # A command that is answered within a frame is seen only as done.
    desk.see("#last-sent", re.compile(f"{re.escape(name)}.*— {done}"))
    desk.wait_settled()
    said = desk.page.evaluate("window.said.splice(0)")
    assert any(f"— {done}" in line for line in said), said
    assert not any("refused" in line for line in said), said


# — each action, by keys —

def test_the_stream_is_led_by_keys_alone(sit, council, daemon):
    desk = sit(council.token("operator"))
    desk.see(".air", "Nothing on air")
    desk.press("o")
    desk.see("#last-sent", "Go on air — done")
    daemon.wait_live(daemon.hall, timeout=60)
    desk.see(".air", "On air: the hall")
    for key, words, air in (("s", "Show the break card", "break card"), ("s", "Take the card away", "the hall"), ("h", "Closed session", "closed session")):
        desk.press(key)
        desk.see("#last-sent", f"{words} — done")
        desk.see(".air", air)
    desk.press("h")
    desk.wait_dialog("seen and heard by everybody")
    desk.press("Enter")
    desk.see("#last-sent", "End the closed session — done")
    desk.see(".air", "On air: the hall")
    desk.press("o")
    desk.wait_dialog("All viewers lose the picture")
    desk.press("Escape")
    desk.wait_no_dialog()
    assert daemon.status(daemon.hall)["state"] != "stopped", "Escape is no"
    desk.press("o")
    desk.wait_dialog("All viewers lose the picture")
    desk.press("Enter")
    desk.see("#last-sent", "Go off air — done")
    desk.see(".air", "Nothing on air")


def test_the_agenda_and_the_floor_are_led_by_keys_alone(sit, council):
    council.convene(items=3)
    desk = sit(council.token("secretary"))
    desk.press("i")
    desk.wait_dialog("Title")
    desk.page.keyboard.type("Різне")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Add an item: 4. Різне")
    desk.press("l", "End", "Alt+ArrowUp")
    goes(desk, "Move: 4. Різне")
    desk.press("u")
    goes(desk, "Move: 4. Різне")
    desk.press("l", "End", "Enter")
    desk.wait_dialog("Edit")
    choose(desk, "Edit")
    desk.wait_dialog("Documents")
    desk.page.keyboard.press("End")
    desk.page.keyboard.type(" питання")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Edit: 4. Різне питання")
    desk.press("l", "End", "+")
    desk.wait_dialog("Add a sub-item")
    desk.page.keyboard.type("Перше")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Add an item: 4.1. Перше")
    desk.press("l", "Home", "ArrowDown", "Enter")
    desk.wait_dialog("Take up the item")
    desk.press("Enter")
    goes(desk, "Take up the item: 2.")
    desk.press("u")
    goes(desk, "Take up the item: 1.")
    desk.press("l", "End", "Enter")
    desk.wait_dialog("Mark as: withdrawn")
    choose(desk, "Mark as: withdrawn")
    goes(desk, "Item withdrawn: 4.1.")
    for key, words in (("w", "Add a speaker"), ("f", "Give the floor"), ("k", "Pause"), ("k", "Go on"), ("e", "One minute more"), ("f", "End the speech")):
        desk.press(key)
        if key == "w":
            desk.wait_dialog("Kind of speech")
            desk.press("ArrowDown", "Enter")
            desk.wait_no_dialog()
        goes(desk, f"{words}: Білик")
    desk.press("u")
    desk.see("#speech-who", "Білик")
    goes(desk, "Give the floor: Білик")
    desk.press("m")
    desk.wait_dialog("Everybody sees it")
    desk.page.keyboard.type("Трансляція з перервою")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Post a notice")
    desk.press("b")
    desk.wait_dialog("at any time")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Break")
    desk.press("b")
    goes(desk, "Go on with the sitting")
    facts = council.facts
    once = ("item_edited", "speech_paused", "speech_resumed", "speech_extended", "speech_ended", "sitting_suspended", "sitting_resumed")
    assert {fact: facts.count(fact) for fact in once} == {fact: 1 for fact in once}


def choose(desk, name):
    """An entry of a menu, by the arrow."""
    for _ in range(20):
        if desk.page.evaluate("document.activeElement.textContent") == name:
            return desk.press("Enter")
        desk.press("ArrowDown")
    raise AssertionError(f"no entry “{name}”: {desk.glance()}")


def test_votes_are_led_by_keys_alone(sit, council):
    council.import_roster()
    council.schedule(items=2)
    desk = sit(council.token("secretary"))
    desk.press("x")
    desk.wait_dialog("cannot be taken back")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Open the sitting")
    desk.press("q")
    desk.wait_dialog("until you close it")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Open the vote")
    desk.press("r", *"y" * 35)
    wait_until(lambda: council.facts.count("ballot_cast") == 35, 60, lambda: f"everybody registered: {desk.glance()}")
    desk.wait_settled()
    for key, question, name in (("c", "Registered: 35 of 35", "Close the vote"), ("p", "final", "Announce the result")):
        desk.press(key)
        desk.wait_dialog(question)
        desk.press("Enter")
        desk.wait_no_dialog()
        goes(desk, name)
    desk.step("Take up the item")
    goes(desk, "Take up the item")
    # Planned ahead, then opened.
    desk.press("v")
    desk.wait_dialog("An open vote can only be closed or annulled")
    desk.page.get_by_role("button", name="Only plan it").focus()
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Plan the vote")
    desk.step("Open the vote")
    desk.wait_dialog("An open vote can only be closed or annulled")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Open the vote")
    desk.press("r", "y", "n", "a")
    wait_until(lambda: council.facts.count("ballot_cast") == 38, 60, "three ballots")
    desk.wait_settled()
    desk.press("d")
    desk.wait_dialog("cannot be taken back")
    desk.press("Enter")
    assert desk.dialog.count() == 1, "no annulment without its reason"
    desk.page.keyboard.type("Помилка")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Annul the vote")
    desk.press("z")
    desk.wait_dialog("Takes the place of")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Open the vote")
    desk.press("c")
    desk.wait_dialog("Voted: 0 of 35")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Close the vote")
    desk.press("p")
    desk.wait_dialog("not adopted")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Announce the result")
    desk.press("v")
    desk.wait_dialog("Kind of vote")
    desk.page.keyboard.type("Confidence")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Open the vote")
    desk.press("t")
    desk.wait_dialog("cannot be changed")
    desk.press("2", "Tab", "1", "Tab", "0", "Enter")
    desk.wait_no_dialog()
    goes(desk, "Enter the totals")
    desk.press("c")
    desk.wait_dialog("cannot be opened again")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Close the vote")
    desk.press("x")
    desk.wait_dialog("A result is not announced yet")
    desk.press("Escape")
    desk.wait_no_dialog()
    desk.press("p")
    desk.wait_dialog("final")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Announce the result")
    desk.press("x")
    desk.wait_dialog("ends for good")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Close the sitting")
    assert council.facts.count("sitting_opened") == council.facts.count("sitting_closed") == 1


def test_the_list_under_the_question_mark_names_every_key(sit, council):
    council.convene()
    desk = sit(council.token("secretary"))
    desk.press("?")
    desk.wait_dialog("Everywhere")
    listed = desk.page.locator("dialog[open] kbd").all_inner_texts()
    assert set("GVCPDZTQRLIWFKEBXMOSHU?") <= set(listed) and {"+", "Alt"} <= set(listed)
    desk.axe("the keys")


# — never twice —

ACTIONS = {
    "a vote opened": ("v", "round_opened", "Kind of vote"),
    "a break": ("b", "sitting_suspended", "at any time"),
    "a vote closed": ("c", "round_closed", "Close the vote"),
    "a result announced": ("p", "round_announced", "final"),
    "the floor given": ("f", "speech_started", None),
}


def ready_for(council, action):
    council.convene()
    if action in ("a vote closed", "a result announced"):
        council.open_round(seconds=3600)
    if action == "a result announced":
        council.do("close_round", sitting="s1", round="r1")
        wait_until(lambda: council.state["rounds"]["by_id"]["r1"]["status"] == "closed", 20, "the vote to be closed")
    if action == "the floor given":
        council.do("queue_speaker", sitting="s1", speaker="t1", deputy="d1", kind="debate")
        wait_until(lambda: council.state["speakers"]["queue"], 20, "the speaker")


@pytest.mark.parametrize("action", ACTIONS)
def test_a_key_pressed_twice_does_a_thing_once(sit, council, action):
    key, fact, question = ACTIONS[action]
    ready_for(council, action)
    desk = sit(council.token("secretary"))
    desk.see("#sitting", re.compile(r"\w"))
    # Both presses arrive before anything is answered.
    desk.press(key, key)
    if question:
        desk.wait_dialog(question)
        assert desk.dialog.count() == 1
        desk.press("Enter", "Enter")
        desk.wait_no_dialog()
    wait_until(lambda: council.facts.count(fact) == 1, 30, lambda: f"{action}: {desk.glance()}")
    desk.wait_settled()
    assert council.facts.count(fact) == 1
    assert not desk.page.locator("#bar", has_text="Refused").count(), desk.text("#bar")


@pytest.mark.parametrize("arrived", [True, False], ids=["the answer is lost", "the command is lost"])
@pytest.mark.parametrize("action", ACTIONS)
def test_a_daemon_killed_between_sending_and_the_answer_does_it_once(sit, council, daemon, action, arrived):
    key, fact, question = ACTIONS[action]
    ready_for(council, action)
    desk = sit(council.token("secretary"))
    killed = []

    def kill(route):
        if killed:
            return route.continue_()
        killed.append(route.request.post_data_json["id"])
        if arrived:
            route.fetch()
        daemon.kill9()
        return route.abort()

    desk.page.route("**/commands", kill)
    desk.press(key)
    if question:
        desk.wait_dialog(question)
        desk.press("Enter")
        desk.wait_no_dialog()
    wait_until(lambda: (desk.page.wait_for_timeout(20), killed)[1], 30, "the command to be sent")
    desk.see("#last-sent", "no answer yet")
    daemon.start()
    desk.see("#last-sent", "on record", timeout=60)
    desk.wait_settled()
    assert council.facts.count(fact) == 1
    assert not desk.page.locator("#bar", has_text="Refused").count(), desk.text("#bar")


@pytest.mark.parametrize("action", ["a vote closed", "a result announced", "the floor given", "a break"])
def test_of_two_consoles_with_the_same_action_one_wins_and_the_other_is_told(sit, council, action):
    key, fact, question = ACTIONS[action]
    ready_for(council, action)
    first, second = sit(council.token("secretary")), sit(council.token("secretary"))
    held = []
    second.page.route("**/commands", lambda route: held.append(route))
    for desk in (second, first):
        desk.press(key)
        if question:
            desk.wait_dialog(question)
            desk.press("Enter")
            desk.wait_no_dialog()
        if desk is second:
            wait_until(lambda: (second.page.wait_for_timeout(20), held)[1], 30, "the second console's command")
    first.see("#last-sent", "on record")
    for route in held:
        route.continue_()
    second.see("#last-sent", re.compile("refused|it was so already"))
    if "refused" in second.text("#last-sent"):
        told = {"a vote closed": "not announced yet", "a result announced": "announced", "the floor given": "list|floor", "a break": "A break"}[action]
        second.see("#bar-words", re.compile(told))
    assert council.facts.count(fact) == 1


def test_a_second_console_that_asks_is_told_what_the_first_has_done(sit, council):
    ready_for(council, "a vote closed")
    first, second = sit(council.token("secretary")), sit(council.token("secretary"))
    for desk in (first, second):
        desk.press("c")
        desk.wait_dialog("Close the vote")
    first.press("Enter")
    first.wait_no_dialog()
    second.see("#next", "Announce the result")
    second.press("Enter")
    second.see("#last-sent", "Meanwhile: Прийняти в цілому: not announced yet. Nothing was sent.")


def test_two_consoles_that_move_the_same_item_are_told(sit, council):
    council.convene(items=4)
    first, second = sit(council.token("secretary")), sit(council.token("secretary"))
    held = []
    second.page.route("**/commands", lambda route: held.append(route))
    second.press("l", "End", "Alt+ArrowUp")
    wait_until(lambda: (second.page.wait_for_timeout(20), held)[1], 30, "the second console's command")
    first.press("l", "End", "Alt+ArrowUp")
    first.see("#last-sent", "on record")
    for route in held:
        route.continue_()
    second.see("#bar-words", "Another console was faster: an item was moved")
    assert council.facts.count("item_moved") == 1


def test_a_key_pressed_as_a_question_closes_is_not_lost(sit, council):
    council.convene()
    desk = sit(council.token("secretary"))
    desk.press("l", "Enter")
    desk.wait_dialog("Mark as")
    press = """async (key) => {
        document.querySelector('dialog[open]').requestClose();
        for (let turn = 0; turn < 20; turn += 1) await null;
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, code: `Key${key.toUpperCase()}`, bubbles: true, cancelable: true }));
    }"""
    # What Escape does, and the next key before any other task.
    desk.page.evaluate(press, "r")
    desk.wait_no_dialog()
    focus = desk.page.evaluate("document.activeElement.closest('#roll, #agenda')?.id")
    desk.press("b")
    desk.wait_dialog("at any time")
    desk.page.evaluate(press, "b")
    wait_until(lambda: desk.page.locator("dialog.sheet:not(#login):not([open])").count() == 0, 30, "the first question to go")
    assert (focus, desk.dialog.count()) == ("roll", 1), "the roll has the focus, and the question is asked again"


# — undo, or a question —

def test_what_cannot_be_taken_back_asks_first_and_says_what_will_happen(sit, council):
    council.convene(items=2)
    desk = sit(council.token("secretary"))
    before = len(council.facts)
    desk.press("l", "Home", "Enter")
    desk.wait_dialog("Recusal")
    choose(desk, "Recusal")
    desk.wait_dialog("does not vote on this item")
    desk.press("Enter")
    desk.wait_no_dialog()
    goes(desk, "Recusal")
    assert desk.page.locator("#undo").is_visible()
    desk.press("l", "Home", "Enter")
    desk.wait_dialog("Withdraw the recusal")
    choose(desk, desk.page.locator("dialog[open] button", has_text="Withdraw the recusal").inner_text())
    desk.wait_dialog("votes on this item again")
    desk.press("Escape")
    desk.wait_no_dialog()
    assert len(council.facts) == before + 1, "Escape is no"
