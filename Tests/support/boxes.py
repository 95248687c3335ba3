"""Reads ISO base media boxes (ISO/IEC 14496-12), just as far as a fragment's timing needs it."""

import struct
from dataclasses import dataclass, field


class BoxError(ValueError):
    pass


def boxes(data, start=0, end=None):
    """(type, body start, body end) of each box; every size must fit."""
    end = len(data) if end is None else end
    while start < end:
        if end - start < 8:
            raise BoxError(f"{end - start} stray bytes after the last box")
        size, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1:
            size, = struct.unpack_from(">Q", data, body)
            body += 8
        if size < body - start or start + size > end:
            raise BoxError(f"box {kind} of {size} bytes does not fit into {end - start}")
        yield kind.decode("latin-1"), body, start + size
        start += size


def child(data, path, start=0, end=None):
    """The first box below `path` (`moov/mvex`), as (start, end), or `None`."""
    for name in path.split("/"):
        for kind, body, stop in boxes(data, start, end):
            if kind == name:
                start, end = body, stop
                break
        else:
            return None
    return start, end


@dataclass
class Track:
    id: int
    handler: str
    timescale: int
    codec: str  # fourcc of the sample entry
    width: int = 0
    height: int = 0
    nal_length: int = 4


@dataclass
class Init:
    brands: list
    tracks: dict


def parse_init(data):
    """An init segment: `ftyp` and a `moov` with empty sample tables and `mvex` (RFC 8216bis §3.1.2)."""
    kinds = [kind for kind, _, _ in boxes(data)]
    if kinds[:1] != ["ftyp"] or "moov" not in kinds:
        raise BoxError(f"an init segment is ftyp, moov; this is {kinds}")
    if "moof" in kinds or "mdat" in kinds:
        raise BoxError("an init segment holds no samples")
    start, end = child(data, "ftyp")
    brands = [data[i:i + 4].decode("latin-1") for i in range(start, end, 4) if i != start + 4]
    if child(data, "moov/mvex") is None:
        raise BoxError("no mvex: players would not expect fragments (§3.1.2)")
    tracks = {}
    moov = child(data, "moov")
    for kind, body, stop in boxes(data, *moov):
        if kind != "trak":
            continue
        a, b = child(data, "tkhd", body, stop)
        version = data[a]
        track_id, = struct.unpack_from(">I", data, a + (20 if version == 1 else 12))
        width, height = struct.unpack_from(">II", data, b - 8)
        a, b = child(data, "mdia/mdhd", body, stop)
        timescale, = struct.unpack_from(">I", data, a + (20 if data[a] == 1 else 12))
        a, b = child(data, "mdia/hdlr", body, stop)
        handler = data[a + 8:a + 12].decode("latin-1")
        a, b = child(data, "mdia/minf/stbl/stsd", body, stop)
        codec = data[a + 12:a + 16].decode("latin-1")
        tracks[track_id] = Track(track_id, handler, timescale, codec, width >> 16, height >> 16)
    if not tracks:
        raise BoxError("an init segment without a track")
    return Init(brands, tracks)


@dataclass
class Sample:
    duration: int
    size: int
    sync: bool
    offset: int  # composition offset
    position: int = 0  # of its bytes in the fragment's file


@dataclass
class Run:
    track: int
    decode_time: int
    samples: list = field(default_factory=list)

    @property
    def duration(self):
        return sum(s.duration for s in self.samples)

    @property
    def end(self):
        return self.decode_time + self.duration


@dataclass
class Fragment:
    sequence: int
    runs: list


def parse_fragments(data):
    """Each moof with its mdat. Sample bytes must lie inside the mdat, end to end, and fill it."""
    found, moof = [], None
    for kind, body, stop in boxes(data):
        if kind == "moof":
            if moof is not None:
                raise BoxError("moof without an mdat")
            moof = _parse_moof(data, body - 8, body, stop)
        elif kind == "mdat":
            if moof is None:
                raise BoxError("mdat without a moof")
            covered = sorted((s.position, s.position + s.size) for r in moof.runs for s in r.samples)
            position = body
            for a, b in covered:
                if a != position:
                    raise BoxError(f"sample bytes begin at {a}, expected {position}")
                position = b
            if position != stop:
                raise BoxError(f"samples end at {position}, mdat at {stop}")
            found.append(moof)
            moof = None
        elif kind not in ("styp", "prft", "emsg", "sidx", "free"):
            raise BoxError(f"a {kind} box in a media segment")
    if moof is not None:
        raise BoxError("the last moof has no mdat")
    if not found:
        raise BoxError("no fragment")
    return found


def _parse_moof(data, origin, start, end):
    a, _ = child(data, "mfhd", start, end)
    fragment = Fragment(struct.unpack_from(">I", data, a + 4)[0], [])
    for kind, body, stop in boxes(data, start, end):
        if kind == "traf":
            fragment.runs.append(_parse_traf(data, origin, body, stop))
    if not fragment.runs:
        raise BoxError("moof without a traf")
    return fragment


def _parse_traf(data, origin, start, end):
    tfhd = child(data, "tfhd", start, end)
    if tfhd is None:
        raise BoxError("traf without tfhd")
    flags = struct.unpack_from(">I", data, tfhd[0])[0] & 0xFFFFFF
    if flags & 1 or not flags & 0x020000:
        raise BoxError("tfhd: addresses must be relative to the moof: default-base-is-moof (RFC 8216bis §3.1.2)")
    position = tfhd[0] + 4
    track, = struct.unpack_from(">I", data, position)
    position += 4
    defaults = {}
    for bit, name in ((0x02, "description"), (0x08, "duration"), (0x10, "size"), (0x20, "flags")):
        if flags & bit:
            defaults[name], = struct.unpack_from(">I", data, position)
            position += 4
    tfdt = child(data, "tfdt", start, end)
    if tfdt is None:
        raise BoxError("traf without tfdt (RFC 8216bis §3.1.2)")
    wide = data[tfdt[0]] == 1
    decode_time, = struct.unpack_from(">Q" if wide else ">I", data, tfdt[0] + 4)
    run = Run(track, decode_time)
    for kind, body, stop in boxes(data, start, end):
        if kind == "trun":
            _parse_trun(data, origin, body, defaults, run)
    if not run.samples:
        raise BoxError("traf without samples")
    return run


def _parse_trun(data, origin, body, defaults, run):
    head, count = struct.unpack_from(">II", data, body)
    version, flags = head >> 24, head & 0xFFFFFF
    position = body + 8
    if not flags & 1:
        raise BoxError("trun without a data offset")
    place = origin + struct.unpack_from(">i", data, position)[0]
    position += 4
    first_flags = None
    if flags & 4:
        first_flags, = struct.unpack_from(">I", data, position)
        position += 4
    for index in range(count):
        values = dict(defaults)
        for bit, name in ((0x100, "duration"), (0x200, "size"), (0x400, "flags"), (0x800, "offset")):
            if flags & bit:
                signed = name == "offset" and version == 1
                values[name], = struct.unpack_from(">i" if signed else ">I", data, position)
                position += 4
        if index == 0 and first_flags is not None:
            values["flags"] = first_flags
        sample_flags = values.get("flags", 0)
        run.samples.append(Sample(values["duration"], values["size"], not sample_flags & 0x10000, values.get("offset", 0), place))
        place += values["size"]


def nal_types(data, sample, hevc=False):
    """The NAL unit types of a sample with 4-byte lengths; raises when the lengths do not fit."""
    position, end, found = sample.position, sample.position + sample.size, []
    while position < end:
        if end - position < 5:
            raise BoxError("a NAL unit's length does not fit into its sample")
        size, = struct.unpack_from(">I", data, position)
        if size == 0 or position + 4 + size > end:
            raise BoxError("a NAL unit's length does not fit into its sample")
        head = data[position + 4]
        found.append((head >> 1) & 0x3F if hevc else head & 0x1F)
        position += 4 + size
    return found
