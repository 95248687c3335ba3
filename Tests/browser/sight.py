"""A page as people with another colour sight see it: Chromium's own simulation, and the pixels that it gives."""

import struct
import subprocess

#: None, and the four that `Emulation.setEmulatedVisionDeficiency` knows: without red, without green, without blue, without any colour.
SIGHTS = ["none", "protanopia", "deuteranopia", "tritanopia", "achromatopsia"]

SEATS = """(host) => {
    const frame = host.getBoundingClientRect();
    return [...host.querySelectorAll('.seat')].map((seat) => {
        const circle = seat.querySelector('circle').getBoundingClientRect(), mark = seat.querySelector('.mark');
        return { choice: seat.dataset.choice, x: circle.x + circle.width / 2 - frame.x, y: circle.y + circle.height / 2 - frame.y, r: circle.width / 2, mark: mark.getAttribute('d'), dashed: getComputedStyle(seat.querySelector('circle')).strokeDasharray };
    });
}"""


def simulate(page, sight):
    page.context.new_cdp_session(page).send("Emulation.setEmulatedVisionDeficiency", {"type": sight})


class Pixels:
    """A PNG's pixels; `scale`: how many of them make a CSS pixel."""

    def __init__(self, png, scale=1):
        self.width, self.height = struct.unpack(">II", png[16:24])
        self.raw = subprocess.run(["ffmpeg", "-v", "error", "-i", "-", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], input=png, capture_output=True, check=True).stdout
        self.scale = scale

    def within(self, x, y, half):
        """The colours of a square of CSS pixels around a point."""
        left, right = int((x - half) * self.scale), int((x + half) * self.scale)
        for row in range(int((y - half) * self.scale), int((y + half) * self.scale) + 1):
            for column in range(left, right + 1):
                at = (row * self.width + column) * 3
                yield tuple(self.raw[at:at + 3])


def luminance(colour):
    """WCAG 2: relative luminance."""
    linear = [value / 255 / 12.92 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colours):
    """Between the lightest and the darkest of them."""
    lights = [luminance(colour) for colour in colours]
    return (max(lights) + 0.05) / (min(lights) + 0.05)
