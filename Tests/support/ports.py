"""Ports that nobody listens on now, and that nobody gets by chance before they are listened on."""

import random
import socket
from pathlib import Path

_given = set()
_chance = random.SystemRandom()


def _range():
    """Below those that the kernel gives to whoever connects: a crowd of clients would take one between its choice and its use."""
    try:
        first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        first = 32768
    return (10_000, first) if first > 15_000 else (20_000, 32_768)


def free_port(kind="tcp"):
    """A loopback port, not given out before by this process."""
    while True:
        port = _chance.randrange(*_range())
        if port in _given:
            continue
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
