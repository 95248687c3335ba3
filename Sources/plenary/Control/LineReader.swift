import Commons
import NIOCore
import Synchronization

/// Cuts a streamed answer into lines as it comes in.
final class LineReader: Sendable {
    private let splitter = Mutex(LineSplitter())
    private let onLine: @Sendable (String) -> Void

    init(_ onLine: @escaping @Sendable (String) -> Void) { self.onLine = onLine }

    func take(_ bytes: ByteBuffer) {
        var lines: [String] = []
        splitter.withLock { splitter in bytes.withUnsafeReadableBytes { splitter.append($0) { lines.append($0) } } }
        for line in lines { onLine(line) }
    }

    /// The answer has ended.
    func finish() {
        var last: String?
        splitter.withLock { $0.finish { last = $0 } }
        if let last { onLine(last) }
    }
}
