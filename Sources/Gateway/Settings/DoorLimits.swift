import Commons
import NIOCore

/// The bounds of the door: sizes in bytes, counts, deadlines.
public struct DoorLimits: Sendable, Equatable {
    /// All header lines of a request together; past it 431.
    public var headerBytes = 16 * 1024
    /// The request's target; past it 414.
    public var targetBytes = 8 * 1024
    /// A request's body; past it 413.
    public var bodyBytes = 64 * 1024
    /// The body of a command: an agenda of 2,000 items.
    public var commandBytes = 1024 * 1024
    /// A file of the council: roster, agenda, a hall system's results.
    public var fileBytes = ImportedFile.largestBytes
    /// Open TCP connections; further ones are refused with 503 (plain) or closed (TLS).
    public var connections = 20_000
    /// Open connections of one address (IPv4) or one /64 (IPv6). Loopback is exempt: a front proxy comes from there.
    public var connectionsPerAddress = 256
    /// Applies `connectionsPerAddress` to loopback as well; for a machine whose local users are not trusted.
    public var countsLoopback = false
    /// Requests that may wait for a part or playlist at the same time; past it 503.
    public var heldRequests = 50_000
    /// Between two ticks to those who listen to a hall's events; it also keeps proxies from closing.
    public var eventTick = TimeAmount.seconds(10)
    /// How long a request for a hall's state waits for something newer; then it gets a tick.
    public var stateHold = TimeAmount.seconds(20)
    /// Streams of one HTTP/2 connection.
    public var streamsPerConnection = 100
    /// From the first byte of a request to the end of its header; past it 408.
    public var headerDeadline = TimeAmount.seconds(10)
    /// From the header's end to the body's end; past it 408.
    public var bodyDeadline = TimeAmount.seconds(30)
    /// How long a connection may be idle, also before its first request.
    public var idleDeadline = TimeAmount.seconds(30)
    /// How long a client may accept no byte while bytes are queued.
    public var stallDeadline = TimeAmount.seconds(15)
    /// From the connection to the end of the TLS handshake.
    public var tlsDeadline = TimeAmount.seconds(10)
    /// Silence after which an HTTP/2 connection is sent a PING, and the deadline of the answer.
    public var pingInterval = TimeAmount.seconds(20)
    public var pingDeadline = TimeAmount.seconds(10)
    /// Age at which an HTTP/2 connection is sent GOAWAY; `nil`: never.
    public var connectionAge: TimeAmount?
    /// How long a shutdown waits for requests in progress.
    public var drainDeadline = TimeAmount.seconds(5)

    public init() {}
}
