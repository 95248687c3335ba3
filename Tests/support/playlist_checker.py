"""Watches a live stream from outside, as a strict player would, and writes down every rule it breaks.

    python -m Tests.support.playlist_checker http://127.0.0.1:8080/live/demo/ --seconds 120

Fetches with blocking reloads and delta updates, downloads every part and segment, reads their boxes and decodes them.
"""

import argparse
import hashlib
import sys
import threading
import time
from collections import Counter
from datetime import datetime, timezone
from urllib.parse import urlsplit

from .door import Door
from .media_rules import MediaWatch, decode
from .playlist import PlaylistError, parse_media, parse_multivariant
from .playlist_rules import Finding, check, delta_differences

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"


class Watch:
    """One media playlist of one hall, watched until `stop()` or for `run(seconds)`.

    - `findings`: what is wrong; `figures`: what was measured.
    - `may_end`: the stream may end (EXT-X-ENDLIST or 404) without that being a finding.
    - `allow`: rules whose breaking the test expects.
    - `outages`: the door itself may be away for a while (a restart of the daemon): connection errors are waited out.
    """

    def __init__(self, address, hall, name="main.m3u8", media=True, may_end=False, outages=False, full_checks=True, keep_bytes=64 << 20, allow=()):
        self.door = Door(address, timeout=60)
        self.base, self.name = f"/live/{hall}/", name
        self.hall, self.media_on, self.may_end, self.outages, self.full_checks = hall, media, may_end, outages, full_checks
        self.media = MediaWatch(keep_bytes)
        self.allow = set(allow)
        self.findings, self.counts = [], Counter()
        self.playlist = self.first = None
        self.hashes = {}            # URI → SHA-256 of its bytes, for ever
        self.part_hashes = {}       # msn → list of bytes digests input of its parts, until its segment was compared
        self.seen = (-1, -1)        # the last part handled
        self.arrivals = []          # (monotonic, msn, index, gap)
        self.latencies = []         # seconds from a part's end on the wall clock to its arrival here
        self.snapshots = 0
        self.deltas = 0
        self.real_deltas = 0
        self.independent = []       # (name, init uri, bytes, video samples expected): some parts to decode alone
        self.last_map = None
        self.inits = {}
        self.discontinuities = 0
        self.gap_parts = self.real_parts = 0
        self.errors_503 = 0
        self.ended = False
        self._began = time.monotonic()
        self._stopping = threading.Event()
        self._thread = None
        self._failure = None

    # — life —

    def start(self, seconds=None):
        self._thread = threading.Thread(target=self._guarded, args=(seconds,), daemon=True)
        self._thread.start()
        return self

    def stop(self, timeout=70):
        """Ends the watch and returns its findings (the media's too)."""
        self._stopping.set()
        if self._thread:
            self._thread.join(timeout)
            if self._thread.is_alive():
                self._find("the_watch_ends", "liveness", "a request is still hanging")
        if self._failure:
            raise self._failure
        return self.all_findings

    def run(self, seconds):
        self._guarded(seconds)
        if self._failure:
            raise self._failure
        return self.all_findings

    @property
    def all_findings(self):
        return [f for f in self.findings + self.media.findings if f.rule not in self.allow]

    def _guarded(self, seconds):
        try:
            self._watch(seconds)
        except BaseException as error:  # kept for stop(), unless the test took the daemon away
            if not (isinstance(error, OSError) and self._stopping.is_set()):
                self._failure = error

    def _find(self, rule, section, message):
        self.counts[rule] += 1
        if self.counts[rule] <= 20:
            self.findings.append(Finding(rule, section, f"[{self.hall}/{self.name} #{self.snapshots}] {message}"))

    # — fetching —

    def _get(self, path, timeout=60):
        while True:
            try:
                return self.door.get(self.base + path, timeout=timeout)
            except OSError:
                if not self.outages or self._stopping.is_set():
                    raise
                time.sleep(0.05)

    def _watch(self, seconds):
        deadline = None if seconds is None else time.monotonic() + seconds
        while not self._stopping.is_set() and (deadline is None or time.monotonic() < deadline):
            if not self._step():
                return

    def _step(self):
        """One fetch and its checks. `False`: the stream is over."""
        query, asked = "", None
        if self.playlist is not None and not self.playlist.ended:
            asked = self.playlist.next_part
            query = f"?_HLS_msn={asked[0]}&_HLS_part={asked[1]}"
        began = time.monotonic()
        try:
            reply = self._get(self.name + query)
        except TimeoutError:
            self._find("a_blocking_reload_is_answered", "RFC 8216bis §6.2.5.2", f"{query}: no answer in 60 s")
            return False
        waited = time.monotonic() - began
        if reply.status != 200:
            return self._refused(reply, query)
        if not reply.headers.get("content-type", "").startswith(PLAYLIST_TYPE):
            self._find("the_content_type_is_right", "RFC 8216bis §4", f"Content-Type: {reply.headers.get('content-type')}")
        if "cache-control" not in reply.headers:
            self._find("caching_is_said", "RFC 8216bis §6.2.5.2", "no Cache-Control")
        try:
            playlist = parse_media(reply.body)
        except (PlaylistError, UnicodeDecodeError) as error:
            self._find("the_playlist_parses", "RFC 8216bis §4", f"{error}\n{reply.text[-800:]}")
            return False
        self.snapshots += 1
        if asked is not None and not playlist.ended and playlist.next_part <= asked:
            self._find("a_blocking_reload_has_what_was_asked", "RFC 8216bis §6.2.5.2",
                       f"asked for part {asked}, after {waited:.3f} s the edge is {playlist.next_part}")
            time.sleep(0.1)
        previous, self.playlist = self.playlist, playlist
        self.first = self.first or playlist
        for finding in check(playlist, previous):
            self._find(finding.rule, finding.section, finding.message)
        self._dates(playlist)
        self._deliver(playlist, time.monotonic())
        if self.full_checks and asked is not None and self.snapshots % 7 == 0 and not playlist.ended:
            self._delta(previous, playlist, asked)
        if self.full_checks and playlist.rendition_reports and self.snapshots % 5 == 0:
            self._reports(playlist)
        if playlist.ended:
            self.ended = True
            if not self.may_end:
                self._find("the_stream_goes_on", "promise", "EXT-X-ENDLIST")
            return False
        return True

    def _refused(self, reply, query):
        if reply.status == 503 and self.playlist is not None:
            self.errors_503 += 1
            if not self.outages:
                self._find("a_waiting_reload_gets_its_part", "RFC 8216bis §6.2.5.2", f"{query}: 503 {reply.text[:200]}")
            time.sleep(0.2)
            return True
        if self.may_end and self.playlist is not None:
            self.ended = True
            return False
        if self.outages or self.playlist is None:
            time.sleep(0.1)
            return True
        self._find("a_blocking_reload_is_answered", "RFC 8216bis §6.2.5.2", f"{query}: {reply.status} {reply.text[:200]}")
        time.sleep(0.2)
        return self.counts["a_blocking_reload_is_answered"] < 50

    # — what arrived —

    def _dates(self, playlist):
        last = playlist.segments[-1] if playlist.segments else None
        if last is None or last.date is None:
            return
        end = last.date.timestamp() + float(last.length)
        late = datetime.now(timezone.utc).timestamp() - end
        self.latencies.append(late)
        # A stream that has just begun on a busy machine may be dated late at first; the date is then slewed into the past.
        if late < (-0.1 if time.monotonic() - self._began > 15 else -0.7) and not playlist.ended:
            self._find("no_date_is_in_the_future", "promise", f"the last part ends {-late:.3f} s from now")

    def _deliver(self, playlist, now):
        """Downloads every part that is new, in order; compares finished segments with their parts."""
        for s in playlist.segments:
            if s.msn < self.seen[0]:
                continue
            for index, part in enumerate(s.parts):
                if (s.msn, index) <= self.seen:
                    continue
                self._context(s, index)
                self.seen = (s.msn, index)
                self.arrivals.append((now, s.msn, index, part.gap))
                if part.gap:
                    self.gap_parts += 1
                    self.media.gap(part)
                    continue
                self.real_parts += 1
                if self.media_on:
                    self._part(s, index, part)
            if not s.parts and s.uri is not None and s.msn > self.seen[0]:
                # Its parts are gone already (joined late, or fell behind): the media's clock is taken up anew after it.
                self.seen = (s.msn, 1 << 30)
                self.media.discontinuity()
        if self.media_on:
            for s in playlist.complete:
                if s.msn in self.part_hashes:
                    self._segment(s)

    def _context(self, s, index):
        if index == 0 and s.discontinuity:
            self.discontinuities += 1
            self.media.discontinuity()
        if s.map_uri is not None and s.map_uri != self.last_map:
            self.last_map = s.map_uri
            if self.media_on:
                reply = self._get(s.map_uri)
                if reply.status != 200:
                    self._find("a_map_can_be_fetched", "RFC 8216bis §4.4.4.5", f"{s.map_uri}: {reply.status}")
                    return
                self._immutable(s.map_uri, reply.body)
                self.inits[s.map_uri] = reply.body
                self.media.map(s.map_uri, reply.body)

    def _immutable(self, uri, body):
        digest = hashlib.sha256(body).digest()
        if self.hashes.setdefault(uri, digest) != digest:
            self._find("a_uri_keeps_its_bytes", "promise", f"{uri} has other bytes than before")

    def _part(self, s, index, part):
        reply = self._get(part.uri)
        if reply.status != 200:
            self._find("a_part_is_there_when_listed", "RFC 8216bis §6.2.1", f"{part.uri}: {reply.status} {reply.text[:120]}")
            self.part_hashes.pop(s.msn, None)
            return
        if not reply.headers.get("content-type", "").startswith(("video/mp4", "audio/mp4")):
            self._find("the_content_type_is_right", "RFC 8216bis §3.1.2", f"{part.uri}: {reply.headers.get('content-type')}")
        if "etag" not in reply.headers:
            self._find("media_has_an_etag", "promise", part.uri)
        self._immutable(part.uri, reply.body)
        if index == 0:
            self.part_hashes[s.msn] = [reply.body]
        elif s.msn in self.part_hashes:
            self.part_hashes[s.msn].append(reply.body)
        self.media.part(part.uri, part, reply.body, index == 0)
        if part.independent and len(self.independent) < 4 and self.real_parts % 7 == 1:
            self.independent.append((part.uri, self.last_map, reply.body))

    def _segment(self, s):
        parts = self.part_hashes.pop(s.msn)
        if s.gap or len(parts) != len(s.parts):
            return
        reply = self._get(s.uri)
        if reply.status != 200:
            self._find("a_segment_is_there_when_listed", "RFC 8216bis §6.2.1", f"{s.uri}: {reply.status}")
            return
        self._immutable(s.uri, reply.body)
        if reply.body != b"".join(parts):
            self._find("a_segment_is_its_parts", "RFC 8216bis §3.2, promise", f"{s.uri} has {len(reply.body)} bytes, its parts {sum(map(len, parts))}")

    def _delta(self, previous, playlist, asked):
        reply = self._get(f"{self.name}?_HLS_msn={asked[0]}&_HLS_part={asked[1]}&_HLS_skip=YES")
        if reply.status != 200:
            self._find("a_delta_update_is_answered", "RFC 8216bis §6.2.5.1", f"{reply.status} {reply.text[:120]}")
            return
        try:
            delta = parse_media(reply.body)
        except PlaylistError as error:
            self._find("the_playlist_parses", "RFC 8216bis §6.2.5.1", f"delta: {error}")
            return
        self.deltas += 1
        if not delta.skipped:
            until = playlist.server_control.get("CAN-SKIP-UNTIL")
            if until is not None and playlist.length - playlist.segments[0].length > until + 1 and delta.media_sequence == playlist.media_sequence:
                self._find("a_delta_update_skips", "RFC 8216bis §6.2.5.1", f"{playlist.length} s listed, boundary {until}, nothing skipped")
            return
        self.real_deltas += 1
        for finding in check(delta):
            self._find(finding.rule, finding.section, "delta: " + finding.message)
        if delta.next_part == playlist.next_part and delta.media_sequence == playlist.media_sequence:
            for difference in delta_differences(previous if previous.media_sequence <= delta.media_sequence else playlist, delta, playlist):
                self._find("a_delta_update_stands_for_the_playlist", "RFC 8216bis §6.2.5.1", difference)

    def _reports(self, playlist):
        """A report is as new as the playlist it is in: between what the other rendition had before and has now."""
        for report in playlist.rendition_reports:
            if report["URI"].startswith(("/", "http")):
                self._find("a_report_is_relative", "RFC 8216bis §4.4.5.4", report["URI"])
            reply = self._get(report["URI"])
            if reply.status != 200:
                self._find("a_reported_rendition_is_there", "RFC 8216bis §4.4.5.4", f"{report['URI']}: {reply.status}")
                continue
            other = parse_media(reply.body)
            if report["LAST-MSN"] is None or other.last_part is None:
                continue
            said, has = (report["LAST-MSN"], report["LAST-PART"] or 0), (other.last_part[0], other.last_part[1] or 0)
            mine = (playlist.last_part[0], playlist.last_part[1] or 0)
            if said > has or said < (mine[0] - 1, 0):
                self._find("a_report_is_right", "RFC 8216bis §4.4.5.4", f"{report['URI']}: said {said}, it has {has}, this one {mine}")

    # — at the end —

    def decode(self, strict=True):
        """Decodes what was kept: spans whole, and some independent parts alone."""
        results = self.media.decode_spans(strict)
        if strict:
            for name, map_uri, body in self.independent:
                result = decode(self.inits[map_uri] + body)
                if result.complaints or (result.video == 0 and result.audio == 0):
                    self._find("an_independent_part_decodes_alone", "RFC 8216bis §4.4.4.9", f"{name}: {result.video} frames, {result.complaints[:2]}")
        return results

    @property
    def part_intervals(self):
        times = [t for t, *_ in self.arrivals]
        unique = sorted(set(times))
        return [b - a for a, b in zip(unique, unique[1:])]

    @property
    def figures(self):
        intervals, late = sorted(self.part_intervals), sorted(self.latencies)
        middle = lambda values: values[len(values) // 2] if values else None
        return {
            "snapshots": self.snapshots, "parts": self.real_parts, "gap parts": self.gap_parts, "discontinuities": self.discontinuities,
            "deltas": f"{self.real_deltas}/{self.deltas}", "video frames": self.media.video_frames, "audio frames": self.media.audio_frames,
            "part interval median/max s": (round(middle(intervals) or 0, 3), round(intervals[-1], 3) if intervals else None),
            "edge behind the wall clock median/max s": (round(middle(late) or 0, 3), round(late[-1], 3) if late else None),
            "A/V end offset worst s": round(self.media.worst_offset, 3), "tfdt step worst ticks": self.media.largest_step,
        }

    def report(self):
        lines = [str(f) for f in self.all_findings]
        return "\n".join([f"{self.hall}/{self.name}: {self.figures}"] + lines)


def check_multivariant(door, hall):
    """(findings, parsed) about `index.m3u8`."""
    reply = door.get(f"/live/{hall}/index.m3u8")
    if reply.status != 200:
        return [Finding("the_multivariant_playlist_is_there", "promise", f"{reply.status} {reply.text[:200]}")], None
    try:
        parsed = parse_multivariant(reply.body)
    except PlaylistError as error:
        return [Finding("the_multivariant_playlist_parses", "RFC 8216bis §4.4.6", f"{error}\n{reply.text}")], None
    found = []
    for variant in parsed.variants:
        for name in ("BANDWIDTH", "CODECS"):
            if name not in variant.attributes:
                found.append(Finding("a_variant_is_described", "RFC 8216bis §4.4.6.2", f"{variant.uri} has no {name}"))
        group = variant.attributes.get("AUDIO")
        if group and not any(m["TYPE"] == "AUDIO" and m["GROUP-ID"] == group for m in parsed.media):
            found.append(Finding("an_audio_group_is_there", "RFC 8216bis §4.4.6.2", f"no EXT-X-MEDIA of {group}"))
    for group in {m["GROUP-ID"] for m in parsed.media}:
        names = [m["NAME"] for m in parsed.media if m["GROUP-ID"] == group]
        if len(names) != len(set(names)):
            found.append(Finding("names_in_a_group_differ", "RFC 8216bis §4.4.6.1.1", f"{names}"))
        if sum(1 for m in parsed.media if m["GROUP-ID"] == group and m.get("DEFAULT") == "YES") > 1:
            found.append(Finding("one_default_in_a_group", "RFC 8216bis §4.4.6.1.1", group))
    return found, parsed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="the hall's live folder or its index.m3u8")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--playlist", default="main.m3u8")
    options = parser.parse_args()
    parts = urlsplit(options.url)
    hall = parts.path.strip("/").split("/")[1]
    found, _ = check_multivariant(Door(parts.netloc), hall)
    watch = Watch(parts.netloc, hall, options.playlist)
    watch.run(options.seconds)
    watch.decode()
    print(watch.report())
    for finding in found:
        print(finding)
    return 1 if found or watch.all_findings else 0


if __name__ == "__main__":
    sys.exit(main())
