import NIOCore
import Testing

@testable import StreamRelay

private let second: Int64 = 1_000_000

@Suite struct `The relay's pipeline` {
    /// A source whose packets the test sends, under a clock that the test turns.
    private struct Camera {
        var pipeline: RelayPipeline
        var now = Clock.Instant(steady: 0, wall: 1_795_000_000 * second)
        var actions: [RelayPipeline.Action] = []
        private var frame: Int64 = 0
        private let origin: Int64

        init(
            hasVideo: Bool = true, soundRates: [Int?] = [48_000], isPaced: Bool = false, sendsFrames: Bool = false,
            origin: Int64 = 8_000_000
        ) {
            let order = WorkerOrder(
                job: .relay, address: "rtsp://camera/1", segmentDuration: 2, segmentMaximum: 4, partDuration: 0.5, partTarget: nil,
                captureDelay: 0, memoryLimit: 512 << 20, resources: "/r", sendsFrames: sendsFrames)
            pipeline = RelayPipeline(
                order, hasVideo: hasVideo, frameRate: 25, soundRates: soundRates, isPaced: isPaced, at: 0)
            self.origin = origin
        }

        mutating func pass(_ microseconds: Int64) {
            now.steady += microseconds
            now.wall += microseconds
        }

        mutating func resume() { pipeline.resumeAtKeyframe(at: now.steady) }

        /// 40 ms of a camera: a picture, and the sound of its time. A keyframe every 2 s.
        mutating func send(
            keyframes: Bool = true, changesParameters: Bool = false, sound: Bool = true, soundRate: Int = 48_000, hasVideo: Bool = true
        ) throws {
            let time = origin + frame * 3_600
            if hasVideo {
                let unit = VideoTrack.Unit(
                    payload: ByteBuffer(bytes: [0, 0, 0, 1, 0x65]), isKeyframe: keyframes && frame % 50 == 0,
                    changesParameters: changesParameters)
                try pipeline.picture(unit, decode: time, presentation: time, at: now)
            }
            if sound {
                let audio = AudioFrame(payload: ByteBuffer(bytes: [7]), time: time, samples: Int64(soundRate) / 25)
                pipeline.sound([audio], track: 0, sampleRate: soundRate, changed: false, at: now)
            }
            frame += 1
        }

        mutating func advance(isDrained: Bool = false) {
            actions += pipeline.beginWhenReady(isDrained: isDrained)
            deliver()
        }

        mutating func deliver(isEnding: Bool = false) {
            while case .perform(let done) = pipeline.next(isEnding: isEnding, at: now) { actions += done }
        }

        mutating func live(seconds: Double, sound: Bool = true, hasVideo: Bool = true) throws {
            for _ in 0..<Int((seconds * 25).rounded()) {
                pass(40_000)
                try send(sound: sound, hasVideo: hasVideo)
                advance()
            }
        }

        var parts: [RelayedPart] { actions.compactMap { if case .part(let part) = $0 { part } else { nil } } }
        var frames: [RelayedFrame] { actions.compactMap { if case .frame(let frame) = $0 { frame } else { nil } } }
        var descriptions: [[Int]] { actions.compactMap { if case .describe(let sound) = $0 { sound } else { nil } } }
    }

    private func tracks(_ part: RelayedPart) -> [UInt32] { FragmentReader(part.fragments[0]).tracks.map(\.id) }

    @Test func `what describes the tracks goes out before the first part, and once`() throws {
        var camera = Camera()
        try camera.live(seconds: 10)
        #expect(camera.actions.first == .describe(sound: [0]))
        #expect(camera.descriptions == [[0]])
        #expect(camera.parts.count >= 18)
        #expect(camera.parts.filter(\.startsSegment).count == 5)
        #expect(camera.parts.allSatisfy { tracks($0) == [1, 2] })
    }

    @Test func `parts are dated by the clock, and never in the future`() throws {
        var camera = Camera()
        let began = camera.now.wall
        try camera.live(seconds: 10)
        for part in camera.parts {
            let due = began + 40_000 + part.decodeTime * 100 / 9
            #expect(abs(part.programDateTime - due) <= 1_000, "the pace is even: so are the dates")
            #expect(part.programDateTime + part.duration * 100 / 9 <= camera.now.wall)
        }
    }

    @Test func `a backlog is taken in before the first part, and does not date the stream late`() throws {
        var camera = Camera()
        // probing took four seconds; their frames come at once
        for _ in 0..<100 { try camera.send() }
        camera.advance()
        #expect(camera.actions.isEmpty)
        let liveFrom = camera.now.wall
        try camera.live(seconds: 4)
        let first = try #require(camera.parts.first)
        #expect(abs(first.programDateTime - (liveFrom - 4 * second + 40_000)) <= 50_000)
    }

    @Test func `a sound track that stops is taken out at the next keyframe, and the parts go on behind a discontinuity`() throws {
        var camera = Camera()
        try camera.live(seconds: 4)
        try camera.live(seconds: 6, sound: false)
        #expect(camera.descriptions == [[0], []])
        let last = try #require(camera.parts.last)
        #expect(tracks(last) == [1])
        let broken = try #require(camera.parts.first { $0.discontinuity })
        #expect(broken.startsSegment && broken.independent)
        try camera.live(seconds: 4)
        #expect(camera.descriptions == [[0], [], [0]])
    }

    @Test func `a sound track that never comes holds the picture up for 0.7 s`() throws {
        var camera = Camera()
        try camera.live(seconds: 0.7, sound: false)
        #expect(camera.actions.isEmpty)
        try camera.live(seconds: 2, sound: false)
        #expect(camera.descriptions == [[]])
        #expect(!camera.parts.isEmpty)
    }

    @Test func `other parameters of the picture end the part and are described before the next one`() throws {
        var camera = Camera()
        try camera.live(seconds: 4)
        camera.actions = []
        camera.pass(40_000)
        try camera.send(changesParameters: true)
        camera.advance()
        guard case .part(let last)? = camera.actions.first, case .describe? = camera.actions.dropFirst().first else {
            Issue.record("\(camera.actions)")
            return
        }
        #expect(last.endsSegment)
        try camera.live(seconds: 2)
        #expect(camera.parts.dropFirst().first?.discontinuity == true)
    }

    @Test func `what is held when the daemon fills the time is dropped, and the stream goes on at a keyframe`() throws {
        var camera = Camera()
        try camera.live(seconds: 3)
        camera.actions = []
        camera.resume()
        try camera.live(seconds: 0.9)
        #expect(camera.parts.isEmpty)
        try camera.live(seconds: 2)
        let first = try #require(camera.parts.first)
        #expect(first.startsSegment && first.independent)
        #expect(first.decodeTime >= 4 * 90_000)
    }

    @Test func `a camera without keyframes is reported after 25 s`() throws {
        var camera = Camera()
        #expect(throws: RelayFailure.self) {
            for _ in 0..<(26 * 25) {
                camera.pass(40_000)
                try camera.send(keyframes: false)
                camera.advance()
            }
        }
        #expect(camera.parts.isEmpty)
        #expect(camera.now.steady == 25 * second + 40_000)
    }

    @Test func `single frames go out as they come, ahead of the part that they end`() throws {
        var camera = Camera(sendsFrames: true)
        try camera.live(seconds: 4)
        #expect(camera.frames.count >= 95)
        #expect(camera.frames.first?.isKeyframe == true)
        let firstPart = try #require(camera.actions.firstIndex { if case .part = $0 { true } else { false } })
        guard case .frame(let before) = camera.actions[firstPart - 1] else { return }
        #expect(before.decodeTime == camera.parts[0].decodeTime + camera.parts[0].duration)
    }

    @Test func `sound alone is cut and dated too`() throws {
        var camera = Camera(hasVideo: false)
        try camera.live(seconds: 6, hasVideo: false)
        #expect(camera.descriptions == [[0]])
        #expect(camera.parts.count >= 9)
        #expect(camera.parts.allSatisfy { $0.independent && tracks($0) == [1] })
    }

    // MARK: Files

    @Test func `a file is played at its own pace, a second behind what was read`() throws {
        var camera = Camera(isPaced: true)
        for _ in 0..<100 { try camera.send() }
        camera.advance()
        #expect(camera.parts.isEmpty)
        guard case .wait(let wait) = camera.pipeline.next(at: camera.now) else {
            Issue.record("the second frame is not due yet")
            return
        }
        #expect(wait == 40_000)
        camera.pass(2 * second)
        camera.deliver()
        #expect(camera.parts.last.map { $0.decodeTime + $0.duration } == Int64(2 * 90_000))
        for _ in 0..<100 {
            camera.pass(40_000)
            camera.deliver()
        }
        #expect(camera.pipeline.next(at: camera.now) == .read, "a second is read ahead")
    }

    @Test func `a file's end goes out in its time, with the frames that were held back`() throws {
        var camera = Camera(isPaced: true)
        for _ in 0..<20 { try camera.send() }
        camera.advance()
        #expect(camera.actions.isEmpty, "shorter than what is read ahead")
        camera.actions += camera.pipeline.beginAtEnd()
        for _ in 0..<40 {
            camera.deliver(isEnding: true)
            camera.pass(40_000)
        }
        camera.actions += camera.pipeline.flush(at: camera.now)
        #expect(camera.parts.reduce(0) { $0 + $1.duration } == 20 * 3_600)
    }

    @Test func `a source that sends nothing ends with nothing`() {
        var camera = Camera()
        camera.actions += camera.pipeline.beginAtEnd()
        camera.deliver(isEnding: true)
        camera.actions += camera.pipeline.flush(at: camera.now)
        #expect(camera.actions.isEmpty)
    }

    @Test func `vitals are counted along the way`() throws {
        var camera = Camera()
        try camera.live(seconds: 5)
        camera.pipeline.received(bytes: 1_000, isCorrupt: true, at: camera.now)
        let reported = camera.pipeline.vitals(brokenKeyframes: 2, at: camera.now.steady)
        let vitals = try #require(reported)
        #expect(vitals.videoFrames == 125 && vitals.audioFrames == 125 && vitals.corruptPackets == 1 && vitals.brokenKeyframes == 2)
        #expect(camera.pipeline.vitals(brokenKeyframes: 2, at: camera.now.steady + 1_000) == nil)
    }
}
