"""The console: signing in, a sitting played by keys alone, and nothing ever done twice."""

import re
import time

import pytest

from Tests.browser.desk import Desk
from Tests.support.council import Council
from Tests.support.daemon import ROOT, Daemon
from Tests.support.wait import wait_until

HALL = {"title": "Демонстраційна зала", "camera": "test:?size=320x180", "language": "uk", "autostart": False}


@pytest.fixture
def untouched(browser):
    """`sit(…)` at a daemon that nobody has signed in to."""
    with Daemon(halls=[{**HALL, "name": "demo"}]) as daemon:
        opened = []

        def open_console(**options):
            opened.append(Desk(browser, daemon, **options))
            return opened[-1]

        open_console.daemon = daemon
        yield open_console
        for desk in opened:
            desk.check()
            desk.close()


def setup_code(daemon):
    return wait_until(lambda: (match := re.search(r"opens once with the code (\S+)", daemon.log)) and match[1], 20, "the setup code")


# — coming in —

def test_a_token_opens_the_console_and_its_role_decides_what_is_offered(sit, council):
    council.convene()
    secretary = sit(council.token("secretary"))
    secretary.see("#next", "Open the vote")
    assert secretary.page.locator("#air-buttons button").count() == 0, "the stream is the operator's"
    operator = sit(council.token("operator"))
    operator.see("#air-buttons", "Go on air")
    assert not operator.page.locator("#next").is_visible(), "the sitting is the secretary's"
    assert operator.page.locator("[data-do]:visible").evaluate_all("all => all.map((b) => b.dataset.do)") == ["start"]
    operator.press("v", "c", "b")
    assert operator.dialog.count() == 0, "keys obey the role too"


def test_the_session_lives_over_a_reload_and_ends_with_signing_out(sit, council):
    desk = sit(council.token("secretary"))
    assert desk.page.evaluate("document.cookie") == "", "no script reads the session"
    desk.page.reload()
    desk.see("#next", "Import the roster")
    desk.page.click("#sign-out")
    desk.wait_dialog("Sign in to the console")


def test_the_setup_code_opens_the_console_once(untouched):
    code = setup_code(untouched.daemon)
    desk = untouched()
    desk.wait_dialog("Sign in")
    desk.page.keyboard.type(code)
    desk.press("Enter")
    desk.see("#next", "Import the roster")
    desk.see("#air-buttons", "Go on air")
    again = untouched()
    again.wait_dialog("Sign in")
    again.page.keyboard.type(code)
    again.press("Enter")
    again.see("#login-fault", "not known")


def test_guessing_is_locked_out_and_the_page_says_for_how_long(untouched):
    desk = untouched()
    desk.wait_dialog("Sign in")
    for attempt in range(12):
        desk.page.fill("#login-secret", f"plenary_guess{attempt}")
        desk.press("Enter")
        wait_until(lambda: desk.text("#login-fault") if desk.page.locator("#login-fault").is_visible() else "", 20, "a fault")
        if "Too many" in desk.text("#login-fault"):
            break
    desk.see("#login-fault", re.compile(r"again in \d+:\d\d"))
    assert desk.page.locator("#login-button").is_disabled()
    desk.axe("locked out")


def test_who_is_signed_out_amid_an_action_signs_in_and_it_goes_on_once(sit, council):
    council.convene()
    made = council.token_made("secretary")
    desk = sit(made["token"])
    council.revoke(made)
    desk.press("m")
    desk.wait_dialog("Everybody sees it at once")
    desk.page.keyboard.type("Перерва")
    desk.press("Enter")
    desk.wait_dialog("Sign in to the console")
    desk.press("Escape", "Escape")
    desk.wait_dialog("Sign in to the console")
    desk.sign_in(council.token("secretary"))
    desk.see("#notice", "Перерва")
    assert council.facts.count("notice_posted") == 1


# — a whole sitting —

def test_a_sitting_is_played_by_the_console_alone_with_keys_alone(sit, council):
    council.import_roster()
    desk = sit(council.token("secretary"))
    desk.step("Plan a sitting")
    desk.wait_dialog("A planned sitting is public")
    desk.page.keyboard.type("Двадцять п’ята сесія")
    desk.confirm("Plan a sitting")
    for title in ("Про бюджет громади", "Про оренду приміщення", "Про облаштування укриттів"):
        if title == "Про бюджет громади":
            desk.step("Add an item")
        else:
            desk.press("i")
        desk.wait_dialog("Title")
        desk.page.keyboard.type(title)
        desk.confirm("Title")
    desk.axe("a planned sitting")

    # The agenda by keyboard: the last item goes first, and back by undo.
    desk.press("l", "End", "Alt+ArrowUp")
    wait_until(lambda: order(council) == ["1", "3", "2"], 30, "the item moved")
    desk.wait_settled()
    desk.press("u")
    wait_until(lambda: order(council) == ["1", "2", "3"], 30, "the move undone")

    desk.step("Open the sitting")
    desk.confirm("cannot be taken back")
    desk.step("Open the registration")
    desk.confirm("Open the registration")
    desk.see("#roll-title", "Registration")
    desk.press("r", *"y" * 35)
    wait_until(lambda: council.state["presence"]["count"] == 34, 60, lambda: f"34 deputies registered: {desk.glance()}")
    desk.wait_settled()
    desk.press("c")
    desk.confirm("Registered: 35 of 35")
    desk.step("Announce the result")
    desk.confirm("final")
    desk.see("#roll-facts", "Present: 34 · quorum: 18")
    desk.see("#bar-words", "The sitting is open and not on air.")

    desk.step("Take up the item", "Про бюджет")
    desk.wait_settled()
    desk.press("w")
    desk.wait_dialog("Kind of speech")
    desk.press("ArrowDown")
    desk.confirm("Kind of speech")
    desk.step("Give the floor", "Білик")
    desk.see("#speech-left", re.compile(r"\d:\d\d"))
    desk.press("k")
    wait_until(lambda: "running_since" not in council.state["speakers"]["speech"], 30, "the speech's clock to stand")
    desk.wait_settled()
    desk.press("e")
    wait_until(lambda: council.state["speakers"]["speech"]["allotted"] == 240_000, 30, "a minute more")
    desk.wait_settled()
    desk.step("End the speech")
    desk.wait_settled()

    # A named vote, called by hand.
    desk.step("Open the vote", "Про бюджет")
    desk.wait_dialog("Kind of vote")
    desk.confirm("there is a quorum")
    desk.see("#roll-title", "Roll call")
    desk.press("r", *["y"] * 18, *["n"] * 10, *["a"] * 5, " ", "y")
    wait_until(lambda: desk.page.locator("#roll tr[data-choice=waiting]").count() == 1 and not desk.page.locator("#roll tr[data-sending]").count(), 60, lambda: f"34 ballots: {desk.glance()}")
    desk.wait_settled()
    desk.axe("an open vote")
    desk.step("Close the vote")
    desk.confirm("Voted: 34 of 35")
    desk.see("#round-sentence", "19 for, 18 of 35 needed: adopted")
    desk.step("Announce the result")
    desk.confirm("adopted")
    wait_until(lambda: item(council, 0)["state"] == "adopted", 30, "the item to be adopted")

    # Annulled and held again.
    desk.press("d")
    desk.wait_dialog("stays on record")
    desk.page.keyboard.type("Збій у залі")
    desk.confirm("stays on record")
    wait_until(lambda: item(council, 0)["state"] == "under_discussion", 30, "the item to be open again")
    desk.page.locator("#others [data-do=repeatRound]").focus()
    desk.press("Enter")
    desk.confirm("Takes the place of")
    desk.press("r", *["n"] * 35)
    wait_until(lambda: desk.page.locator("#roll tr[data-choice=no]:not([data-sending])").count() == 35, 60, lambda: f"35 ballots: {desk.glance()}")
    desk.wait_settled()
    desk.press("c")
    desk.confirm("Voted: 35 of 35")
    desk.press("p")
    desk.confirm("not adopted")
    wait_until(lambda: item(council, 0)["state"] == "rejected", 30, "the item to be rejected")

    # A break with a notice, then a secret vote with the commission's totals.
    desk.press("b")
    desk.wait_dialog("go on with the sitting at any time")
    desk.page.keyboard.type("Перерва до 14:00")
    desk.confirm("go on with the sitting at any time")
    desk.see("#notice", "Перерва до 14:00")
    desk.press("b")
    wait_until(lambda: council.state["sitting"]["status"] == "open", 30, "the sitting to go on")
    desk.wait_settled()
    desk.step("Take up the item", "Про оренду")
    desk.wait_settled()
    desk.press("v")
    desk.wait_dialog("Kind of vote")
    desk.page.keyboard.type("Confidence")
    desk.confirm("Kind of vote")
    desk.see("#roll-title", "Secret vote")
    assert desk.page.locator("#roll .answers button:visible").count() == 0, "nobody's choice can be entered"
    desk.step("Enter the totals")
    desk.wait_dialog("counting commission")
    desk.press("2", "0", "Tab", "1", "0", "Tab", "5")
    desk.confirm("counting commission")
    desk.step("Close the vote")
    desk.confirm("Close the vote")
    desk.see("#round-sentence", "20 for")
    desk.step("Announce the result")
    desk.confirm("final")

    for _ in range(2):
        desk.press("l", "Home", *["ArrowDown"] * (1 if _ == 0 else 2), "Enter")
        desk.wait_dialog("Mark as")
        desk.page.keyboard.press("Tab")
        desk.page.get_by_role("button", name="Mark as: withdrawn").focus()
        desk.press("Enter")
        wait_until(lambda: item(council, 1 + _)["state"] == "withdrawn", 30, "the item withdrawn")
        desk.wait_settled()
    desk.step("Close the sitting")
    desk.confirm("ends for good")
    wait_until(lambda: council.state["sitting"]["status"] == "closed", 30, "the end")
    desk.see("#next", "Plan a sitting")
    facts = council.facts
    for fact in ("sitting_opened", "sitting_closed", "round_annulled", "secret_totals_recorded", "sitting_suspended", "sitting_resumed", "speech_ended"):
        assert facts.count(fact) == 1, f"{fact}: {facts.count(fact)}"
    assert facts.count("round_opened") == facts.count("round_closed") == 4 and facts.count("ballot_cast") == 35 + 34 + 35


def order(council):
    agenda = council.state["agenda"]
    return [agenda["items"][one]["number"] for one in agenda["order"]]


def item(council, index):
    agenda = council.state["agenda"]
    return agenda["items"][agenda["order"][index]]


def test_34_deputies_are_called_by_hand_with_a_key_each(sit, council, measured):
    council.convene(present=34).open_round(seconds=3600)
    desk = sit(council.token("secretary"))
    desk.see("#roll-title", "Roll call")
    waiting = desk.page.locator("#roll tr[data-choice=waiting]").count()
    assert waiting == 34
    desk.page.evaluate("() => { window.pressed = 0; addEventListener('keydown', () => { window.pressed += 1; }, true) }")
    began = time.monotonic()
    desk.press("r")
    for number in range(34):
        desk.press("yyna"[number % 4])
    wait_until(lambda: council.facts.count("ballot_cast") == 34, 60, lambda: f"34 ballots on record: {desk.glance()}")
    measured("34 deputies by hand, to the last on record", time.monotonic() - began, "s")
    assert desk.page.evaluate("window.pressed") == 35, "one key to come there, one for each deputy"
    wait_until(lambda: [council.state["rounds"]["by_id"]["r1"]["counts"][choice] for choice in ("yes", "no", "abstain")] == [18, 8, 8], 20, "the counts")


def test_a_tie_waits_for_the_chair_and_the_bar_says_so(sit, council):
    rules = (ROOT / "config/rules/ua.yaml").read_text().replace(
        "majority: { base: seats_with_head, numerator: 1, denominator: 2, strict: true, tie: fails }", "majority: { base: yes_no, numerator: 1, denominator: 2, strict: true, tie: chair_casts }")
    council.take("rules", rules)
    council.convene(present=34).open_round(seconds=3600)
    ids = [one for one in council.state["council"]["deputies"] if council.state["presence"]["present"].get(one)]
    council.cast("r1", zip(ids, ["no", "yes"] * 17))
    wait_until(lambda: council.state["rounds"]["by_id"]["r1"]["voted"] == 34, 20, "the ballots")
    desk = sit(council.token("secretary"))
    desk.press("c")
    desk.confirm("Voted: 34 of 35")
    desk.see("#bar-words", "casting vote")
    assert desk.is_red
    desk.axe("a tie")
    desk.step("The chair’s casting vote")
    desk.wait_dialog("Who chairs")
    desk.page.get_by_role("radio", name="For").check()
    desk.confirm("Who chairs")
    desk.see("#round-verdict", "Adopted")
    wait_until(lambda: "casting vote" not in desk.text("#bar-words"), 20, "the bar to be calm")


def test_a_wrong_ballot_is_corrected_with_its_reason(sit, council):
    council.convene().open_round(seconds=3600)
    desk = sit(council.token("secretary"))
    desk.press("r", "y")
    wait_until(lambda: council.facts.count("ballot_cast") == 1, 30, "the ballot")
    desk.wait_settled()
    desk.press("ArrowUp", "Enter")
    desk.wait_dialog("Correct the ballot")
    desk.page.get_by_role("button", name="Correct the ballot").focus()
    desk.press("Enter")
    desk.wait_dialog("stay on record")
    desk.page.get_by_role("radio", name="Against").check()
    desk.page.get_by_label("Reason").fill("Помилка секретаря")
    desk.press("Enter")
    desk.wait_no_dialog()
    wait_until(lambda: council.state["rounds"]["by_id"]["r1"]["counts"]["no"] == 1, 30, "the correction")


# — exactly once —

def test_a_double_click_does_a_thing_once(sit, council):
    council.convene().open_round(seconds=3600)
    desk = sit(council.token("secretary"))
    desk.see("#next", "Close the vote")
    desk.page.dblclick("#next")
    desk.wait_dialog("Close the vote")
    assert desk.dialog.count() == 1
    desk.page.get_by_role("button", name="Close the vote").last.dblclick()
    desk.wait_no_dialog()
    desk.wait_settled()
    desk.see("#next", "Announce the result")
    assert desk.dialog.count() == 0
    assert council.facts.count("round_closed") == 1
    row = desk.page.locator("#roll tr").first
    assert row.is_visible() and not desk.page.locator("#bar[data-red]", has_text="Refused").count()


def test_an_answer_lost_on_the_way_is_asked_for_again_and_nothing_is_done_twice(sit, council):
    council.convene()
    desk = sit(council.token("secretary"))
    lost = []

    def lose(route):
        # The daemon gets it and does it; the answer never comes.
        if len(lost) < 3:
            lost.append(route.request.post_data_json["id"])
            route.fetch()
            route.abort()
        else:
            lost.append(route.request.post_data_json["id"])
            route.continue_()

    desk.page.route("**/commands", lose)
    desk.step("Open the vote")
    desk.wait_dialog("Kind of vote")
    desk.press("Enter")
    desk.wait_no_dialog()
    desk.see("#last-sent", "on record")
    desk.wait_settled()
    desk.see("#next", "Close the vote")
    assert len(set(lost)) == 2 and len(lost) >= 4, f"one id for the plan, one for the opening, asked again: {lost}"
    assert council.facts.count("round_planned") == council.facts.count("round_opened") == 1


def test_a_connection_cut_before_the_command_arrives_is_told_and_heals(sit, council):
    council.convene()
    desk = sit(council.token("secretary"))
    desk.see("#bar-words", re.compile(r"\w"))
    desk.page.route("**/commands", lambda route: route.abort())
    desk.press("m")
    desk.wait_dialog("Everybody sees it at once")
    desk.page.keyboard.type("Перерва")
    desk.press("Enter")
    desk.wait_no_dialog()
    desk.see("#last-sent", "no answer yet")
    desk.see("#bar-words", "nothing is done twice")
    assert desk.is_red
    desk.axe("without an answer")
    desk.page.unroute("**/commands")
    desk.see("#last-sent", "on record")
    assert council.facts.count("notice_posted") == 1


def test_a_daemon_killed_amid_the_roll_call_has_every_ballot_once(sit, council, daemon):
    council.convene(present=34).open_round(seconds=3600)
    desk = sit(council.token("secretary"))
    desk.see("#roll-title", "Roll call")
    desk.press("r")
    for number in range(34):
        desk.press("y", looking=False)
        if number == 12:
            daemon.kill9()
        if number == 25:
            daemon.start()
    wait_until(lambda: council.facts.count("ballot_cast") == 34, 90, lambda: f"34 ballots on record: {desk.glance()}")
    desk.wait_settled()
    wait_until(lambda: not desk.page.locator("#roll tr[data-choice=waiting], #roll tr[data-sending]").count(), 60, lambda: f"the console to see it: {desk.glance()}")
    wait_until(lambda: council.state["rounds"]["by_id"]["r1"]["counts"]["yes"] == 34, 20, "the counts")
    assert not desk.page.locator("#bar", has_text="Refused").count()


def test_what_waits_goes_on_after_a_reload(sit, council):
    council.convene()
    desk = sit(council.token("secretary"))
    seen = []

    def lose(route):
        seen.append(route.request.post_data_json["id"])
        if len(seen) == 1:
            route.fetch()
        route.abort()

    desk.page.route("**/commands", lose)
    desk.press("b")
    desk.wait_dialog("Break")
    desk.press("Enter")
    desk.wait_no_dialog()
    desk.see("#last-sent", "no answer yet")
    # The line stays lost over the reload: else a retry just before it would leave nothing to send.
    desk.page.reload()
    before = len(seen)
    wait_until(lambda: desk.page.evaluate("true") and len(seen) > before, 60, "the page to send it again")
    desk.page.unroute("**/commands")
    assert set(seen) == {seen[0]}
    desk.see("#next", "Go on with the sitting")
    desk.wait_settled()
    assert council.facts.count("sitting_suspended") == 1


def test_two_consoles_that_open_a_vote_at_once_open_one(sit, council):
    council.convene()
    first, second = sit(council.token("secretary")), sit(council.token("secretary"))
    held = []
    second.page.route("**/commands", lambda route: held.append(route))
    for desk in (first, second):
        desk.step("Open the vote")
        desk.wait_dialog("Kind of vote")
    second.press("Enter")
    wait_until(lambda: (second.page.wait_for_timeout(20), held)[1], 30, "the second console's command")
    first.press("Enter")
    first.wait_settled()
    first.see("#next", "Close the vote")
    for route in held:
        route.continue_()
    second.see("#bar-words", "Another console was faster: a vote was opened")
    assert second.is_red
    second.see("#next", "Close the vote")
    second.page.click("#bar-button")
    wait_until(lambda: "Refused" not in second.text("#bar-words"), 20, "the refusal to be read")
    assert council.facts.count("round_planned") == council.facts.count("round_opened") == 1


def test_two_consoles_that_close_a_vote_close_it_once(sit, council):
    council.convene().open_round(seconds=3600)
    first, second = sit(council.token("secretary")), sit(council.token("secretary"))
    for desk in (first, second):
        desk.press("c")
        desk.wait_dialog("Close the vote")
    first.press("Enter")
    first.wait_settled()
    second.see("#next", "Announce the result")
    second.press("Enter")
    second.see("#last-sent", "Meanwhile: Прийняти в цілому: not announced yet. Nothing was sent.")
    assert council.facts.count("round_closed") == 1


# — on air —

def test_the_stream_is_started_covered_and_stopped_from_the_console(sit, council, daemon):
    desk = sit(council.token("operator"))
    desk.see(".air", "Nothing on air")
    desk.page.click("#air-buttons [data-do=start]")
    daemon.wait_live(daemon.hall, timeout=60)
    desk.see(".air", "On air: the hall")
    wait_until(lambda: not desk.page.locator("#veil").is_visible(), 60, "the picture")
    desk.press("s")
    desk.see(".air", "break card")
    desk.see("#undo", "Take the card away")
    desk.press("u")
    desk.see(".air", "On air: the hall")
    desk.press("h")
    desk.see(".air", "closed session")
    desk.press("h")
    desk.confirm("seen and heard by everybody")
    desk.see(".air", "On air: the hall")
    desk.page.click("#air-buttons [data-do=stop]")
    desk.confirm("All viewers lose the picture")
    desk.see(".air", "Nothing on air")


def test_secretary_and_operator_in_one_person_see_the_hall_and_the_vote(untouched, artifacts):
    daemon = untouched.daemon
    code, council = setup_code(daemon), Council(daemon)
    council.convene(items=4, present=30).open_round(question="Прийняти рішення в цілому", seconds=600)
    daemon.wish("demo", "start")
    daemon.wait_live("demo", timeout=60)
    desk = untouched(language="uk")
    desk.wait_dialog("Вхід до пульта")
    desk.sign_in(code)
    wait_until(lambda: not desk.page.locator("#veil").is_visible(), 90, "the picture")
    desk.see(".air", re.compile(r"В ефірі: зала · глядачів: [1-9]"))
    assert not desk.is_red and "Нічого не потребує" in desk.text("#bar-words")
    desk.press("r", *["yynya"[index % 5] for index in range(22)])
    wait_until(lambda: council.facts.count("ballot_cast") == 22, 60, "22 ballots")
    desk.wait_settled_in("у протоколі")
    desk.page.screenshot(path=str(artifacts / "console.png"))


def test_a_daemon_that_is_away_is_told_and_the_bar_is_calm_again(sit, council, daemon):
    council.convene()
    council.do("close_sitting", sitting="s1")
    wait_until(lambda: council.state["sitting"]["status"] == "closed", 20, "the end of the sitting")
    desk = sit(council.token("secretary"))
    desk.see("#bar-words", "Nothing waits for you")
    daemon.kill9()
    desk.see("#bar-words", re.compile(r"No connection since \d"))
    assert desk.is_red and "Plan a sitting" in desk.text("#next"), "what was known stays on the screen"
    daemon.start()
    desk.see("#bar-words", "Nothing waits for you", timeout=60)
    assert not desk.is_red


def test_several_halls_are_chosen_and_kept_apart(sit, daemon):
    daemon.halls.append({**HALL, "name": f"{daemon.hall}-small", "title": "Мала зала"})
    assert daemon.reload().status == 200
    council = Council(daemon, f"{daemon.hall}-small").convene()
    desk = sit(council.token("secretary"))
    desk.see("#next", "Import the roster")
    desk.page.get_by_label("Hall").select_option(f"{daemon.hall}-small")
    desk.see("#next", "Open the vote")
    desk.page.reload()
    desk.see("#next", "Open the vote")
