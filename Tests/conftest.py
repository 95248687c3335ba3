"""What every Python test shares: the project's root on the path, and where the daemon's log goes when a test fails."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from Tests.support.daemon import Daemon  # noqa: E402


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Adds the last log lines of every daemon the test saw to its report, when it fails."""
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        mine = [value for value in getattr(item, "funcargs", {}).values() if isinstance(value, Daemon)]
        for daemon in mine or Daemon.running[-1:]:
            report.sections.append((f"log of the daemon at {daemon.address}", "\n".join(daemon.log.splitlines()[-60:])))


@pytest.fixture
def measured(record_property, capsys):
    """`measured("what", value, "unit")`: prints a figure past pytest's capture, and keeps it in the report."""

    def note(what, value, unit=""):
        text = f"{value:.3f}" if isinstance(value, float) else str(value)
        record_property(what, text)
        with capsys.disabled():
            print(f"\n    measured: {what} = {text} {unit}".rstrip())

    return note
