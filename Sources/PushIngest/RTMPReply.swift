import NIOCore

/// Writes our side's messages as chunks (RTMP 1.0 §5.3): full headers only, the timestamp always 0.
struct RTMPReplyWriter {
    /// Before Set Chunk Size goes out, both sides use 128 (§5.4.1).
    private var chunkSize = 128

    mutating func control(_ kind: RTMPMessage.Kind, _ value: UInt32, then last: UInt8? = nil) -> ByteBuffer {
        var payload = ByteBuffer(integer: value)
        if let last { payload.writeInteger(last) }
        let chunks = message(kind, chunkStream: 2, stream: 0, payload)
        if kind == .setChunkSize { chunkSize = Int(value) }
        return chunks
    }

    /// User Control, Stream Begin (§7.1.7).
    func streamBegin(_ stream: UInt32) -> ByteBuffer {
        var payload = ByteBuffer(integer: UInt16(0))
        payload.writeInteger(stream)
        return message(.userControl, chunkStream: 2, stream: 0, payload)
    }

    func command(_ values: [AMFValue], chunkStream: UInt8 = 3, stream: UInt32 = 0) -> ByteBuffer {
        var payload = ByteBuffer()
        for value in values { payload.writeAMF0(value) }
        return message(.command, chunkStream: chunkStream, stream: stream, payload)
    }

    /// `onStatus` of a NetStream (§7.2.2).
    func status(level: String, code: String, _ description: String, stream: UInt32) -> ByteBuffer {
        let information: [AMFProperty] = [
            AMFProperty("level", .string(level)), AMFProperty("code", .string(code)), AMFProperty("description", .string(description)),
        ]
        return command([.string("onStatus"), .number(0), .null, .object(information)], chunkStream: 5, stream: stream)
    }

    private func message(_ kind: RTMPMessage.Kind, chunkStream: UInt8, stream: UInt32, _ payload: ByteBuffer) -> ByteBuffer {
        var payload = payload
        var chunks = ByteBuffer()
        chunks.writeInteger(chunkStream)
        chunks.writeUInt24(0)
        chunks.writeUInt24(UInt32(payload.readableBytes))
        chunks.writeInteger(kind.rawValue)
        chunks.writeInteger(stream, endianness: .little)
        while let piece = payload.readSlice(length: min(chunkSize, payload.readableBytes)), piece.readableBytes > 0 {
            chunks.writeImmutableBuffer(piece)
            if payload.readableBytes > 0 { chunks.writeInteger(0xC0 | chunkStream) }
        }
        return chunks
    }
}
