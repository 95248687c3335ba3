"""A browser on the hall's display or on the overlay: what it shows, by role and text, and what may never go wrong on it."""

import struct
import subprocess
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from Tests.browser.access import check_access
from Tests.browser.viewer import Viewer
from Tests.support.wait import wait_until

# Every text that can be seen: its words, its size in CSS pixels, its contrast (WCAG 2) against what lies behind it, and its place.
TEXTS = """() => {
    const parse = (color) => { const m = color.match(/[\\d.]+/g).map(Number); return { rgb: m.slice(0, 3), alpha: m[3] ?? 1 }; };
    const light = ([r, g, b]) => [r, g, b].map((c) => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (element) => {
        for (let one = element; one; one = one.parentElement) {
            const { rgb, alpha } = parse(getComputedStyle(one).backgroundColor);
            if (alpha > 0.99) return rgb;
        }
        return [255, 255, 255];
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        const text = walker.currentNode.textContent.trim();
        if (text === '' || element.closest('.unseen, title, script, select, option')) continue;
        if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        const range = document.createRange();
        range.selectNodeContents(walker.currentNode);
        const box = range.getBoundingClientRect();
        if (box.width === 0) continue;
        const style = getComputedStyle(element);
        const drawn = element instanceof SVGTextElement;
        const [a, b] = [light(parse(drawn ? style.fill : style.color).rgb), light(behind(element))].sort((x, y) => y - x);
        const scale = drawn ? element.getScreenCTM().a : 1;
        // The ink, not the font's box: figures have nothing below the line.
        const size = parseFloat(style.fontSize) * scale, below = size * (/^[\\d:−]+$/.test(text) ? 0.29 : 0.05);
        found.push({ text, size, contrast: (a + 0.05) / (b + 0.05), left: box.left, top: box.top + size * 0.2, right: box.right, bottom: box.bottom - below });
    }
    return found;
}"""


class Screen(Viewer):
    """A page without a mouse: `/display/…` or `/overlay/…`."""

    def texts(self):
        return self.page.evaluate(TEXTS)

    @property
    def text(self):
        return self.page.evaluate("document.querySelector('main').innerText.replace(/\\s+/g, ' ')")

    @property
    def wire(self):
        return self.page.evaluate("document.documentElement.dataset.wire ?? ''")

    def wait_text(self, *wanted, timeout=20):
        wait_until(lambda: all(one in self.text for one in wanted), timeout, lambda: f"{wanted} on the page: {self.text}")

    def wait_live(self, timeout=25):
        wait_until(lambda: self.wire == "live", timeout, lambda: f"the connection: {self.wire}")

    def reload(self):
        self.page.reload()

    def resize(self, size):
        """The page has been laid out, drawn and shown in the new size."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.evaluate("""async (size) => {
            const frame = () => new Promise(requestAnimationFrame);
            while (innerWidth !== size[0] || innerHeight !== size[1]) await frame();
            await frame();
            await frame();
        }""", list(size))

    def check_access(self):
        check_access(self.page, self.page.url)


class Display(Screen):
    @property
    def scene(self):
        return self.page.evaluate("document.getElementById('display').dataset.scene")

    def wait_scene(self, scene, *wanted, timeout=20):
        wait_until(lambda: self.scene == scene and all(one in self.text for one in wanted), timeout, lambda: f"the scene {scene} with {wanted}: {self.scene}, {self.text}")

    def check_legible(self):
        """From fifteen metres: contrast 7:1, nothing below 2.4 vmin, nothing out of the screen."""
        size = self.page.viewport_size
        vmin = min(size["width"], size["height"]) / 100
        texts = self.texts()
        assert texts, "nothing is written on the display"
        for one in texts:
            assert one["contrast"] >= 7, one
            assert one["size"] >= 2.4 * vmin * 0.99, one
            assert one["left"] >= 0 and one["top"] >= -1 and one["right"] <= size["width"] + 1 and one["bottom"] <= size["height"] + 1, one


def alpha_of(png):
    """Width, height and the alpha of every pixel of a PNG, row by row."""
    width, height = struct.unpack(">II", png[16:24])
    alpha = subprocess.run(["ffmpeg", "-v", "error", "-i", "-", "-vf", "format=rgba,alphaextract", "-f", "rawvideo", "-pix_fmt", "gray", "-"], input=png, capture_output=True, check=True).stdout
    assert len(alpha) == width * height
    return width, height, alpha


def tomorrow_at_ten():
    """UTC ms, by the council's clock."""
    tomorrow = datetime.now(ZoneInfo("Europe/Kyiv")) + timedelta(days=1)
    return int(tomorrow.replace(hour=10, minute=0, second=0, microsecond=0).timestamp() * 1000)
