"""One module per section: TITLE, and `measure(setting)` which yields rows."""

from . import browser, delay, fanout, http, memory, relay, reloads

SECTIONS = {"relay": relay, "delay": delay, "http": http, "reloads": reloads, "fanout": fanout, "browser": browser, "memory": memory}
