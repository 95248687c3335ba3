import Gateway
import Testing

@testable import StreamRelay
@testable import plenary

@Suite struct `A stream's status as text` {
    static let now: Int64 = 1_795_348_800_000

    static func live() -> StreamStatus {
        var status = StreamStatus(
            hall: "council", state: .live, onAir: .camera, camera: "rtsp://…@192.0.2.7/1", targetDuration: 10, since: now - 125_000)
        status.source = SourceDescription(
            format: "rtsp", video: .init(codec: "h264", profile: "High", width: 1920, height: 1080, frameRate: 25, hasBFrames: false),
            audio: [.init(codec: "pcm_alaw", sampleRate: 8000, channels: 1, language: "", transcodedBecause: "browsers play no G.711")],
            ignored: [])
        status.vitals.bitRate = 4_200_000
        status.vitals.frameRate = 25.1
        status.vitals.gopSeconds = 2
        status.vitals.idleMilliseconds = 40
        status.vitals.clockDriftPPM = -3.21
        status.vitals.repairedTimestamps = 2
        status.reconnects = 1
        status.mediaSequence = 61
        status.parts = 250
        status.partTarget = 0.52
        status.windowSeconds = 120
        status.windowBytes = 63_000_000
        status.workerPID = 4711
        return status
    }

    @Test func `a page says everything about a hall`() {
        let text = StatusText.page(HallReport(status: Self.live(), viewers: 12), now: Self.now)
        #expect(
            text == """
                council: live, the camera is on air
                  camera      rtsp://…@192.0.2.7/1
                  format      rtsp
                  picture     H.264 High, 1920×1080, 25 fps, GOP 2.0 s (copied)
                  sound       pcm_alaw, 8000 Hz, mono (to AAC: browsers play no G.711)
                  bitrate     4.2 Mbit/s, last packet 0.0 s ago
                  window      2 min, 63.0 MB; parts of 0.520 s, segments up to 10 s
                  sequence    segment 61, 250 parts sent
                  viewers     12
                  reconnects  1
                  repaired    2 timestamps
                  clock       −3.2 ppm against this machine, sound +0.0 ppm against the picture
                  worker      process 4711
                  since       11:57:55 UTC (2 min 5 s)

                """)
    }

    @Test func `a lost camera says why and when it is tried again`() {
        var status = StreamStatus(hall: "a", state: .lost, onAir: .slate, camera: "test:", targetDuration: 4, since: Self.now)
        status.failure = RelayFailure(kind: .unreachable, message: "cannot open test: refused")
        status.retryIn = 2.5
        let text = StatusText.page(HallReport(status: status), now: Self.now)
        #expect(text.hasPrefix("a: camera lost, the card is on air\n"))
        #expect(text.contains("  failure     cannot open test: refused\n"))
        #expect(text.contains("  next try    in 2.5 s\n"))
    }

    @Test func `a stopped stream has few lines`() {
        let status = StreamStatus(hall: "a", state: .stopped, onAir: .nothing, camera: "test:", targetDuration: 4, since: 0)
        #expect(StatusText.page(HallReport(status: status), now: Self.now) == "a: stopped, nothing is on air\n  camera  test:\n")
    }

    @Test func `the list is a table`() {
        let stopped = StreamStatus(hall: "b", state: .stopped, onAir: .nothing, camera: "test:", targetDuration: 4, since: 0)
        let text = StatusText.table([HallReport(status: Self.live(), viewers: 3), HallReport(status: stopped)], now: Self.now)
        #expect(
            text == """
                HALL     STATE    ON AIR   PICTURE             BITRATE     VIEWERS  SINCE      CAMERA
                council  live     camera   H.264 1920×1080 25  4.2 Mbit/s  3        2 min 5 s  rtsp://…@192.0.2.7/1
                b        stopped  nothing  –                   –           –        –          test:

                """)
        #expect(StatusText.table([], now: 0) == "no halls are configured\n")
    }

    @Test func `one of a kind is counted as one`() {
        var status = Self.live()
        status.vitals.droppedFrames = 1
        #expect(StatusText.page(HallReport(status: status), now: Self.now).contains("repaired    2 timestamps, 1 dropped frame\n"))
    }

    @Test func `a watched stream is one line a second`() {
        #expect(
            StatusText.line(HallReport(status: Self.live(), viewers: 3), now: Self.now)
                == "12:00:00 UTC  council  live  on air: camera  4.2 Mbit/s  25.10 fps  GOP 2.0 s  250 parts  3 viewers  1 reconnects  drift −3.2 ppm"
        )
    }

    @Test func `a watched page is drawn over the one before`() {
        #expect(StreamCommandGroup.Status.redrawn("a\nb\n", over: 0) == "\u{1B}[?7la\u{1B}[K\nb\u{1B}[K\n\u{1B}[J\u{1B}[?7h")
        #expect(StreamCommandGroup.Status.redrawn("a\n", over: 2).hasPrefix("\u{1B}[?7l\u{1B}[2Aa"))
    }

    @Test func `a reload says what it did to whom`() {
        let report = ReloadReport(added: ["d"], removed: [], changed: ["b"], unchanged: ["a"], needRestart: ["listen"])
        #expect(
            StatusText.reload(report)
                == "added: d\nchanged: b\nnot touched: a\nchanged, and taking effect when the daemon is started again: listen\n")
    }

    @Test(arguments: [(25.0, 25.3, 25.0), (25.0, 12.5, 12.5), (0, 24.9, 24.9), (50, 0, 50)])
    func `a camera's own frame rate counts unless it is plainly wrong`(_ stated: Double, _ measured: Double, _ shown: Double) {
        #expect(StatusText.frameRate(stated: stated, measured: measured) == shown)
    }
}

@Suite struct `What check says about a camera` {
    private let settings: StreamSettings

    init() throws {
        settings = StreamSettings(
            hall: "a", camera: try CameraAddress("test:"), autostart: true, segmentDuration: 2, segmentMaximum: 6, partDuration: 0.5,
            liveWindow: 60, captureDelay: 0, slateOnLoss: true, slateImage: nil, language: "uk", audioNames: [], workerMemory: 1 << 29)
    }

    private func source(codec: String = "h264", bFrames: Bool = false, audio: Bool = true) -> SourceDescription {
        SourceDescription(
            format: "rtsp", video: .init(codec: codec, profile: "Main", width: 1280, height: 720, frameRate: 25, hasBFrames: bFrames),
            audio: audio ? [.init(codec: "aac", sampleRate: 48000, channels: 2, language: "", transcodedBecause: nil)] : [], ignored: [])
    }

    private func vitals(gop: Double = 2, drift: Double = 0) -> WorkerVitals {
        var vitals = WorkerVitals()
        vitals.gopSeconds = gop
        vitals.bitRate = 3_000_000
        vitals.clockDriftPPM = drift
        return vitals
    }

    @Test func `a usual camera gets no warning`() { #expect(CameraAdvice.warnings(source(), vitals(), settings).isEmpty) }

    @Test func `a keyframe interval longer than a segment is named with the remedy`() {
        let warnings = CameraAdvice.warnings(source(), vitals(gop: 9.6), settings)
        #expect(
            warnings == [
                "a keyframe comes every 9.6 s only, and segmentMaximum is 6.0 s: set the camera's keyframe interval (GOP) to 2 s, or segmentMaximum to 10"
            ])
    }

    @Test func `HEVC, B-frames, silence, a bad clock and passed-over tracks are named`() {
        #expect(CameraAdvice.warnings(source(codec: "hevc"), vitals(), settings).first?.hasPrefix("HEVC plays in Safari") == true)
        #expect(CameraAdvice.warnings(source(bFrames: true), vitals(), settings).first?.hasPrefix("B-frames delay") == true)
        #expect(CameraAdvice.warnings(source(audio: false), vitals(), settings) == ["there is no sound: viewers will only see the hall"])
        #expect(
            CameraAdvice.warnings(source(), vitals(drift: -500), settings) == [
                "the camera's clock is −500.0 ppm off: let it take the time from NTP"
            ])
        var odd = source()
        odd.ignored = ["a subtitle track"]
        #expect(CameraAdvice.warnings(odd, vitals(), settings) == ["passed over: a subtitle track"])
    }

    @Test(arguments: [
        (Int64(0), Int64(100 * 86400), CheckReport.Grade.ok), (0, 5 * 86400, .warning), (0, -86400, .fault), (86400, 100 * 86400, .fault),
    ]) func `a certificate is judged by its dates`(_ from: Int64, _ to: Int64, _ grade: CheckReport.Grade) {
        let now: Int64 = 1_795_348_800
        #expect(CertificateCheck.validity(from: now + from, to: now + to, now: now).grade == grade)
    }

    @Test func `the sockets that listen on a port are found in the kernel's table`() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0 100 0 0 10 0
               1: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 4243 1 0 20 4 30 10 -1
               2: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4244 1 0 100 0 0 10 0
            """
        #expect(PortCheck.listening(8080, table) == ["4242"])
    }

    @Test func `a report is a table with its count`() {
        var report = CheckReport()
        report.findings = [.init(.ok, "port", "8080 is free"), .init(.fault, "hall a", "x"), .init(.warning, "hall a", "y")]
        #expect(report.text == "port    ok       8080 is free\nhall a  fault    x\n        warning  y\n1 fault, 1 warning\n")
    }
}
