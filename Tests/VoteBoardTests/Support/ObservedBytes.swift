import Synchronization

/// What an observer was called with, in order.
final class ObservedBytes: Sendable {
    private let messages = Mutex<[[UInt8]]>([])

    func append(_ bytes: [UInt8]) { messages.withLock { $0.append(bytes) } }
    var all: [[UInt8]] { messages.withLock { $0 } }
}
