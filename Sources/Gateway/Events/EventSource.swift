/// A published message of a hall: UTF-8 JSON, and the sequences that it leads from and to. A snapshot or a tick leads nowhere: both are its own.
public struct EventMessage: Sendable, Equatable {
    public var after: Int64
    public var sequence: Int64
    public var bytes: [UInt8]

    public init(after: Int64, sequence: Int64, bytes: [UInt8]) {
        self.after = after
        self.sequence = sequence
        self.bytes = bytes
    }
}

/// What the door asks of a hall's events. Called from the event loops: it must answer at once.
public protocol EventSource: AnyObject, Sendable {
    /// Names the record that sequences count in.
    var epoch: String { get }
    /// The state that the last published message ends in.
    func snapshot() -> EventMessage
    /// What a client at `sequence` of `epoch` misses, without a gap, empty when nothing; `nil` when only a snapshot helps.
    func deltas(epoch: String, after sequence: Int64) -> [EventMessage]?
    /// The sign of life with the clock.
    func tick() -> EventMessage
    /// Calls `observer` with every message from now on, in order, on any thread; it does not block. Returns what cancels it.
    func observe(_ observer: @escaping @Sendable (EventMessage) -> Void) -> UInt64
    func cancelObservation(_ observation: UInt64)
}
