// The messages of `plenary.v1` (docs/protocol.md, “Messages”).

/// The whole public state after event `sequence`.
///
/// `State` is `PublicState` for who reads it; who writes it to everybody has it as JSON already.
package struct SnapshotMessage<State: Codable & Sendable>: Codable, Sendable {
    package enum Kind: String, Codable, Sendable { case snapshot }

    package var type = Kind.snapshot
    /// Names the record that the sequences count in.
    package var epoch: String
    package var sequence: Int64
    /// UTC milliseconds.
    package var now: Int64
    package var state: State

    package init(epoch: String, sequence: Int64, now: Int64, state: State) {
        self.epoch = epoch
        self.sequence = sequence
        self.now = now
        self.state = state
    }

    enum CodingKeys: String, CodingKey {
        case type, epoch, now, state
        case sequence = "seq"
    }

    package var encoded: EncodedMessage { EncodedMessage(at: sequence, bytes: JSONValue(encoding: self).bytes) }
}

extension SnapshotMessage: Equatable where State: Equatable {}

/// What changed between `after` and `sequence`.
package struct DeltaMessage: Codable, Equatable, Sendable {
    package enum Kind: String, Codable, Sendable { case delta }

    package var type = Kind.delta
    package var epoch: String
    package var after: Int64
    package var sequence: Int64
    /// When the last of the events happened, in UTC milliseconds.
    package var at: Int64
    /// The events' types.
    package var what: [String]
    /// A JSON Merge Patch (RFC 7396) over the state.
    package var patch: JSONValue

    package init(epoch: String, after: Int64, sequence: Int64, at: Int64, what: [String], patch: JSONValue) {
        self.epoch = epoch
        self.after = after
        self.sequence = sequence
        self.at = at
        self.what = what
        self.patch = patch
    }

    enum CodingKeys: String, CodingKey {
        case type, epoch, after, at, what, patch
        case sequence = "seq"
    }

    package var encoded: EncodedMessage { EncodedMessage(after: after, sequence: sequence, bytes: JSONValue(encoding: self).bytes) }
}

/// Every ten seconds: a client that is not at `sequence` has missed something.
package struct TickMessage: Codable, Equatable, Sendable {
    package enum Kind: String, Codable, Sendable { case tick }

    package var type = Kind.tick
    package var epoch: String
    package var sequence: Int64
    /// UTC milliseconds.
    package var now: Int64

    package init(epoch: String, sequence: Int64, now: Int64) {
        self.epoch = epoch
        self.sequence = sequence
        self.now = now
    }

    enum CodingKeys: String, CodingKey {
        case type, epoch, now
        case sequence = "seq"
    }

    package var encoded: EncodedMessage { EncodedMessage(at: sequence, bytes: JSONValue(encoding: self).bytes) }
}
