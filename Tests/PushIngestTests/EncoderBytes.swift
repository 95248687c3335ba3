import NIOCore

@testable import PushIngest

/// What an encoder sends, written by hand from the specification; shares no code with the reader under test.
enum EncoderBytes {
    static let random = ByteBuffer(repeating: 0xA5, count: 1528)
    static let hello: [UInt8] = [3] + [UInt8](repeating: 0, count: 8) + (0..<1528).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    static let echo = [UInt8](repeating: 0x11, count: 1536)

    /// A message as one type 0 chunk and type 3 chunks of at most `chunkSize` bytes.
    static func message(
        _ kind: UInt8, _ payload: [UInt8], timestamp: UInt32 = 0, chunkStream: UInt8 = 3, stream: UInt8 = 0, chunkSize: Int = 128,
        repeatsExtended: Bool = true
    ) -> [UInt8] {
        let isExtended = timestamp >= 0xFF_FFFF
        let field = isExtended ? 0xFF_FFFF : timestamp
        let extended = isExtended ? big(timestamp, 4) : []
        var bytes = [chunkStream] + big(field, 3) + big(UInt32(payload.count), 3) + [kind, stream, 0, 0, 0] + extended
        var rest = payload[...]
        while true {
            bytes += rest.prefix(chunkSize)
            rest = rest.dropFirst(chunkSize)
            if rest.isEmpty { return bytes }
            bytes += [0xC0 | chunkStream] + (repeatsExtended ? extended : [])
        }
    }

    static func big(_ value: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }

    static func text(_ string: String) -> [UInt8] { [2] + big(UInt32(string.utf8.count), 2) + Array(string.utf8) }
    static func name(_ string: String) -> [UInt8] { big(UInt32(string.utf8.count), 2) + Array(string.utf8) }
    static func number(_ value: Double) -> [UInt8] {
        let pattern = value.bitPattern
        return [0] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: pattern >> (8 * UInt64($0))) }
    }
    static let objectEnd: [UInt8] = [0, 0, 9]

    static func connect(application: String) -> [UInt8] {
        let object = [3] + name("app") + text(application) + name("tcUrl") + text("rtmp://hall.example/\(application)") + objectEnd
        return message(20, text("connect") + number(1) + object)
    }
    static func publish(_ key: String) -> [UInt8] {
        message(20, text("releaseStream") + number(2) + [5] + text(key))
            + message(20, text("FCPublish") + number(3) + [5] + text(key))
            + message(20, text("createStream") + number(4) + [5])
            + message(20, text("publish") + number(5) + [5] + text(key) + text("live"), chunkStream: 4, stream: 1)
    }
    static func opening(application: String = "live", key: String) -> [UInt8] {
        hello + echo + connect(application: application) + publish(key)
    }

    static func metadata() -> [UInt8] {
        let list = [8, 0, 0, 0, 2] + name("width") + number(1920) + name("encoder") + text("a test") + objectEnd
        return message(18, text("@setDataFrame") + text("onMetaData") + list, chunkStream: 4, stream: 1)
    }
    static func video(_ timestamp: UInt32, _ body: [UInt8], chunkSize: Int = 128) -> [UInt8] {
        message(9, [0x17, 1, 0, 0, 0] + body, timestamp: timestamp, chunkStream: 6, stream: 1, chunkSize: chunkSize)
    }
    static func audio(_ timestamp: UInt32, _ body: [UInt8], chunkSize: Int = 128) -> [UInt8] {
        message(8, [0xAF, 1] + body, timestamp: timestamp, chunkStream: 4, stream: 1, chunkSize: chunkSize)
    }
    static func pattern(_ count: Int, from first: Int = 0) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ first) &* 31) } }
}

/// Drives a session as the listener does, with a fixed answer to the key.
struct SessionDriver {
    var session = PublishSession(random: EncoderBytes.random)
    var decision = PublishSession.Decision.accepted
    var keys: [String] = []
    var sent = ByteBuffer()
    var flv = ByteBuffer()
    var isFinished = false
    var closing: PublishSession.Closing?

    init(decision: PublishSession.Decision = .accepted) { self.decision = decision }

    mutating func receive(_ bytes: [UInt8]) { perform(session.received(ByteBuffer(bytes: bytes))) }

    /// In pieces, whose lengths `split` gives.
    mutating func receive(_ bytes: [UInt8], split: () -> Int) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(max(1, split()))
            rest = rest.dropFirst(piece.count)
            receive(Array(piece))
        }
    }

    mutating func perform(_ actions: [PublishSession.Action]) {
        for action in actions {
            switch action {
            case .send(let bytes): sent.writeImmutableBuffer(bytes)
            case .authorize(let key):
                keys.append(key)
                perform(session.decided(decision))
            case .media(let bytes): flv.writeImmutableBuffer(bytes)
            case .finished: isFinished = true
            case .close(let why): closing = why
            }
        }
    }

    /// The messages that we answered with, behind S0, S1 and S2.
    func replies() throws -> [RTMPMessage] {
        var bytes = sent
        bytes.moveReaderIndex(forwardBy: min(bytes.readableBytes, 1 + 2 * 1536))
        var reader = ChunkReader()
        var messages: [RTMPMessage] = []
        while let message = try reader.next(&bytes) { messages.append(message) }
        return messages
    }

    /// `code` of every `onStatus` and `_error` among the answers.
    func codes() throws -> [String] {
        try replies().filter { $0.kind == .command }.compactMap { try AMFReader.all($0.payload).last?["code"]?.string }
    }
}

/// A generator whose sequence is the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
