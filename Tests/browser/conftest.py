"""Browser tests: one Chromium for all of them, a viewer for each."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from Tests.browser.viewer import Viewer

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARTIFACTS = Path(__file__).resolve().parent.parent / "artifacts"


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        yield instance
        instance.close()


@pytest.fixture
def watch(browser):
    """`watch(daemon, hall="demo", language="en", size=(1366, 768))` opens the hall's page; at the end nothing may have gone wrong on it."""
    opened = []

    def open_page(daemon, path="/halls/demo", language="en", size=(1366, 768), kind=Viewer, **options):
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale={"en": "en-GB", "uk": "uk-UA", "lt": "lt-LT", "ka": "ka-GE"}[language], **options)
        viewer = kind(context, daemon.url + path)
        opened.append((context, viewer))
        return viewer

    yield open_page
    for _, viewer in opened:
        viewer.check()
    for context, _ in opened:
        context.close()


@pytest.fixture
def artifacts():
    ARTIFACTS.mkdir(exist_ok=True)
    return ARTIFACTS
