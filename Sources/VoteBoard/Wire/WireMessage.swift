import Commons

/// A message of `plenary.v1`, encoded once for everybody.
package enum WireMessage {
    /// The whole public state after `sequence`.
    package static func snapshot(epoch: String, sequence: Int64, now: UTCMilliseconds, state: JSONValue) -> [UInt8] {
        JSONValue.fields([
            "type": .string("snapshot"), "epoch": .string(epoch), "seq": .integer(sequence), "now": .time(now), "state": state,
        ]).bytes
    }

    /// What changed between `after` and `sequence`: a JSON Merge Patch (RFC 7396) over the state.
    package static func delta(
        epoch: String, after: Int64, sequence: Int64, at: UTCMilliseconds, what: [String], patch: JSONValue
    ) -> [UInt8] {
        JSONValue.fields([
            "type": .string("delta"), "epoch": .string(epoch), "after": .integer(after), "seq": .integer(sequence), "at": .time(at),
            "what": .array(what.map(JSONValue.string)), "patch": patch,
        ]).bytes
    }

    /// Every ten seconds: a client that is not at `sequence` has missed something.
    package static func tick(epoch: String, sequence: Int64, now: UTCMilliseconds) -> [UInt8] {
        JSONValue.fields(["type": .string("tick"), "epoch": .string(epoch), "seq": .integer(sequence), "now": .time(now)]).bytes
    }
}
