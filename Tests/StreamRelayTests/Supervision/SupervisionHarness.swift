import NIOCore

@testable import StreamRelay

/// A supervision under a clock that the test turns, and a worker that the test plays.
struct SupervisionHarness {
    var supervision: RelaySupervision
    var now = Moment(monotonic: 1_000_000_000, utc: 1_795_000_000_000_000)
    var actions: [RelaySupervision.Action] = []
    /// The worker's own decode time of its next part.
    var workerTime: Int64 = 0

    static let partTarget: Int64 = 47_250
    static let part: Int64 = 45_000

    static func settings(
        camera: String = "rtsp://camera/1", liveWindow: Double = 120, segmentMaximum: Double = 4, slateOnLoss: Bool = false
    ) throws -> StreamSettings {
        StreamSettings(
            hall: "rada", camera: try CameraAddress(camera), autostart: true, segmentDuration: 2, segmentMaximum: segmentMaximum,
            partDuration: 0.5, liveWindow: liveWindow, captureDelay: 0, slateOnLoss: slateOnLoss, slateImage: nil, language: "uk",
            audioNames: [], workerMemory: 512 << 20)
    }

    init(_ settings: StreamSettings? = nil, record: HallRecord? = nil) throws {
        let settings = try settings ?? Self.settings()
        let record = record ?? Self.record(settings)
        supervision = RelaySupervision(settings: settings, record: record, resources: "/r", now: now, seed: 1)
    }

    static func record(_ settings: StreamSettings, mediaSequence: Int = 100, wasServed: Bool = false) -> HallRecord {
        HallRecord(
            numbers: LiveNumbers(mediaSequence: mediaSequence, discontinuity: 0, initialization: 7, fragment: 1, timeline: 900_000),
            targets: nil, partDuration: settings.partDuration, segmentMaximum: settings.segmentMaximum, hiddenSince: nil, slateOn: false,
            wasServed: wasServed)
    }

    var window: LiveWindow { supervision.window! }
    var status: StreamStatus { supervision.status(now) }
    var cameraID: Int { supervision.camera?.id ?? -1 }
    var playlist: String { String(buffer: MediaPlaylist.render(window, rendition: 0, skip: false)) }

    mutating func start() throws {
        actions += try supervision.start(now)
    }

    /// Turns the clock, stopping at every deadline on the way.
    mutating func pass(_ seconds: Double) {
        let end = now.monotonic + .seconds(seconds)
        var turns = 0
        while let deadline = supervision.nextDeadline, deadline <= end, turns < 10_000 {
            set(max(deadline, now.monotonic))
            actions += supervision.tick(now)
            turns += 1
        }
        set(end)
        actions += supervision.tick(now)
    }

    private mutating func set(_ monotonic: Int64) {
        now.utc += (monotonic - now.monotonic) / 1000
        now.monotonic = monotonic
    }

    mutating func report(_ report: WorkerReport) {
        actions += supervision.received(report, from: .camera, id: cameraID, now: now)
    }

    static func initialization(_ name: String = "camera", renditions: Int = 1) -> StreamInitialization {
        StreamInitialization(
            renditions: (0..<renditions).map {
                RenditionInitialization(
                    codecs: $0 == 0 ? "avc1.640028,mp4a.40.2" : "mp4a.40.2", width: $0 == 0 ? 1920 : 0, height: $0 == 0 ? 1080 : 0,
                    frameRateMilli: $0 == 0 ? 25_000 : 0, language: "uk", timescales: $0 == 0 ? [90_000, 48_000] : [48_000],
                    bytes: ByteBuffer(string: "\(name)-\($0)"))
            })
    }

    mutating func open(_ name: String = "camera", renditions: Int = 1) {
        workerTime = 0
        report(.opened(SourceDescription(format: "rtsp", video: nil, audio: [], ignored: [])))
        report(.initialization(Self.initialization(name, renditions: renditions)))
    }

    static func fragment(at time: Int64, duration: Int64, filling byte: UInt8 = 1) -> ByteBuffer {
        let sample = FragmentWriter.Sample(
            duration: UInt32(duration), compositionOffset: 0, isSync: true, payload: ByteBuffer(repeating: byte, count: 100))
        return FragmentWriter.write(sequence: 1, runs: [.init(trackID: 1, baseDecodeTime: UInt64(time), samples: [sample])])
    }

    /// The worker sends a part of half a second; the clock has moved as far.
    mutating func sendPart(
        starts: Bool = false, independent: Bool? = nil, discontinuity: Bool = false, hole: Int64 = 0, duration: Int64 = part,
        renditions: Int = 1, missing: Set<Int> = []
    ) {
        workerTime += hole
        let fragments = (0..<renditions).map {
            missing.contains($0) ? ByteBuffer() : Self.fragment(at: workerTime, duration: duration)
        }
        let part = RelayedPart(
            startsSegment: starts, independent: independent ?? starts, discontinuity: discontinuity, decodeTime: workerTime,
            duration: duration, partTarget: Self.partTarget, programDateTime: now.utc - duration * 100 / 9, fragments: fragments)
        workerTime += duration
        report(.part(part))
    }

    /// A camera at work: segments of four parts, in real time.
    mutating func stream(parts: Int) {
        for index in 0..<parts {
            pass(0.5)
            sendPart(starts: index % 4 == 0)
        }
    }

    mutating func childExits(_ code: Int32 = 1) {
        let id = cameraID
        actions += supervision.closed(.camera, id: id, now: now)
        actions += supervision.exited(.camera, id: id, code: code, now: now)
    }

    static let card = SlateCard(
        initialization: RenditionInitialization(
            codecs: "avc1.64001f,mp4a.40.2", width: 1280, height: 720, frameRateMilli: 25_000, language: "", timescales: [90_000, 48_000],
            bytes: ByteBuffer(string: "card")),
        frames: (0..<50).map { ByteBuffer(string: "frame \($0)") }, silence: ByteBuffer(string: "silence"), audioSampleRate: 48_000,
        still: ByteBuffer(bytes: [0xFF, 0xD8, 0xFF] + Array("card".utf8) + [0xFF, 0xD9]))

    mutating func cardArrives() {
        guard case .making(let id, _) = supervision.card else { return }
        actions += supervision.received(.slate(Self.card), from: .card, id: id, now: now)
        actions += supervision.exited(.card, id: id, code: 0, now: now)
    }

    mutating func takeActions() -> [RelaySupervision.Action] {
        defer { actions = [] }
        return actions
    }

    var spawned: [RelaySupervision.Role] { actions.compactMap { if case .spawn(let role, _, _) = $0 { role } else { nil } } }
    var killed: [RelaySupervision.Role] { actions.compactMap { if case .kill(let role, _) = $0 { role } else { nil } } }
}
