import NIOCore

/// Where an encoder's stream goes, as FLV bytes with the file's header first. Called on an event loop: must not block.
public protocol PushSink: Sendable {
    /// `false`: no room or no more interest; the encoder is hung up on.
    func feed(_ bytes: ByteBuffer) -> Bool
    /// The encoder left, or was hung up on. Called once.
    func end()
}

/// What to do with an encoder that shows a stream key.
public enum PushDecision: Sendable {
    case accept(any PushSink)
    /// Another encoder sends with this key.
    case busy
    case unknownKey
}

/// Bounds and deadlines of the listener; the defaults suit a hall with a few encoders.
public struct PushLimits: Sendable {
    public var connections = 64
    public var connectionsPerAddress = 8
    /// From the first byte to an accepted key.
    public var publishWithin = TimeAmount.seconds(10)
    /// Without a picture or a sound for this long the encoder counts as gone.
    public var silence = TimeAmount.seconds(10)
    /// Between the last word (a wrong key, a refusal, goodbye) and hanging up.
    public var farewell = TimeAmount.seconds(1)

    public init() {}
}

/// Counts since the listener began, for metrics; `connections` and `publishing` are of this moment.
public struct PushMetrics: Sendable, Equatable {
    public var connections = 0
    public var publishing = 0
    public var accepted = 0
    public var refusedKeys = 0
    public var busy = 0
    /// Over the caps on connections.
    public var refusedConnections = 0
    /// Not RTMP, broken RTMP, or nothing that can be relayed.
    public var faults = 0
    public var timeouts = 0
    public var bytesReceived: UInt64 = 0

    public init() {}
}
