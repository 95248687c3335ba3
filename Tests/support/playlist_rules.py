"""The rules of a low-latency live playlist, one function each, with the section of RFC 8216bis (draft 22) that it checks.

A rule of one playlist takes `(playlist)`, a rule of two takes `(older, newer)` in the order they were fetched. Each yields sentences
about what is wrong. Rules marked “promise” are Plenary's own and stricter than the draft.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .playlist import date, quoted

PLAYLIST_RULES, PAIR_RULES = [], []


@dataclass(frozen=True)
class Finding:
    rule: str
    section: str
    message: str

    def __str__(self):
        return f"{self.rule} ({self.section}): {self.message}"


def of_one(section):
    def add(function):
        PLAYLIST_RULES.append((function, section))
        return function
    return add


def of_two(section):
    def add(function):
        PAIR_RULES.append((function, section))
        return function
    return add


def check(playlist, previous=None):
    """Every finding about `playlist`, and about its change since `previous`."""
    found = []
    for function, section in PLAYLIST_RULES:
        found += [Finding(function.__name__, section, message) for message in function(playlist)]
    if previous is not None:
        for function, section in PAIR_RULES:
            found += [Finding(function.__name__, section, message) for message in function(previous, playlist)]
    return found


def half_unit(value):
    """Half a unit in the last printed place: how far rounding may have moved it."""
    return Decimal(5).scaleb(value.as_tuple().exponent - 1)


# — one playlist —

@of_one("RFC 8216bis §4.4.1.2, §4.4.5.2")
def version_fits_the_tags(p):
    if p.version < 6:
        yield f"EXT-X-VERSION {p.version}: EXT-X-MAP without I-FRAMES-ONLY needs 6"
    if p.skipped and p.version < 9:
        yield f"EXT-X-VERSION {p.version}: EXT-X-SKIP needs 9"


@of_one("RFC 8216bis §4.4.3.1")
def target_duration_is_there_and_holds(p):
    if p.target_duration is None:
        yield "no EXT-X-TARGETDURATION"
        return
    for s in p.complete:
        if s.duration.quantize(Decimal(1), ROUND_HALF_UP) > p.target_duration:
            yield f"segment {s.msn} lasts {s.duration} s, rounded more than the target of {p.target_duration}"


@of_one("RFC 8216bis §4.4.3.7")
def part_target_is_there(p):
    if p.part_target is None and any(s.parts for s in p.segments):
        yield "EXT-X-PART without EXT-X-PART-INF"


@of_one("RFC 8216bis §4.4.4.9")
def no_part_exceeds_the_part_target(p):
    for s in p.segments:
        for i, part in enumerate(s.parts):
            if p.part_target is not None and part.duration > p.part_target:
                yield f"part {s.msn}.{i} lasts {part.duration} s, PART-TARGET is {p.part_target}"


@of_one("RFC 8216bis §4.4.4.9")
def parts_reach_85_percent(p):
    """Free: INDEPENDENT=YES, GAP=YES, the one before a GAP, the last of a segment (the newest part may turn out to be that)."""
    for s in p.segments:
        for i, part in enumerate(s.parts):
            last = i == len(s.parts) - 1
            if last or part.independent or part.gap or s.parts[i + 1].gap or p.part_target is None:
                continue
            if part.duration < p.part_target * Decimal("0.85"):
                yield f"part {s.msn}.{i} lasts {part.duration} s, under 85 % of {p.part_target}"


@of_one("RFC 8216bis §4.4.4.9, promise")
def a_part_has_a_length(p):
    for s in p.segments:
        for i, part in enumerate(s.parts):
            if part.duration <= 0:
                yield f"part {s.msn}.{i} lasts {part.duration} s"
    for s in p.complete:
        if s.duration <= 0:
            yield f"segment {s.msn} lasts {s.duration} s"


@of_one("RFC 8216bis §4.4.3.8")
def server_control_is_complete(p):
    control = p.server_control
    if p.ended:
        return
    if not control:
        yield "no EXT-X-SERVER-CONTROL"
        return
    if not control["CAN-BLOCK-RELOAD"]:
        yield "CAN-BLOCK-RELOAD is not YES"
    if control["HOLD-BACK"] is not None and p.target_duration and control["HOLD-BACK"] < 3 * p.target_duration:
        yield f"HOLD-BACK {control['HOLD-BACK']} is less than three targets of {p.target_duration}"
    if control["CAN-SKIP-UNTIL"] is None:
        yield "no CAN-SKIP-UNTIL (promise)"
    elif p.target_duration and control["CAN-SKIP-UNTIL"] < 6 * p.target_duration:
        yield f"CAN-SKIP-UNTIL {control['CAN-SKIP-UNTIL']} is less than six targets of {p.target_duration}"


@of_one("RFC 8216bis §4.4.3.8, promise")
def part_hold_back_is_exactly_three_part_targets(p):
    back = p.server_control.get("PART-HOLD-BACK")
    if p.part_target is None:
        return
    if back is None:
        yield "PART-HOLD-BACK is missing"
    elif abs(back - 3 * p.part_target) > min(half_unit(back), Decimal("0.0005")):
        yield f"PART-HOLD-BACK {back} is not three times PART-TARGET {p.part_target}"


@of_one("RFC 8216bis §4.4.4.1, promise")
def a_segment_is_the_sum_of_its_parts(p):
    for s in p.complete:
        if s.parts:
            total = sum(part.duration for part in s.parts)
            tolerance = half_unit(s.duration) + sum(half_unit(part.duration) for part in s.parts)
            if abs(total - s.duration) > tolerance:
                yield f"segment {s.msn}: EXTINF {s.duration}, its {len(s.parts)} parts make {total}"


@of_one("RFC 8216bis §6.2.2, promise")
def parts_are_listed_near_the_edge_only(p):
    """Removed past three targets from the end (SHOULD), all of a segment's or none; near the edge they are there."""
    if p.ended or p.target_duration is None or p.part_target is None:
        return
    after = Decimal(0)
    for s in reversed(p.segments):
        if s.uri is not None and not s.gap and after <= 3 * p.part_target and not s.parts:
            yield f"segment {s.msn} ends {after} s before the edge and lists no parts"
        if s.parts and after > 3 * p.target_duration:
            yield f"segment {s.msn} ends {after} s before the edge, past three targets, and still lists parts"
        after += s.length


@of_one("RFC 8216bis §4.4.4.6, promise")
def every_segment_has_a_date(p):
    for s in p.segments:
        if s.date is None:
            yield f"segment {s.msn} has no EXT-X-PROGRAM-DATE-TIME"


@of_one("RFC 8216bis §6.2.1, promise")
def dates_go_on_with_the_durations(p):
    """Between discontinuities a date is the one before plus its duration, or slewed: never a jump (0.1 s, and 40 ms for each second that it may be
    slewed); after one it never goes back by a second."""
    for a, b in zip(p.segments, p.segments[1:]):
        if a.date is None or b.date is None or a.uri is None:
            continue
        off = (b.date - a.date).total_seconds() - float(a.duration)
        if not b.discontinuity and abs(off) > 0.1 + 0.04 * float(a.duration):
            yield f"segment {b.msn} is dated {off:+.3f} s off the end of {a.msn}"
        if b.discontinuity and off < -1:
            yield f"segment {b.msn} is dated {-off:.3f} s before the end of {a.msn}: ambiguous"


@of_one("RFC 8216bis §4.4.4.5, §3.1.2")
def every_segment_has_a_map(p):
    for s in p.segments:
        if s.map_uri is None and not p.skipped and not s.gap:
            yield f"segment {s.msn} has no EXT-X-MAP"


@of_one("RFC 8216bis §4.4.5.3")
def a_live_playlist_hints_and_an_ended_one_does_not(p):
    if p.ended and p.preload_hint:
        yield "EXT-X-ENDLIST together with EXT-X-PRELOAD-HINT"
    if not p.ended and p.part_target is not None and p.preload_hint is None and p.segments:
        yield "no EXT-X-PRELOAD-HINT of TYPE=PART (promise)"
    if p.preload_hint and any(part.uri == p.preload_hint["URI"] for s in p.segments for part in s.parts):
        yield f"the hinted {p.preload_hint['URI']} is listed already"


@of_one("RFC 8216bis §4.4.4.7, §6.2.1")
def gaps_agree(p):
    for s in p.segments:
        missing = [part for part in s.parts if part.gap]
        if s.uri is not None and s.parts and (s.gap and not missing or not s.gap and len(missing) == len(s.parts)):
            yield f"segment {s.msn}: EXT-X-GAP {s.gap}, while {len(missing)} of {len(s.parts)} parts are GAP=YES"


@of_one("RFC 8216bis §6.2.1")
def uris_are_unique(p):
    seen = set()
    for s in p.segments:
        for uri in ([s.uri] if s.uri else []) + [part.uri for part in s.parts]:
            if uri in seen:
                yield f"{uri} is listed twice"
            seen.add(uri)


@of_one("RFC 8216bis §6.2.5.1")
def nothing_is_skipped_past_the_skip_boundary(p):
    if p.skipped:
        until = p.server_control.get("CAN-SKIP-UNTIL")
        if until is None:
            yield "EXT-X-SKIP without CAN-SKIP-UNTIL"
        elif p.length < until - Decimal("0.001"):
            yield f"a delta update keeps only {p.length} s, the skip boundary is {until}"


@of_one("RFC 8216bis §6.2.2")
def no_playlist_type(p):
    if any(name == "EXT-X-PLAYLIST-TYPE" for name, _ in p.tags):
        yield "a live playlist must not have EXT-X-PLAYLIST-TYPE"


# — two, in the order they were fetched —

@of_two("RFC 8216bis §6.2.1")
def target_duration_never_changes(old, new):
    if old.target_duration != new.target_duration:
        yield f"EXT-X-TARGETDURATION went from {old.target_duration} to {new.target_duration}"


@of_two("RFC 8216bis §4.4.3.7, promise")
def part_target_never_changes(old, new):
    if old.part_target is not None and new.part_target is not None and old.part_target != new.part_target:
        yield f"PART-TARGET went from {old.part_target} to {new.part_target}"


@of_two("RFC 8216bis §4.4.3.8, promise")
def server_control_never_changes(old, new):
    if old.server_control and not new.ended and old.part_target == new.part_target and old.server_control != new.server_control:
        yield f"EXT-X-SERVER-CONTROL went from {old.server_control} to {new.server_control}"


@of_two("RFC 8216bis §6.2.2")
def media_sequence_never_goes_back(old, new):
    if new.media_sequence < old.media_sequence:
        yield f"EXT-X-MEDIA-SEQUENCE went from {old.media_sequence} back to {new.media_sequence}"


@of_two("RFC 8216bis §6.2.1")
def the_edge_never_goes_back(old, new):
    if new.next_part < old.next_part:
        yield f"the edge went from part {old.next_part} back to {new.next_part}"


@of_two("RFC 8216bis §6.2.2")
def no_sequence_number_is_passed_over(old, new):
    """New segments follow the last known one: a client that comes back within the window finds every number in between."""
    if old.complete and new.segments and not new.skipped:
        following = old.media_sequence + old.skipped + len(old.complete)
        if new.media_sequence <= following and new.segment(following) is None and new.media_sequence + len(new.segments) > following:
            yield f"segment {following} never came"


@of_two("RFC 8216bis §6.2.2")
def discontinuity_sequence_never_goes_back(old, new):
    if new.discontinuity_sequence < old.discontinuity_sequence:
        yield f"EXT-X-DISCONTINUITY-SEQUENCE went from {old.discontinuity_sequence} back to {new.discontinuity_sequence}"


@of_two("RFC 8216bis §6.2.1, §6.2.2")
def a_known_segment_never_changes(old, new):
    """URI, duration, date, map, gap and discontinuity number of a number once given stay; parts may only grow, then be removed together."""
    if new.skipped or old.skipped:
        return
    for was in old.segments:
        now = new.segment(was.msn)
        if now is None:
            continue
        fields = ["date", "map_uri", "discontinuity", "discontinuity_sequence"]
        if was.uri is not None:
            fields += ["uri", "duration", "gap"]
        for name in fields:
            a, b = getattr(was, name), getattr(now, name)
            if a != b and not (name == "map_uri" and now.gap):
                yield f"segment {was.msn}: {name} went from {a} to {b}"
        if was.parts and now.parts:
            shown = now.parts[:len(was.parts)]
            if [(x.uri, x.duration, x.independent, x.gap) for x in was.parts] != [(x.uri, x.duration, x.independent, x.gap) for x in shown]:
                yield f"segment {was.msn}: its parts changed"
            if was.uri is not None and len(now.parts) != len(was.parts):
                yield f"segment {was.msn}: a part was added after its end"
        if was.parts and not now.parts and now.uri is None:
            yield f"segment {was.msn}: lost its parts while unfinished"


@of_two("RFC 8216bis §4.4.5.3")
def the_hinted_part_comes_next(old, new):
    hint = old.preload_hint
    if hint is None or new.next_part <= old.next_part or new.ended:
        return
    msn, index = old.next_part
    for candidate in ((msn, index), (msn + 1, 0)):
        s = new.segment(candidate[0])
        if s is not None and candidate[1] < len(s.parts):
            if s.parts[candidate[1]].uri != hint["URI"]:
                yield f"hinted was {hint['URI']}, next came {s.parts[candidate[1]].uri}"
            return


@of_two("RFC 8216bis §6.2.1")
def nothing_changes_after_the_end(old, new):
    if old.ended and not new.ended:
        return  # started again: other rules watch that numbers go on
    if old.ended and old.text != new.text:
        yield "the playlist changed after EXT-X-ENDLIST"


@of_two("RFC 8216bis §6.2.2")
def enough_stays_listed(old, new):
    """A server must not remove a segment when less than three targets would be left."""
    if new.media_sequence > old.media_sequence and not new.ended and new.target_duration and not new.skipped:
        if new.length < 3 * new.target_duration:
            yield f"segments were removed and only {new.length} s are left, less than three targets"


@of_one("RFC 8216bis §4.4.5.1")
def date_ranges_are_sound(p):
    seen = set()
    for found in p.date_ranges:
        name, start, end = (quoted(found, key, "EXT-X-DATERANGE", key != "END-DATE") for key in ("ID", "START-DATE", "END-DATE"))
        if name in seen:
            yield f"the date range {name} stands there twice"
        seen.add(name)
        if end is not None and date(end) < date(start):
            yield f"the date range {name} ends at {end}, before it starts at {start}"
        for key in found:
            if key not in ("ID", "CLASS", "START-DATE", "END-DATE") and not key.startswith("X-"):
                yield f"the date range {name} has the unknown attribute {key}"


@of_two("RFC 8216bis §4.4.5.1")
def a_date_range_keeps_its_words(old, new):
    known = {found["ID"]: found for found in new.date_ranges}
    for found in old.date_ranges:
        later = known.get(found["ID"])
        for key, value in found.items():
            if later is not None and later.get(key) != value:
                yield f"the date range {found['ID']} had {key}={value} and now {later.get(key)}"


@of_two("promise")
def a_date_range_leaves_with_its_segments(old, new):
    known = {found["ID"] for found in new.date_ranges}
    first = new.segments[0].date if new.segments and not new.skipped else None
    for found in old.date_ranges:
        if found["ID"] in known or first is None:
            continue
        end = quoted(found, "END-DATE", "EXT-X-DATERANGE", False)
        if end is None or date(end) > first:
            yield f"the date range {found['ID']} has gone, and the playlist still shows its time"


def apply_delta(full, delta):
    """The full playlist's segments that `delta` stands for, given an earlier `full` one (§6.2.5.1). `LookupError` when it cannot be."""
    first = delta.media_sequence + delta.skipped
    segments = []
    for msn in range(delta.media_sequence, first):
        known = full.segment(msn)
        if known is None or known.uri is None:
            raise LookupError(f"segment {msn} is skipped and was never shown")
        segments.append(known)
    before = segments[-1] if segments else None
    count = before.discontinuity_sequence if before else delta.discontinuity_sequence
    map_uri = before.map_uri if before else None
    for s in delta.segments:
        count += 1 if s.discontinuity else 0
        map_uri = s.map_uri or map_uri
        s.discontinuity_sequence, s.map_uri = count, map_uri
        segments.append(s)
    return segments


def delta_differences(full, delta, newer):
    """Sentences about how `delta` on `full` differs from `newer`, a full playlist with the same last part (§6.2.5.1)."""
    try:
        rebuilt = apply_delta(full, delta)
    except LookupError as error:
        return [str(error)]
    if [s.msn for s in rebuilt] != [s.msn for s in newer.segments]:
        return [f"the delta stands for segments {[s.msn for s in rebuilt]}, the playlist has {[s.msn for s in newer.segments]}"]
    found = []
    for a, b in zip(rebuilt, newer.segments):
        for name in ("uri", "duration", "date", "map_uri", "discontinuity", "discontinuity_sequence", "gap"):
            if getattr(a, name) != getattr(b, name):
                found.append(f"segment {a.msn}: {name} is {getattr(a, name)} by the delta, {getattr(b, name)} in full")
    if delta.discontinuity_sequence != newer.discontinuity_sequence:
        found.append("EXT-X-DISCONTINUITY-SEQUENCE differs in the delta (§4.4.5.2)")
    return found
