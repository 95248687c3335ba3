"""The pictures of the console in the guide, made from the page itself:

    .venv/bin/python -m Tests.browser.pictures_of_console docs/pictures
"""

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from Tests.browser.conftest import WINDOWED
from Tests.browser.desk import Desk
from Tests.support.daemon import Daemon
from Tests.support.sitting import Sitting
from Tests.support.wait import wait_until

HALL = {"name": "demo", "title": "Зразківська міська рада", "camera": "test:", "language": "uk", "partDuration": 0.5}


def take(browser, folder):
    folder.mkdir(parents=True, exist_ok=True)
    with Daemon(halls=[HALL]) as daemon:
        code = wait_until(lambda: (match := re.search(r"opens once with the code (\S+)", daemon.log)) and match[1], 20, "the setup code")
        sitting = Sitting(daemon).play(until=("take_up_item", "i1"))
        daemon.wait_live("demo", timeout=60)
        desk = Desk(browser, daemon, language="uk")
        desk.wait_dialog("Вхід до пульта")
        desk.page.keyboard.type(code)
        desk.press("Enter")
        desk.wait_no_dialog()

        def shoot(name):
            wait_until(lambda: desk.page.evaluate("document.getAnimations().length") == 0, 20, "the colours to settle")
            rough = folder / "rough.png"
            desk.page.screenshot(path=rough)
            palette = "split[a][b];[a]palettegen=max_colors=256:stats_mode=full[p];[b][p]paletteuse=dither=none"
            subprocess.run(["ffmpeg", "-y", "-v", "error", "-i", str(rough), "-vf", palette, str(folder / f"{name}.png")], check=True)
            rough.unlink()

        # The card is on air for a moment before the hall is; the picture of the guide shows the hall.
        wait_until(lambda: not desk.page.locator("#veil").is_visible(), 90, "the picture")
        desk.see(".air", re.compile("глядачів: [1-9]"))
        wait_until(lambda: desk.page.evaluate("(({ buffered, currentTime }) => buffered.length > 0 && currentTime - buffered.start(0) > 8)(document.getElementById('video'))"), 90, "eight seconds of the hall")
        sitting.do("queue_speaker", speaker="q1", deputy="d18", kind="question")
        sitting.do("queue_speaker", speaker="q2", deputy="d24", kind="debate")
        sitting.do("plan_round", round="own", item="i1", kind="whole", question="Прийняти рішення в цілому", seconds=120)
        sitting.do("open_round", round="own")
        desk.see("#roll-title", "Поіменне голосування")
        desk.press("r", *["yynya"[index % 5] for index in range(22)])
        desk.wait_settled_in("у протоколі")
        shoot("console")
        desk.press("c")
        desk.wait_dialog("Закрити голосування")
        shoot("console-question")
        desk.press("Escape")
        desk.page.set_viewport_size({"width": 1024, "height": 768})
        desk.page.select_option("#language", "ka")
        desk.see("#next", "კენჭისყრის დახურვა")
        shoot("console-tablet-ka")
        desk.check()
        desk.close()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=WINDOWED, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        take(chromium, Path(sys.argv[1]))
        chromium.close()
