import NIOCore

/// Chunks in, messages out (RTMP 1.0 §5.3). Set Chunk Size and Abort are handled here; every other message is returned.
///
/// Payload bytes move out of the input as they come, so that the input never holds more than a header between two reads;
/// what is unfinished is bounded by `RTMPLimits`.
struct ChunkReader {
    private struct ChunkStream {
        var kind = RTMPMessage.Kind(rawValue: 0)
        var length = 0
        var stream: UInt32 = 0
        var timestamp: UInt32 = 0
        /// The last timestamp field: absolute after a type 0 chunk, else a delta; a type 3 chunk that begins a message adds it again (§5.3.1.2.4).
        var timestampField: UInt32 = 0
        var isExtended = false
        var payload: ByteBuffer?
    }
    /// A basic header with its message header, as far as it was sent.
    private struct Header {
        var id: Int
        var format: UInt8
        var field: UInt32?
        var length: Int?
        var kind: RTMPMessage.Kind?
        var stream: UInt32?
    }

    private var streams: [Int: ChunkStream] = [:]
    private var chunkSize = 128
    /// Bytes of all unfinished messages, as their headers announce them.
    private var announced = 0
    /// The chunk whose payload is being read.
    private var current: (id: Int, remaining: Int)?

    /// The next whole message, or `nil` when more bytes are needed.
    mutating func next(_ input: inout ByteBuffer) throws(RTMPFault) -> RTMPMessage? {
        while true {
            if current == nil, try !beginChunk(&input) { return nil }
            guard let chunk = current else { return nil }
            guard let message = take(chunk, from: &input) else {
                if current != nil { return nil }
                continue
            }
            switch message.kind {
            case .setChunkSize: try setChunkSize(message.payload)
            case .abort: try abort(message.payload)
            default: return message
            }
        }
    }

    /// Moves what has come of a chunk's payload; the message, when this was its end.
    private mutating func take(_ chunk: (id: Int, remaining: Int), from input: inout ByteBuffer) -> RTMPMessage? {
        let count = min(chunk.remaining, input.readableBytes)
        // Removed while it is appended to: a second reference would copy the payload at every chunk.
        guard var state = streams.removeValue(forKey: chunk.id), let bytes = input.readSlice(length: count) else { return nil }
        defer { streams[chunk.id] = state }
        current = chunk.remaining == count ? nil : (chunk.id, chunk.remaining - count)
        state.payload?.writeImmutableBuffer(bytes)
        guard let payload = state.payload, payload.readableBytes == state.length else { return nil }
        state.payload = nil
        announced -= state.length
        return RTMPMessage(kind: state.kind, timestamp: state.timestamp, stream: state.stream, payload: payload)
    }

    /// Reads a chunk's header, when all of it is there. - Returns: whether a chunk has begun.
    private mutating func beginChunk(_ input: inout ByteBuffer) throws(RTMPFault) -> Bool {
        var reader = input
        guard let header = Self.readHeader(&reader) else { return false }
        guard var state = streams[header.id] ?? (header.format == 0 ? ChunkStream() : nil) else {
            throw .chunk("chunk stream \(header.id) begins without a full header")
        }
        guard streams[header.id] != nil || streams.count < RTMPLimits.chunkStreams else {
            throw .chunk("more than \(RTMPLimits.chunkStreams) chunk streams")
        }
        let continues = state.payload != nil
        guard !continues || header.format == 3 else { throw .chunk("a message begins within a message of chunk stream \(header.id)") }

        if let field = header.field { state.isExtended = field == 0xFF_FFFF }
        guard let field = Self.readTimestampField(header, state, from: &reader) else { return false }
        if let length = header.length, let kind = header.kind {
            state.length = length
            state.kind = kind
        }
        if let stream = header.stream { state.stream = stream }
        if !continues {
            try admit(state)
            state.timestamp = header.format == 0 ? field : state.timestamp &+ field
            state.timestampField = field
            state.payload = ByteBuffer()
            announced += state.length
        }
        current = (header.id, min(chunkSize, state.length - (state.payload?.readableBytes ?? 0)))
        streams[header.id] = state
        input = reader
        return true
    }

    private func admit(_ state: ChunkStream) throws(RTMPFault) {
        guard state.length <= state.kind.limit else {
            throw .chunk("a message of kind \(state.kind.rawValue) with \(state.length) bytes (at most \(state.kind.limit))")
        }
        guard announced + state.length <= RTMPLimits.unfinished else {
            throw .chunk("more than \(RTMPLimits.unfinished) bytes of unfinished messages")
        }
    }

    private static func readHeader(_ reader: inout ByteBuffer) -> Header? {
        guard let first = reader.readInteger(as: UInt8.self) else { return nil }
        var header = Header(id: Int(first & 0x3F), format: first >> 6)
        if header.id == 0 {
            guard let low = reader.readInteger(as: UInt8.self) else { return nil }
            header.id = Int(low) + 64
        } else if header.id == 1 {
            guard let wide = reader.readInteger(endianness: .little, as: UInt16.self) else { return nil }
            header.id = Int(wide) + 64
        }
        if header.format <= 2 {
            guard let field = reader.readUInt24() else { return nil }
            header.field = field
        }
        if header.format <= 1 {
            guard let length = reader.readUInt24(), let kind = reader.readInteger(as: UInt8.self) else { return nil }
            header.length = Int(length)
            header.kind = RTMPMessage.Kind(rawValue: kind)
        }
        if header.format == 0 {
            guard let stream = reader.readInteger(endianness: .little, as: UInt32.self) else { return nil }
            header.stream = stream
        }
        return header
    }

    /// The timestamp or delta that applies, from the 24-bit field or the extended one (§5.3.1.3); `nil`: more bytes are needed.
    ///
    /// Encoders disagree on whether a type 3 chunk repeats the extended timestamp: four bytes equal to it are taken for it.
    private static func readTimestampField(_ header: Header, _ state: ChunkStream, from reader: inout ByteBuffer) -> UInt32? {
        guard state.isExtended else { return header.field ?? state.timestampField }
        if header.format <= 2 { return reader.readInteger(as: UInt32.self) }
        let expected = withUnsafeBytes(of: state.timestampField.bigEndian) { Array($0) }
        let there = reader.readableBytesView.prefix(4)
        // The first byte that differs decides it, without waiting for the rest.
        guard there.elementsEqual(expected.prefix(there.count)) else { return state.timestampField }
        guard there.count == 4 else { return nil }
        reader.moveReaderIndex(forwardBy: 4)
        return state.timestampField
    }

    private mutating func setChunkSize(_ payload: ByteBuffer) throws(RTMPFault) {
        guard let size = payload.getInteger(at: payload.readerIndex, as: UInt32.self), size > 0, size <= 0x7FFF_FFFF else {
            throw .chunk("a chunk size out of range")
        }
        // A message is never longer than 24 bits say (§5.4.1).
        chunkSize = min(Int(size), 0xFF_FFFF)
    }

    private mutating func abort(_ payload: ByteBuffer) throws(RTMPFault) {
        guard let id = payload.getInteger(at: payload.readerIndex, as: UInt32.self) else { throw .chunk("an abort without a chunk stream") }
        guard let state = streams[Int(id)], state.payload != nil else { return }
        announced -= state.length
        streams[Int(id)]?.payload = nil
    }
}

extension ByteBuffer {
    mutating func readUInt24() -> UInt32? {
        guard let bytes = readMultipleIntegers(as: (UInt8, UInt8, UInt8).self) else { return nil }
        return UInt32(bytes.0) << 16 | UInt32(bytes.1) << 8 | UInt32(bytes.2)
    }

    mutating func writeUInt24(_ value: UInt32) {
        writeMultipleIntegers(
            UInt8(truncatingIfNeeded: value >> 16), UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value))
    }
}
