/// The channel's counters since it started.
public struct ChannelFigures: Sendable, Equatable {
    /// Open connections, including those without a request yet.
    public var connections = 0
    /// Clients of each hall now.
    public var listening: [String: Int] = [:]
    /// Clients that see each hall's picture frame by frame now.
    public var watching: [String: Int] = [:]
    /// Clients of a picture that were moved ahead to a keyframe.
    public var skipped: UInt64 = 0
    public var accepted: UInt64 = 0
    /// Refused at a limit of connections.
    public var refused: UInt64 = 0
    /// Messages of all halls; each is counted once, not per client.
    public var messages: UInt64 = 0
    /// Writes to sockets; several messages may go in one.
    public var writes: UInt64 = 0
    public var bytesSent: UInt64 = 0
    /// First messages that were a snapshot, and those that were the missing deltas.
    public var snapshots: UInt64 = 0
    public var resumed: UInt64 = 0
    /// Queues of slow clients that were replaced by a snapshot.
    public var replaced: UInt64 = 0
    /// HTTP answers by status.
    public var answered: [Int: UInt64] = [:]
    public var closed: [ChannelEnd: UInt64] = [:]

    public init() {}

    mutating func add(_ other: ChannelFigures) {
        connections += other.connections
        listening.merge(other.listening, uniquingKeysWith: +)
        watching.merge(other.watching, uniquingKeysWith: +)
        skipped += other.skipped
        accepted += other.accepted
        refused += other.refused
        messages = max(messages, other.messages)
        writes += other.writes
        bytesSent += other.bytesSent
        snapshots += other.snapshots
        resumed += other.resumed
        replaced += other.replaced
        answered.merge(other.answered, uniquingKeysWith: +)
        closed.merge(other.closed, uniquingKeysWith: +)
    }
}

/// Why a connection ended.
public enum ChannelEnd: String, Sendable, Hashable, CaseIterable {
    /// The client closed, with or without a close frame.
    case left
    /// An HTTP response without an upgrade.
    case answered
    case protocolError = "protocol-error"
    case notUTF8 = "not-utf8"
    case policy
    case tooBig = "too-big"
    /// Accepted no bytes, or did not catch up.
    case slow
    /// Did not answer pings.
    case silent
    /// The upgrade request or the TLS handshake did not come in time.
    case late
    /// The daemon shut down or the hall was removed.
    case goingAway = "going-away"

    init(_ code: CloseCode) {
        self =
            switch code {
            case .protocolError: .protocolError
            case .notUTF8: .notUTF8
            case .policy: .policy
            case .tooBig: .tooBig
            case .tooSlow: .slow
            case .goingAway: .goingAway
            default: .left
            }
    }
}
