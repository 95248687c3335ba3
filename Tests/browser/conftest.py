"""Browser tests: for each worker one Chromium, one Firefox and one daemon; for each test a context and a hall of its own."""

import itertools
import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from Tests.browser.desk import LOCALES, Desk, close
from Tests.browser.firefox import Firefox
from Tests.browser.viewer import Viewer
from Tests.support.council import Council
from Tests.support.daemon import Daemon

WINDOWED = os.environ.get("CHROMIUM", "/usr/bin/chromium")
#: Debian's Chromium without its windows, the same engine for half of the time; with windows where that is not installed.
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or WINDOWED
ARTIFACTS = Path(__file__).resolve().parent.parent / "artifacts"


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        yield instance
        instance.close()


@pytest.fixture(scope="session")
def firefox_running():
    with Firefox() as running:
        yield running


@pytest.fixture
def firefox(firefox_running):
    """The worker's Firefox; at the end no script may have failed on any page, and the test's tabs are closed."""
    firefox_running.events.clear()
    yield firefox_running
    faults = firefox_running.faults
    firefox_running.close_pages()
    assert faults == []


@pytest.fixture(scope="session")
def house():
    """The worker's daemon. Tests do not ask for it but for `daemon`."""
    with Daemon(halls=[{"name": "lobby", "title": "Lobby", "camera": "test:", "autostart": False}]) as running:
        running.numbers = itertools.count(1)
        yield running


@pytest.fixture
def daemon(house, request):
    """The worker's daemon with one hall that nobody has used before: the module's `HALL`, under the name `daemon.hall`.

    A test may kill it and start it again; whoever needs a daemon that is new itself (the setup code, the lockout) starts one.
    """
    house.hall = f"hall{next(house.numbers)}"
    house.halls = [{**request.module.HALL, "name": house.hall}]
    if house.process.poll() is None:
        assert house.reload().status == 200
    else:
        # The test before failed while the daemon was away.
        house.start()
    yield house
    house.check_log()


@pytest.fixture
def council(daemon):
    return Council(daemon)


@pytest.fixture
def sit(browser, daemon):
    """`sit(token, …)` opens a console and signs in; at the end nothing may have gone wrong on it."""
    opened = []

    def open_console(secret=None, **options):
        desk = Desk(browser, daemon, **options)
        opened.append(desk)
        return desk.sign_in(secret) if secret else desk

    yield open_console
    for desk in opened:
        desk.check()
    for desk in opened:
        desk.close()


@pytest.fixture
def watch(browser):
    """`watch(daemon, language="en", size=(1366, 768))` opens the page of the daemon's hall, or `path`; at the end nothing may have gone wrong on it."""
    opened = []

    def open_page(daemon, path=None, language="en", size=(1366, 768), kind=Viewer, **options):
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=LOCALES[language], **options)
        path = path or f"/halls/{getattr(daemon, 'hall', 'demo')}"
        viewer = kind(context, daemon.url + path)
        opened.append((context, viewer))
        return viewer

    yield open_page
    for _, viewer in opened:
        viewer.check()
    for context, _ in opened:
        close(context)


@pytest.fixture
def artifacts():
    ARTIFACTS.mkdir(exist_ok=True)
    return ARTIFACTS
