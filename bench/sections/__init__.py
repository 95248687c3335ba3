"""One module per section: TITLE, and `measure(setting)` which yields rows."""

from . import browser, delay, http, memory, relay, reloads

SECTIONS = {"relay": relay, "delay": delay, "http": http, "reloads": reloads, "browser": browser, "memory": memory}
