"""Debian's Firefox through WebDriver BiDi: what a test needs of it, over one WebSocket."""

import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from pathlib import Path

from websockets.sync.client import connect

from Tests.support.ports import free_port
from Tests.support.wait import wait_until

FIREFOX = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")

# A browser of its own: English, plays without being asked, asks nobody on the network for anything.
PREFERENCES = {
    "intl.accept_languages": "en-GB, en", "intl.locale.requested": "en-GB", "media.autoplay.default": 0, "media.autoplay.blocking_policy": 0,
    "browser.shell.checkDefaultBrowser": False, "browser.startup.homepage": "about:blank", "browser.startup.page": 0, "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False, "toolkit.telemetry.enabled": False, "app.update.enabled": False, "app.normandy.enabled": False,
    "network.connectivity-service.enabled": False, "network.captive-portal-service.enabled": False, "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False, "extensions.update.enabled": False, "services.settings.server": "data:,", "network.proxy.type": 0,
    "media.gmp-manager.updateEnabled": False, "media.hardware-video-decoding.enabled": False, "remote.prefs.recommended": True,
}

KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "ArrowDown": "\ue015", "ArrowUp": "\ue013", "Home": "\ue011"}


class Firefox:
    """`with Firefox() as firefox: page = firefox.open(url)`. Ends with its whole process group."""

    def __enter__(self):
        # `make test` installs it: a machine without it has not run the tests, and must say so.
        assert FIREFOX, "Firefox is not installed: `make deps-test` does it, or name another with FIREFOX=…"
        self._folder = tempfile.TemporaryDirectory(prefix="plenary-firefox-", ignore_cleanup_errors=True)
        profile = Path(self._folder.name) / "profile"
        profile.mkdir()
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines) + "\n")
        port = free_port()
        self._output, self._closing = [], contextlib.ExitStack()
        self._process = subprocess.Popen(
            [FIREFOX, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", str(port), "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, "HOME": self._folder.name, "MOZ_HEADLESS": "1", "MOZ_DISABLE_CONTENT_SANDBOX": "1"})
        threading.Thread(target=self._read, daemon=True).start()
        try:
            wait_until(self._listens, 90, lambda: f"Firefox to listen: {self._output[-20:]}")
            self._socket = self._closing.enter_context(connect(f"ws://127.0.0.1:{port}/session", max_size=None, open_timeout=30, compression=None))
            self._numbers = itertools.count(1)
            self.events, self.opened = [], []
            self.command("session.new", capabilities={})
            self.command("session.subscribe", events=["log.entryAdded"])
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        self._closing.close()
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(15)
        self._folder.cleanup()

    def _read(self):
        for line in self._process.stdout:
            self._output.append(line.decode("utf-8", "replace").rstrip())

    def _listens(self):
        assert self._process.poll() is None, f"Firefox left with {self._process.returncode}: {self._output[-20:]}"
        return any("WebDriver BiDi listening" in line for line in self._output)

    def command(self, method, **params):
        """Sends a command and returns its result; what happens meanwhile is kept in `events`."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=90))
            if message.get("id") == number:
                assert message["type"] == "success", f"{method}: {message.get('error')}: {message.get('message')}"
                return message["result"]
            if message.get("type") == "event":
                self.events.append(message)

    def open(self, url, size=(1366, 768)):
        context = self.command("browsingContext.create", type="tab")["context"]
        self.opened.append(context)
        self.command("browsingContext.setViewport", context=context, viewport={"width": size[0], "height": size[1]})
        self.command("browsingContext.navigate", context=context, url=url, wait="interactive")
        return Page(self, context)

    def close_pages(self):
        """Every tab but the one that keeps the browser open."""
        for context in self.opened:
            self.command("browsingContext.close", context=context)
        self.opened = []

    @property
    def faults(self):
        """Errors of scripts and pages; what the browser says of a request that failed is not among them."""
        said = [event["params"] for event in self.events if event["method"] == "log.entryAdded" and event["params"]["level"] == "error"]
        return [entry.get("text") for entry in said if entry["type"] == "javascript" or entry.get("method") == "error"]


class Page:
    """A tab, as a person meets it: texts and roles."""

    def __init__(self, firefox, context):
        self.firefox, self.context = firefox, context

    def front(self):
        self.firefox.command("browsingContext.activate", context=self.context)
        return self

    def evaluate(self, expression):
        """The value of `JSON.stringify(expression)`."""
        result = self.firefox.command("script.evaluate", expression=f"JSON.stringify({expression})", target={"context": self.context}, awaitPromise=True)
        assert result["type"] == "success", f"{expression}: {result.get('exceptionDetails', {}).get('text')}"
        value = result["result"].get("value")
        return None if value is None else json.loads(value)

    @property
    def text(self):
        return self.evaluate("document.body.innerText")

    def see(self, text, timeout=60):
        wait_until(lambda: re.search(text, self.text), timeout, lambda: f"“{text}” on the page: {self.text[:1500]}", interval=0.2)

    def count(self, role, name=None):
        """How many elements of a role (and an accessible name, word for word) there are, as assistive technology sees them."""
        value = {"role": role, **({"name": name} if name else {})}
        return len(self.firefox.command("browsingContext.locateNodes", context=self.context, locator={"type": "accessibility", "value": value})["nodes"])

    def find(self, role, name, timeout=60):
        wait_until(lambda: self.count(role, name), timeout, lambda: f"a {role} “{name}”: {self.text[:1500]}", interval=0.2)

    def press(self, *keys):
        actions = [{"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
        self.firefox.command("input.performActions", context=self.context, actions=[{"type": "key", "id": "keyboard", "actions": actions}])
