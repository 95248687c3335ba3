import NIOCore
import Testing

@testable import StreamRelay

@Suite struct PosterTests {
    private static func jpeg(_ mark: String) -> ByteBuffer {
        ByteBuffer(bytes: [0xFF, 0xD8, 0xFF] + Array(mark.utf8) + [0xFF, 0xD9])
    }

    private func live() throws -> SupervisionHarness {
        var harness = try SupervisionHarness()
        try harness.start()
        harness.cardArrives()
        harness.open()
        harness.stream(parts: 9)
        return harness
    }

    /// What the door would send: the picture's bytes, or the status of a refusal.
    private func shown(_ harness: SupervisionHarness) -> String {
        var supervision = harness.supervision
        return switch supervision.poster(harness.now).answer {
        case .ready(let resource):
            String(decoding: resource.chunks.flatMap { Array($0.readableBytesView) }.dropFirst(3).dropLast(2), as: UTF8.self)
        case .refused(let refusal): "\(refusal.status)"
        case .hold: "hold"
        }
    }

    @Test func `the last still of the camera is the poster`() throws {
        var harness = try live()
        #expect(shown(harness) == "404")
        harness.sendPoster("one")
        #expect(shown(harness) == "one")
        harness.sendPoster("two")
        guard case .ready(let resource) = harness.supervision.poster(harness.now).answer else { return #expect(Bool(false), "no poster") }
        #expect(resource.kind == .media(contentType: "image/jpeg"))
        #expect(resource.chunks == [Self.jpeg("two")] && resource.etag == PlaylistText.etag(Self.jpeg("two")))
        #expect(!resource.immutable && (1...9).contains(resource.maxAge), "a cache asks again before the next one")
    }

    @Test func `without a request the worker makes none`() throws {
        var harness = try live()
        harness.sendPoster("one")
        _ = harness.takeActions()
        harness.stream(parts: 120)
        #expect(!harness.takeActions().contains(.send(.renewPoster)))
    }

    @Test func `whoever asks for an old still waits a moment for a newer one, and the worker is asked once`() throws {
        var harness = try live()
        harness.sendPoster("one")
        harness.stream(parts: 4)
        #expect(harness.supervision.poster(harness.now).actions.isEmpty, "two seconds are not old")
        harness.stream(parts: 18)
        #expect(harness.supervision.poster(harness.now).actions == [.send(.renewPoster)])
        #expect(harness.supervision.poster(harness.now).actions.isEmpty)
        #expect(shown(harness) == "hold")
        harness.sendPoster("two")
        #expect(shown(harness) == "two")
    }

    @Test func `a newer still that does not come leaves the old one, and is asked for again`() throws {
        var harness = try live()
        harness.sendPoster("one")
        harness.stream(parts: 22)
        _ = harness.supervision.poster(harness.now)
        harness.stream(parts: 9)
        #expect(shown(harness) == "one")
        #expect(harness.supervision.poster(harness.now).actions == [.send(.renewPoster)])
    }

    @Test func `a session that is shown again has a new still made`() throws {
        var harness = try live()
        harness.actions += try harness.supervision.hide(harness.now)
        _ = harness.takeActions()
        harness.pass(1)
        #expect(try harness.supervision.show(harness.now).contains(.send(.renewPoster)))
    }

    @Test func `a closed session shows the card, and a still that comes meanwhile is dropped`() throws {
        var harness = try live()
        harness.sendPoster("before")
        harness.actions += try harness.supervision.hide(harness.now)
        #expect(shown(harness) == "card")
        harness.pass(1)
        harness.sendPoster("hidden")
        #expect(shown(harness) == "card")
    }

    @Test func `a still of a hidden frame that arrives after the session is open again is dropped`() throws {
        var harness = try live()
        harness.sendPoster("before")
        harness.actions += try harness.supervision.hide(harness.now)
        harness.stream(parts: 10)
        let hidden = harness.now.monotonic / 1_000
        harness.pass(0.05)
        harness.actions += try harness.supervision.show(harness.now)
        harness.pass(0.05)
        harness.sendPoster("hidden", takenAt: hidden)
        #expect(shown(harness) == "card", "neither what was hidden nor what was before it")
        harness.stream(parts: 1)
        #expect(shown(harness) == "404")
        harness.sendPoster("open")
        #expect(shown(harness) == "open")
    }

    @Test func `a hidden hall without a card has no poster`() throws {
        var harness = try SupervisionHarness()
        try harness.start()
        harness.open()
        harness.stream(parts: 5)
        harness.sendPoster("before")
        harness.actions += try harness.supervision.hide(harness.now)
        #expect(shown(harness) == "404")
    }

    @Test func `the operator's card is the poster while it is on air`() throws {
        var harness = try live()
        harness.sendPoster("hall")
        harness.actions += try harness.supervision.setSlate(true, harness.now)
        #expect(shown(harness) == "card")
    }

    @Test func `a stopped stream has no poster, and a new start begins without one`() throws {
        var harness = try live()
        harness.sendPoster("hall")
        harness.actions += try harness.supervision.stop(harness.now)
        #expect(shown(harness) == "404")
        harness.childExits(0)
        try harness.start()
        #expect(shown(harness) == "404")
    }

    @Test func `a lost camera's last still stays for a minute`() throws {
        var harness = try live()
        harness.sendPoster("hall")
        harness.childExits()
        harness.pass(50)
        #expect(shown(harness) == "hall")
        harness.pass(15)
        #expect(shown(harness) == "404")
    }

    @Test func `another camera's hall is another picture`() throws {
        var harness = try live()
        harness.sendPoster("first")
        harness.actions += harness.supervision.update(try SupervisionHarness.settings(camera: "rtsp://camera/2"), harness.now)
        harness.sendPoster("late")
        #expect(shown(harness) == "404")
    }

    @Test(arguments: [
        (1_920, 1_080, 1.0, 1_280, 720), (320, 180, 1, 320, 180), (1_080, 1_920, 1, 720, 1_280), (720, 576, 16.0 / 11, 1_048, 576),
        (3_840, 2_160, 1, 1_280, 720), (1_281, 721, 1, 1_280, 720), (640, 360, 0, 640, 360), (8_192, 2, 1, 1_280, 2),
    ])
    func `a still is as large as other sites show it, its pixels square`(
        width: Int, height: Int, aspect: Double, shownWidth: Int, shownHeight: Int
    ) {
        let size = StillPicture.size(width: width, height: height, pixelAspect: aspect)
        #expect(size.width == shownWidth && size.height == shownHeight)
    }
}

extension SupervisionHarness {
    /// The worker sends a still of a frame that came a moment ago.
    mutating func sendPoster(_ mark: String, takenAt: Int64? = nil) {
        let jpeg = ByteBuffer(bytes: [0xFF, 0xD8, 0xFF] + Array(mark.utf8) + [0xFF, 0xD9])
        report(.poster(Poster(takenAt: takenAt ?? now.monotonic / 1_000, jpeg: jpeg)))
    }
}
