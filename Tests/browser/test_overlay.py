"""The overlay over a real daemon: transparent but for its lower third, and never wrong on air."""

import json
import os
import signal
import time

import pytest

from Tests.browser.screen import TEXTS, Screen, alpha_of
from Tests.support.daemon import ROOT
from Tests.support.sitting import Sitting
from Tests.support.wait import wait_until

PICTURE = (1920, 1080)
HALL = {"title": "Зразківська міська рада", "camera": "test:?size=640x360", "language": "uk", "autostart": False}
EVERYTHING = "parts=item,speaker,tally,verdict,hemicycle"


STILL = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    await document.fonts.ready;
    await frame();
    return document.fonts.status === 'loaded' && document.getAnimations().length === 0;
}"""


class Overlay(Screen):
    @property
    def on_air(self):
        return self.page.evaluate("document.documentElement.dataset.onAir === 'yes' && !document.getElementById('overlay').hidden")

    def shown(self, name):
        """Whether the block `lower`, `side` or `seats` is on; without its fading."""
        return self.page.evaluate(f"document.querySelector('.{name}').hasAttribute('data-on') && !document.getElementById('overlay').hidden")

    @property
    def text(self):
        """The words that are on air."""
        return self.page.evaluate("document.getElementById('overlay').hidden ? '' : [...document.querySelectorAll('section[data-on]')].map((one) => one.innerText).join(' ').replace(/\\s+/g, ' ')")

    def wait_still(self):
        """Nothing slides any more, and the fonts that the words ask for are there: what was laid out without them is laid out again."""
        wait_until(lambda: self.page.evaluate(STILL), 20, "the sliding to end")

    def picture(self, path):
        self.wait_still()
        return alpha_of(self.page.screenshot(path=path, omit_background=True))


@pytest.fixture
def over(watch):
    """`over(daemon, "lang=en")`: the overlay of the hall, on air."""
    def lay(daemon, query="lang=en", size=PICTURE, on_air=True, **options):
        overlay = watch(daemon, path=f"/overlay/{daemon.hall}?{query}", size=size, kind=Overlay, **options)
        if on_air:
            wait_until(lambda: overlay.on_air, 25, "the overlay on air")
        return overlay
    return lay


def check_room(width, height, alpha, low=2 / 3):
    """Nothing within 5 % of the edges, the upper two thirds free."""
    left, top = width * 5 // 100, height * 5 // 100
    for y in range(height):
        row = alpha[y * width:(y + 1) * width]
        if y < height * low or y >= height - top:
            assert not row.strip(b"\0"), f"row {y} is not transparent"
        else:
            assert not (row[:left] + row[width - left:]).strip(b"\0"), f"row {y} reaches the edge"


def opaque(alpha):
    return 1 - alpha.count(0) / len(alpha)


def test_it_says_who_speaks_to_what_how_they_vote_and_what_came_of_it(over, daemon, artifacts):
    sitting = Sitting(daemon).seat()
    overlay = over(daemon, f"lang=en&verdict=120&{EVERYTHING}")

    def stands(*texts, name):
        overlay.wait_text(*texts)
        overlay.check_access()
        width, height, alpha = overlay.picture(artifacts / f"overlay-{name}.png")
        check_room(width, height, alpha)
        assert opaque(alpha) > 0.03
        # What has no background at all would be lost over a bright picture.
        assert all(one["contrast"] >= 4.5 for one in overlay.texts()), overlay.texts()
        overlay.reload()
        overlay.wait_text(*texts)

    sitting.begin("Про бюджет громади на 2026 рік", "Про укриття")
    assert overlay.text == ""
    width, height, alpha = overlay.picture(artifacts / "overlay-nothing.png")
    assert not any(alpha), "before the first item nothing lies over the picture"
    sitting.do("take_up_item", item="i1")
    stands("1. Про бюджет громади на 2026 рік", name="item")
    sitting.do("queue_speaker", speaker="t1", deputy="d15", kind="report", item="i1")
    sitting.do("start_speech", speaker="t1")
    stands("Депутат15 Ім’я", "1. Про бюджет", name="speech")
    sitting.do("end_speech")
    sitting.open_round("r1", item="i1", seconds=600)
    sitting.vote("r1", yes=range(1, 20), no=[20])
    stands("Vote", "19 For", "1 Against", "Прийняти в цілому", name="tally")
    assert overlay.page.get_by_role("img", name="For: 19").is_visible() and overlay.page.get_by_role("timer").is_visible()
    sitting.end_round("r1")
    stands("Adopted", "19 for, 18 of 35 needed: adopted", name="adopted")
    sitting.open_round("r2", "Поправка", "amendment", item="i1", seconds=600)
    sitting.vote("r2", yes=range(1, 18))
    sitting.end_round("r2")
    stands("Not adopted", "17 for, 18 of 35 needed", name="rejected")
    sitting.open_round("r3", "Обрати секретаря", "election", item="i1", method="secret", reveal="secret")
    sitting.vote("r3", yes=range(1, 4))
    stands("Secret vote", "3 of 31 have voted", name="secret")
    sitting.end_round("r3")
    overlay.wait_text("Not adopted", "3 for")
    sitting.do("suspend_sitting")
    wait_until(lambda: overlay.text == "", 20, "nothing over a break")


def test_the_verdict_is_on_air_for_its_seconds(over, daemon):
    sitting = Sitting(daemon).seat(9).begin(present=9)
    sitting.do("take_up_item", item="i1")
    overlay = over(daemon, "lang=en&verdict=2")
    # It is on air for two seconds only: the page itself writes down what it shows, and when.
    overlay.evaluate("""() => {
        window.seen = [];
        const side = document.querySelector('.side');
        const look = () => window.seen.push([Date.now(), side.hasAttribute('data-on') ? side.innerText.replace(/\\s+/g, ' ') : '']);
        new MutationObserver(look).observe(side, { attributes: true, childList: true, subtree: true, characterData: true });
    }""")
    sitting.open_round("r1", item="i1")
    sitting.vote("r1", yes=range(1, 8))
    sitting.end_round("r1")

    def verdict():
        """When it came and when it went."""
        seen = overlay.evaluate("window.seen")
        came = next((index for index, (_, text) in enumerate(seen) if "Adopted" in text and "7 for" in text), None)
        gone = next((at for at, text in seen[came:] if text == ""), None) if came is not None else None
        return gone and (seen[came][0], gone)

    came, gone = wait_until(verdict, 20, lambda: f"the verdict to come and to go by itself: {overlay.evaluate('window.seen')}")
    assert gone - came > 1000
    assert overlay.shown("lower") and "1. Про бюджет" in overlay.text


PARTS = {"parts=item": {"lower"}, "parts=tally": {"side"}, "parts=verdict": set(), "parts=hemicycle": {"seats"}, "parts=item,tally": {"lower", "side"}, EVERYTHING: {"lower", "side", "seats"}}


def test_only_the_parts_that_are_asked_for_are_there(over, daemon):
    sitting = Sitting(daemon).seat(9).begin(present=9)
    sitting.do("take_up_item", item="i1")
    sitting.open_round("r1", item="i1")
    sitting.vote("r1", yes=[1])
    for query, shown in PARTS.items():
        overlay = over(daemon, query)
        wait_until(lambda: {name for name in ("lower", "side", "seats") if overlay.shown(name)} == shown, 20, lambda: f"{query}: {shown}: {overlay.text}")


def test_language_theme_and_scale(over, daemon, artifacts):
    sitting = Sitting(daemon).seat(34).begin()
    sitting.do("take_up_item", item="i1")
    sitting.open_round("r1", item="i1")
    sitting.vote("r1", yes=range(1, 12), no=[20, 21])
    plain = over(daemon, "", size=PICTURE)
    plain.wait_text("Голосування", "11 За")
    assert plain.evaluate("document.documentElement.lang") == "uk", "the council's language unless another is asked for"
    height = plain.evaluate("document.querySelector('.lower').offsetHeight")
    assert height == 180, "a sixth of the height"
    for query, word in (("lang=lt", "Balsavimas"), ("lang=ka&theme=light", "კენჭისყრა"), ("lang=en&scale=1.25", "Vote")):
        overlay = over(daemon, query)
        overlay.wait_text(word, "11")
        width, tall, alpha = overlay.picture(artifacts / f"overlay-{query.replace('&', '-').replace('=', '-')}.png")
        check_room(width, tall, alpha)
        overlay.check_access()
        if "scale" in query:
            assert overlay.evaluate("document.querySelector('.lower').offsetHeight") == 225
        if "light" in query:
            assert overlay.evaluate("getComputedStyle(document.querySelector('.lower')).backgroundColor") == "rgb(255, 255, 255)"
    small = over(daemon, "", size=(1280, 720))
    small.wait_text("Голосування")
    check_room(*small.picture(artifacts / "overlay-720.png"))
    assert small.evaluate("document.querySelector('.lower').offsetHeight") == 120


def test_a_delay_holds_everything_back_by_that_much(over, daemon):
    sitting = Sitting(daemon).seat(9).begin(present=9)
    sitting.do("take_up_item", item="i1")
    overlay = over(daemon, "lang=en&delay=2500")
    overlay.wait_text("1. Про бюджет")
    overlay.evaluate("""() => {
        window.seen = null;
        const side = document.querySelector('.side');
        new MutationObserver(() => { if (side.hasAttribute('data-on')) window.seen ??= Date.now(); }).observe(side, { attributes: true });
    }""")
    asked = time.time() * 1000
    sitting.open_round("r1", item="i1")
    seen = wait_until(lambda: overlay.evaluate("window.seen"), 25, "the tally")
    assert seen - asked >= 2400, f"{seen - asked} ms"


def test_what_the_address_asks_wrongly_is_told_in_the_console_only(watch, daemon):
    sitting = Sitting(daemon).seat(9).begin(present=9)
    sitting.do("take_up_item", item="i1")
    overlay = watch(daemon, path=f"/overlay/{daemon.hall}", size=PICTURE, kind=Overlay)
    said = []
    overlay.page.on("console", lambda message: said.append((message.type, message.text)))
    overlay.page.goto(f"{daemon.url}/overlay/{daemon.hall}?lang=de&scale=9&delay=x&verdict=0&theme=pink&parts=item,clock&colour=red")
    overlay.wait_text("1. Про бюджет")
    warnings = [text for kind, text in said if kind == "warning" and text.startswith("overlay: ")]
    assert len(warnings) == 7, warnings
    for word in ("lang=de", "scale=9", "delay=x", "verdict=0", "theme=pink", "“clock”", "“colour”"):
        assert any(word in text for text in warnings), word
    assert overlay.text == "1. Про бюджет громади"


@pytest.mark.parametrize("end", ["kill9", "terminate"])
def test_nothing_wrong_stays_on_air_when_the_connection_is_lost(over, daemon, artifacts, end):
    sitting = Sitting(daemon).seat().begin()
    sitting.do("take_up_item", item="i1")
    overlay = over(daemon, "lang=en")
    overlay.wait_text("1. Про бюджет")
    lost = time.monotonic()
    getattr(daemon, end)()
    wait_until(lambda: not overlay.on_air, 25, "the overlay to be hidden")
    hidden_after = time.monotonic() - lost
    width, height, alpha = overlay.picture(artifacts / "overlay-lost.png")
    assert not any(alpha), "not one pixel stays"
    print(f"hidden {hidden_after:.1f} s after {end}")
    assert hidden_after > 1.5, "a hiccup must not blink"
    daemon.start()
    sitting.do("take_up_item", item="i2")
    wait_until(lambda: overlay.on_air, 25, "the overlay to be back")
    overlay.wait_text("2. Про укриття")


def test_a_daemon_that_hangs_is_as_good_as_gone(over, daemon):
    """No connection breaks, nothing comes: it is hidden all the same, and back when the daemon is."""
    sitting = Sitting(daemon).seat().begin()
    sitting.do("take_up_item", item="i1")
    overlay = over(daemon, "lang=en")
    overlay.wait_text("1. Про бюджет")
    os.kill(daemon.pid, signal.SIGSTOP)
    try:
        wait_until(lambda: not overlay.on_air, 45, "the overlay to be hidden")
    finally:
        os.kill(daemon.pid, signal.SIGCONT)
    wait_until(lambda: overlay.on_air, 45, "the overlay to be back")
    overlay.wait_text("1. Про бюджет")


@pytest.mark.real_time("Chromium plays the picture that the overlay lies over")
def test_it_lies_over_a_moving_picture(watch, daemon, artifacts):
    """On the hall's live picture itself: above it the picture moves, below the words stand."""
    assert daemon.wish(daemon.hall, "start").status < 300
    sitting = Sitting(daemon).seat().begin()
    sitting.do("take_up_item", item="i1")
    viewer = watch(daemon, size=PICTURE, bypass_csp=True, color_scheme="light")
    viewer.wait_playing(60)
    viewer.evaluate("""() => {
        const video = document.getElementById('video'), frame = document.createElement('iframe');
        video.parentElement.style.cssText = 'position: fixed; inset: 0; z-index: 10; aspect-ratio: auto';
        frame.src = '/overlay/HALL?lang=en';
        frame.style.cssText = 'position: absolute; inset: 0; width: 100%; height: 100%; border: 0; z-index: 11';
        frame.id = 'over';
        video.parentElement.append(frame);
    }""".replace("HALL", daemon.hall))
    wait_until(lambda: len(viewer.page.frames) > 1 and viewer.page.frames[1].evaluate("document.documentElement.dataset.onAir") == "yes", 25, "the overlay over the picture")
    frame = viewer.page.frames[1]
    wait_until(lambda: "Про бюджет" in frame.inner_text(".lower"), 25, "the lower third")
    wait_until(lambda: frame.evaluate("document.getAnimations().length") == 0, 20, "the sliding to end")
    # The hemicycle of the camera's picture and its clock move; both screenshots are taken as the eye sees them.
    clip = {"x": 0, "y": 0, "width": 1920, "height": 720}
    words = {"x": 110, "y": 860, "width": 900, "height": 150}
    upper, lower = viewer.page.screenshot(clip=clip), viewer.page.screenshot(clip=words)
    wait_until(lambda: viewer.page.screenshot(clip=clip) != upper, 25, "the picture to move above the overlay")
    assert viewer.page.screenshot(clip=words) == lower, "the words stand still on their own ground"
    viewer.page.screenshot(path=artifacts / "overlay-over-picture.png")


def test_long_names_and_titles_fit(over, daemon):
    names = ["ჩხარტიშვილი-ხვედელიანი", "Нечипоренко-Староконстянтинівська"]
    sitting = Sitting(daemon).seat(120, lambda i: (names[i % 2], "Олександра-Вікторія")).begin("Про затвердження " + "проєкту землеустрою " * 40, present=120)
    sitting.do("take_up_item", item="i1")
    overlays = [over(daemon, f"{EVERYTHING}&{query}scale=1.25") for query in ("", "lang=ka&theme=light&")]

    def fit(*texts):
        for overlay in overlays:
            overlay.wait_text(*texts)
            fits(overlay)

    for deputy in ("d1", "d2"):
        sitting.do("queue_speaker", speaker=f"t-{deputy}", deputy=deputy, kind="debate", item="i1")
        sitting.do("start_speech", speaker=f"t-{deputy}")
        fit(names[int(deputy[1:]) % 2].split("-")[0])
        sitting.do("end_speech")
    question = "Прийняти за основу й у цілому, з урахуванням поправок постійної комісії"
    sitting.open_round("r1", question, item="i1")
    sitting.vote("r1", yes=range(1, 10))
    fit(question.split()[0], "9")


LONG = {
    "uk": "Про затвердження проєкту землеустрою щодо відведення земельної ділянки для будівництва та обслуговування спортивно-оздоровчого комплексу на вулиці Героїв Чорнобиля",
    "ka": "ზუგდიდის მუნიციპალიტეტის საკრებულოს რეგლამენტის დამტკიცების შესახებ დადგენილებაში ცვლილების შეტანისა და საბიუჯეტო კომისიის წევრთა შემადგენლობის განსაზღვრის თაობაზე",
}


@pytest.mark.parametrize("language", LONG)
def test_a_long_title_is_said_in_full_and_when_it_cannot_be_is_cut_at_a_word_with_its_number(over, daemon, artifacts, language):
    title, endless = LONG[language], " ".join([LONG[language]] * 3)
    sitting = Sitting(daemon).seat(9).begin(title, endless, present=9)
    # While a verdict is on air its item stays there too: a second, for here nobody looks at it.
    overlays = {scale: over(daemon, f"lang={language}&scale={scale}&verdict=1", on_air=False) for scale in (0.5, 1, 1.25, 1.5)}

    # Those that reach farthest are drawn, and their pixels looked at too.
    pictured = {"item", "round", "endless-round"}

    def lower(overlay):
        # `span`s are lines; between two of them stands a space.
        return overlay.evaluate("""(() => { const one = document.querySelector('.lower'); return { first: one.querySelector('.first').textContent, second: one.querySelector('.second').textContent,
            lines: [...one.querySelectorAll('.first span')].map((span) => span.textContent.length), size: parseFloat(getComputedStyle(one.querySelector('.first')).fontSize) }; })()""")

    def stands(name, number, whole, beside=""):
        for scale, overlay in overlays.items():
            wait_until(lambda: overlay.on_air and f"{number}. " in overlay.text and beside in overlay.text, 25, lambda: f"item {number} at {scale}: {overlay.text}")
            fits(overlay)
            text = overlay.text
            assert (title if number == 1 else endless).split()[0] in text
            if whole and scale <= 1:
                assert title in " ".join(text.split()), f"{name} at {scale}: {lower(overlay)}"
            if "…" in text:
                words = text[text.index(f"{number}. "):text.index("…")].split()[1:]
                assert words == (title if number == 1 else endless).split()[:len(words) - 1] + [words[-1]] and len(words) >= 4, f"cut at a word: {words}"
                assert any(one.strip(",;:") == words[-1] for one in (title if number == 1 else endless).split()), words
            for box in overlay.evaluate("[...document.querySelectorAll('section[data-on]')].map((one) => one.getBoundingClientRect().toJSON())"):
                assert box["left"] >= 96 - 0.5 and box["right"] <= 1824.5 and box["bottom"] <= 1026.5 and box["top"] >= 720, (scale, box)
            if scale == 1.5 and name in pictured:
                check_room(*overlay.picture(artifacts / f"overlay-long-{language}-{name}-{scale}.png"))

    sitting.do("take_up_item", item="i1")
    stands("item", 1, whole=True)
    assert 1 <= len(lower(overlays[1])["lines"]) <= 2 and lower(overlays[1])["size"] >= 30, "the whole width is its own while nothing stands beside it"
    sitting.do("queue_speaker", speaker="t1", deputy="d1", kind="debate", item="i1")
    sitting.do("start_speech", speaker="t1")
    stands("speech", 1, whole=True, beside="Депутат1")
    sitting.do("end_speech")
    sitting.open_round("r1", "За основу", "basis", item="i1", seconds=600)
    stands("round", 1, whole=True, beside="За основу")
    even = lower(overlays[1])["lines"]
    assert max(even) <= 1.35 * min(even), f"lines of one length: {even}"
    sitting.end_round("r1")
    sitting.do("take_up_item", item="i2")
    stands("endless", 2, whole=False)
    # Another question than the vote before, whose verdict must not be taken for this one.
    sitting.open_round("r2", "У другому читанні", "basis", item="i2", seconds=600)
    stands("endless-round", 2, whole=False, beside="У другому читанні")
    assert all("…" in lower(overlay)["first"] for overlay in overlays.values())


def fits(overlay):
    """Every text lies within a block that is on; both are asked for at once, for the next message may move them."""
    overlay.wait_still()
    seen = overlay.evaluate(f"""() => ({{
        boxes: [...document.querySelectorAll('section[data-on]')].map((one) => {{ const b = one.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; }}),
        texts: ({TEXTS})(),
    }})""")
    for text in seen["texts"]:
        assert any(left <= text["left"] and top <= text["top"] and text["right"] <= right + 1 and text["bottom"] <= bottom + 1 for left, top, right, bottom in seen["boxes"]), (text, seen["boxes"])


def test_its_options_are_in_the_guide():
    guide = (ROOT / "docs/overlay.md").read_text()
    for option in ("parts", "lang", "theme", "scale", "delay", "verdict"):
        assert f"`{option}`" in guide and f"overlay-{option}" in guide, option
    assert json.loads((ROOT / "web/package.json").read_text())["private"]
