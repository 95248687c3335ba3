import NIOCore
import Testing

@testable import StreamRelay

/// What those see who take the picture frame by frame.
@Suite struct `The picture frame by frame` {
    private struct Screen {
        var harness: SupervisionHarness
        private var time: Int64 = 0

        init(picture: Bool = true) throws {
            var settings = try SupervisionHarness.settings()
            settings.picture = picture
            harness = try SupervisionHarness(settings)
        }

        /// What was told since the last call.
        mutating func told() -> [PictureUpdate] {
            defer { harness.actions = [] }
            return harness.actions.compactMap { if case .picture(let update) = $0 { update } else { nil } }
        }

        mutating func begin(_ name: String = "moov") throws {
            try harness.start()
            open(name)
        }

        mutating func open(_ name: String = "moov") {
            time = 0
            harness.open()
            harness.report(.picture(Self.initialization(name)))
        }

        static func initialization(_ name: String) -> RenditionInitialization {
            RenditionInitialization(
                codecs: "avc1.640028", width: 1280, height: 720, frameRateMilli: 25_000, language: "", timescales: [90_000],
                bytes: ByteBuffer(string: name))
        }

        mutating func frame(isKeyframe: Bool = false, startsAnew: Bool = false, hole: Int64 = 0) {
            time += hole
            harness.report(
                .frame(
                    RelayedFrame(
                        isKeyframe: isKeyframe, startsAnew: startsAnew, decodeTime: time, duration: 7200,
                        fragment: SupervisionHarness.fragment(at: time, duration: 7200))))
            time += 3600
        }
    }

    private func began(_ name: String = "moov") -> PictureUpdate {
        .began(PictureBeginning(codecs: "avc1.640028", width: 1280, height: 720, initialization: ByteBuffer(string: name)))
    }

    /// `began`, `gone` and the kind of each frame, in short.
    private func kinds(_ updates: [PictureUpdate]) -> [String] {
        updates.map { update in
            switch update {
            case .began: "began"
            case .frame(_, let isKeyframe): isKeyframe ? "key" : "frame"
            case .gone(let reason): reason.rawValue
            }
        }
    }

    private func times(_ updates: [PictureUpdate]) -> [Int64] {
        updates.compactMap { update in
            if case .frame(let fragment, _) = update { FragmentReader(fragment).tracks.first?.decodeTime } else { nil }
        }
    }

    @Test func `it begins with a keyframe, before the first part is there`() throws {
        var screen = try Screen()
        try screen.begin()
        #expect(kinds(screen.told()) == ["lost"])
        screen.frame()
        #expect(screen.told().isEmpty)
        screen.frame(isKeyframe: true)
        screen.frame()
        let told = screen.told()
        #expect(told.first == began() && kinds(told) == ["began", "key", "frame"])
        #expect(times(told) == [900_000, 903_600])
        #expect(screen.harness.supervision.picture.beginning == began())
    }

    @Test func `where the settings do not ask for it nothing is sent and the worker is not asked`() throws {
        var screen = try Screen(picture: false)
        try screen.begin()
        #expect(!screen.harness.actions.contains { if case .spawn(_, _, let order) = $0 { order.sendsFrames } else { false } })
        screen.frame(isKeyframe: true)
        #expect(screen.told().isEmpty)
    }

    @Test func `a hidden sitting is gone at once, and comes back at a keyframe`() throws {
        var screen = try Screen()
        try screen.begin()
        screen.frame(isKeyframe: true)
        _ = screen.told()
        let update = PictureUpdate.frame(ByteBuffer(), isKeyframe: false)
        #expect(screen.harness.supervision.maySend(update))
        screen.harness.actions += try screen.harness.supervision.hide(screen.harness.now)
        #expect(screen.told() == [.gone(.hidden)])
        #expect(!screen.harness.supervision.maySend(update), "what was on its way is held back")
        screen.frame(isKeyframe: true)
        screen.frame()
        #expect(screen.told().isEmpty)
        #expect(screen.harness.supervision.picture.beginning == .gone(.hidden))
        screen.harness.actions += try screen.harness.supervision.show(screen.harness.now)
        #expect(screen.told() == [.gone(.lost)])
        screen.frame()
        #expect(screen.told().isEmpty)
        screen.frame(isKeyframe: true)
        #expect(kinds(screen.told()) == ["began", "key"])
    }

    @Test func `the card takes it away, too`() throws {
        var screen = try Screen()
        try screen.begin()
        screen.frame(isKeyframe: true)
        _ = screen.told()
        screen.harness.actions += try screen.harness.supervision.setSlate(true, screen.harness.now)
        screen.frame(isKeyframe: true)
        #expect(screen.told() == [.gone(.hidden)])
    }

    @Test func `a worker that dies is a loss, and the next one goes on on the same time line`() throws {
        var screen = try Screen()
        try screen.begin()
        screen.frame(isKeyframe: true)
        screen.frame()
        let before = times(screen.told())
        let harness = screen.harness
        screen.harness.actions += screen.harness.supervision.exited(.camera, id: harness.cameraID, code: -9, now: harness.now)
        #expect(screen.told() == [.gone(.lost)])
        screen.harness.pass(6)
        screen.open("other")
        screen.frame(isKeyframe: true)
        screen.frame()
        let told = screen.told()
        #expect(told.first == began("other") && kinds(told) == ["began", "key", "frame"])
        let times = times(told)
        #expect(times[0] > before.last! && times[0] < before.last! + 90_000, "what was lost is left out")
    }

    @Test func `a hole of the camera's clock is closed up`() throws {
        var screen = try Screen()
        try screen.begin()
        screen.frame(isKeyframe: true)
        screen.frame(isKeyframe: true, startsAnew: true, hole: 9_000_000)
        screen.frame()
        let told = screen.told()
        #expect(kinds(told) == ["lost", "began", "key", "key", "frame"])
        #expect(zip(times(told), times(told).dropFirst()).allSatisfy { $0 < $1 && $1 - $0 <= 7200 })
    }

    @Test func `another size begins anew without being gone`() throws {
        var screen = try Screen()
        try screen.begin()
        screen.frame(isKeyframe: true)
        _ = screen.told()
        screen.harness.report(.picture(Screen.initialization("larger")))
        screen.frame()
        #expect(screen.told().isEmpty)
        screen.frame(isKeyframe: true)
        let told = screen.told()
        #expect(told.first == began("larger") && kinds(told) == ["began", "key"])
    }

    @Test func `a stopped stream is gone, and so is one whose settings no longer want it`() throws {
        var screen = try Screen()
        try screen.begin()
        screen.frame(isKeyframe: true)
        _ = screen.told()
        screen.harness.actions += try screen.harness.supervision.stop(screen.harness.now)
        #expect(screen.told() == [.gone(.stopped)])

        var other = try Screen()
        try other.begin()
        other.frame(isKeyframe: true)
        _ = other.told()
        let settings = try SupervisionHarness.settings()
        other.harness.actions += other.harness.supervision.update(settings, other.harness.now)
        #expect(other.told() == [.gone(.stopped)])
    }

    @Test func `bytes that are no fragment end the worker`() throws {
        var screen = try Screen()
        try screen.begin()
        let nonsense = RelayedFrame(
            isKeyframe: true, startsAnew: false, decodeTime: 0, duration: 7200, fragment: ByteBuffer(string: "no fragment at all"))
        screen.harness.report(.frame(nonsense))
        #expect(screen.harness.actions.contains { if case .kill(.camera, _) = $0 { true } else { false } })
        #expect(kinds(screen.told()).allSatisfy { $0 == "lost" })
    }
}
