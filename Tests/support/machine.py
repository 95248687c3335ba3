"""Whether this machine has time for what a test asks of it."""

import os
from pathlib import Path


def runnable():
    """Threads that run or wait for a processor at this moment, for each processor."""
    return int(Path("/proc/loadavg").read_text().split()[3].split("/")[0]) / os.cpu_count()


class Pulse:
    """Samples the machine: `starved` says whether, on the whole, several wanted each processor that one could have."""

    LIMIT = 4

    def __init__(self):
        self.sum = self.count = 0

    def beat(self):
        self.sum, self.count = self.sum + runnable(), self.count + 1

    @property
    def starved(self):
        return os.getloadavg()[0] / os.cpu_count() > self.LIMIT or (self.count > 0 and self.sum / self.count > self.LIMIT)
