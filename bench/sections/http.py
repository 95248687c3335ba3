"""Requests per second of playlists, parts and segments against nginx with the same bytes as files on tmpfs."""

import statistics
import sys

from harness import feed, load
from harness.nginx import Nginx
from harness.plenary import Certificate, Plenary
from harness.processes import cpu_seconds
from harness.setting import Unfit
from harness.table import Row, at_least

TITLE = "playlists, 50 kB parts and 1 MB segments against nginx static on tmpfs, one core each"
#: Of each load; with five rounds the section takes some three minutes.
SECONDS = 2
TARGET = 1.0
#: Where nginx leaves the work to sendfile(2), and ours answers out of memory.
TARGETS = {("HTTP/1.1", "playlist"): 0.9, ("HTTP/1.1", "part"): 0.9}


def resources(daemon):
    """Path of a playlist, a part of 0.1 s and a whole segment; the newest, so that they stay in the window for the rounds."""
    calm, fine = daemon.wait_live("calm", segments=4), daemon.wait_live("fine", segments=4)
    part = fine.parts[len(fine.parts) // 2]
    return {"playlist": "/live/calm/main.m3u8", "part": f"/live/fine/{part}", "segment": f"/live/calm/{calm.segments[-1]}"}


def measure(setting):
    camera = str(feed.ts(setting))
    certificate = Certificate(setting.folder)
    halls = [
        # A window that outlasts the rounds.
        {"name": "calm", "camera": camera, "liveWindow": 120}, {"name": "fine", "camera": camera, "partDuration": 0.1, "liveWindow": 120},
    ]
    core = setting.server_core
    for protocol, tls, tool in (("HTTP/1.1", None, load.http1), ("HTTP/2+TLS", certificate, load.http2)):
        with Plenary(setting, halls, core=core, tls=tls) as daemon, Nginx(setting, certificate, core=core) as nginx:
            port = nginx.tls if tls else nginx.plain
            origin = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
            rates, costs, sizes = {}, {}, {}
            for number in range(setting.rounds):
                print(f"  {protocol}: round {number + 1} of {setting.rounds}", file=sys.stderr, flush=True)
                for kind, path in resources(daemon).items():
                    status, body = daemon.get(path)
                    if status != 200:
                        raise Unfit(f"{path} answered {status}: {body[:200]!r}")
                    sizes[kind] = len(body)
                    copy = nginx.root / path[1:]
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    # A name of its own per round: nginx keeps what it knows about a file.
                    name = copy.with_name(f"{len(rates.get((kind, 'ours'), []))}-{copy.name}")
                    name.write_bytes(body)
                    for who, url, pids in (
                        ("ours", daemon.origin + path, [daemon.pid]), ("nginx", f"{origin}/{name.relative_to(nginx.root)}", nginx.pids),
                    ):
                        before = cpu_seconds(*pids)
                        rate = tool(setting, url, SECONDS)
                        rates.setdefault((kind, who), []).append(rate)
                        costs.setdefault((kind, who), []).append((cpu_seconds(*pids) - before) / (rate * SECONDS))
        for kind in ("playlist", "part", "segment"):
            ours, peer = statistics.median(rates[kind, "ours"]), statistics.median(rates[kind, "nginx"])
            pairs = [a / b for a, b in zip(rates[kind, "ours"], rates[kind, "nginx"])]
            cost = statistics.median(a / b for a, b in zip(costs[kind, "ours"], costs[kind, "nginx"]))
            ratio = statistics.median(pairs)
            yield Row(
                f"{protocol} {kind} of {sizes[kind] / 1000:.1f} kB (CPU per request × {cost:.2f})", f"{ours:,.0f}/s", f"{peer:,.0f}/s nginx", ratio,
                **at_least(TARGETS.get((protocol, kind), TARGET), ratio))
