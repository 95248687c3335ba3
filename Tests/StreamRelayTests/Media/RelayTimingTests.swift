import Testing

@testable import StreamRelay

private let second: Int64 = 1_000_000

@Suite struct `When a stream may begin` {
    private let frame: (wall: Int64, media: Int64) = (40_000, 3_600)

    /// The first frame behind which a live source may begin, of `count` that each come `interval` microseconds after the last.
    private func firstFrame(of count: Int, every interval: (Int) -> Int64, soundComesAt sound: Int = 0) -> Int? {
        var preroll = Preroll(isPaced: false, at: 0)
        var now: Int64 = 0
        for index in 0..<count {
            now += interval(index)
            preroll.arrived(Int64(index) * frame.media, at: now)
            let span = Int64(index) * frame.media
            if preroll.isOver(span: span, soundIsMissing: index < sound, isDrained: false) { return index }
        }
        return nil
    }

    @Test func `a camera at its pace begins after the 150 ms of media that show it`() {
        #expect(firstFrame(of: 100) { _ in 40_000 } == 4)
    }

    @Test func `what waited while the camera was probed is let through first`() {
        // a burst of three seconds, then live
        #expect(firstFrame(of: 200) { $0 < 75 ? 0 : 40_000 } == 77)
    }

    @Test func `a source that has no packet ready is live`() {
        var preroll = Preroll(isPaced: false, at: 0)
        preroll.arrived(0, at: 0)
        #expect(!preroll.isOver(span: 0, soundIsMissing: false, isDrained: false))
        #expect(preroll.isOver(span: 0, soundIsMissing: false, isDrained: true))
    }

    @Test func `a source that only sends bursts is taken as it is after 3 s`() {
        var preroll = Preroll(isPaced: false, at: 0)
        preroll.arrived(0, at: 3 * second)
        #expect(!preroll.isOver(span: 0, soundIsMissing: false, isDrained: false))
        preroll.arrived(3_600, at: 3 * second + 1)
        #expect(preroll.isOver(span: 3_600, soundIsMissing: false, isDrained: false))
    }

    @Test func `the picture waits for a sound track that was announced, 0.7 s at most`() {
        #expect(firstFrame(of: 100, every: { _ in 40_000 }, soundComesAt: 10) == 10)
        #expect(firstFrame(of: 100, every: { _ in 40_000 }, soundComesAt: .max) == 18)
    }

    @Test func `a file is read a second ahead`() {
        let preroll = Preroll(isPaced: true, at: 0)
        #expect(!preroll.isOver(span: 89_999, soundIsMissing: false, isDrained: true))
        #expect(preroll.isOver(span: 90_000, soundIsMissing: true, isDrained: false))
    }
}

@Suite struct `Waiting for a keyframe` {
    @Test func `a camera without one is given up after 25 s, with the remedy`() throws {
        var wait = KeyframeWait(at: 0)
        try wait.received(isKeyframe: false, at: 25 * second)
        let failure = #expect(throws: RelayFailure.self) { try wait.received(isKeyframe: false, at: 25 * second + 1) }
        #expect(failure?.kind == .unusable)
        #expect(failure?.message.contains("without a keyframe for 25 s") == true)
    }

    @Test func `one keyframe is enough, until the stream resumes`() throws {
        var wait = KeyframeWait(at: 0)
        try wait.received(isKeyframe: true, at: second)
        try wait.received(isKeyframe: false, at: 3_600 * second)
        wait.restart(at: 4_000 * second)
        try wait.received(isKeyframe: false, at: 4_025 * second)
        #expect(throws: RelayFailure.self) { try wait.received(isKeyframe: false, at: 4_026 * second) }
    }
}

@Suite struct `A file in its own time` {
    @Test func `each frame waits until its time has come`() {
        var pacer = FilePacer()
        #expect(pacer.wait(for: 900_000, at: 7 * second) == 0)
        #expect(pacer.wait(for: 990_000, at: 7 * second) == second)
        #expect(pacer.wait(for: 990_000, at: 7 * second + 400_000) == 600_000)
        #expect(pacer.wait(for: 990_000, at: 8 * second) == 0)
    }

    @Test func `a delay of two seconds is caught up, a longer one is not`() {
        var pacer = FilePacer()
        _ = pacer.wait(for: 0, at: 0)
        #expect(pacer.wait(for: 90_000, at: 3 * second) == 0)
        #expect(pacer.wait(for: 180_000, at: 3 * second) == 0)
        #expect(pacer.wait(for: 360_000, at: 3 * second) == second, "the pace is that of the start")
        #expect(pacer.wait(for: 360_000, at: 60 * second) == 0)
        #expect(pacer.wait(for: 450_000, at: 60 * second) == second, "the pace is that of the frame that came late")
    }
}

@Suite struct `Which sound tracks are in the stream` {
    @Test func `those that have sent something and whose parameters are known`() {
        var selection = SoundSelection(hasVideo: true, sampleRates: [48_000, nil, 44_100])
        selection.sound(0, at: 0)
        selection.sound(1, at: 0)
        #expect(selection.renew() == [48_000])
        #expect(selection.active == [0])
        #expect(!selection.isStale)
        selection.configure(1, sampleRate: 32_000, changed: false)
        #expect(selection.isStale)
        #expect(selection.renew() == [48_000, 32_000])
    }

    @Test func `a track that is silent beside the picture for two seconds is taken out, and comes back`() {
        var selection = SoundSelection(hasVideo: true, sampleRates: [48_000])
        selection.sound(0, at: 90_000)
        _ = selection.renew()
        selection.picture(at: 90_000 + 179_999)
        #expect(!selection.isStale)
        selection.picture(at: 90_000 + 180_000)
        #expect(selection.isStale)
        #expect(selection.renew() == [])
        selection.sound(0, at: 300_000)
        #expect(selection.isStale)
    }

    @Test func `without a picture silence takes nothing out`() {
        var selection = SoundSelection(hasVideo: false, sampleRates: [48_000])
        selection.sound(0, at: 0)
        _ = selection.renew()
        selection.picture(at: 900_000)
        #expect(!selection.isStale)
    }

    @Test func `other parameters need another init segment`() {
        var selection = SoundSelection(hasVideo: true, sampleRates: [48_000])
        selection.sound(0, at: 0)
        _ = selection.renew()
        selection.configure(0, sampleRate: 48_000, changed: true)
        #expect(selection.isStale)
        _ = selection.renew()
        #expect(!selection.isStale)
    }
}
