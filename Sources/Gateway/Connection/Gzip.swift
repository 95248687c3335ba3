internal import CZlib
import NIOCore

enum Gzip {
    /// gzip of `chunks` put together, or `nil` when zlib cannot.
    static func compress(_ chunks: [ByteBuffer], level: Int32 = 6) -> ByteBuffer? {
        var stream = z_stream()
        // 15 bits of window, + 16 for the gzip wrapper.
        guard
            deflateInit2_(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
                == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }
        let total = chunks.reduce(0) { $0 + $1.readableBytes }
        var output = ByteBuffer()
        output.reserveCapacity(Int(deflateBound(&stream, uLong(total))) + 32)
        for (index, chunk) in chunks.enumerated() {
            let done = chunk.withUnsafeReadableBytes { input -> Bool in
                stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
                stream.avail_in = uInt(input.count)
                let flush = index == chunks.count - 1 ? Z_FINISH : Z_NO_FLUSH
                return output.writeWithUnsafeMutableBytes(minimumWritableBytes: input.count + 64) { room in
                    stream.next_out = room.bindMemory(to: UInt8.self).baseAddress
                    stream.avail_out = uInt(room.count)
                    let result = deflate(&stream, flush)
                    guard result == (flush == Z_FINISH ? Z_STREAM_END : Z_OK), stream.avail_in == 0 else { return 0 }
                    return room.count - Int(stream.avail_out)
                } > 0 || flush == Z_NO_FLUSH
            }
            guard done else { return nil }
        }
        return chunks.isEmpty ? nil : output
    }
}
