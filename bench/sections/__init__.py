"""One module per section: TITLE, and `measure(setting)` which yields rows."""

from . import audience, browser, delay, fanout, http, memory, relay, reloads

SECTIONS = {"relay": relay, "delay": delay, "http": http, "reloads": reloads, "fanout": fanout, "audience": audience, "browser": browser, "memory": memory}
