import NIOCore
import Testing

@testable import StreamRelay

@Suite struct WorkerCodecTests {
    static let order = WorkerOrder(
        job: .relay, address: "rtsp://u:p@camera/1", segmentDuration: 2, segmentMaximum: 10, partDuration: 0.5, partTarget: 47_250,
        captureDelay: 0.1, memoryLimit: 1 << 26, resources: "/usr/share/plenary", persistence: 60)
    static let commands: [WorkerCommand] = [
        .open(order), .resumeAtKeyframe, .feed(ByteBuffer(string: "FLV")), .endOfFeed, .finish, .renewPoster,
    ]
    static let rendition = RenditionInitialization(
        codecs: "avc1.640028,mp4a.40.2", width: 1920, height: 1080, frameRateMilli: 25_000, language: "uk", timescales: [90_000, 48_000],
        bytes: ByteBuffer(string: "moov"))
    static let part = RelayedPart(
        startsSegment: true, endsSegment: true, independent: true, discontinuity: false, decodeTime: 7, duration: 45_000,
        partTarget: 47_250,
        programDateTime: 1_795_000_000_000_000, fragments: [ByteBuffer(string: "picture"), ByteBuffer(), ByteBuffer(string: "sound")])
    static let jpeg = ByteBuffer(bytes: [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3, 0xFF, 0xD9])
    static let reports: [WorkerReport] = [
        .opened(
            SourceDescription(
                format: "rtsp",
                video: .init(codec: "h264", profile: "High", width: 1920, height: 1080, frameRate: 25, hasBFrames: true),
                audio: [.init(codec: "pcm_alaw", sampleRate: 8000, channels: 1, language: "", transcodedBecause: "G.711")], ignored: ["x"])),
        .initialization(StreamInitialization(renditions: [rendition, rendition])),
        .part(part),
        .picture(rendition),
        .frame(RelayedFrame(isKeyframe: true, startsAnew: false, decodeTime: 3600, duration: 7200, fragment: ByteBuffer(string: "frame"))),
        .slate(
            SlateCard(
                initialization: rendition, frames: [ByteBuffer(string: "I"), ByteBuffer(string: "P")], silence: ByteBuffer(string: "s"),
                audioSampleRate: 48_000, still: jpeg)),
        .poster(Poster(takenAt: 77_000_000, jpeg: jpeg)),
        .heartbeat(WorkerVitals()),
        .log(WorkerLogLine(level: .warning, text: "late")),
        .failed(RelayFailure(kind: .unreachable, message: "connection refused")),
        .missed(RelayFailure(kind: .unreachable, message: "connection refused")),
        .ended,
    ]

    static func joined(_ chunks: [ByteBuffer]) -> ByteBuffer {
        var out = ByteBuffer()
        for chunk in chunks { out.writeImmutableBuffer(chunk) }
        return out
    }

    @Test func `every command comes back as it was sent`() throws {
        var decoder = WorkerCommandDecoder()
        decoder.append(Self.joined(Self.commands.flatMap { $0.encoded() }))
        for command in Self.commands { #expect(try decoder.next() == command) }
        #expect(try decoder.next() == nil)
    }

    @Test(arguments: [1, 3, 7, 4096])
    func `every report comes back whatever the pieces it came in`(piece: Int) throws {
        var decoder = WorkerReportDecoder()
        var bytes = Self.joined(Self.reports.flatMap { $0.encoded() })
        var received: [WorkerReport] = []
        while let slice = bytes.readSlice(length: min(piece, max(1, bytes.readableBytes))) {
            decoder.append(slice)
            while let report = try decoder.next() { received.append(report) }
        }
        #expect(received == Self.reports)
    }

    @Test func `numbers JSON cannot spell survive`() throws {
        var vitals = WorkerVitals()
        vitals.frameRate = .infinity
        var decoder = WorkerReportDecoder()
        decoder.append(Self.joined(WorkerReport.heartbeat(vitals).encoded()))
        #expect(try decoder.next() == .heartbeat(vitals))
    }

    @Test func `a truncated message is no message yet`() throws {
        for report in Self.reports {
            let whole = Self.joined(report.encoded())
            var decoder = WorkerReportDecoder()
            decoder.append(whole.getSlice(at: 0, length: whole.readableBytes - 1)!)
            #expect(try decoder.next() == nil)
        }
    }

    @Test(arguments: [0, UInt32(WireFrame.maximumLength) + 1, .max])
    func `a length that cannot be is refused before a byte is kept`(length: UInt32) {
        var decoder = WireFrameDecoder()
        decoder.append(ByteBuffer(integer: UInt64(length) << 32))
        #expect(throws: WireFault.badLength(Int(length))) { try decoder.next() }
        #expect(throws: WireFault.badLength(Int(length))) { try decoder.next() }
    }

    @Test func `an unknown kind is refused`() {
        var decoder = WorkerReportDecoder()
        decoder.append(WireWriter.frame(200))
        #expect(throws: WireFault.unknownKind(200)) { try decoder.next() }
    }

    @Test func `a command is no report`() {
        var decoder = WorkerReportDecoder()
        decoder.append(Self.joined(WorkerCommand.finish.encoded()))
        #expect(throws: WireFault.unknownKind(5)) { try decoder.next() }
    }

    @Test func `a payload cut short inside its frame is refused, never a trap`() {
        for report in Self.reports {
            let whole = Self.joined(report.encoded())
            for length in 5..<whole.readableBytes {
                var cut = whole.getSlice(at: 0, length: length)!
                cut.setInteger(UInt32(length - 4), at: cut.readerIndex)
                var decoder = WorkerReportDecoder()
                decoder.append(cut)
                #expect(throws: WireFault.self) { try decoder.next() }
            }
        }
    }

    @Test func `bytes left over are refused`() {
        for report in Self.reports {
            var whole = Self.joined(report.encoded())
            whole.writeInteger(UInt8(0x7B))
            whole.setInteger(UInt32(whole.readableBytes - 4), at: 0)
            var decoder = WorkerReportDecoder()
            decoder.append(whole)
            #expect(throws: WireFault.self) { try decoder.next() }
        }
    }

    @Test(arguments: [
        ("duration", 0, Int64(0)), ("duration over the target", 0, 50_000), ("negative time", -1, 45_000), ("far time", Int64.max, 45_000),
    ])
    func `a part with impossible times is refused`(name: String, decodeTime: Int64, duration: Int64) {
        var part = Self.part
        part.decodeTime = decodeTime
        part.duration = duration
        var decoder = WorkerReportDecoder()
        decoder.append(Self.joined(WorkerReport.part(part).encoded()))
        #expect(throws: WireFault.self) { try decoder.next() }
    }

    @Test func `text that would break out of a playlist is refused`() {
        var rendition = Self.rendition
        rendition.codecs = "avc1\"\n#EXT-X-ENDLIST"
        var decoder = WorkerReportDecoder()
        decoder.append(Self.joined(WorkerReport.initialization(StreamInitialization(renditions: [rendition])).encoded()))
        #expect(throws: WireFault.self) { try decoder.next() }
    }

    @Test(arguments: [[], [0xFF, 0xD8, 0xFF], Array("<svg onload=alert(1)>".utf8), [0x89, 0x50, 0x4E, 0x47, 0xFF, 0xD9]] as [[UInt8]])
    func `a poster that is no JPEG is refused`(bytes: [UInt8]) {
        var decoder = WorkerReportDecoder()
        decoder.append(Self.joined(WorkerReport.poster(Poster(takenAt: 1, jpeg: ByteBuffer(bytes: bytes))).encoded()))
        #expect(throws: WireFault.self) { try decoder.next() }
    }

    @Test func `a poster larger than any is refused`() {
        let jpeg = ByteBuffer(bytes: [0xFF, 0xD8, 0xFF] + [UInt8](repeating: 0, count: Poster.sizeLimit) + [0xFF, 0xD9])
        var decoder = WorkerReportDecoder()
        decoder.append(Self.joined(WorkerReport.poster(Poster(takenAt: 1, jpeg: jpeg)).encoded()))
        #expect(throws: WireFault.self) { try decoder.next() }
    }

    @Test func `garbage is refused or waited on, never a trap`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var bytes = ByteBuffer()
            let count = Int.random(in: 1...80, using: &random)
            bytes.writeInteger(UInt32(count))
            bytes.writeInteger(UInt8.random(in: 60...80, using: &random))
            bytes.writeBytes((1..<max(2, count)).map { _ in UInt8.random(in: 0...255, using: &random) })
            var decoder = WorkerReportDecoder()
            decoder.append(bytes)
            while (try? decoder.next()) != nil {}
        }
    }
}
