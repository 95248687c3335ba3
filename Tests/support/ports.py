"""Ports that nobody listens on now."""

import socket

_given = set()


def free_port(kind="tcp"):
    """A loopback port from the ephemeral range, not given out before by this process."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port
