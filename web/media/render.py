#!/usr/bin/env python3
"""Renders the shipped pictures from web/media/source with headless Chromium.

    .venv/bin/pip install playwright pillow && .venv/bin/python web/media/render.py

Needs Debian's `chromium` and `fonts-noto-core`. Writes hall.png, digits.png and card-{uk,lt,ka,en}.png beside this script,
8-bit RGB without alpha.
"""
import io
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
PICTURES = [("hall.png", "hall.html", 1920, 1080), ("digits.png", "digits.html", 672, 96)] + [
    (f"card-{language}.png", f"card.html?lang={language}", 1280, 720) for language in ("uk", "lt", "ka", "en")
]

PANEL = (1240, 60, 1240 + 620, 60 + 190)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(HERE / "source")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-lcd-text"])
        for name, source, width, height in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(f"http://127.0.0.1:{server.server_port}/{source}")
            page.wait_for_selector("html[data-ready=yes]", state="attached")
            page.evaluate("document.fonts.ready")
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            if name == "hall.png":  # 256 colours halve the file; the clock's panel keeps its colour to the bit, as digits.png has it
                panel = picture.crop(PANEL)
                picture = picture.quantize(256, dither=Image.Dither.NONE).convert("RGB")
                picture.paste(panel, PANEL)
            picture.save(HERE / name, optimize=True)
            print(f"{name}: {(HERE / name).stat().st_size // 1000} kB")
            page.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
