"""The pages as people with another colour sight see them, side by side:

    .venv/bin/python -m Tests.browser.pictures_of_sight docs/pictures
"""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from Tests.browser.conftest import WINDOWED
from Tests.browser.desk import Desk
from Tests.browser.sight import SIGHTS, simulate
from Tests.browser.test_sight import HALL, voted
from Tests.support.council import Council
from Tests.support.daemon import Daemon
from Tests.support.wait import wait_until


def take(browser, folder):
    folder.mkdir(parents=True, exist_ok=True)
    with Daemon(halls=[{**HALL, "name": "demo", "title": "Зразківська міська рада"}]) as daemon:
        council = voted(Council(daemon), yes=14, no=8, abstain=5)
        desk = Desk(browser, daemon, language="en", size=(1366, 768)).sign_in(council.token("secretary"))
        compare(desk.page, "#middle .round", folder / "sight-console.png")
        desk.close()
        council.do("announce_round", round="r1")
        for name, path, size, part in (("display", "/display/demo", (1920, 1080), "body"), ("resident", "/halls/demo", (760, 1000), "council-hemicycle")):
            context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="en-GB")
            page = context.new_page()
            page.goto(daemon.url + path)
            compare(page, part, folder / f"sight-{name}.png")
            context.close()


def compare(page, part, target):
    """Three in a row: as it is, then the four simulations."""
    page.locator("council-hemicycle:visible").first.wait_for(timeout=40_000)
    wait_until(lambda: page.evaluate("document.getAnimations().length") == 0, 20, "the colours to settle")
    shots = []
    for sight in SIGHTS:
        simulate(page, sight)
        shots.append(target.with_name(f"{target.stem}-{sight}.rough.png"))
        page.locator(part).first.screenshot(path=shots[-1])
    sources = [argument for shot in shots for argument in ("-i", str(shot))]
    scaled = ";".join(f"[{index}:v]scale=400:-2:flags=area,pad=iw+8:ih+8:4:4:white[s{index}]" for index in range(len(shots)))
    rows = f"[s0][s1][s2][s3][s4]xstack=inputs=5:layout=0_0|w0_0|w0+w1_0|0_h0|w0_h0:fill=white[all]"
    palette = "[all]split[a][b];[a]palettegen=max_colors=128:stats_mode=full[p];[b][p]paletteuse=dither=none"
    subprocess.run(["ffmpeg", "-y", "-v", "error", *sources, "-filter_complex", f"{scaled};{rows};{palette}", "-frames:v", "1", str(target)], check=True)
    for shot in shots:
        shot.unlink()
    assert target.stat().st_size <= 250_000, f"{target} has {target.stat().st_size} bytes"


if __name__ == "__main__":
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=WINDOWED, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        take(chromium, Path(sys.argv[1]))
        chromium.close()
