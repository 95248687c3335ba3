import Gateway
import Logging
import PlenaryConfiguration
import StreamRelay
import Synchronization

/// Where every log line of the daemon goes: redacted, to stderr and into the ring.
final class LogSink: Sendable {
    let ring = LogRing()
    let format: PlenaryConfig.Log.Format
    private let threshold: Mutex<Logger.Level>
    private let write: @Sendable (String) -> Void

    init(level: Logger.Level, format: PlenaryConfig.Log.Format, write: @escaping @Sendable (String) -> Void) {
        self.format = format
        self.write = write
        threshold = Mutex(level)
    }

    var level: Logger.Level {
        get { threshold.withLock { $0 } }
        set { threshold.withLock { $0 = newValue } }
    }

    func take(_ line: LogLine) {
        var line = line
        line.message = CameraAddress.redact(line.message)
        ring.append(line)
        write((format == .human ? LogText.human(line) : LogText.json(line)) + "\n")
    }

    func logger(_ label: String) -> Logger { Logger(label: label, factory: { _ in HallLogHandler(sink: self) }) }
}

/// Makes lines of swift-log's calls. The metadata `hall` becomes the line's hall; other metadata goes behind the message.
struct HallLogHandler: LogHandler {
    let sink: LogSink
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private var ownLevel: Logger.Level?

    init(sink: LogSink) { self.sink = sink }

    var logLevel: Logger.Level {
        get { ownLevel ?? sink.level }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let given = event.metadata { all.merge(given) { $1 } }
        let hall = all.removeValue(forKey: "hall").map { "\($0)" }
        let rest = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let error = event.error.map { " error=\($0)" } ?? ""
        // A line stays one line, whatever a camera put into it.
        let text = ("\(event.message)" + rest + error).replacing("\n", with: " ⏎ ").replacing("\r", with: "")
        sink.take(LogLine(at: currentMilliseconds(), level: event.level.rawValue, hall: hall, message: text))
    }
}
