import Commons
import StreamRelay

/// What the door asks of the daemon: the halls, their live windows, and the operator's commands.
package protocol HallControl: Sendable {
    /// Names of the configured halls, in the order of the config.
    var halls: [HallSummary] { get }
    func live(_ hall: String) -> (any LiveSource)?
    /// Path of the picture with the council's arms; `nil` when none is configured.
    func arms(_ hall: String) -> String?
    /// What is being discussed and voted on in the hall, as everybody may see it; `nil` when there is no such hall, or it has no record.
    func events(_ hall: String) -> (any EventSource)?
    /// What does not verify in the hall's record; `nil`: it is whole, or there is none. The hall then has no events.
    func damage(_ hall: String) -> String?
    /// What was discussed and voted on since `from` (UTC ms) up to event `until`, as messages of the wire, oldest first; `nil` when there is no
    /// such record, throws when it cannot be told now.
    func past(_ hall: String, from: Int64, until: Int64?) async throws(Problem) -> [[UInt8]]?
    func status(_ hall: String) -> StreamStatus?
    /// Carries a command out and returns when it is done.
    func perform(_ command: StreamCommand, on hall: String) async throws(Problem)
    /// Opens the hall's camera once more, beside a running stream if the camera allows it, and describes what it sends.
    func probe(_ hall: String) async throws(Problem) -> SourceDescription
    /// Reads the config again and applies it; a config with faults changes nothing.
    func reload() async throws(Problem) -> ReloadReport
    /// The last log lines, then, when `follow`, each new one as it comes.
    func logLines(last count: Int, follow: Bool) -> AsyncStream<LogLine>
    /// The door for encoders that push; `nil` when it is not open.
    var encoders: EncoderFigures? { get }
    /// The halls' records; `nil` when this daemon keeps none.
    var council: (any CouncilControl)? { get }
    /// What the event channel counted; `nil` when it is not open.
    func events() async -> EventFigures?
    /// What the halls' records counted, in the order of the config.
    var boards: [BoardFigures] { get }
    /// Where browsers find the event channel; `nil` when it is not open.
    var channel: ChannelPlace? { get }
    /// Whether the channel has the hall's picture frame by frame.
    func hasPicture(_ hall: String) -> Bool
}

extension HallControl {
    package var encoders: EncoderFigures? { nil }
    package var channel: ChannelPlace? { nil }
    package func arms(_ hall: String) -> String? { nil }
    package func hasPicture(_ hall: String) -> Bool { false }
    package func damage(_ hall: String) -> String? { nil }
    package var council: (any CouncilControl)? { nil }
    package func events() async -> EventFigures? { nil }
    package var boards: [BoardFigures] { [] }
}

/// What the RTMP listener counted since it began; the first two are of this moment.
public struct EncoderFigures: Sendable {
    public var connections = 0
    public var publishing = 0
    public var accepted = 0
    /// Encoders turned away, by reason: `key`, `busy`, `limit`, `fault`, `timeout`.
    public var refused: [(reason: String, count: Int)] = []
    public var bytesReceived: UInt64 = 0

    public init() {}
}

extension HallControl {
    package func events(_ hall: String) -> (any EventSource)? { nil }
    package func past(_ hall: String, from: Int64, until: Int64?) async throws(Problem) -> [[UInt8]]? { nil }
}

public struct HallSummary: Sendable, Equatable, Codable {
    public var name: String
    /// For people, in the council's language.
    public var title: String
    public var language: String
    public init(name: String, title: String, language: String) {
        self.name = name
        self.title = title
        self.language = language
    }
}

public enum StreamCommand: String, Sendable, Codable, CaseIterable {
    case start, stop, restart, hide, show
    case slateOn = "slate-on"
    case slateOff = "slate-off"
}

public struct ReloadReport: Sendable, Equatable, Codable {
    public var added: [String]
    public var removed: [String]
    public var changed: [String]
    public var unchanged: [String]
    /// Keys that changed and need a restart of the daemon (`listen`, `state`).
    public var needRestart: [String]
    public init(added: [String], removed: [String], changed: [String], unchanged: [String], needRestart: [String]) {
        self.added = added
        self.removed = removed
        self.changed = changed
        self.unchanged = unchanged
        self.needRestart = needRestart
    }
}

public struct LogLine: Sendable, Equatable, Codable {
    /// UTC milliseconds.
    public var at: Int64
    public var level: String
    /// The hall it is about, when it is about one.
    public var hall: String?
    public var message: String
    public init(at: Int64, level: String, hall: String?, message: String) {
        self.at = at
        self.level = level
        self.hall = hall
        self.message = message
    }
}
