import NIOCore

/// Cuts a stream of bytes into lines. Used by one event loop at a time.
// Invariant: only the connection's event loop calls `take`, and `finish` is called after the connection's end.
final class LineSplitter: @unchecked Sendable {
    private var rest = ByteBuffer()
    private let onLine: @Sendable (Substring) -> Void

    init(_ onLine: @escaping @Sendable (Substring) -> Void) { self.onLine = onLine }

    func take(_ bytes: ByteBuffer) {
        rest.writeImmutableBuffer(bytes)
        while let length = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")).map({ $0 - rest.readerIndex }) {
            let line = rest.readString(length: length) ?? ""
            rest.moveReaderIndex(forwardBy: 1)
            onLine(line[...])
        }
        rest.discardReadBytes()
    }

    func finish() {
        if let line = rest.readString(length: rest.readableBytes), !line.isEmpty { onLine(line[...]) }
    }
}
