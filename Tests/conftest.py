"""What every Python test shares: the project's root on the path, the daemon's log in a failed test's report, groups and the record of outcomes."""

import json
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from Tests.support.daemon import Daemon  # noqa: E402

#: Real time is dear: more tests than this may not ask for a second try.
REAL_TIME_LIMIT = 40

#: Files and groups that take longest, the longest first: with them started first no worker is left alone at the end.
LONGEST_FIRST = (
    "test_resident", "test_console", "test_console_keys", "test_api", "display-looks", "test_display", "firefox",
    "test_comes_back", "test_operations", "test_picture", "test_players",
)


def group_of(item):
    """The unit in which a test runs: its own `xdist_group`, else its file, so that a module's fixture is set up once."""
    marker = item.get_closest_marker("xdist_group")
    return (marker.args[0] if marker.args else marker.kwargs["name"]) if marker else Path(item.path).stem


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    real_time = [item for item in items if item.get_closest_marker("real_time")]
    for item in real_time:
        if not item.get_closest_marker("real_time").args:
            raise pytest.UsageError(f"{item.nodeid}: real_time needs its reason")
    if len(real_time) > REAL_TIME_LIMIT:
        raise pytest.UsageError(f"{len(real_time)} tests are marked real_time, {REAL_TIME_LIMIT} may be")
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(group_of(item)))
    rank = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(group_of(item), len(rank)))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Adds the last log lines of every daemon the test saw to its report, when it fails."""
    outcome = yield
    report = outcome.get_result()
    report.is_real_time = item.get_closest_marker("real_time") is not None
    if report.failed:
        mine = [value for value in getattr(item, "funcargs", {}).values() if isinstance(value, Daemon)]
        for daemon in mine or Daemon.running[-1:]:
            report.sections.append((f"log of the daemon at {daemon.address}", "\n".join(daemon.log.splitlines()[-60:])))


def pytest_configure(config):
    """`PLENARY_OUTCOMES=FILE`: a line of JSON for each phase of each test, for `Tests/run.py`."""
    path = os.environ.get("PLENARY_OUTCOMES")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Outcomes(path), "outcomes")


class Outcomes:
    def __init__(self, path):
        self.file = open(path, "a", encoding="utf-8")

    def pytest_runtest_logreport(self, report):
        entry = {
            "test": report.nodeid.split("@")[0], "phase": report.when, "outcome": report.outcome, "seconds": round(report.duration, 3),
            "realTime": getattr(report, "is_real_time", False), "worker": getattr(report, "worker_id", "main"), "began": report.start,
        }
        print(json.dumps(entry), file=self.file, flush=True)


@pytest.fixture
def measured(record_property, capsys):
    """`measured("what", value, "unit")`: prints a figure past pytest's capture, and keeps it in the report."""

    def note(what, value, unit=""):
        text = f"{value:.3f}" if isinstance(value, float) else str(value)
        record_property(what, text)
        with capsys.disabled():
            print(f"\n    measured: {what} = {text} {unit}".rstrip())

    return note
