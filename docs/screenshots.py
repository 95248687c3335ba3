#!/usr/bin/env python3
"""Makes the pictures of docs/pages.md: a real daemon, the demo's sitting, Debian's Chromium. `make screenshots` runs it.

Each entry of PICTURES is a page in a state; further pages add theirs. Pictures are at most 250 kB.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from Tests.browser import pictures_of_console, pictures_of_screens, pictures_of_sight  # noqa: E402
from Tests.support.daemon import Daemon  # noqa: E402
from Tests.support.sitting import Sitting  # noqa: E402
from Tests.support.wait import wait_until  # noqa: E402

TARGET = ROOT / "docs/pictures"
PHONE, LAPTOP, WIDE = (390, 844), (1366, 768), (1920, 1080)
LOCALES = {"uk": "uk-UA", "lt": "lt-LT", "ka": "ka-GE", "en": "en-GB"}

# What each hall's sitting has come to: a step of config/demo/sitting.json, and how many of its ballots.
HALLS = {
    "voting": {"until": ("ballots", "r2"), "only_some": 19},
    "result": {"until": ("announce_round", "r2")},
    "speaking": {"until": ("start_speech", "t5")},
}

# name, path, window, language, further options of the browser's context
PICTURES = [
    ("resident", "/halls/voting", LAPTOP, "uk", {}),
    ("resident-phone", "/halls/voting", PHONE, "uk", {}),
    ("resident-wide", "/halls/result", WIDE, "en", {}),
    ("resident-dark", "/halls/result", LAPTOP, "uk", {"color_scheme": "dark"}),
    ("resident-phone-lt", "/halls/result", PHONE, "lt", {"color_scheme": "dark"}),
    ("resident-phone-ka", "/halls/speaking", PHONE, "ka", {}),
    ("resident-without-script", "/halls/result", LAPTOP, "uk", {"java_script_enabled": False}),
    ("embed", "/embed/result", (720, 640), "uk", {}),
]


def ready(page, script):
    """The picture plays and the board is drawn."""
    if not script:
        return True
    return page.evaluate("""() => document.querySelector('council-hemicycle svg, .display, .overlay') !== null
        && (!document.getElementById('player')?.livePlayer || document.getElementById('player').livePlayer.phase === 'playing')""")


def take(browser, daemon, name, path, size, language, options):
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=LOCALES[language], timezone_id="Europe/Kyiv", **options)
    page = context.new_page()
    page.goto(daemon.url + path)
    wait_until(lambda: ready(page, options.get("java_script_enabled", True)), 40, f"{path} to be ready")
    hall, file = path.rpartition("/")[2], TARGET / f"{name}.png"
    for _ in range(10):
        # On a busy machine the generated camera may miss a beat, and the card comes on air for a moment.
        daemon.wait_for(hall, lambda status: status["onAir"] == "camera", 40)
        time.sleep(3)
        page.screenshot(path=file)
        if daemon.status(hall)["onAir"] == "camera" and page.locator("#now[data-said=lost], #now[data-said=slate]").count() == 0:
            break
    context.close()
    shrink(file)
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1000} kB")


def shrink(file):
    """At most 256 colours make a small file of such pictures."""
    small = file.with_suffix(".small.png")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", file, "-vf",
                    "split[a][b];[a]palettegen=max_colors=256:stats_mode=full[p];[b][p]paletteuse=dither=none", small], check=True)
    if small.stat().st_size < file.stat().st_size:
        shutil.move(small, file)
    else:
        small.unlink()
    assert file.stat().st_size <= 250_000, f"{file} has {file.stat().st_size} bytes"


def main(wanted):
    pictures = [picture for picture in PICTURES if not wanted or picture[0] in wanted]
    halls = {name: {"name": name, "title": "Зразківська міська рада", "camera": "test:", "language": "uk", "segmentMaximum": 4, "autostart": False} for name in HALLS}
    with Daemon(halls=list(halls.values())) as daemon, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        for hall, place in HALLS.items():
            mine = [picture for picture in pictures if picture[1].endswith("/" + hall)]
            if not mine:
                continue
            # One camera at a time: each picture is made on this machine.
            assert daemon.wish(hall, "start").status < 300
            daemon.wait_live(hall, 40)
            Sitting(daemon, hall).play(**place)
            for picture in mine:
                take(browser, daemon, *picture)
            assert daemon.wish(hall, "stop").status < 300
        if not wanted or {"display", "overlay"} & set(wanted):
            pictures_of_screens.take(browser, TARGET)
        if not wanted or "console" in wanted:
            pictures_of_console.take(browser, TARGET)
        if not wanted or "sight" in wanted:
            pictures_of_sight.take(browser, TARGET)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
