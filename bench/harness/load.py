"""wrk and h2load, one thread on the load's core."""

import json
import re
import subprocess

from .setting import Unfit


def _run(setting, command):
    try:
        done = subprocess.run(["taskset", "-c", str(setting.load_core), *command], capture_output=True, text=True, timeout=40)
    except subprocess.TimeoutExpired:
        # h2load never ends when a TLS handshake outlasts its duration: the server was far too slow.
        raise Unfit(f"{' '.join(command)} did not end in 40 s") from None
    if done.returncode != 0:
        raise Unfit(f"{command[0]}: {done.stderr.strip()[-300:]}")
    return done.stdout


def shown(output):
    return " ".join(output.split())[-400:]


def http1(setting, url, seconds, connections=32):
    """Requests per second over HTTP/1.1."""
    setting.need("wrk")
    output = _run(setting, ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", url])
    if "Non-2xx" in output or "Socket errors" in output:
        raise Unfit(f"wrk met errors at {url}: {shown(output)}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def http2(setting, url, seconds, connections=16, streams=8):
    """Requests per second over HTTP/2 and TLS."""
    setting.need("h2load")
    output = _run(setting, ["h2load", "-t1", f"-c{connections}", f"-m{streams}", f"-D{seconds:g}", url])
    status = re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", output)
    # Requests under way when the time is over count as errored: at most one per stream.
    failed = int(re.search(r"(\d+) failed", output)[1])
    if not status or any(int(status[n]) for n in (2, 3, 4)) or failed > connections * streams:
        raise Unfit(f"h2load met errors at {url}: {shown(output)}")
    return int(status[1]) / seconds


def waiters(tool, port, count, path):
    """`count` clients that wait for one answer each; started, with their requests sent, when this returns."""
    waiting = subprocess.Popen([tool, "wait", str(port), str(count), path], stdout=subprocess.PIPE, text=True)
    if waiting.stdout.readline().strip() != "sent":
        waiting.kill()
        raise Unfit("the waiting clients could not connect")
    return waiting


def answers(waiting, timeout=30):
    """Nanoseconds of CLOCK_MONOTONIC: first, median and last answer, and how many were a 200."""
    output, _ = waiting.communicate(timeout=timeout)
    return json.loads(output)
