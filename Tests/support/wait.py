"""Waiting for facts instead of sleeping."""

import time


class NotInTime(AssertionError):
    pass


def wait_until(condition, timeout, what, interval=0.05):
    """Asks `condition()` until it answers something true, and returns that; `NotInTime` names `what` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            detail = what() if callable(what) else what
            raise NotInTime(f"not within {timeout} s: {detail}")
        time.sleep(interval)
