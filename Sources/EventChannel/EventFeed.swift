/// A change that was published, as it goes to everybody.
public struct FeedMessage: Sendable, Equatable {
    /// The sequence that this message follows.
    public var after: Int64
    /// The sequence that it ends in.
    public var sequence: Int64
    /// The message, UTF-8 JSON.
    public var bytes: [UInt8]

    public init(after: Int64, sequence: Int64, bytes: [UInt8]) {
        self.after = after
        self.sequence = sequence
        self.bytes = bytes
    }
}

/// The state at a sequence, complete.
public struct FeedSnapshot: Sendable, Equatable {
    public var sequence: Int64
    public var bytes: [UInt8]

    public init(sequence: Int64, bytes: [UInt8]) {
        self.sequence = sequence
        self.bytes = bytes
    }
}

/// What the channel asks of a hall. All of it is called from the channel's threads and must return soon.
public protocol EventFeed: Sendable {
    /// The state that the last published message ends in.
    func snapshot() -> FeedSnapshot
    /// What a client at `sequence` of `epoch` misses, without a gap, empty when nothing; `nil` when only a snapshot helps.
    func deltas(epoch: String, after sequence: Int64) -> [FeedMessage]?
    /// Calls `observer` with every message from now on, in order. Returns the snapshot that the first one follows.
    func observe(_ observer: @escaping @Sendable (FeedMessage) -> Void) -> FeedSnapshot
    /// The sign of life with the clock, and the sequence it names. Asked every ten seconds.
    func tick() -> FeedSnapshot
}
