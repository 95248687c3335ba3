"""Memory at rest, memory per idle connection, and how soon the daemon is there."""

import socket
import statistics
import time

from harness import feed
from harness.nginx import Nginx
from harness.plenary import Certificate, Plenary
from harness.processes import memory
from harness.table import Row, at_most

TITLE = "memory at rest and per idle connection; start to ready"
CONNECTIONS = 1000
DAEMON_TARGET, WORKER_TARGET = 40, 40
#: Kilobytes.
CONNECTION_TARGET = 3
READY_TARGET, AFTER_KILL_TARGET = 0.5, 2


def idle_connections(port, path):
    """Kept-alive connections after one request each."""
    sockets = []
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    for _ in range(CONNECTIONS):
        client = socket.create_connection(("127.0.0.1", port), timeout=5)
        client.sendall(request)
        client.recv(65536)
        sockets.append(client)
    return sockets


def per_connection(port, path, *pids):
    """Kilobytes of PSS that each of the connections costs."""
    before = memory(*pids).proportional
    sockets = idle_connections(port, path)
    after = memory(*pids).proportional
    for client in sockets:
        client.close()
    return (after - before) * 1e3 / CONNECTIONS


def measure(setting):
    hall = {"name": "hall", "camera": str(feed.ts(setting)), "segmentMaximum": 5, "liveWindow": 30}
    with Plenary(setting, [hall]) as daemon, Nginx(setting, Certificate(setting.folder)) as nginx:
        daemon.wait_live("hall", segments=12, timeout=60)
        window = sum(len(daemon.get(f"/live/hall/{name}")[1]) for name in daemon.playlist("hall").segments) / 1e6
        own, worker = memory(daemon.pid), memory(*daemon.workers)
        beside = own.proportional - window
        yield Row(
            f"daemon with a live window of {window:.0f} MB: PSS beyond the window", f"{beside:.1f} MB (RSS {own.resident:.0f}, PSS {own.proportional:.0f})",
            **at_most(DAEMON_TARGET, beside))
        yield Row(
            "relay worker, anonymous", f"{worker.anonymous:.1f} MB (RSS {worker.resident:.0f}, PSS {worker.proportional:.0f})",
            **at_most(WORKER_TARGET, worker.anonymous))
        (nginx.root / "index.m3u8").write_bytes(daemon.get("/live/hall/index.m3u8")[1])
        ours = per_connection(daemon.port, "/live/hall/index.m3u8", daemon.pid)
        peer = per_connection(nginx.plain, "/index.m3u8", *nginx.pids)
        yield Row(
            f"an idle kept-alive HTTP/1.1 connection (of {CONNECTIONS:,})", f"{ours:.1f} kB", f"{peer:.1f} kB nginx", ours / max(peer, 0.01),
            **at_most(CONNECTION_TARGET, ours))

    starts, restarts = [], []
    for _ in range(setting.rounds):
        with Plenary(setting, [{"name": "hall", "camera": "test:"}]) as daemon:
            setting.kill(daemon.process)
            starts.append(daemon.start())
            daemon.wait_live("hall")
            setting.kill(daemon.process)
            restarts.append(daemon.start())
    yield Row(f"start to ready, median of {setting.rounds}", f"{statistics.median(starts):.3f} s", **at_most(READY_TARGET, statistics.median(starts)))
    yield Row(
        f"after kill -9 of a live daemon, worst of {setting.rounds}", f"{max(restarts):.3f} s", **at_most(AFTER_KILL_TARGET, max(restarts)))
