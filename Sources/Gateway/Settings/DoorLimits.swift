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
    /// Open TCP connections; the ones past it are refused with 503 (plain) or closed (TLS).
    public var connections = 20_000
    /// Open connections of one address (IPv4) or one /64 (IPv6). Loopback is exempt: a front proxy comes from there.
    public var connectionsPerAddress = 256
    /// Makes `connectionsPerAddress` hold for loopback too; for a machine whose local users are not trusted.
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
    /// A connection with nothing to do, and a new one that says nothing.
    public var idleDeadline = TimeAmount.seconds(30)
    /// A client that takes no byte while bytes wait for it.
    public var stallDeadline = TimeAmount.seconds(15)
    /// From the connection to the end of the TLS handshake.
    public var tlsDeadline = TimeAmount.seconds(10)
    /// Silence on an HTTP/2 connection after which it is asked for a sign of life, and how long the answer may take.
    public var pingInterval = TimeAmount.seconds(20)
    public var pingDeadline = TimeAmount.seconds(10)
    /// Age at which an HTTP/2 connection is told to come back on a new one; `nil` is never.
    public var connectionAge: TimeAmount?
    /// What a shutdown gives requests under way.
    public var drainDeadline = TimeAmount.seconds(5)

    public init() {}
}
