"""The checker is itself checked: a right stream passes, and for every rule there is a broken one that is caught."""

import re
import struct

import pytest

from Tests.support import boxes
from Tests.support.media_rules import MediaWatch
from Tests.support.origin import Origin, fragmented
from Tests.support.playlist import PlaylistError, parse_media, parse_multivariant
from Tests.support.playlist_checker import Watch
from Tests.support.playlist_rules import PAIR_RULES, PLAYLIST_RULES, apply_delta, check, delta_differences

HEAD = """#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.575,CAN-SKIP-UNTIL=12
#EXT-X-PART-INF:PART-TARGET=0.525
"""


def segment(msn, parts=2, finished=True, tags=""):
    rows = [f"#EXT-X-PROGRAM-DATE-TIME:2026-11-22T10:00:{msn - 5:02d}.000Z"]
    rows += [f'#EXT-X-PART:DURATION=0.50000,URI="s{msn}.{k}.mp4"' + (",INDEPENDENT=YES" if k == 0 else "") for k in range(parts)]
    if finished:
        rows += ["#EXTINF:1.00000,", f"s{msn}.mp4"]
    return tags + "\n".join(rows) + "\n"


MAP = '#EXT-X-MAP:URI="i0.mp4"\n'


def hint(name):
    return f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{name}.mp4"\n'


RANGE = '#EXT-X-DATERANGE:ID="item-1",CLASS="org.plenary.item",START-DATE="2026-11-22T10:00:01.000Z",X-ORG-PLENARY-TITLE="Бюджет"\n'
OLD = HEAD + "#EXT-X-MEDIA-SEQUENCE:5\n" + RANGE + MAP + "".join(segment(n) for n in range(5, 12)) + segment(12, 1, False) + hint("s12.1")
NEW = HEAD + "#EXT-X-MEDIA-SEQUENCE:6\n" + RANGE.replace(",X-", ',END-DATE="2026-11-22T10:00:05.000Z",X-') + MAP + "".join(segment(n) for n in range(6, 13)) + hint("s13.0")


def broken(text, pattern, replacement, count=1):
    changed = re.sub(pattern, replacement, text, count=count, flags=re.M)
    assert changed != text, f"{pattern} changes nothing"
    return changed


def test_a_right_playlist_passes():
    assert check(parse_media(NEW), parse_media(OLD)) == []


SYNTAX = {
    "no header": (r"\A#EXTM3U\n", ""),
    "a byte order mark": (r"\A#", "\ufeff#"),
    "a tag twice": (r"(#EXT-X-TARGETDURATION:2\n)", r"\1\1"),
    "a decimal target": (r"TARGETDURATION:2", "TARGETDURATION:2.5"),
    "an attribute twice": (r"CAN-SKIP-UNTIL=12", "CAN-SKIP-UNTIL=12,CAN-SKIP-UNTIL=12"),
    "a URI without quotes": (r'URI="s6.0.mp4"', "URI=s6.0.mp4"),
    "INDEPENDENT=NO": (r"INDEPENDENT=YES", "INDEPENDENT=NO"),
    "EXTINF without a comma": (r"#EXTINF:1.00000,", "#EXTINF:1.00000"),
    "a segment without EXTINF": (r"#EXTINF:1.00000,\n", ""),
    "a date without a zone": (r"(PROGRAM-DATE-TIME:.*)\.000Z", r"\1.000"),
    "a date after its first part": (r"(#EXT-X-PROGRAM-DATE-TIME:.*\n)(#EXT-X-PART:.*\n)", r"\2\1"),
    "a discontinuity after a part": (r"(#EXT-X-PART:.*\n)", r"\1#EXT-X-DISCONTINUITY\n"),
    "a part after the hint": (r'(#EXT-X-PRELOAD-HINT.*\n)', r'\1#EXT-X-PART:DURATION=0.5,URI="x.mp4"\n'),
    "a tag that is none": (r"#EXT-X-MAP", "#EXT-X-MAPS"),
    "no last line feed": (r"\n\Z", ""),
    "a tab": (r"#EXTINF:1.00000,", "#EXTINF:1.00000,\t"),
    "a skip of nothing": (r"#EXT-X-MAP", "#EXT-X-SKIP:SKIPPED-SEGMENTS=0\n#EXT-X-MAP"),
    "an ended segment without its end": (r"s12.mp4\n#EXT-X-PRE", "#EXT-X-PRE"),
}


@pytest.mark.parametrize("name", SYNTAX)
def test_broken_syntax_is_refused(name):
    with pytest.raises(PlaylistError):
        parse_media(broken(NEW, *SYNTAX[name]).encode())


ONE = {
    "version_fits_the_tags": (r"VERSION:9", "VERSION:3"),
    "target_duration_is_there_and_holds": (r"#EXTINF:1.00000", "#EXTINF:2.50000"),
    "part_target_is_there": (r"#EXT-X-PART-INF.*\n", ""),
    "no_part_exceeds_the_part_target": (r"DURATION=0.50000", "DURATION=0.52501"),
    "parts_reach_85_percent": (r'(#EXT-X-PART:DURATION=)0.50000(,URI="s6.0.mp4"),INDEPENDENT=YES', r"\g<1>0.44\2"),
    "a_part_has_a_length": (r"DURATION=0.50000", "DURATION=0.00000"),
    "server_control_is_complete": (r"CAN-SKIP-UNTIL=12", "CAN-SKIP-UNTIL=11"),
    "part_hold_back_is_exactly_three_part_targets": (r"PART-HOLD-BACK=1.575", "PART-HOLD-BACK=1.6"),
    "a_segment_is_the_sum_of_its_parts": (r"#EXTINF:1.00000", "#EXTINF:1.00100"),
    "parts_are_listed_near_the_edge_only": (r'#EXT-X-PART:.*"s12.*\n#EXT-X-PART:.*"s12.*\n', ""),
    "every_segment_has_a_date": (r"#EXT-X-PROGRAM-DATE-TIME:.*\n", ""),
    "dates_go_on_with_the_durations": (r"10:00:03.000Z", "10:00:03.200Z"),
    "every_segment_has_a_map": (r"#EXT-X-MAP.*\n", ""),
    "a_live_playlist_hints_and_an_ended_one_does_not": (r"#EXT-X-PRELOAD-HINT.*\n", ""),
    "gaps_agree": (r"#EXTINF", "#EXT-X-GAP\n#EXTINF"),
    "uris_are_unique": (r"s8.1.mp4", "s8.0.mp4"),
    "nothing_is_skipped_past_the_skip_boundary": (r"#EXT-X-MAP", "#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n#EXT-X-MAP"),
    "no_playlist_type": None,
    "date_ranges_are_sound": (r'END-DATE="2026-11-22T10:00:05', 'END-DATE="2026-11-22T09:59:59'),
}


@pytest.mark.parametrize("rule", [function.__name__ for function, _ in PLAYLIST_RULES])
def test_each_rule_of_one_playlist_catches_its_fault(rule):
    if ONE[rule] is None:
        with pytest.raises(PlaylistError):
            parse_media(broken(NEW, "#EXT-X-MAP", "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MAP"))
        return
    assert rule in {f.rule for f in check(parse_media(broken(NEW, *ONE[rule])))}


def test_85_percent_is_free_where_the_draft_says_so():
    for pattern, replacement in (
            (r'DURATION=0.50000(,URI="s7.1.mp4")', r"DURATION=0.10000\1"),               # the last of a segment
            (r'DURATION=0.50000(,URI="s7.0.mp4")', r"DURATION=0.10000\1"),               # INDEPENDENT
            (r'DURATION=0.50000(,URI="s7.0.mp4"),INDEPENDENT=YES', r"DURATION=0.10000\1,GAP=YES")):
        rules = {f.rule for f in check(parse_media(broken(NEW, pattern, replacement)))}
        assert "parts_reach_85_percent" not in rules


TWO = {
    "target_duration_never_changes": (r"TARGETDURATION:2", "TARGETDURATION:3"),
    "part_target_never_changes": (r"PART-TARGET=0.525", "PART-TARGET=0.526"),
    "server_control_never_changes": (r"CAN-SKIP-UNTIL=12", "CAN-SKIP-UNTIL=13"),
    "media_sequence_never_goes_back": (r"MEDIA-SEQUENCE:6", "MEDIA-SEQUENCE:4"),
    "the_edge_never_goes_back": (r"(?s)#EXT-X-PROGRAM-DATE-TIME:2026-11-22T10:00:06.*(#EXT-X-PRELOAD)", r"\1"),
    "no_sequence_number_is_passed_over": None,
    "discontinuity_sequence_never_goes_back": None,
    "a_known_segment_never_changes": (r"^s8.mp4", "t8.mp4"),
    "the_hinted_part_comes_next": (r"s12.1.mp4", "s12.7.mp4"),
    "nothing_changes_after_the_end": None,
    "enough_stays_listed": None,
    "a_date_range_keeps_its_words": (r'START-DATE="2026-11-22T10:00:01', 'START-DATE="2026-11-22T10:00:02'),
    "a_date_range_leaves_with_its_segments": (r"#EXT-X-DATERANGE.*\n", ""),
}


@pytest.mark.parametrize("rule", [function.__name__ for function, _ in PAIR_RULES])
def test_each_rule_of_two_playlists_catches_its_fault(rule):
    old, new = OLD, NEW
    match rule:
        case "no_sequence_number_is_passed_over":
            new = HEAD + "#EXT-X-MEDIA-SEQUENCE:9\n" + MAP + "".join(segment(n) for n in range(9, 12)) + hint("s12.0")
            old = HEAD + "#EXT-X-MEDIA-SEQUENCE:9\n" + MAP + "".join(segment(n) for n in range(9, 11)) + hint("s11.0")
            assert rule not in {f.rule for f in check(parse_media(new), parse_media(old))}
            playlist = parse_media(new)
            playlist.segments = playlist.segments[:2] + [parse_media(NEW).segment(12)]
            playlist.segment = lambda msn: next((s for s in playlist.segments if s.msn == msn), None)
            assert rule in {f.rule for f in check(playlist, parse_media(old))}
            return
        case "discontinuity_sequence_never_goes_back":
            old = broken(OLD, "#EXT-X-MAP", "#EXT-X-DISCONTINUITY-SEQUENCE:3\n#EXT-X-MAP")
        case "nothing_changes_after_the_end":
            old = broken(OLD, r"#EXT-X-PRELOAD-HINT.*", "#EXT-X-ENDLIST")
            new = broken(NEW, r"#EXT-X-PRELOAD-HINT.*", "#EXT-X-ENDLIST")
        case "enough_stays_listed":
            new = HEAD + "#EXT-X-MEDIA-SEQUENCE:9\n" + MAP + "".join(segment(n) for n in range(9, 13)) + hint("s13.0")
        case _:
            new = broken(NEW, *TWO[rule])
    assert rule in {f.rule for f in check(parse_media(new), parse_media(old))}


@pytest.mark.parametrize("pattern,replacement", [
    (r"#EXTINF:1.00000,\ns8", "#EXTINF:1.00001,\ns8"),
    (r"10:00:03.000Z", "10:00:03.010Z"),
    (r'URI="s8.1.mp4"', 'URI="s8.9.mp4"'),
    (r"(#EXT-X-PROGRAM-DATE-TIME:2026-11-22T10:00:03)", r"#EXT-X-DISCONTINUITY\n\1"),
])
def test_any_change_of_a_known_segment_is_caught(pattern, replacement):
    assert "a_known_segment_never_changes" in {f.rule for f in check(parse_media(broken(NEW, pattern, replacement)), parse_media(OLD))}


def test_a_removed_discontinuity_must_be_counted():
    old = broken(OLD, r"(#EXT-X-PROGRAM-DATE-TIME:2026-11-22T10:00:00)", r"#EXT-X-DISCONTINUITY\n\1")
    assert "a_known_segment_never_changes" in {f.rule for f in check(parse_media(NEW), parse_media(old))}
    counted = broken(NEW, "#EXT-X-MAP", "#EXT-X-DISCONTINUITY-SEQUENCE:1\n#EXT-X-MAP")
    assert check(parse_media(counted), parse_media(old)) == []


def test_a_delta_update_is_applied_and_compared():
    head = HEAD + "#EXT-X-MEDIA-SEQUENCE:5\n"
    full = head + MAP + "".join(segment(n) for n in range(5, 20)) + hint("s20.0")
    newer = head + MAP + "".join(segment(n) for n in range(5, 21)) + hint("s21.0")
    delta = head + "#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n" + "".join(segment(n, parts=2 if n > 13 else 0) for n in range(8, 21)) + hint("s21.0")
    assert delta_differences(parse_media(full), parse_media(delta), parse_media(newer)) == []
    assert check(parse_media(delta)) == []
    assert len(apply_delta(parse_media(full), parse_media(delta))) == 16
    wrong = delta.replace("SKIPPED-SEGMENTS=3", "SKIPPED-SEGMENTS=4")
    assert delta_differences(parse_media(full), parse_media(wrong), parse_media(newer)) != []
    assert delta_differences(parse_media(full), parse_media(delta.replace("s9.mp4", "s99.mp4")), parse_media(newer)) != []


def test_a_multivariant_playlist_is_read_strictly():
    right = '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Floor",URI="a.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.640028",RESOLUTION=320x180,FRAME-RATE=25.000,AUDIO="a"\nmain.m3u8\n'
    assert parse_multivariant(right).variants[0].uri == "main.m3u8"
    for wrong in (right.replace("BANDWIDTH=1,", ""), right.replace("320x180", "320:180"), right.replace("main.m3u8\n", ""),
                  right.replace('GROUP-ID="a"', "GROUP-ID=a"), right.replace("FRAME-RATE=25.000", "FRAME-RATE=x")):
        with pytest.raises(PlaylistError):
            parse_multivariant(wrong)


# — media —

@pytest.fixture(scope="module")
def movie():
    return fragmented(seconds=6)


def watch_parts(movie, change=lambda index, data: data, skip=()):
    init, parts = movie
    watch = MediaWatch()
    watch.map("i0.mp4", init)
    for index, (data, seconds, independent) in enumerate(parts):
        if index not in skip:
            part = type("P", (), {"duration": seconds, "independent": independent})
            watch.part(f"p{index}", part, change(index, data), independent)
    return watch


def shift(data, ticks, track=1):
    """Moves the decode time of one track's run."""
    data = bytearray(data)
    start, end = boxes.child(data, "moof")
    for kind, a, b in boxes.boxes(data, start, end):
        if kind == "traf" and struct.unpack_from(">I", data, boxes.child(data, "tfhd", a, b)[0] + 4)[0] == track:
            place = boxes.child(data, "tfdt", a, b)[0] + 4
            wide = data[place - 4] == 1
            form = ">Q" if wide else ">I"
            struct.pack_into(form, data, place, struct.unpack_from(form, data, place)[0] + ticks)
    return bytes(data)


def test_right_media_passes_and_decodes(movie):
    watch = watch_parts(movie)
    watch.decode_spans()
    assert [str(f) for f in watch.findings] == []
    assert watch.video_frames == 150


def rules(watch):
    return {f.rule for f in watch.findings}


def test_a_hole_in_the_decode_times_is_caught(movie):
    assert "decode_times_are_continuous" in rules(watch_parts(movie, lambda i, d: shift(d, 600) if i >= 8 else d))
    assert "decode_times_are_continuous" in rules(watch_parts(movie, lambda i, d: shift(d, 3, track=2) if i == 8 else d))
    assert "decode_times_are_continuous" in rules(watch_parts(movie, skip=(8,)))


def test_a_wrong_duration_is_caught(movie):
    init, parts = movie
    assert "a_part_lasts_what_it_says" in rules(watch_parts((init, [(d, s + 0.01, i) for d, s, i in parts])))


def test_a_false_independent_is_caught(movie):
    init, parts = movie
    assert "an_independent_part_starts_with_a_keyframe" in rules(watch_parts((init, [(d, s, True) for d, s, i in parts])))


def test_a_repeated_fragment_number_is_caught(movie):
    init, parts = movie
    assert "fragment_numbers_rise" in rules(watch_parts((init, [parts[0]] + parts)))


def test_damaged_bytes_are_caught(movie):
    assert "a_part_parses" in rules(watch_parts(movie, lambda i, d: d[:-1] if i == 3 else d))

    def damage(index, data):
        if index != 3:
            return data
        data = bytearray(data)
        run = boxes.parse_fragments(bytes(data))[0].runs[0]
        struct.pack_into(">I", data, run.samples[0].position, 0x7FFFFFFF)
        return bytes(data)
    assert "nal_lengths_fit" in rules(watch_parts(movie, damage))


def test_a_missing_reference_is_caught_by_decoding(movie):
    init, parts = movie
    first = next(i for i, p in enumerate(parts) if p[2] and i > 0)
    watch = watch_parts((init, parts[first + 1:]))
    watch.decode_spans()
    assert rules(watch) & {"every_frame_decodes", "the_decoder_is_content"}


# — the watch, on a live origin —

def test_a_right_origin_passes(movie):
    with Origin(*movie) as origin:
        watch = Watch(origin.address, "demo", may_end=True, full_checks=False)
        watch.run(20)
        watch.decode()
    assert [str(f) for f in watch.all_findings] == []
    assert watch.ended and watch.media.video_frames == 150
    assert watch.snapshots > 10


def test_other_bytes_under_a_known_uri_are_caught(movie):
    init, parts = movie
    calls = {}

    def lie(name, body):
        calls[name] = calls.get(name, 0) + 1
        return body[:-1] if name == "s3.mp4" else body
    with Origin(init, parts, alter=lie) as origin:
        watch = Watch(origin.address, "demo", may_end=True, full_checks=False)
        watch.run(20)
    assert "a_segment_is_its_parts" in {f.rule for f in watch.all_findings}


def test_a_reload_that_does_not_block_is_caught(movie):
    init, parts = movie
    with Origin(init, parts, speed=0.3) as origin:
        original = origin.answer
        origin.answer = lambda name, query: original(name, {})
        watch = Watch(origin.address, "demo", may_end=True, full_checks=False)
        watch.run(3)
    assert "a_blocking_reload_has_what_was_asked" in {f.rule for f in watch.all_findings}
