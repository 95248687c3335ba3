import Testing

@testable import EventChannel

/// RFC 6455 §5 and §7, in the order of Autobahn's case list.
struct FrameReaderTests {
    private static func read(_ bytes: [UInt8], in pieces: Int = 1 << 20) -> [FrameReader.Event] {
        var reader = FrameReader(messageLimit: 4096)
        var events: [FrameReader.Event] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            events += rest.prefix(pieces).withUnsafeBytes { reader.take($0) }
            rest = rest.dropFirst(pieces)
        }
        return events
    }

    private static func faultCode(_ bytes: [UInt8]) -> UInt16? {
        guard case .fault(let code, _) = read(bytes).last else { return nil }
        return code.rawValue
    }

    @Test(arguments: [0, 1, 125, 126, 127, 128, 4095, 4096])
    func `a message is read whole at every length of the header, in one piece and byte by byte`(count: Int) {
        let bytes = RawClient.frame(0x81, Array(repeating: UInt8(ascii: "*"), count: count))
        for pieces in [1, 7, 1 << 20] { #expect(Self.read(bytes, in: pieces) == [.message(isText: true, count: count)]) }
        #expect(Self.read(RawClient.frame(0x82, Array(repeating: 0xFE, count: count))) == [.message(isText: false, count: count)])
    }

    @Test func `a message past the limit is refused before it came`() {
        #expect(Self.faultCode([0x81, 0xFE, 0x10, 0x01, 1, 2, 3, 4]) == 1009)
        #expect(Self.faultCode([0x82, 0xFF] + [UInt8](repeating: 0, count: 3) + [1, 0, 0, 0, 0, 1, 2, 3, 4]) == 1009)
        #expect(Self.faultCode(RawClient.frame(0x01, Array(repeating: 65, count: 4096)) + RawClient.frame(0x80, [65])) == 1009)
    }

    @Test func `a length of 2 to the 63rd is a protocol error`() {
        #expect(Self.faultCode([0x82, 0xFF, 0x80] + [UInt8](repeating: 0, count: 7) + [1, 2, 3, 4]) == 1002)
        #expect(Self.faultCode([0x82, 0xFF] + [UInt8](repeating: 0xFF, count: 8) + [1, 2, 3, 4]) == 1002)
    }

    @Test func `pings come with their payload, up to 125 bytes, between fragments too`() {
        let payload = [UInt8](repeating: 0xFE, count: 125)
        #expect(Self.read(RawClient.frame(0x89, payload) + RawClient.frame(0x8A, [1])) == [.ping(payload), .pong])
        #expect(Self.faultCode(RawClient.frame(0x89, payload + [1])) == 1002)
        let split = RawClient.frame(0x01, [65]) + RawClient.frame(0x89, [1]) + RawClient.frame(0x80, [66])
        #expect(Self.read(split, in: 1) == [.ping([1]), .message(isText: true, count: 2)])
    }

    @Test(arguments: [0xC1, 0xA1, 0x91, 0xF1, 0xD9, 0xA8] as [UInt8])
    func `a reserved bit is a protocol error`(first: UInt8) { #expect(Self.faultCode(RawClient.frame(first, [65])) == 1002) }

    @Test(arguments: [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8])
    func `a reserved opcode is a protocol error`(opcode: UInt8) { #expect(Self.faultCode(RawClient.frame(0x80 | opcode)) == 1002) }

    @Test func `an unmasked frame is a protocol error before its payload came`() {
        #expect(Self.faultCode(RawClient.frame(0x81, [65], masked: false)) == 1002)
        #expect(Self.faultCode([0x89, 0x00]) == 1002)
    }

    @Test func `fragments make one message, in their order only`() {
        #expect(
            Self.read(RawClient.frame(0x01, [65]) + RawClient.frame(0x00) + RawClient.frame(0x80, [66]), in: 1)
                == [.message(isText: true, count: 2)])
        #expect(Self.faultCode(RawClient.frame(0x80, [65])) == 1002)
        #expect(Self.faultCode(RawClient.frame(0x00, [65])) == 1002)
        #expect(Self.faultCode(RawClient.frame(0x01, [65]) + RawClient.frame(0x81, [65])) == 1002)
        #expect(Self.faultCode(RawClient.frame(0x09, [65])) == 1002)
        #expect(Self.faultCode(RawClient.frame(0x08)) == 1002)
    }

    @Test func `fragments without end are cut off`() {
        let endless = RawClient.frame(0x01) + (0..<1000).flatMap { _ in RawClient.frame(0x00) }
        #expect(Self.faultCode(endless) == 1008)
    }

    @Test(
        arguments: [
            [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0x80], [0xFF],
            [0xCE, 0xBA, 0xE1], [0xF0, 0x80, 0x80, 0xAF], [0xC1, 0xBF], [0xEF, 0xBF],
        ] as [[UInt8]])
    func `text that is not UTF-8 is refused, whole or in fragments`(bytes: [UInt8]) {
        #expect(Self.faultCode(RawClient.frame(0x81, bytes)) == 1007)
        let fragments = RawClient.frame(0x01, Array("к".utf8)) + bytes.map { RawClient.frame(0x00, [$0]) }.joined() + RawClient.frame(0x80)
        #expect(Self.faultCode(Array(fragments)) == 1007)
        #expect(!UTF8Check.isValid(bytes))
    }

    @Test(arguments: ["κόσμε", "Привіт, зало", "\u{10FFFF}\u{0}\u{7FF}\u{800}\u{FFFF}\u{D7FF}\u{E000}", "🏛️🇺🇦"])
    func `text may be split within a character`(text: String) {
        let bytes = Array(text.utf8)
        #expect(UTF8Check.isValid(bytes))
        let frames =
            [RawClient.frame(0x01, [bytes[0]])] + bytes.dropFirst().map { RawClient.frame(0x00, [$0]) } + [RawClient.frame(0x80)]
        #expect(Self.read(Array(frames.joined())) == [.message(isText: true, count: bytes.count)])
    }

    @Test func `bad text is found before the message ends`() {
        #expect(Self.faultCode(RawClient.frame(0x01, [0xCE, 0xBA, 0xC0])) == 1007)
    }

    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999] as [UInt16])
    func `a close with a code for the wire is answered with it`(code: UInt16) {
        let payload = [UInt8(code >> 8), UInt8(code & 0xFF)] + Array("бувайте".utf8)
        #expect(Self.read(RawClient.frame(0x88, payload)) == [.close(code: code)])
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535] as [UInt16])
    func `a close with another code is a protocol error`(code: UInt16) {
        #expect(Self.faultCode(RawClient.frame(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)])) == 1002)
    }

    @Test func `a close may have no code, not half a one, not 126 bytes and no bad text`() {
        #expect(Self.read(RawClient.frame(0x88)) == [.close(code: nil)])
        #expect(Self.faultCode(RawClient.frame(0x88, [3])) == 1002)
        #expect(Self.faultCode(RawClient.frame(0x88, [3, 232] + [UInt8](repeating: 65, count: 124))) == 1002)
        #expect(Self.faultCode(RawClient.frame(0x88, [3, 232, 0xC0, 0xAF])) == 1007)
    }

    @Test func `after a close nothing is read`() {
        #expect(Self.read(RawClient.frame(0x88) + RawClient.frame(0x89, [1]) + [0xFF, 0xFF]) == [.close(code: nil)])
    }

    @Test func `random bytes never do more than end it`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let bytes = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
            var reader = FrameReader(messageLimit: 4096)
            _ = bytes.withUnsafeBytes { reader.take($0) }
        }
    }
}
