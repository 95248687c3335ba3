import NIOCore

/// Receives an encoder's stream, as FLV bytes with the file's header first. Called on an event loop: must not block.
public protocol PushSink: Sendable {
    /// `false`: the queue is full or the stream has ended; the encoder is disconnected.
    func feed(_ bytes: ByteBuffer) -> Bool
    /// The encoder has disconnected or was disconnected. Called once.
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
    /// An encoder that sends no media for this long is disconnected.
    public var silence = TimeAmount.seconds(10)
    /// From the last reply (to a wrong key, a refusal, the end of the stream) to closing the connection.
    public var closeDelay = TimeAmount.seconds(1)

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
