import NIOCore
import Testing

@testable import StreamRelay

@Suite struct PlaylistTests {
    static func window(
        length: Int64 = 120 * 90_000, target: Int = 2, partTarget: Int64 = 47_250, renditions: Int = 1, continues: Bool = false
    )
        -> LiveWindow
    {
        var window = LiveWindow(
            targets: LiveTargets(targetDuration: target, partTarget: partTarget),
            numbers: LiveNumbers(mediaSequence: 0, discontinuity: 0, initialization: 0, fragment: 1, timeline: 900_000), length: length,
            continues: continues)
        window.begin(segmentDuration: 180_000, firstDate: date)
        window.use(SupervisionHarness.initialization(renditions: renditions))
        return window
    }

    /// 2026-11-22T10:00:00Z
    static let date: Int64 = 1_795_341_600_000_000

    static func text(_ window: LiveWindow, rendition: Int = 0, skip: Bool = false) -> String {
        String(buffer: MediaPlaylist.render(window, rendition: rendition, skip: skip))
    }

    /// Half a second of camera after what is there.
    static func add(
        _ window: inout LiveWindow, starts: Bool = false, duration: Int64 = 45_000, bytes: Int = 10, missing: Set<Int> = [],
        of count: Int = 1
    ) {
        let fragments = (0..<count).map { missing.contains($0) ? ByteBuffer() : ByteBuffer(repeating: 1, count: bytes) }
        window.append(
            fragments: fragments, duration: duration, independent: starts, startsSegment: starts, discontinuity: false, date: window.endDate
        )
    }

    @Test func `the playlist of a first segment and a half reads as the draft writes it`() {
        var window = Self.window()
        for index in 0..<5 { Self.add(&window, starts: index % 4 == 0) }
        let head = """
            #EXTM3U
            #EXT-X-VERSION:9
            #EXT-X-TARGETDURATION:2
            #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.57500,CAN-SKIP-UNTIL=12.00000
            #EXT-X-PART-INF:PART-TARGET=0.52500
            #EXT-X-MEDIA-SEQUENCE:0
            #EXT-X-DISCONTINUITY-SEQUENCE:0
            #EXT-X-PROGRAM-DATE-TIME:2026-11-22T09:59:46.000Z
            #EXT-X-GAP
            #EXTINF:2.00000,
            s0.mp4
            """
        let tail = """
            #EXT-X-GAP
            #EXTINF:2.00000,
            s6.mp4
            #EXT-X-MAP:URI="i0.mp4"
            #EXT-X-PROGRAM-DATE-TIME:2026-11-22T10:00:00.000Z
            #EXT-X-PART:DURATION=0.50000,URI="s7.0.mp4",INDEPENDENT=YES
            #EXT-X-PART:DURATION=0.50000,URI="s7.1.mp4"
            #EXT-X-PART:DURATION=0.50000,URI="s7.2.mp4"
            #EXT-X-PART:DURATION=0.50000,URI="s7.3.mp4"
            #EXTINF:2.00000,
            s7.mp4
            #EXT-X-PROGRAM-DATE-TIME:2026-11-22T10:00:02.000Z
            #EXT-X-PART:DURATION=0.50000,URI="s7.4.mp4",INDEPENDENT=YES
            #EXT-X-PRELOAD-HINT:TYPE=PART,URI="s8.1.mp4"

            """
        #expect(Self.text(window).hasPrefix(head))
        #expect(Self.text(window).hasSuffix(tail))
    }

    @Test func `a part is always listed under the name it was hinted by`() {
        var window = Self.window()
        var hinted: String?
        for index in 0..<40 {
            if let hinted {
                Self.add(&window, starts: index % 4 == 0)
                #expect(Self.text(window).contains("#EXT-X-PART:DURATION=0.50000,URI=\"\(hinted)\""))
            } else {
                Self.add(&window, starts: true)
            }
            hinted = LiveName.part(window.nextPart, rendition: 0).text
        }
    }

    @Test func `the first part of a segment is found under both its names`() {
        var window = Self.window()
        for index in 0..<5 { Self.add(&window, starts: index % 4 == 0) }
        #expect(
            window.part(PartName(mediaSequence: 7, index: 4), rendition: 0)
                == window.part(PartName(mediaSequence: 8, index: 0), rendition: 0))
        #expect(window.part(PartName(mediaSequence: 8, index: 1), rendition: 0) == .expected)
        #expect(window.part(PartName(mediaSequence: 8, index: 2), rendition: 0) == .unknown)
        #expect(window.part(PartName(mediaSequence: 7, index: 5), rendition: 0) == .unknown)
        #expect(window.segment(8, rendition: 0) == .expected)
        #expect(window.segment(3, rendition: 0) == .unknown)
        #expect(window.initialization(1, rendition: 0) == .expected)
        #expect(window.initialization(2, rendition: 0) == .unknown)
    }

    @Test func `a delta leaves out what is six target durations old, and names the map again`() {
        var window = Self.window()
        for index in 0..<80 { Self.add(&window, starts: index % 4 == 0) }
        // 7 + 20 segments of 2 s, the last one open; six target durations are 12 s
        let delta = Self.text(window, skip: true)
        #expect(delta.contains("#EXT-X-SKIP:SKIPPED-SEGMENTS=21\n#EXT-X-MAP:URI=\"i0.mp4\"\n"))
        #expect(delta.contains("#EXT-X-MEDIA-SEQUENCE:0\n"))
        #expect(!delta.contains("\ns20.mp4\n") && delta.contains("\ns21.mp4\n"))
    }

    @Test func `parts are listed only near the end`() {
        var window = Self.window()
        for index in 0..<80 { Self.add(&window, starts: index % 4 == 0) }
        let text = Self.text(window)
        #expect(!text.contains("URI=\"s22.1.mp4\"") && text.contains("URI=\"s23.1.mp4\""))
        #expect(window.part(PartName(mediaSequence: 12, index: 1), rendition: 0) != .unknown)
    }

    @Test func `EXTINF is the sum of its parts and no part exceeds PART-TARGET, on an odd time base`() {
        var window = Self.window(partTarget: 47_297)
        for index in 0..<23 { Self.add(&window, starts: index % 4 == 0, duration: 47_297 - Int64(index % 3)) }
        for segment in window.segments where !segment.parts.isEmpty {
            #expect(segment.parts.reduce(0) { $0 + $1.printed } == segment.printed)
            for part in segment.parts { #expect(part.printed <= PlaylistText.ceilDecimal(47_297)) }
        }
        #expect(Self.text(window).contains("PART-TARGET=0.52553\n"))
        #expect(Self.text(window).contains("PART-HOLD-BACK=1.57659,"))
    }

    @Test func `every other rendition is reported, a hole in one is its GAP alone`() {
        var window = Self.window(renditions: 3)
        for index in 0..<5 { Self.add(&window, starts: index % 4 == 0, missing: index == 4 ? [2] : [], of: 3) }
        let audio = Self.text(window, rendition: 2)
        #expect(audio.contains("#EXT-X-MAP:URI=\"i0.a2.mp4\"\n"))
        #expect(audio.contains("#EXT-X-PART:DURATION=0.50000,URI=\"a2-s7.4.mp4\",GAP=YES\n"))
        #expect(audio.contains("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"a2-s8.1.mp4\"\n"))
        #expect(audio.contains("#EXT-X-RENDITION-REPORT:URI=\"main.m3u8\",LAST-MSN=8,LAST-PART=0\n"))
        #expect(audio.contains("#EXT-X-RENDITION-REPORT:URI=\"audio1.m3u8\",LAST-MSN=8,LAST-PART=0\n"))
        #expect(!Self.text(window).contains("GAP=YES"))
    }

    @Test func `the discontinuity sequence counts the tags that have left`() {
        var window = Self.window(length: 0)
        var expected: [Int: Int] = [:]
        for index in 0..<400 {
            if index % 12 == 0 { window.breakTimeline() }
            Self.add(&window, starts: index % 4 == 0)
            // what a client computes for a segment never changes, wherever the playlist begins
            var number = window.discontinuitySequence
            for segment in window.segments {
                if segment.discontinuity { number += 1 }
                #expect(expected[segment.mediaSequence, default: number] == number)
                expected[segment.mediaSequence] = number
            }
        }
        #expect(window.discontinuitySequence > 25)
    }

    @Test func `the window keeps its length, three target durations at least and seven segments`() {
        var short = Self.window(length: 0)
        for index in 0..<200 { Self.add(&short, starts: index % 4 == 0) }
        #expect(short.segments.count >= 7 && short.segments.count <= 8)
        var long = Self.window(length: 60 * 90_000)
        for index in 0..<400 { Self.add(&long, starts: index % 4 == 0) }
        let seconds = Double(long.end - long.segments[0].start) / 90_000
        #expect(seconds >= 60 && seconds < 62.1)
    }

    @Test func `media stays for three target durations after it left the playlist, then it is gone`() {
        var window = Self.window(length: 0)
        for index in 0..<36 { Self.add(&window, starts: index % 4 == 0) }
        let first = window.segments[0].mediaSequence
        #expect(window.segment(first - 1, rendition: 0) != .gone)
        for index in 36..<80 { Self.add(&window, starts: index % 4 == 0) }
        #expect(window.segment(first - 1, rendition: 0) == .gone)
        #expect(window.part(PartName(mediaSequence: first - 1, index: 0), rendition: 0) == .gone)
        #expect(window.retired.count <= 4)
    }

    @Test func `inits that nothing needs any more are let go`() {
        var window = Self.window(length: 0)
        for index in 0..<400 {
            if index % 4 == 0 { window.use(SupervisionHarness.initialization("init \(index)")) }
            Self.add(&window, starts: index % 4 == 0)
        }
        #expect(window.initializations.count < 16)
        #expect(window.initialization(0, rendition: 0) == .gone)
    }

    @Test func `the head says the same from the first playlist to the last, whatever the camera's GOP does`() {
        var window = Self.window()
        var heads: Set<String> = []
        for index in 0..<800 {
            // a GOP that grows: some segments begin without a keyframe
            let starts = index % 4 == 0
            window.append(
                fragments: [ByteBuffer(string: "x")], duration: 45_000, independent: starts && index % 40 == 0, startsSegment: starts,
                discontinuity: false, date: window.endDate)
            heads.insert(Self.text(window).components(separatedBy: "#EXT-X-MEDIA-SEQUENCE")[0])
        }
        #expect(heads.count == 1)
        #expect(heads.first?.contains("INDEPENDENT-SEGMENTS") == false)
    }

    @Test func `a segment whose end is known is listed whole with its last part, and the hint names the next`() throws {
        var window = Self.window()
        for index in 0..<4 {
            window.append(
                fragments: [ByteBuffer(string: "x")], duration: 45_000, independent: index == 0, startsSegment: index == 0,
                endsSegment: index == 3, discontinuity: false, date: window.endDate)
        }
        let text = Self.text(window)
        #expect(text.contains("URI=\"s7.3.mp4\"\n#EXTINF:2.00000,\ns7.mp4\n"))
        #expect(text.contains("PRELOAD-HINT:TYPE=PART,URI=\"s8.0.mp4\""))
        #expect(try BlockingReload.decide(DeliveryDirectives(query: "_HLS_msn=7"), window: window) == .now)
        #expect(try BlockingReload.decide(DeliveryDirectives(query: "_HLS_msn=8&_HLS_part=0"), window: window) == .hold)
        Self.add(&window, starts: true)
        #expect(window.part(PartName(mediaSequence: 8, index: 0), rendition: 0) != .unknown)
        #expect(Self.text(window).contains("URI=\"s8.0.mp4\""))
    }

    @Test func `a playlist that follows another lists three target durations from its first answer on`() {
        let targets = LiveTargets(targetDuration: 10, partTarget: 47_250)
        for (continues, least) in [(false, 7), (true, 15)] {
            var window = LiveWindow(targets: targets, numbers: Self.window().numbers, length: 120 * 90_000, continues: continues)
            window.begin(segmentDuration: 180_000, firstDate: Self.date)
            #expect(window.segments.count == least)
            #expect(!continues || window.segments.reduce(0) { $0 + $1.duration } >= 3 * targets.targetTicks)
        }
    }

    @Test func `an ended playlist says so and hints nothing`() {
        var window = Self.window()
        Self.add(&window, starts: true)
        window.finish()
        let text = Self.text(window)
        #expect(text.hasSuffix("#EXTINF:0.50000,\ns7.mp4\n#EXT-X-ENDLIST\n"))
        #expect(!text.contains("PRELOAD-HINT"))
    }

    @Test func `date ranges stand in full and delta playlists`() {
        var window = Self.window()
        window.dateRanges = [
            DateRange(id: "item-1", kind: "agenda", start: Self.date, end: nil, attributes: [("TITLE", "Бюджет \"2027\"\n")])
        ]
        Self.add(&window, starts: true)
        let line = #"#EXT-X-DATERANGE:ID="item-1",CLASS="agenda",START-DATE="2026-11-22T10:00:00.000Z",X-TITLE="Бюджет 2027""# + "\n"
        #expect(Self.text(window).contains(line) && Self.text(window, skip: true).contains(line))
    }

    @Test func `a date range leaves with the last segment that it reached into`() {
        var window = Self.window()
        Self.add(&window, starts: true)
        let hour: Int64 = 3_600_000_000
        func range(_ id: String, _ start: Int64, _ end: Int64?) -> DateRange {
            DateRange(id: id, kind: "agenda", start: start, end: end, attributes: [])
        }
        window.dateRanges =
            [range("past", Self.date - 2 * hour, Self.date - hour), range("long", Self.date - 2 * hour, nil)]
            + (0..<70).map { range("n\($0)", Self.date, Self.date + hour) }
        let text = Self.text(window)
        #expect(!text.contains(#"ID="past""#))
        #expect(text.contains(#"ID="n69""#) && text.components(separatedBy: "EXT-X-DATERANGE").count == 65, "64 of them, the newest")
        window.dateRanges.removeLast(10)
        #expect(Self.text(window).contains(#"ID="long""#))
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (1_709_164_800_123_456, "2024-02-29T00:00:00.123Z"),
        (1_798_761_599_999_999, "2026-12-31T23:59:59.999Z"), (4_107_542_399_000_000, "2100-02-28T23:59:59.000Z"),
        (4_107_542_400_000_000, "2100-03-01T00:00:00.000Z"),
    ])
    func `dates are the calendar's`(microseconds: Int64, text: String) {
        #expect(PlaylistText.date(microseconds) == text)
    }

    // MARK: Multivariant

    @Test func `one rendition needs no EXT-X-MEDIA`() {
        let text = String(
            buffer: MultivariantPlaylist.render(SupervisionHarness.initialization(), bandwidth: BandwidthMeter(), audioNames: []))
        #expect(
            text == """
                #EXTM3U
                #EXT-X-VERSION:9
                #EXT-X-STREAM-INF:BANDWIDTH=8032000,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=25.000
                main.m3u8

                """)
    }

    @Test func `audio tracks are renditions, the first of them muxed`() {
        let text = String(
            buffer: MultivariantPlaylist.render(
                SupervisionHarness.initialization(renditions: 3), bandwidth: BandwidthMeter(), audioNames: ["Зала", "Зала"]))
        #expect(text.contains("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Зала\",LANGUAGE=\"uk\",DEFAULT=YES,AUTOSELECT=YES\n"))
        #expect(text.contains("NAME=\"Зала (2)\",LANGUAGE=\"uk\",DEFAULT=NO,AUTOSELECT=YES,URI=\"audio1.m3u8\"\n"))
        #expect(text.contains("NAME=\"Audio 3\""))
        #expect(text.contains(",AUDIO=\"audio\"\n"))
    }

    @Test func `bandwidth is the measured peak and never shrinks`() {
        var window = Self.window()
        for index in 0..<9 { Self.add(&window, starts: index % 4 == 0, bytes: index < 4 ? 25_000 : 12_500) }
        #expect(window.bandwidth.peak == 400_000)
        #expect(window.bandwidth.average == 300_000)
        for index in 0..<40 { Self.add(&window, starts: index % 4 == 0, bytes: 100) }
        #expect(window.bandwidth.peak == 400_000)
    }
}
