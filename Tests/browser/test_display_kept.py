"""F5 on the hall's display in any state, with the daemon and without: the page and the last state are kept on the screen's computer."""

import json
import re
import shutil
import time

from playwright.sync_api import Error as PageGone

from Tests.browser.screen import Display
from Tests.support.daemon import ROOT, Daemon
from Tests.support.sitting import Sitting
from Tests.support.wait import wait_until

WALL = (1280, 720)
HALL = {"title": "Зразківська міська рада", "camera": "test:?size=320x180", "language": "uk", "autostart": False}


def hang(watch, daemon, **options):
    display = watch(daemon, path=f"/display/{daemon.hall}?lang=en", size=WALL, kind=Display, **options)
    display.wait_live()
    kept(display)
    return display


def kept(display, version=None):
    """Waits until the page and all its files lie in the browser, of this version."""
    held = """async () => {
        const own = location.pathname;
        const names = (await caches.keys()).filter((name) => name !== 'plenary-display-pictures');
        const pages = names.length === 1 ? (await (await caches.open(names[0])).keys()).map(({ url }) => new URL(url).pathname) : [];
        return navigator.serviceWorker.controller !== null && pages.includes(own) ? names[0].replace('plenary-display-', '') : '';
    }"""
    return wait_until(lambda: (found := display.evaluate(held)) and (version is None or found == version) and found, 60, lambda: f"the page to be kept: {display.evaluate('caches.keys()')}")


def shows(display, text):
    """Also asked while the page goes and comes again."""
    try:
        return text in display.text
    except PageGone:
        return False


def signed(display):
    return display.page.locator(".sign").is_visible()


def test_f5_without_a_daemon_shows_the_last_state_with_the_sign_and_is_live_again_with_it(watch, daemon, artifacts):
    figures = {}
    sitting = Sitting(daemon).seat()
    display = hang(watch, daemon)

    def survives(scene, *texts, twice=False):
        display.wait_scene(scene, *texts)
        if twice:
            # F5 with the daemon there: the same, without a sign. (In every state: test_display.py.)
            display.reload()
            display.wait_scene(scene, *texts)
            display.wait_live()
            assert not signed(display)
        # The state that the browser has is written within a second; F5 writes at once what is left.
        daemon.kill9()
        display.reload()
        display.wait_scene(scene, *texts)
        wait_until(lambda: signed(display), 25, "the sign that nobody is there")
        assert re.search(r"No connection since .*\d\d:\d\d", display.page.locator(".sign").inner_text())
        assert scene == display.scene and all(one in display.text for one in texts), "the sign takes nothing away"
        display.check_legible()
        display.page.screenshot(path=artifacts / f"display-kept-{scene}.png")
        if twice:
            # And once more, as somebody does who does not believe it.
            display.reload()
            display.wait_scene(scene, *texts)
        daemon.start()
        ready = time.monotonic()
        display.wait_live()
        figures[scene] = round(time.monotonic() - ready, 2)
        wait_until(lambda: not signed(display), 25, "the sign to go")
        display.wait_scene(scene, *texts)

    sitting.do("schedule_sitting", title="Двадцять п’ята сесія", place="Сесійна зала")
    sitting.agenda("Про бюджет громади на 2026 рік", "Про укриття")
    survives("waiting", "Зразківська міська рада", "Двадцять п’ята сесія", twice=True)
    sitting.do("open_sitting")
    sitting.open_round("reg", "Реєстрація депутатів", "registration", seconds=3600)
    sitting.vote("reg", yes=[*range(1, 24), "head"])
    survives("registration", "23 of 34 have registered")
    sitting.end_round("reg")
    sitting.do("take_up_item", item="i1")
    survives("item", "Про бюджет громади на 2026 рік")
    sitting.do("queue_speaker", speaker="t1", deputy="d15", kind="report", item="i1", seconds=300)
    sitting.do("start_speech", speaker="t1")
    survives("speech", "Депутат15", "Report")
    sitting.do("end_speech")
    sitting.open_round("r1", item="i1", seconds=3600)
    sitting.vote("r1", yes=range(1, 20), no=[20, 21])
    survives("round", "21 of 24 have voted", "19")
    sitting.end_round("r1")
    survives("result", "Adopted", "19 for, 18 of 35 needed: adopted", twice=True)
    sitting.do("suspend_sitting", notice="Перерва на засідання комісії", until=int(time.time() * 1000) + 3_600_000)
    survives("break", "Break", "Перерва на засідання комісії")
    sitting.do("resume_sitting")
    sitting.do("close_sitting")
    survives("closed", "Двадцять п’ята сесія")
    sitting.id = "s2"
    sitting.do("schedule_sitting", title="Двадцять шоста сесія")
    display.wait_scene("waiting", "Двадцять шоста сесія")
    (artifacts / "display-kept.json").write_text(json.dumps(figures))
    print("live again after the daemon was ready, s:", figures)


def test_a_kiosk_that_starts_while_the_daemon_is_away_has_the_hall_all_the_same(watch, daemon):
    sitting = Sitting(daemon).seat().begin()
    sitting.do("take_up_item", item="i1")
    display = hang(watch, daemon)
    display.wait_scene("item", "Про бюджет")
    address, context = display.page.url, display.page.context
    display.page.close()
    daemon.terminate()
    other = Display(context, address)
    other.wait_scene("item", "Про бюджет")
    wait_until(lambda: signed(other), 25, "the sign")
    # A screen in another language: the same page.
    other.page.goto(address.replace("lang=en", "lang=lt"))
    other.wait_scene("item", "Про бюджет")
    assert other.evaluate("document.documentElement.lang") == "lt"
    daemon.start()
    other.wait_live()
    sitting.do("take_up_item", item="i2")
    other.wait_scene("item", "Про укриття")
    other.check()


def test_what_is_kept_is_small_and_nothing_of_the_votes_passes_through_the_worker(watch, daemon):
    sitting = Sitting(daemon).seat(120, lambda i: ("Нечипоренко-Староконстянтинівська", "Олександра-Вікторія")).begin("Про землю " * 30, present=120)
    sitting.do("take_up_item", item="i1")
    for number in range(12):
        sitting.open_round(f"r{number}", item="i1")
        sitting.vote(f"r{number}", yes=range(1, 6), no=range(6, 9))
        sitting.end_round(f"r{number}")
    display = hang(watch, daemon)
    display.wait_scene("result")
    display.reload()
    size = wait_until(lambda: display.evaluate(f"localStorage.getItem('plenary.display.{daemon.hall}.last')?.length"), 25, "the last state")
    print(f"the last state of 120 seats: {size / 1000:.0f} kB of {len(json.dumps(sitting.snapshot)) / 1000:.0f} kB")
    assert size < 150_000
    listed = display.evaluate("fetch('/assets/display/worker.js').then((one) => one.text())").split('"use strict"')[1].split('"')[1].split(" ")[1:]
    loaded = display.evaluate("performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)")
    assert not [path for path in loaded if path.startswith("/assets/") and path not in [*listed, "/assets/display/worker.js"]], "every file that the display loads is kept"
    assert len(listed) > 30


def test_after_an_update_the_new_files_are_taken_also_by_a_page_that_nobody_reloads(watch, tmp_path):
    pages = tmp_path / "pages"
    shutil.copytree(ROOT / "web", pages, ignore=shutil.ignore_patterns("tests", "source"))
    with Daemon(halls=[{**HALL, "name": "demo"}], settings={"pages": str(pages)}) as daemon:
        daemon.hall = "demo"
        sitting = Sitting(daemon).seat()
        sitting.do("schedule_sitting", title="Двадцять п’ята сесія")
        display = hang(watch, daemon)
        display.wait_scene("waiting")
        first = kept(display)
        shell = lambda: display.evaluate("document.documentElement.dataset.shell")
        assert shell() == first

        def update(word):
            file = pages / "languages/en.json"
            words = json.loads(file.read_text())
            file.write_text(json.dumps({**words, "display.next": word, "display.rapporteur": word}, ensure_ascii=False))

        # F5 after the update.
        update("The second edition")
        display.reload()
        display.wait_scene("waiting", "The second edition")
        second = kept(display, shell())
        assert second != first
        # The daemon is updated while the page stands, and nobody presses F5.
        daemon.terminate()
        update("The third edition")
        daemon.start()
        wait_until(lambda: shows(display, "The third edition"), 60, "the page to load itself anew")
        third = kept(display, shell())
        assert third not in (first, second)
        # In the middle of a sitting nothing is loaded anew; F5 without a daemon then has the newest.
        sitting.agenda("Про бюджет громади")
        sitting.do("open_sitting")
        sitting.do("take_up_item", item="i1")
        display.wait_scene("item", "The third edition")
        display.evaluate("window.stays = true")
        daemon.terminate()
        update("The fourth edition")
        daemon.start()
        display.wait_live()
        wait_until(lambda: display.evaluate("caches.keys()") not in ([], [f"plenary-display-{third}"]), 60, "the new files to be kept")
        wait_until(lambda: len(display.evaluate("caches.keys()")) == 1, 60, "the old ones to go")
        assert display.evaluate("window.stays") and "The third edition" in display.text
        daemon.kill9()
        display.reload()
        display.wait_scene("item", "The fourth edition")
        daemon.start()
        display.wait_live()


def test_where_the_browser_keeps_no_page_the_display_works_as_before(watch, daemon):
    """Plain HTTP from another computer: browsers have no service workers there."""
    sitting = Sitting(daemon).seat().begin()
    display = watch(daemon, path=f"/display/{daemon.hall}?lang=en", size=WALL, kind=Display)
    display.page.add_init_script("delete Navigator.prototype.serviceWorker")
    display.reload()
    assert display.evaluate("navigator.serviceWorker === undefined")
    display.wait_live()
    sitting.do("take_up_item", item="i1")
    display.wait_scene("item", "Про бюджет")
    display.reload()
    display.wait_scene("item", "Про бюджет")


SPOILT = {"no JSON": "{", "no council": "{}", "no deputies": json.dumps({"council": {"deputies": 7}, "sitting": {"status": "open"}, "current_item": "i1"})}


def test_spoilt_memory_does_no_harm(watch, daemon):
    sitting = Sitting(daemon).seat(9).begin(present=9)
    displays = []
    for spoilt in SPOILT.values():
        display = hang(watch, daemon)
        text = f'{{"state":{spoilt},"offset":0,"heard":{int(time.time() * 1000)}}}'
        display.page.add_init_script(f"localStorage.setItem('plenary.display.{daemon.hall}.last', {json.dumps(text)})")
        display.reload()
        displays.append(display)
    sitting.do("take_up_item", item="i1")
    for display in displays:
        display.wait_scene("item", "Про бюджет")
