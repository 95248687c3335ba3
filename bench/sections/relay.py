"""CPU and memory of relaying one feed, everybody at the same time on the same machine."""

import time

from harness import feed
from harness.nginx import Nginx
from harness.plenary import Plenary
from harness.processes import cpu_seconds, memory
from harness.setting import free_port
from harness.table import Row, at_most

TITLE = "CPU and memory of relaying 1080p25, 4 Mbit/s, to low-latency HLS"
KEY = "bench-key-0123456789"
CPU_TARGET = 0.7
WORKER_TARGET = 40

HLS = ["-c", "copy", "-f", "hls", "-hls_segment_type", "fmp4", "-hls_time", "2", "-hls_list_size", "60", "-hls_flags", "delete_segments"]


def ffmpeg_hls(setting, name, *source):
    """ffmpeg's own packager: fMP4 segments to tmpfs; from TS it needs the AAC filter that its muxer does not add."""
    folder = setting.folder / name
    folder.mkdir()
    return setting.spawn(
        ["ffmpeg", "-v", "error", "-nostdin", *source, *HLS, folder / "index.m3u8"], core=setting.server_core, log=name)


def measure(setting):
    ts, flv = feed.ts(setting), feed.flv(setting)
    udp_ours, udp_peer, rtmp_peer = free_port(), free_port(), free_port()
    halls = lambda camera: [{"name": "hall", "camera": camera}]
    with (
        Plenary(setting, halls(f"udp://127.0.0.1:{udp_ours}"), core=setting.server_core) as by_udp,
        Plenary(setting, halls(f"rtmp-push:{KEY}"), rtmp=True, core=setting.server_core) as by_rtmp,
        Nginx(setting, rtmp=True, core=setting.server_core) as nginx,
    ):
        by_ffmpeg_udp = ffmpeg_hls(
            setting, "ffmpeg-udp", "-f", "mpegts", "-i", f"udp://127.0.0.1:{udp_peer}?fifo_size=50000&overrun_nonfatal=1", "-bsf:a", "aac_adtstoasc")
        by_ffmpeg_rtmp = ffmpeg_hls(setting, "ffmpeg-rtmp", "-listen", "1", "-f", "flv", "-i", f"rtmp://127.0.0.1:{rtmp_peer}/live/{KEY}")
        time.sleep(1)
        for port in (udp_ours, udp_peer):
            feed.send(setting, ts, "-f", "mpegts", f"udp://127.0.0.1:{port}?pkt_size=1316")
        for port in (by_rtmp.rtmp_port, rtmp_peer, nginx.rtmp):
            feed.send(setting, flv, "-f", "flv", f"rtmp://127.0.0.1:{port}/live/{KEY}")
        by_udp.wait_live("hall", segments=3)
        by_rtmp.wait_live("hall", segments=3)

        runners = {
            "udp": lambda: by_udp.pids, "rtmp": lambda: by_rtmp.pids, "ffmpeg-udp": lambda: [by_ffmpeg_udp.pid],
            "ffmpeg-rtmp": lambda: [by_ffmpeg_rtmp.pid], "nginx-rtmp": lambda: nginx.pids,
        }
        before = {name: cpu_seconds(*pids()) for name, pids in runners.items()}
        began = time.monotonic()
        time.sleep(setting.seconds)
        elapsed = time.monotonic() - began
        spent = {name: (cpu_seconds(*pids()) - before[name]) * 60 / elapsed for name, pids in runners.items()}
        held = {name: memory(*pids()) for name, pids in runners.items()}
        workers = memory(*by_udp.workers)

    def against(what, ours, peer, label, target=True):
        ratio = spent[ours] / spent[peer]
        return Row(what, f"{spent[ours]:.2f} s/min", f"{spent[peer]:.2f} s/min {label}", ratio, **(at_most(CPU_TARGET, ratio) if target else {}))

    yield against("CPU, TS over UDP (daemon and worker)", "udp", "ffmpeg-udp", "ffmpeg -f hls fMP4")
    yield against("CPU, RTMP push (daemon and worker)", "rtmp", "ffmpeg-rtmp", "ffmpeg -f hls fMP4")
    yield against("CPU, RTMP push (daemon and worker)", "rtmp", "nginx-rtmp", "nginx-rtmp, HLS of TS, no parts", target=False)
    for ours, peer in (("udp", "ffmpeg-udp"), ("rtmp", "nginx-rtmp")):
        ratio = held[ours].proportional / held[peer].proportional
        yield Row(
            f"memory with its live window, PSS ({ours})", f"{held[ours].proportional:.0f} MB",
            f"{held[peer].proportional:.0f} MB {peer}, segments on tmpfs beside it", ratio)
    yield Row("memory, peak resident (udp, both processes)", f"{held['udp'].peak_resident:.0f} MB", f"{held['ffmpeg-udp'].peak_resident:.0f} MB ffmpeg")
    yield Row("relay worker, anonymous memory, MB", f"{workers.anonymous:.1f} MB", **at_most(WORKER_TARGET, workers.anonymous))
