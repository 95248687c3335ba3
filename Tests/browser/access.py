"""axe-core on a page: WCAG 2.2 AA and its best practices."""

import json
from pathlib import Path

import axe_playwright_python

from Tests.support.wait import wait_until

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def check_access(page, where=""):
    """Nothing that axe-core finds fault with; evaluated through the debugger, for the pages' own policy lets no foreign script in."""
    run(page, where, {"runOnly": RULES})


def check_colours(page, where=""):
    """Of axe-core what depends on a theme only: what the other rules ask is the same in both."""
    run(page, where, {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}})


def check_both_themes(page, where=""):
    """The whole of it in the light theme, and the colours in the dark one. The page is left in the light one."""
    page.emulate_media(color_scheme="light")
    check_access(page, f"{where}, light")
    page.emulate_media(color_scheme="dark")
    check_colours(page, f"{where}, dark")
    page.emulate_media(color_scheme="light")


def wait_still(page):
    """Nothing is on its way from one colour or place to another."""
    wait_until(lambda: page.evaluate("document.getAnimations().length") == 0, 20, lambda: f"the page to stand still: {page.evaluate('document.getAnimations().length')}")


def run(page, where, options):
    # A text that fades in has too little contrast for a moment.
    wait_still(page)
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE)
    report = page.evaluate("(options) => axe.run(document, { ...options, resultTypes: ['violations'] })", options)
    found = [(v["id"], v["help"], [node["html"][:160] for node in v["nodes"]][:4]) for v in report["violations"]]
    assert not found, f"{where}: {json.dumps(found, indent=2, ensure_ascii=False)}"
