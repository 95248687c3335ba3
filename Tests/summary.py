#!/usr/bin/env python3
"""After `make test`: durations to Tests/artifacts/durations.json, the ten slowest to the terminal, and the tree that passed to Tests/artifacts/passed.

`Tests/summary.py begin` forgets what an earlier run left; `Tests/summary.py end` writes it anew.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
ARTIFACTS = ROOT / "Tests/artifacts"


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()


def tree():
    """The hash of what is checked out; empty when anything differs from it, or outside a repository."""
    return "" if git("status", "--porcelain") else git("rev-parse", "HEAD^{tree}")


def swift_durations():
    log = ARTIFACTS / "swift-test.log"
    if not log.exists():
        return {}
    pattern = re.compile(r'Test "?(.+?)"? (?:with \d+ test cases )?passed after ([\d.]+) seconds')
    return {f"swift: {name}": float(seconds) for name, seconds in pattern.findall(log.read_text(encoding="utf-8", errors="replace"))}


def python_durations():
    from Tests.run import OUTCOMES, outcomes

    return {test: round(outcome["seconds"], 3) for test, outcome in outcomes().items()} if OUTCOMES.exists() else {}


def main():
    ARTIFACTS.mkdir(exist_ok=True)
    started, passed = ARTIFACTS / "started", ARTIFACTS / "passed"
    if sys.argv[1:] == ["begin"]:
        for name in ("passed", "durations.json", "outcomes.jsonl", "swift-test.log"):
            (ARTIFACTS / name).unlink(missing_ok=True)
        started.write_text(tree())
        return
    durations = {**swift_durations(), **python_durations()}
    (ARTIFACTS / "durations.json").write_text(json.dumps(durations, indent=1, ensure_ascii=False, sort_keys=True))
    print("\nThe ten slowest, seconds with their setup:")
    for test, seconds in sorted(durations.items(), key=lambda each: -each[1])[:10]:
        print(f"  {seconds:6.1f}  {test}")
    # What changed meanwhile was not tested whole.
    same = tree()
    passed.write_text(f"{same}\n" if same and started.exists() and started.read_text() == same else "")
    print(f"Passed: tree {same}" if passed.read_text() else "Passed, with changes that are not committed: Tests/artifacts/passed stays empty.")


if __name__ == "__main__":
    main()
