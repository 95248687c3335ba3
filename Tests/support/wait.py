"""Waiting for facts instead of sleeping."""

import time

#: No wait gives up before this, in seconds: a machine with other work has to be given its time, and a fact that comes costs nothing of it.
PATIENCE = 60


class NotInTime(AssertionError):
    pass


def wait_until(condition, timeout, what, interval=0.05, exactly=False):
    """Asks `condition()` until it answers something true, and returns that; `NotInTime` names `what` after `timeout` seconds.

    `timeout` is raised to PATIENCE, unless a test needs to know `exactly` that something did not come.
    """
    timeout = timeout if exactly else max(timeout, PATIENCE)
    deadline = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            detail = what() if callable(what) else what
            raise NotInTime(f"not within {timeout} s: {detail}")
        time.sleep(interval)
