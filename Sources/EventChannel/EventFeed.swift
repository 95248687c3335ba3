import Commons

/// What the channel asks of a hall. All of it is called from the channel's threads and must return soon.
package protocol EventFeed: Sendable {
    /// The state that the last published message ends in.
    func snapshot() -> EncodedMessage
    /// What a client at `sequence` of `epoch` misses, without a gap, empty when nothing; `nil` when only a snapshot helps.
    func deltas(epoch: String, after sequence: Int64) -> [EncodedMessage]?
    /// Calls `observer` with every message from now on, in order. Returns the snapshot that the first one follows.
    func observe(_ observer: @escaping @Sendable (EncodedMessage) -> Void) -> EncodedMessage
    /// The sign of life with the clock, and the sequence it names. Asked every ten seconds.
    func tick() -> EncodedMessage
}
