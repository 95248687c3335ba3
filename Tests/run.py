#!/usr/bin/env python3
"""Runs the Python tests: side by side, then alone those that measure, then once more, alone, what failed and may be tried again.

    Tests/run.py [--workers N] [FILE | FOLDER | TEST …]

Only tests marked `real_time` may be tried again, and at most three in a run: what fails in greater numbers is a fault. Leaves every
test's outcome and duration in Tests/artifacts/outcomes.jsonl. Exit status: 0 passed, 1 failed, 2 not run.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUTCOMES = HERE / "artifacts/outcomes.jsonl"
FOLDERS = ("Tests/checker", "Tests/live", "Tests/browser")
SECOND_TRIES = 3
# pytest's exit codes: 1 tests failed, 5 nothing was selected.
FAILED, NOTHING = 1, 5


def pytest(*arguments):
    environment = {**os.environ, "PLENARY_OUTCOMES": str(OUTCOMES), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=HERE.parent, env=environment).returncode


def outcomes():
    """Each test's last outcome, in the order in which they began: `{test: {failed, seconds, realTime}}`."""
    tests = {}
    for line in OUTCOMES.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["phase"] == "setup":
            tests.pop(entry["test"], None)
        test = tests.setdefault(entry["test"], {"failed": False, "seconds": 0.0, "realTime": entry["realTime"]})
        test["failed"] |= entry["outcome"] == "failed"
        test["seconds"] += entry["seconds"]
    return tests


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=int(os.environ.get("TEST_WORKERS", 3 * (os.cpu_count() or 2))),
                        help="tests side by side; they wait more than they compute (default: three for each processor)")
    parser.add_argument("tests", nargs="*", default=FOLDERS)
    options = parser.parse_args()
    OUTCOMES.parent.mkdir(exist_ok=True)
    OUTCOMES.write_text("")

    began = time.monotonic()
    codes = [
        pytest("-n", str(options.workers), "--dist", "loadgroup", "--no-loadscope-reorder", "-m", "not measures and not soak", *options.tests),
        pytest("-p", "no:xdist", "-m", "measures and not soak", *options.tests),
    ]
    if any(code not in (0, FAILED, NOTHING) for code in codes):
        return 2
    failed = [test for test, outcome in outcomes().items() if outcome["failed"]]
    final = [test for test in failed if not outcomes()[test]["realTime"]]
    again = [test for test in failed if test not in final]
    if FAILED in codes and not failed:
        return 1
    if again and not final and len(again) <= SECOND_TRIES:
        print(f"\nA second try, alone, for what depends on real time: {len(again)}", flush=True)
        pytest("-p", "no:xdist", *again)
        final = [test for test in again if outcomes()[test]["failed"]]
    else:
        final, again = failed, []

    print(f"\nPython tests: {time.monotonic() - began:.0f} s with {options.workers} side by side")
    for test in again:
        print(f"  needed a second try: {test}" + ("" if test not in final else " — and failed again"))
    for test in final:
        print(f"  FAILED: {test}")
    if not again:
        print("  no second try")
    return 1 if final else 0


if __name__ == "__main__":
    sys.exit(main())
