"""The console's main path in another browser: from the setup code to an announced result, by keys alone."""

import re

import pytest

from Tests.support.council import Council
from Tests.support.daemon import Daemon
from Tests.support.wait import wait_until

HALL = {"name": "demo", "title": "Демонстраційна зала", "camera": "test:", "language": "uk", "autostart": False}


@pytest.mark.xdist_group("firefox")
def test_a_sitting_is_led_in_firefox_from_the_setup_code_to_an_announced_result(firefox):
    with Daemon(halls=[HALL]) as daemon:
        code = wait_until(lambda: (match := re.search(r"opens once with the code (\S+)", daemon.log)) and match[1], 20, "the setup code")
        council = Council(daemon)
        council.import_roster()
        council.schedule(items=3)
        console = firefox.open(f"{daemon.url}/console", size=(1366, 768)).front()

        def gone():
            wait_until(lambda: console.evaluate("document.querySelector('dialog[open]') === null"), 60, lambda: f"the question to be over: {console.text[:800]}", interval=0.1)

        def ask(key, question, *answer):
            """A key, its question, and Enter when nothing else is said."""
            console.press(key)
            console.find("button", "Back")
            console.see(question)
            console.press(*answer, "Enter")
            gone()

        def settled(words):
            console.see(words)
            wait_until(lambda: console.evaluate("document.getElementById('next').getAttribute('aria-disabled')") is None, 60, lambda: f"“{words}” to be on record: {console.text[:800]}", interval=0.1)

        console.find("button", "Sign in")
        console.press(*code, "Enter")
        gone()
        console.see("Питання 1")
        ask("x", "cannot be taken back")
        settled("Open the sitting.*on record")
        ask("q", "until you close it")
        settled("Open the vote.*on record")
        console.press("r", *"y" * 35)
        wait_until(lambda: council.facts.count("ballot_cast") == 35, 90, lambda: f"everybody registered: {console.text[:800]}")
        ask("c", "Registered: 35 of 35")
        settled("Close the vote.*on record")
        ask("p", "final")
        settled("Announce the result.*on record")

        # The second item, then a sub-item of it, by the arrows.
        console.press("l", "Home", "ArrowDown", "Enter")
        console.find("button", "Take up the item")
        console.press("Enter")
        gone()
        settled("Take up the item: 2.*on record")
        console.press("l", "Home", "ArrowDown", "+")
        console.find("button", "Add a document")
        console.press(*"Dodatok", "Enter")
        gone()
        settled(r"Add an item: 2\.1\. Dodatok.*on record")
        wait_until(lambda: [council.state["agenda"]["items"][one]["number"] for one in council.state["agenda"]["order"]] == ["1", "2", "2.1", "3"], 30, "the sub-item below its item")

        ask("v", "An open vote can only be closed or annulled")
        settled("Open the vote.*on record")
        console.find("button", "Романенко Галина: For")
        console.press("r", *"y" * 20, *"n" * 10, *"a" * 5)
        wait_until(lambda: council.facts.count("ballot_cast") == 70, 90, lambda: f"35 ballots on record: {console.text[:800]}")
        console.see("Voted: 35 of 35")
        ask("c", "cannot be opened again")
        console.see("20 for, 18 of 35 needed: adopted")
        ask("p", "The item becomes: adopted")
        settled("Announce the result.*on record")
        wait_until(lambda: council.state["agenda"]["items"]["i2"]["state"] == "adopted", 30, "the item to be adopted")
        facts = council.facts
        assert {fact: facts.count(fact) for fact in ("sitting_opened", "item_added", "round_opened", "round_closed", "round_announced")} == {
            "sitting_opened": 1, "item_added": 1, "round_opened": 2, "round_closed": 2, "round_announced": 2}
