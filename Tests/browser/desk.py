"""A secretary at the console: Debian's Chromium on `/console`, driven by keys, and what the record says of it."""

import re

from Tests.browser.access import check_access, check_both_themes
from Tests.support.wait import wait_until

LOCALES = {"en": "en-GB", "uk": "uk-UA", "lt": "lt-LT", "ka": "ka-GE"}


def close(context):
    """Closes a browser context; a request that a test's route still holds or answers ends with it, and not in the next test."""
    for page in context.pages:
        page.unroute_all(behavior="ignoreErrors")
    context.close()


class Desk:
    """`page` on `/console`; console errors, page errors and foreign requests are kept and demanded to be none."""

    def __init__(self, browser, daemon, language="en", size=(1366, 768), path="/console", **options):
        self.daemon = daemon
        self.context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=LOCALES[language], **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.errors, self.requests = [], []
        self.page.on("pageerror", lambda error: self.errors.append(f"page error: {error}"))
        self.page.on("console", self._console)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(daemon.url + path)

    def _console(self, message):
        # A daemon that is away for a moment is part of the tests; the browser notes it by itself.
        if message.type == "error" and not message.text.startswith(("Failed to load resource", "WebSocket connection to")):
            self.errors.append(f"console: {message.text}")

    def close(self):
        close(self.context)

    def check(self):
        assert not self.errors, self.errors
        own = ("/".join(self.daemon.url.split("/")[:3]), f"ws://{self.daemon.events_address}", "data:", "blob:")
        foreign = [url for url in self.requests if not url.startswith(own)]
        assert not foreign, f"requests to other hosts: {foreign}"

    # — seeing —

    def see(self, selector, text, timeout=30):
        """Waits until the element's text contains `text` (a plain text, or a compiled pattern)."""
        def shown():
            found = self.page.locator(selector).first
            words = found.inner_text() if found.count() and found.is_visible() else ""
            return re.search(text, words) if isinstance(text, re.Pattern) else text in words
        wait_until(shown, timeout, lambda: f"“{text}” in {selector}: {self.glance()}")

    def glance(self):
        return self.page.evaluate("['sitting', 'bar-words', 'now-title', 'next', 'last-sent', 'login-fault'].map((id) => `${id}: ${document.getElementById(id)?.innerText}`).join('; ') + ' | ' + [...document.querySelectorAll('dialog[open]')].map((d) => d.innerText).join(' / ')")

    def text(self, selector):
        return self.page.locator(selector).first.inner_text()

    @property
    def is_red(self):
        return self.page.locator("#bar").get_attribute("data-red") is not None

    @property
    def dialog(self):
        return self.page.locator("dialog[open]")

    def wait_dialog(self, text):
        self.see("dialog[open]", text)

    def wait_no_dialog(self):
        """No question is open, and the desk has taken notice: a question leaves the page, and gives the focus back, a task after it has closed."""
        wait_until(lambda: self.page.locator("dialog[open], dialog.sheet:not(#login)").count() == 0, 30, lambda: f"no dialog: {self.glance()}")

    def wait_settled(self):
        """Everything that was sent has its answer, and the page shows what came of it."""
        self.wait_drawn()
        wait_until(lambda: re.search("on record|refused|already|done|Nothing was sent", self.text("#last-sent")) and self.is_free,
                   60, lambda: f"everything to be on record: {self.glance()}")

    def wait_settled_in(self, words):
        self.wait_drawn()
        self.see("#last-sent", words)
        wait_until(lambda: not self.page.locator("#roll tr[data-sending]").count(), 60, lambda: f"everything to be on record: {self.glance()}")

    def wait_drawn(self):
        """What the last key or message changed is drawn: the page draws once a frame."""
        self.page.evaluate("new Promise((done) => { const frame = document.hidden ? (next) => setTimeout(next, 250) : requestAnimationFrame; frame(() => frame(done)); })")

    def wait_current(self):
        """The page shows the hall as it is: nothing of its own is under way, and what others did has reached it. A person would look before pressing a key."""
        self.wait_drawn()
        hall = self.page.evaluate("document.querySelector('#desk[data-seq]') && document.getElementById('hall').value")
        if not hall or self.dialog.count():
            return
        seq = self.daemon.control.get(f"/api/v1/halls/{hall}/council").json["seq"]
        wait_until(lambda: self.is_free and int(self.page.locator("#desk").get_attribute("data-seq")) >= seq, 60, lambda: f"the page to show event {seq}: {self.glance()}")

    @property
    def is_free(self):
        return self.page.locator("#next").get_attribute("aria-disabled") is None

    # — doing —

    def sign_in(self, secret):
        """In any language."""
        self.page.fill("dialog[open] #login-secret", secret)
        self.page.keyboard.press("Enter")
        self.wait_no_dialog()
        self.see("#sitting", re.compile(r"\w"))
        return self

    def press(self, *keys, looking=True):
        """Presses keys one after the other; `looking`: once the page shows the hall as it is, unless a dialog is open."""
        if looking:
            self.wait_current()
        for key in keys:
            self.page.keyboard.press(key)

    def step(self, words, about=None):
        """Presses G when the large button says `words`."""
        self.see("#next", words)
        wait_until(lambda: self.is_free, 30, "the button to be free")
        if about:
            self.see("#next", about)
        # A second press within half a second belongs to the first, so a person's next one comes later.
        wait_until(lambda: self.page.evaluate("window.stepAt === undefined || performance.now() - window.stepAt > 600"), 30, "the next half second")
        self.press("g")
        self.page.evaluate("window.stepAt = performance.now()")

    def confirm(self, words):
        self.wait_dialog(words)
        self.press("Enter")
        self.wait_no_dialog()
        self.wait_settled()

    def axe(self, where):
        check_access(self.page, where)

    def axe_in_both_themes(self, where):
        check_both_themes(self.page, where)
