"""Reads an HLS playlist as strictly as RFC 8216bis writes it: what a lenient player would forgive is a `PlaylistError` here."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal

DECIMAL = re.compile(r"^\d+(\.\d+)?$")
INTEGER = re.compile(r"^\d{1,20}$")
ENUMERATED = re.compile(r'^[^\s",]+$')
RESOLUTION = re.compile(r"^\d+x\d+$")
ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s][^,]*)(?:,|$)')
# ISO 8601 with milliseconds or better, and a time zone (§4.4.4.6 SHOULD; a promise of ours).
DATE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}(Z|[+-]\d\d:?\d\d)$")


class PlaylistError(ValueError):
    pass


@dataclass
class Part:
    uri: str
    duration: Decimal
    independent: bool = False
    gap: bool = False


@dataclass
class Segment:
    """A media segment; `uri` is `None` for the one at the live edge that has only parts so far."""
    msn: int
    uri: str | None = None
    duration: Decimal | None = None
    date: datetime | None = None
    map_uri: str | None = None
    discontinuity: bool = False
    discontinuity_sequence: int = 0
    gap: bool = False
    parts: list = field(default_factory=list)
    skipped: bool = False

    @property
    def length(self):
        return self.duration if self.duration is not None else sum((p.duration for p in self.parts), Decimal(0))


@dataclass
class MediaPlaylist:
    text: str
    version: int = 1
    target_duration: int | None = None
    part_target: Decimal | None = None
    server_control: dict = field(default_factory=dict)
    media_sequence: int = 0
    discontinuity_sequence: int = 0
    skipped: int = 0
    segments: list = field(default_factory=list)  # with a last one without `uri` when parts of it are there
    preload_hint: dict | None = None
    rendition_reports: list = field(default_factory=list)
    date_ranges: list = field(default_factory=list)
    ended: bool = False
    tags: list = field(default_factory=list)  # (name, value) in order

    @property
    def complete(self):
        return [s for s in self.segments if s.uri is not None]

    @property
    def partial(self):
        return self.segments[-1] if self.segments and self.segments[-1].uri is None else None

    @property
    def next_part(self):
        """(msn, part index) that the playlist does not have yet; what a blocking reload asks for."""
        if self.partial:
            return self.partial.msn, len(self.partial.parts)
        return self.media_sequence + self.skipped + len(self.complete), 0

    @property
    def last_part(self):
        """(msn, index) of the last part, or (msn, None) of the last segment when it lists no parts; `None` when empty."""
        if not self.segments:
            return None
        last = self.segments[-1]
        return last.msn, len(last.parts) - 1 if last.parts else None

    @property
    def length(self):
        return sum((s.length for s in self.segments), Decimal(0))

    def segment(self, msn):
        index = msn - self.media_sequence - self.skipped
        return self.segments[index] if 0 <= index < len(self.segments) else None


def attributes(value, tag):
    """An attribute list (§4.2) as a dict; quoted strings keep their quotes so that a rule can see them."""
    found, position = {}, 0
    while position < len(value):
        match = ATTRIBUTE.match(value, position)
        if not match:
            raise PlaylistError(f"{tag}: not an attribute list at “{value[position:position + 40]}” (§4.2)")
        name, text = match.group(1), match.group(2)
        if name in found:
            raise PlaylistError(f"{tag}: {name} twice (§4.2)")
        found[name] = text
        position = match.end()
    if value.endswith(","):
        raise PlaylistError(f"{tag}: the attribute list ends in a comma (§4.2)")
    return found


def quoted(found, name, tag, required=True):
    if name not in found:
        if required:
            raise PlaylistError(f"{tag} has no {name}")
        return None
    text = found[name]
    if not (len(text) >= 2 and text[0] == '"' and text[-1] == '"'):
        raise PlaylistError(f"{tag}: {name} is not a quoted string: {text} (§4.2)")
    return text[1:-1]


def decimal(found, name, tag, required=True):
    if name not in found:
        if required:
            raise PlaylistError(f"{tag} has no {name}")
        return None
    if not DECIMAL.match(found[name]):
        raise PlaylistError(f"{tag}: {name} is not a decimal number: {found[name]} (§4.2)")
    return Decimal(found[name])


def integer(text, tag):
    if not INTEGER.match(text):
        raise PlaylistError(f"{tag}: not a decimal integer: {text}")
    return int(text)


def yes(found, name, tag):
    """An enumerated string whose only value is YES."""
    if name not in found:
        return False
    if found[name] != "YES":
        raise PlaylistError(f"{tag}: {name} may only be YES, not {found[name]}")
    return True


def date(text):
    if not DATE.match(text):
        raise PlaylistError(f"EXT-X-PROGRAM-DATE-TIME: not ISO 8601 with milliseconds and a zone: {text} (§4.4.4.6)")
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)


ONCE = {
    "EXT-X-VERSION", "EXT-X-TARGETDURATION", "EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE", "EXT-X-ENDLIST",
    "EXT-X-PART-INF", "EXT-X-SERVER-CONTROL", "EXT-X-INDEPENDENT-SEGMENTS", "EXT-X-SKIP", "EXT-X-PLAYLIST-TYPE",
}
HEAD = {"EXT-X-TARGETDURATION", "EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE", "EXT-X-PART-INF", "EXT-X-SERVER-CONTROL",
        "EXT-X-VERSION", "EXT-X-INDEPENDENT-SEGMENTS"}


def lines(text):
    if isinstance(text, bytes):
        if text.startswith(b"\xef\xbb\xbf"):
            raise PlaylistError("the playlist begins with a byte order mark (§4)")
        text = text.decode("utf-8")
    if re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]", text):
        raise PlaylistError("the playlist holds a control character (§4)")
    if not text.endswith("\n"):
        raise PlaylistError("the last line has no line feed (§4.1)")
    rows = text.replace("\r\n", "\n").split("\n")[:-1]
    if not rows or rows[0] != "#EXTM3U":
        raise PlaylistError("the first line is not #EXTM3U (§4.4.1.1)")
    return rows


def split(row):
    """(`EXT-X-…`, value or `None`)"""
    name, colon, value = row[1:].partition(":")
    return name, value if colon else None


def parse_media(text):
    playlist = MediaPlaylist(text if isinstance(text, str) else text.decode("utf-8", "replace"))
    seen = set()
    current = Segment(0)
    started = False  # a segment or a part was listed
    next_msn, discontinuities, map_uri = None, 0, None

    def begin():
        nonlocal started, next_msn
        if not started:
            started = True
            next_msn = playlist.media_sequence + playlist.skipped
        return next_msn

    for row in lines(text)[1:]:
        if row == "":
            continue
        if row.startswith("#") and not row.startswith("#EXT"):
            continue  # a comment
        if not row.startswith("#"):
            if current.duration is None:
                raise PlaylistError(f"the segment {row} has no EXTINF (§4.4.4.1)")
            current.msn, current.uri = begin(), row
            current.map_uri, current.discontinuity_sequence = map_uri, playlist.discontinuity_sequence + discontinuities
            playlist.segments.append(current)
            next_msn += 1
            current = Segment(next_msn)
            continue
        name, value = split(row)
        playlist.tags.append((name, value))
        if name in ONCE:
            if name in seen:
                raise PlaylistError(f"{name} appears twice (§4.4.3)")
            seen.add(name)
        if name in HEAD and started:
            raise PlaylistError(f"{name} after the first segment (§4.4.3)")
        if playlist.preload_hint and name in ("EXTINF", "EXT-X-PART", "EXT-X-DISCONTINUITY", "EXT-X-MAP", "EXT-X-PROGRAM-DATE-TIME", "EXT-X-GAP"):
            raise PlaylistError(f"{name} after EXT-X-PRELOAD-HINT: what is hinted comes last (§4.4.5.3)")
        match name:
            case "EXT-X-VERSION": playlist.version = integer(value or "", name)
            case "EXT-X-INDEPENDENT-SEGMENTS": pass
            case "EXT-X-TARGETDURATION": playlist.target_duration = integer(value or "", name)
            case "EXT-X-MEDIA-SEQUENCE": playlist.media_sequence = integer(value or "", name)
            case "EXT-X-DISCONTINUITY-SEQUENCE":
                if discontinuities:
                    raise PlaylistError("EXT-X-DISCONTINUITY-SEQUENCE after an EXT-X-DISCONTINUITY (§4.4.3.3)")
                playlist.discontinuity_sequence = integer(value or "", name)
            case "EXT-X-PART-INF": playlist.part_target = decimal(attributes(value or "", name), "PART-TARGET", name)
            case "EXT-X-SERVER-CONTROL":
                found = attributes(value or "", name)
                playlist.server_control = {
                    "CAN-BLOCK-RELOAD": yes(found, "CAN-BLOCK-RELOAD", name),
                    "CAN-SKIP-DATERANGES": yes(found, "CAN-SKIP-DATERANGES", name),
                    **{key: decimal(found, key, name, required=False) for key in ("CAN-SKIP-UNTIL", "HOLD-BACK", "PART-HOLD-BACK")}}
            case "EXT-X-SKIP":
                if started or current.parts or current.date:
                    raise PlaylistError("EXT-X-SKIP after a segment (§4.4.5.2)")
                playlist.skipped = integer(attributes(value or "", name).get("SKIPPED-SEGMENTS", ""), name)
                if playlist.skipped < 1:
                    raise PlaylistError("EXT-X-SKIP skips nothing (§4.4.5.2)")
            case "EXT-X-DISCONTINUITY":
                if current.parts or current.duration is not None:
                    raise PlaylistError("EXT-X-DISCONTINUITY after a part or EXTINF of its segment (§4.4.4.9)")
                if current.discontinuity:
                    raise PlaylistError("EXT-X-DISCONTINUITY twice before one segment (§4.4.4.3)")
                current.discontinuity = True
                discontinuities += 1
            case "EXT-X-MAP":
                if current.parts:
                    raise PlaylistError("EXT-X-MAP after a part of its segment (§4.4.4.9)")
                map_uri = quoted(attributes(value or "", name), "URI", name)
            case "EXT-X-PROGRAM-DATE-TIME":
                if current.parts:
                    raise PlaylistError("EXT-X-PROGRAM-DATE-TIME after a part of its segment (§4.4.4.9)")
                if current.date:
                    raise PlaylistError("EXT-X-PROGRAM-DATE-TIME twice for one segment (§4.4.4.6)")
                current.date = date(value or "")
            case "EXT-X-GAP": current.gap = True
            case "EXT-X-BITRATE": integer(value or "", name)
            case "EXT-X-PART":
                begin()
                if current.duration is not None:
                    raise PlaylistError("EXT-X-PART between EXTINF and its URI (§4.4.4.9)")
                found = attributes(value or "", name)
                current.parts.append(Part(
                    quoted(found, "URI", name), decimal(found, "DURATION", name), yes(found, "INDEPENDENT", name), yes(found, "GAP", name)))
            case "EXTINF":
                if current.duration is not None:
                    raise PlaylistError("EXTINF twice for one segment (§4.4.4.1)")
                length, comma, _ = (value or "").partition(",")
                if not comma or not DECIMAL.match(length):
                    raise PlaylistError(f"EXTINF is not “duration,[title]”: {value} (§4.4.4.1)")
                current.duration = Decimal(length)
            case "EXT-X-PRELOAD-HINT":
                found = attributes(value or "", name)
                if found.get("TYPE") not in ("PART", "MAP"):
                    raise PlaylistError("EXT-X-PRELOAD-HINT: TYPE is PART or MAP (§4.4.5.3)")
                hint = {"TYPE": found["TYPE"], "URI": quoted(found, "URI", name)}
                if hint["TYPE"] == "PART":
                    if playlist.preload_hint:
                        raise PlaylistError("two EXT-X-PRELOAD-HINT of TYPE=PART (§4.4.5.3)")
                    playlist.preload_hint = hint
            case "EXT-X-RENDITION-REPORT":
                found = attributes(value or "", name)
                playlist.rendition_reports.append({
                    "URI": quoted(found, "URI", name),
                    "LAST-MSN": integer(found["LAST-MSN"], name) if "LAST-MSN" in found else None,
                    "LAST-PART": integer(found["LAST-PART"], name) if "LAST-PART" in found else None})
            case "EXT-X-DATERANGE": playlist.date_ranges.append(attributes(value or "", name))
            case "EXT-X-ENDLIST": playlist.ended = True
            case _: raise PlaylistError(f"{name} is no tag of a live media playlist (§4.4)")

    if current.duration is not None:
        raise PlaylistError("EXTINF without a URI at the end (§4.4.4.1)")
    if current.parts:
        current.msn, current.map_uri = begin(), map_uri
        current.discontinuity_sequence = playlist.discontinuity_sequence + discontinuities
        playlist.segments.append(current)
    return playlist


@dataclass
class Variant:
    uri: str
    attributes: dict


@dataclass
class MultivariantPlaylist:
    text: str
    version: int
    variants: list
    media: list
    independent: bool


def parse_multivariant(text):
    version, variants, media, pending, independent = 1, [], [], None, False
    for row in lines(text)[1:]:
        if row == "" or (row.startswith("#") and not row.startswith("#EXT")):
            continue
        if not row.startswith("#"):
            if pending is None:
                raise PlaylistError(f"{row} has no EXT-X-STREAM-INF (§4.4.6.2)")
            variants.append(Variant(row, pending))
            pending = None
            continue
        if pending is not None:
            raise PlaylistError("EXT-X-STREAM-INF is not followed by its URI (§4.4.6.2)")
        name, value = split(row)
        match name:
            case "EXT-X-VERSION": version = integer(value or "", name)
            case "EXT-X-INDEPENDENT-SEGMENTS": independent = True
            case "EXT-X-STREAM-INF":
                pending = attributes(value or "", name)
                integer(pending.get("BANDWIDTH", ""), "EXT-X-STREAM-INF BANDWIDTH (§4.4.6.2)")
                if "CODECS" in pending:
                    quoted(pending, "CODECS", name)
                if "RESOLUTION" in pending and not RESOLUTION.match(pending["RESOLUTION"]):
                    raise PlaylistError(f"RESOLUTION: {pending['RESOLUTION']} (§4.2)")
                if "FRAME-RATE" in pending:
                    decimal(pending, "FRAME-RATE", name)
            case "EXT-X-MEDIA":
                found = attributes(value or "", name)
                if found.get("TYPE") not in ("AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS"):
                    raise PlaylistError("EXT-X-MEDIA without a TYPE (§4.4.6.1)")
                quoted(found, "GROUP-ID", name), quoted(found, "NAME", name)
                media.append(found)
            case "EXT-X-START" | "EXT-X-SESSION-DATA" | "EXT-X-DEFINE" | "EXT-X-CONTENT-STEERING": pass
            case _: raise PlaylistError(f"{name} is no tag of a multivariant playlist (§4.4)")
    if not variants:
        raise PlaylistError("a multivariant playlist without a variant (§4.4.6)")
    return MultivariantPlaylist(text if isinstance(text, str) else text.decode(), version, variants, media, independent)
