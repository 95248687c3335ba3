"""The pictures of the display and the overlay in the guide, made from the pages themselves:

    .venv/bin/python -m Tests.browser.pictures_of_screens docs/pictures
"""

import csv
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from Tests.browser.conftest import WINDOWED
from Tests.browser.screen import Display
from Tests.browser.test_overlay import Overlay
from Tests.support.daemon import ROOT, Daemon
from Tests.support.sitting import Sitting
from Tests.support.wait import wait_until

HALL = {"name": "demo", "title": "Зразківська міська рада", "camera": "test:", "language": "uk", "autostart": False}
TITLES = ("Про внесення змін до бюджету Зразківської міської територіальної громади на 2026 рік", "Про Програму облаштування укриттів у закладах освіти")
SIZE = {"width": 1920, "height": 1080}


def demo_names():
    rows = list(csv.DictReader((ROOT / "config/demo/roster.csv").open(encoding="utf-8"), delimiter=";"))
    return lambda i: (rows[i - 1]["Прізвище"], rows[i - 1]["Ім'я"])


def small(source, target, under=None):
    """Half the size; an overlay is laid over the hall's picture."""
    if under:
        command = ["ffmpeg", "-y", "-v", "error", "-i", str(under), "-i", str(source), "-filter_complex", "[0:v]scale=1920:1080[hall];[hall][1:v]overlay,scale=960:540:flags=area", "-frames:v", "1", "-pix_fmt", "rgb24", str(target)]
    else:
        command = ["ffmpeg", "-y", "-v", "error", "-i", str(source), "-vf", "scale=960:540:flags=area", "-pix_fmt", "rgb24", str(target)]
    subprocess.run(command, check=True)
    source.unlink()


def take(browser, folder):
    folder.mkdir(parents=True, exist_ok=True)
    rough = folder / "rough.png"
    with Daemon(halls=[HALL]) as daemon:
        sitting = Sitting(daemon).seat(34, demo_names())
        context = browser.new_context(viewport=SIZE, locale="uk-UA")
        display = Display(context, daemon.url + "/display/demo")

        def wall(scene, *texts):
            display.wait_scene(scene, *texts)
            wait_until(lambda: display.page.evaluate("document.getAnimations().length") == 0, 20, "the colours to settle")
            display.page.screenshot(path=rough)
            small(rough, folder / f"display-{scene}.png")

        def over(name, query="", wanted=()):
            overlay = Overlay(context, f"{daemon.url}/overlay/demo?{query}")
            wait_until(lambda: overlay.on_air and all(one in overlay.text for one in wanted), 25, f"the overlay with {wanted}")
            overlay.picture(rough)
            small(rough, folder / f"overlay-{name}.png", ROOT / "web/media/hall.png")
            overlay.page.close()

        display.wait_live()
        day = 86_400_000
        sitting.do("schedule_sitting", title="Двадцять п’ята сесія, пленарне засідання", place="Сесійна зала", scheduled_for=(int(time.time() * 1000) // day + 1) * day + 8 * 3_600_000)
        sitting.agenda(*TITLES)
        wall("waiting", "Сесійна зала")
        sitting.do("open_sitting")
        sitting.open_round("reg", "Реєстрація депутатів", "registration", seconds=600)
        sitting.vote("reg", yes=[*range(1, 24), "head"])
        wall("registration", "23")
        sitting.vote("reg", yes=range(24, 31))
        sitting.end_round("reg")
        sitting.do("take_up_item", item="i1")
        wall("item")
        over("item", wanted=["Про внесення"])
        sitting.do("queue_speaker", speaker="t1", deputy="d15", kind="report", item="i1", seconds=300)
        sitting.do("queue_speaker", speaker="t2", deputy="d18", kind="question", item="i1")
        sitting.do("start_speech", speaker="t1")
        wall("speech", "Левчук")
        over("speaker", wanted=["Левчук"])
        sitting.do("end_speech")
        sitting.open_round("r1", item="i1", seconds=30)
        sitting.vote("r1", yes=[*range(1, 17), "head"], no=[24, 25, 26], abstain=[28])
        wall("round", "17")
        over("parts", "parts=item,tally,hemicycle", ["17"])
        over("lang", "lang=ka", ["კენჭისყრა"])
        over("theme", "theme=light", ["Голосування"])
        over("scale", "scale=1.25", ["Голосування"])
        over("delay", "delay=800", ["Голосування"])
        sitting.vote("r1", yes=[17, 18, 19, 20, 21])
        sitting.end_round("r1")
        wall("result", "Прийнято")
        over("verdict", "verdict=30", ["Прийнято"])
        sitting.do("suspend_sitting", notice="Перерва на засідання постійної комісії з питань бюджету", until=int(time.time() * 1000) + 900_000)
        wall("break", "Перерва")
        context.close()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=WINDOWED, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        take(chromium, Path(sys.argv[1]))
        chromium.close()
