import Logging
import Synchronization

/// The log's lines as values, for a test to read.
struct CaughtLog: LogHandler {
    struct Line: Sendable {
        var message: String
        var fields: [String: String]
    }

    private final class Lines: Sendable { let caught = Mutex<[Line]>([]) }

    private let shared = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let line = Line(message: "\(event.message)", fields: (event.metadata ?? [:]).mapValues { "\($0)" })
        shared.caught.withLock { $0.append(line) }
    }

    var lines: [String] { shared.caught.withLock { $0.map(\.message) } }
    var requests: [[String: String]] { shared.caught.withLock { $0.filter { $0.message == "request" }.map(\.fields) } }
}
