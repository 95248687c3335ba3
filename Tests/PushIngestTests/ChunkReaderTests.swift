import NIOCore
import Testing

@testable import PushIngest

@Suite struct ChunkReaderTests {
    private func read(_ bytes: [UInt8]) throws -> [RTMPMessage] {
        var reader = ChunkReader()
        var input = ByteBuffer(bytes: bytes)
        var messages: [RTMPMessage] = []
        while let message = try reader.next(&input) { messages.append(message) }
        return messages
    }

    @Test func `a type 0 chunk carries a whole message`() throws {
        // Chunk stream 6, timestamp 1000, 2 bytes, video, message stream 1 (little endian).
        let messages = try read([0x06, 0x00, 0x03, 0xE8, 0x00, 0x00, 0x02, 0x09, 0x01, 0x00, 0x00, 0x00, 0xAA, 0xBB])
        #expect(messages == [RTMPMessage(kind: .video, timestamp: 1000, stream: 1, payload: ByteBuffer(bytes: [0xAA, 0xBB]))])
    }

    @Test func `types 1, 2 and 3 leave out what stays the same`() throws {
        var bytes: [UInt8] = [0x04, 0, 0, 100, 0, 0, 1, 8, 1, 0, 0, 0, 0xA0]
        bytes += [0x44, 0, 0, 20, 0, 0, 2, 8, 0xA1, 0xA2]  // type 1: delta 20, new length
        bytes += [0x84, 0, 0, 30, 0xA3, 0xA4]  // type 2: delta 30
        bytes += [0xC4, 0xA5, 0xA6]  // type 3: the same delta again
        let messages = try read(bytes)
        #expect(messages.map(\.timestamp) == [100, 120, 150, 180])
        #expect(messages.map(\.payload.readableBytes) == [1, 2, 2, 2])
        #expect(messages.allSatisfy { $0.stream == 1 && $0.kind == .audio })
    }

    @Test func `a type 3 chunk after a type 0 chunk adds its timestamp once more`() throws {
        let messages = try read([0x04, 0, 0, 100, 0, 0, 1, 8, 1, 0, 0, 0, 0xA0, 0xC4, 0xA1])
        #expect(messages.map(\.timestamp) == [100, 200])
    }

    @Test func `chunk streams have ids of one, two and three bytes`() throws {
        let tail: [UInt8] = [0, 0, 0, 0, 0, 1, 9, 1, 0, 0, 0, 0x17]
        let messages = try read([0x3F] + tail + [0x00, 0x01] + tail + [0x01, 0xFF, 0xFF] + tail)
        #expect(messages.count == 3)
    }

    @Test func `messages of two chunk streams may interleave`() throws {
        let video = EncoderBytes.message(9, EncoderBytes.pattern(200), chunkStream: 6)
        let audio = EncoderBytes.message(8, EncoderBytes.pattern(20), chunkStream: 4)
        let cut = 12 + 128
        let messages = try read(Array(video[..<cut]) + audio + Array(video[cut...]))
        #expect(messages.map(\.kind) == [.audio, .video])
        #expect(messages[1].payload == ByteBuffer(bytes: EncoderBytes.pattern(200)))
    }

    @Test(arguments: [true, false], [130, 300]) func `extended timestamps are read whether or not type 3 chunks repeat them`(
        repeats: Bool, length: Int
    ) throws {
        let payload = EncoderBytes.pattern(length, from: 5)
        let bytes = EncoderBytes.message(9, payload, timestamp: 0xFFFF_FFF0, chunkStream: 6, repeatsExtended: repeats)
        let more = EncoderBytes.message(9, payload, timestamp: 0x0100_0000, chunkStream: 6, repeatsExtended: repeats)
        let messages = try read(bytes + more)
        #expect(messages.map(\.timestamp) == [0xFFFF_FFF0, 0x0100_0000])
        #expect(messages.allSatisfy { $0.payload == ByteBuffer(bytes: payload) })
    }

    @Test func `Set Chunk Size holds from the next chunk on`() throws {
        let payload = EncoderBytes.pattern(5000)
        let bytes =
            EncoderBytes.message(1, [0, 0, 0x10, 0], chunkStream: 2) + EncoderBytes.message(9, payload, chunkStream: 6, chunkSize: 4096)
        #expect(try read(bytes).map(\.payload) == [ByteBuffer(bytes: payload)])
    }

    @Test func `Abort drops an unfinished message`() throws {
        let unfinished = Array(EncoderBytes.message(9, EncoderBytes.pattern(200), chunkStream: 6).prefix(12 + 128))
        let bytes = unfinished + EncoderBytes.message(2, [0, 0, 0, 6], chunkStream: 2) + EncoderBytes.video(40, [1, 2])
        #expect(try read(bytes).map(\.timestamp) == [40])
    }

    private struct Fault: CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        init(_ what: String, _ bytes: [UInt8]) {
            testDescription = what
            self.bytes = bytes
        }
    }

    private static let faults: [Fault] = [
        Fault("a chunk stream without a full header", [0x46, 0, 0, 0, 0, 0, 1, 9, 0x17]),
        Fault("a chunk size of nothing", EncoderBytes.message(1, [0, 0, 0, 0], chunkStream: 2)),
        Fault("a chunk size with the top bit", EncoderBytes.message(1, [0x80, 0, 0, 1], chunkStream: 2)),
        Fault("a command of 64 KiB and one byte", [0x03, 0, 0, 0, 0x01, 0x00, 0x01, 20, 0, 0, 0, 0]),
        Fault("a picture of 4 MiB and one byte", [0x06, 0, 0, 0, 0x40, 0x00, 0x01, 9, 1, 0, 0, 0]),
        Fault(
            "a message within a message",
            Array(EncoderBytes.video(0, EncoderBytes.pattern(300)).prefix(140)) + EncoderBytes.video(1, [1])),
        Fault("sixty-five chunk streams", (0..<65).flatMap { wide($0) }),
        Fault("three unfinished pictures of 4 MiB", (6...8).flatMap { unfinished($0) }),
    ]

    /// A whole message on a chunk stream with a two-byte id.
    private static func wide(_ id: UInt8) -> [UInt8] { [0x00, id, 0, 0, 0, 0, 0, 1, 9, 1, 0, 0, 0, 0x17] }
    private static func unfinished(_ id: UInt8) -> [UInt8] {
        [id, 0, 0, 0, 0x40, 0, 0, 9, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 128)
    }

    @Test(arguments: faults) private func `is a fault`(fault: Fault) {
        #expect(throws: RTMPFault.self) { try read(fault.bytes) }
    }

    @Test func `sixty-four chunk streams and two unfinished pictures are none`() throws {
        #expect(try read((0..<64).flatMap { Self.wide($0) }).count == 64)
        #expect(try read((6...7).flatMap { Self.unfinished($0) }).isEmpty)
    }
}
