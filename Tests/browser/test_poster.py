"""The still of the hall where a browser meets it: in the head of the page, for other sites, and in the list of halls."""

import json
import re

import pytest

from Tests.support.daemon import Daemon
from Tests.support.wait import wait_until


@pytest.fixture(scope="module")
def daemon():
    halls = [{"name": "demo", "title": "Сесійна зала", "camera": "test:?size=640x360&rate=10&gop=10", "language": "uk"},
             {"name": "off", "title": "Мала зала", "camera": "test:?size=320x180", "language": "uk", "autostart": False}]
    with Daemon(halls=halls) as running:
        wait_until(lambda: running.http.get("/live/demo/poster.jpg").status == 200, 60, "a poster", interval=0.2)
        yield running


def content(page, name):
    return page.locator(f'meta[property="{name}"], meta[name="{name}"]').get_attribute("content")


@pytest.mark.parametrize("path", ["/halls/demo", "/embed/demo"])
def test_the_head_names_a_picture_of_the_hall_as_it_is_now(watch, daemon, path):
    page = watch(daemon, path=path).page
    address = f"{daemon.url}/live/demo/poster.jpg"
    assert content(page, "og:image") == address == content(page, "twitter:image")
    assert content(page, "twitter:card") == "summary_large_image"
    if path == "/halls/demo":
        metadata = json.loads(re.search(r'ld\+json">(.*?)</script>', page.content(), re.S)[1])
        assert metadata["thumbnailUrl"] == address
    size = page.evaluate("async (address) => { const image = new Image(); image.src = address; await image.decode(); return [image.width, image.height] }", address)
    assert size == [640, 360]


def test_a_hall_without_a_picture_shows_the_councils_card(watch, daemon):
    page = watch(daemon, path="/halls/off").page
    assert content(page, "og:image") == f"{daemon.url}/assets/media/card-uk.png" == content(page, "twitter:image")


@pytest.mark.parametrize("width", [320, 1366])
def test_the_list_shows_the_halls_that_have_one(watch, daemon, width):
    page = watch(daemon, path="/", size=(width, 700)).page
    pictures = page.locator("main img")
    assert pictures.count() == 1
    wait_until(lambda: pictures.first.evaluate("image => image.complete && image.naturalWidth") == 640, 30, "the picture in the list")
    assert page.get_by_role("link", name="Сесійна зала").is_visible() and page.get_by_role("link", name="Мала зала").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no horizontal scroll"
