/// A message of `plenary.v1`, encoded once for everybody, and the events of the record that it leads from and to.
package struct EncodedMessage: Sendable, Equatable {
    /// The event that the message follows. A snapshot and a tick lead nowhere: both are `sequence`.
    package var after: Int64
    /// The event that it ends in.
    package var sequence: Int64
    /// UTF-8 JSON.
    package var bytes: [UInt8]

    package init(after: Int64, sequence: Int64, bytes: [UInt8]) {
        self.after = after
        self.sequence = sequence
        self.bytes = bytes
    }

    /// A snapshot or a tick.
    package init(at sequence: Int64, bytes: [UInt8]) { self.init(after: sequence, sequence: sequence, bytes: bytes) }
}
