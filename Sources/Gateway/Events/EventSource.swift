import Commons

/// What the door asks of a hall's events. Called from the event loops: it must answer at once.
package protocol EventSource: AnyObject, Sendable {
    /// Names the record that sequences count in.
    var epoch: String { get }
    /// The state that the last published message ends in.
    func snapshot() -> EncodedMessage
    /// The same as a value, for pages rendered by this server.
    func publicState() -> SnapshotMessage<PublicState>
    /// What a client at `sequence` of `epoch` misses, without a gap, empty when nothing; `nil` when only a snapshot helps.
    func deltas(epoch: String, after sequence: Int64) -> [EncodedMessage]?
    /// The heartbeat, with the daemon's clock.
    func tick() -> EncodedMessage
    /// Calls `observer` with every message from now on, in order, on any thread; it does not block. Returns what cancels it.
    func observe(_ observer: @escaping @Sendable (EncodedMessage) -> Void) -> UInt64
    func cancelObservation(_ observation: UInt64)
}
