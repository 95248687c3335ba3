import Testing

@testable import StreamRelay

@Suite struct `Why an input failed` {
    private static let now: Int64 = 100_000_000
    /// libavutil/error.h: FFERRTAG.
    private static func tag(_ bytes: UInt8...) -> Int32 { -bytes.reversed().reduce(Int32(0)) { $0 << 8 | Int32($1) } }
    private static let unauthorized = tag(0xF8, 0x34, 0x30, 0x31)
    private static let notFound = tag(0xF8, 0x34, 0x30, 0x34)
    private static let invalidData = tag(0x49, 0x4E, 0x44, 0x41)
    private static let interrupted = tag(0x45, 0x58, 0x49, 0x54)
    private static let refused: Int32 = -111
    private static let outOfMemory: Int32 = -12
    private static let ioError: Int32 = -5

    /// An input whose last packet came so many seconds before `now`.
    private func deadline(quietFor seconds: Double) -> InputDeadline {
        var deadline = InputDeadline(waitsForPeer: false, silence: InputDeadline.silenceLimit)
        deadline.received(at: Self.now - Int64(seconds * 1_000_000))
        _ = deadline.check(at: Self.now)
        return deadline
    }

    private func failure(
        _ code: Int32, _ address: String = "rtsp://admin:Geheim@camera/1", quietFor: Double = 0, redirectedTo: String? = nil,
        errors: [String] = []
    ) throws -> RelayFailure {
        InputFailure.describe(
            code: code, attempt: "cannot open", address: try CameraAddress(address), deadline: deadline(quietFor: quietFor),
            redirectedTo: redirectedTo, errors: errors, at: Self.now)
    }

    @Test(
        arguments: [
            (unauthorized, "rtsp://camera/1", [], RelayFailure.Kind.unauthorized), (notFound, "rtsp://camera/1", [], .unusable),
            (invalidData, "rtsp://camera/1", [], .unusable), (refused, "rtsp://camera/1", [], .unreachable),
            (outOfMemory, "rtsp://camera/1", [], .worker),
            (ioError, "rtmp://server/live/x", ["Server returned 401 Unauthorized"], .unauthorized),
            (ioError, "srt://host:9000", ["Connection to srt://host failed: Rejected by peer: bad password"], .unauthorized),
            (ioError, "rtmp://server/live/x", ["Rejected"], .unreachable),
            (ioError, "rtsp://camera/1", ["Protocol 'file' not on whitelist 'rtsp,rtp'!"], .forbidden),
            (ioError, "rtsp://camera/1", ["method SETUP failed: 461 Unsupported transport"], .unusable),
        ] as [(Int32, String, [String], RelayFailure.Kind)])
    func `its kind follows from libav's code and its last errors`(code: Int32, address: String, errors: [String], kind: RelayFailure.Kind)
        throws
    {
        #expect(try failure(code, address, errors: errors).kind == kind)
    }

    @Test func `a silent camera is unreachable, and the message says how long it was silent`() throws {
        let silent = try failure(Self.interrupted, quietFor: 10.1)
        #expect(silent == RelayFailure(kind: .unreachable, message: "cannot open rtsp://…@camera/1: nothing came for 10 s"))
    }

    @Test func `damaged data behind a silence is the protocol's own timeout, and damaged data at once is no stream`() throws {
        #expect(try failure(Self.invalidData, quietFor: 5).kind == .unreachable)
        #expect(try failure(Self.invalidData, quietFor: 1).kind == .unusable)
    }

    @Test func `a redirect to another host is forbidden, whatever else went wrong`() throws {
        let redirect = try failure(Self.interrupted, quietFor: 20, redirectedTo: "rtsp://127.0.0.2")
        #expect(redirect.kind == .forbidden)
        #expect(redirect.message.contains("redirects to rtsp://127.0.0.2"))
    }

    @Test func `the message holds libav's last two errors, and no password`() throws {
        let failure = try failure(Self.refused, errors: ["first", "second", "", "third"])
        #expect(failure.message == "cannot open rtsp://…@camera/1: Connection refused (second; third)")
        #expect(!failure.message.contains("Geheim"))
    }
}
