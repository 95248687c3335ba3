"""What must be true of the media behind a live playlist, checked part by part from the bytes alone."""

import subprocess
from dataclasses import dataclass, field
from decimal import Decimal

from . import boxes
from .playlist_rules import Finding


@dataclass
class Span:
    """Parts that one decoder may read one after the other: the same init, no discontinuity."""
    map_uri: str
    init: bytes
    parts: list = field(default_factory=list)
    video_samples: int = 0
    audio_samples: int = 0
    starts_independent: bool = False
    has_gap: bool = False

    @property
    def bytes(self):
        return self.init + b"".join(self.parts)


@dataclass
class Decoded:
    video: int
    audio: int
    complaints: list
    video_times: list  # seconds


def decode(data, timeout=300):
    """Every frame through ffmpeg's decoders: counts, and what ffmpeg complains about."""
    done = subprocess.run(
        ["ffmpeg", "-hide_banner", "-nostdin", "-v", "warning", "-threads", "1", "-copyts", "-i", "pipe:0", "-map", "0", "-fps_mode", "passthrough",
         "-enc_time_base", "-1", "-f", "framecrc", "-"],
        input=data, capture_output=True, timeout=timeout)
    kinds, scales, counts, times = {}, {}, {"video": 0, "audio": 0}, []
    for line in done.stdout.decode("latin-1").splitlines():
        if line.startswith("#media_type"):
            index, kind = line[len("#media_type "):].split(": ")
            kinds[index] = kind
        elif line.startswith("#tb"):
            index, scale = line[len("#tb "):].split(": ")
            a, b = scale.split("/")
            scales[index] = int(a) / int(b)
        elif not line.startswith("#"):
            index, _, pts = [f.strip() for f in line.split(",")[:3]]
            counts[kinds.get(index, "video")] = counts.get(kinds.get(index, "video"), 0) + 1
            if kinds.get(index) == "video":
                times.append(int(pts) * scales[index])
    harmless = ("Application provided duration", "Last message repeated", "deprecated pixel format", "Timestamps are unset",
                "non monotonically increasing dts", "Could not find codec parameters", "Estimating duration", "Consider increasing")
    complaints = [l for l in done.stderr.decode("utf-8", "replace").splitlines() if l.strip() and not any(h in l for h in harmless)]
    return Decoded(counts["video"], counts["audio"], complaints, times)


class MediaWatch:
    """Takes init segments and parts in playlist order and remembers where each track's clock stands."""

    def __init__(self, keep_bytes=64 << 20):
        self.findings, self.spans = [], []
        self.expected, self.sequence = {}, None
        self.init_uri, self.init, self.init_bytes = None, None, None
        self.gap_seconds = Decimal(0)
        self.broken = True  # nothing before: anything may come
        self.joined = set()  # tracks that have gone on since the last break
        self.video_frames = self.audio_frames = self.sync_frames = 0
        self.worst_offset = 0.0
        self.largest_step = 0  # ticks off continuity, of any track
        self.first_video_offset = None
        self._kept, self._keep_bytes = 0, keep_bytes

    def _find(self, rule, section, message):
        self.findings.append(Finding(rule, section, message))

    def map(self, uri, data):
        self.init_uri, self.init_bytes = uri, data
        try:
            self.init = boxes.parse_init(data)
        except boxes.BoxError as error:
            self._find("an_init_segment_parses", "RFC 8216bis §3.1.2", f"{uri}: {error}")
            self.init = None

    def discontinuity(self):
        self.broken = True
        self.joined.clear()

    def gap(self, part):
        self.gap_seconds += part.duration
        self.joined.clear()

    def _span(self, independent):
        new = not self.spans or self.broken or self.spans[-1].map_uri != self.init_uri
        if new:
            self.spans.append(Span(self.init_uri, self.init_bytes, starts_independent=independent))
        elif self.gap_seconds:
            self.spans[-1].has_gap = True
        return self.spans[-1]

    def part(self, name, part, data, starts_segment):
        """Checks one part (`part` as the playlist describes it); call `map`, `discontinuity`, `gap` before it as they come."""
        if self.init is None:
            return
        try:
            fragments = boxes.parse_fragments(data)
        except (boxes.BoxError, KeyError, IndexError) as error:
            self._find("a_part_parses", "ISO/IEC 14496-12 §8.8", f"{name}: {error}")
            return
        ends, first, lengths = {}, {}, {}
        for fragment in fragments:
            if self.sequence is not None and fragment.sequence <= self.sequence:
                self._find("fragment_numbers_rise", "ISO/IEC 14496-12 §8.8.5", f"{name}: mfhd {fragment.sequence} after {self.sequence}")
            self.sequence = fragment.sequence
            for run in fragment.runs:
                track = self.init.tracks.get(run.track)
                if track is None:
                    self._find("a_part_keeps_to_its_init", "RFC 8216bis §4.4.4.5", f"{name}: track {run.track} is not in {self.init_uri}")
                    continue
                self._continuity(name, run, track)
                self.expected[run.track] = (run.end, track.timescale)
                ends[run.track] = run.end / track.timescale
                lengths[run.track] = lengths.get(run.track, 0) + run.duration / track.timescale
                first.setdefault(run.track, run)
                if track.handler == "vide":
                    self._video(name, run, track, data)
                else:
                    self.audio_frames += len(run.samples)
        self._compare(name, part, first, ends, lengths)
        span = self._span(part.independent)
        if self._kept < self._keep_bytes:
            span.parts.append(data)
            self._kept += len(data)
            for fragment in fragments:
                for run in fragment.runs:
                    track = self.init.tracks.get(run.track)
                    if track and track.handler == "vide":
                        span.video_samples += len(run.samples)
                    elif track:
                        span.audio_samples += len(run.samples)
        self.broken, self.gap_seconds = False, Decimal(0)

    def _continuity(self, name, run, track):
        known = self.expected.get(run.track)
        if known is None:
            return
        expected, scale = known
        if scale != track.timescale:
            expected = expected * track.timescale // scale
        off = run.decode_time - expected
        if run.track not in self.joined:
            self.joined.add(run.track)
            if off < -max(1, track.timescale // 10) and track.handler == "vide" or off < -track.timescale:
                self._find("decode_times_never_go_back", "promise",
                           f"{name}: track {run.track} went back {-off / track.timescale:.3f} s over a discontinuity")
            return
        self.largest_step = max(self.largest_step, abs(off))
        if abs(off) > 1:
            self._find("decode_times_are_continuous", "ISO/IEC 14496-12 §8.8.12, promise",
                       f"{name}: track {run.track} ({track.handler}) begins {off:+d} ticks of {track.timescale} Hz off the end of the part before")

    def _video(self, name, run, track, data):
        hevc = track.codec in ("hvc1", "hev1")
        self.video_frames += len(run.samples)
        for sample in run.samples:
            if sample.duration == 0:
                self._find("every_frame_has_a_duration", "promise", f"{name}: a video frame of duration 0")
            try:
                kinds = boxes.nal_types(data, sample, hevc)
            except boxes.BoxError as error:
                self._find("nal_lengths_fit", "ISO/IEC 14496-15 §5", f"{name}: {error}")
                continue
            if sample.sync:
                self.sync_frames += 1
                random_access = any(16 <= k <= 23 for k in kinds) if hevc else (5 in kinds or 6 in kinds or 7 in kinds)
                if not random_access:
                    self._find("a_sync_frame_is_one", "ISO/IEC 14496-12 §8.8.8", f"{name}: a sync sample holds NAL types {kinds}")

    def _compare(self, name, part, first, ends, lengths):
        video = next((t for t, track in self.init.tracks.items() if track.handler == "vide"), None)
        audio = next((t for t, track in self.init.tracks.items() if track.handler == "soun"), None)
        lead = video if video in first else audio if video is None and audio in first else None
        if lead is not None and part is not None:
            if lead == video and abs(lengths[lead] - float(part.duration)) > 0.002:
                self._find("a_part_lasts_what_it_says", "RFC 8216bis §4.4.4.9",
                           f"{name}: DURATION {part.duration}, its frames make {lengths[lead]:.5f} s")
            if lead == audio and abs(lengths[lead] - float(part.duration)) > 0.03:
                self._find("a_part_lasts_what_it_says", "RFC 8216bis §4.4.4.9",
                           f"{name}: DURATION {part.duration}, its audio makes {lengths[lead]:.5f} s")
        if video in first and part is not None and part.independent and not first[video].samples[0].sync:
            self._find("an_independent_part_starts_with_a_keyframe", "RFC 8216bis §4.4.4.9", f"{name}: its first frame is no sync sample")
        if video in ends and audio in ends:
            offset = ends[audio] - ends[video]
            self.worst_offset = max(self.worst_offset, offset, -offset, key=abs)
            if self.first_video_offset is None:
                self.first_video_offset = first[audio].decode_time / self.init.tracks[audio].timescale - \
                    first[video].decode_time / self.init.tracks[video].timescale
            if abs(offset) > 0.5:
                self._find("audio_and_video_end_together", "promise", f"{name}: audio ends {offset:+.3f} s from the video")

    def decode_spans(self, strict=True):
        """Decodes each kept span whole. `strict`: every frame that was sent comes out, and the decoder has nothing to say."""
        results = []
        for number, span in enumerate(self.spans):
            if not span.parts:
                continue
            result = decode(span.bytes)
            results.append(result)
            if result.video != span.video_samples and strict:
                self._find("every_frame_decodes", "promise", f"span {number}: {result.video} of {span.video_samples} video frames came out")
            if span.audio_samples and abs(result.audio - span.audio_samples) > 3 and strict:
                self._find("every_frame_decodes", "promise", f"span {number}: {result.audio} of {span.audio_samples} audio frames came out")
            if result.complaints and strict:
                self._find("the_decoder_is_content", "promise", f"span {number}: {result.complaints[:3]} ({len(result.complaints)} lines)")
        return results
