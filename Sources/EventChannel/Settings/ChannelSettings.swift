/// The channel's settings, with their defaults.
public struct ChannelSettings: Sendable, Equatable {
    /// An address to listen on; port 0 lets the kernel choose (`EventChannel.start` returns the outcome).
    public struct Address: Sendable, Hashable {
        public var host: String
        public var port: UInt16
        public init(host: String, port: UInt16) {
            self.host = host
            self.port = port
        }
    }

    /// PEM files; the certificate file holds the chain, the leaf first.
    public struct Certificate: Sendable, Equatable {
        public var chainPath: String
        public var keyPath: String
        public init(chainPath: String, keyPath: String) {
            self.chainPath = chainPath
            self.keyPath = keyPath
        }
    }

    public var listen: [Address]
    public var certificate: Certificate?
    /// Origins that may listen besides the host that was asked: `https://council.example`; `*` is every origin.
    public var origins: [String] = []
    /// Threads, each with sockets and clients of its own. 1 serves 10,000 clients.
    public var threads = 1
    /// Open connections; further ones are answered 503 (plain) or closed (TLS).
    public var connections = 20_000
    /// Open connections of one address (IPv4) or one /64 (IPv6).
    public var connectionsPerAddress = 256
    /// Applies `connectionsPerAddress` to loopback as well, from where a front proxy connects.
    public var countsLoopback = false
    /// Milliseconds within which a client that was asked to reconnect does so, at a random moment.
    public var retryWindow = 15_000
    public var limits = ChannelLimits()

    public init(listen: [Address], certificate: Certificate? = nil) {
        self.listen = listen
        self.certificate = certificate
    }
}

/// Sizes in bytes, times in milliseconds.
public struct ChannelLimits: Sendable, Equatable {
    /// An upgrade request.
    public var headBytes = 8 * 1024
    /// A message from the client, which is read up to this size before it is refused.
    public var messageBytes = 4 * 1024
    /// How far a client may fall behind before a snapshot replaces its queue.
    public var behindBytes = 256 * 1024
    /// Bytes of frames that a hall's picture keeps for new clients; if the last keyframe is further back, they wait for the next.
    public var pictureBytes = 8 << 20
    /// How far a client may be behind the picture when a keyframe arrives, before it is moved to it.
    public var pictureBehind: Int64 = 500
    /// Clients of all halls' pictures frame by frame: displays in the building, not residents.
    public var pictureClients = 64
    /// Asked of the kernel per socket (SO_SNDBUF); Linux gives twice as much.
    public var socketBytes = 96 * 1024
    /// From the connection to the whole request, TLS included.
    public var handshakeDeadline: Int64 = 10_000
    /// Interval of ticks, the heartbeat to every client.
    public var tickInterval: Int64 = 10_000
    /// Time between two pings.
    public var pingInterval: Int64 = 30_000
    /// How long a client may be silent; pings make it answer.
    public var silenceDeadline: Int64 = 75_000
    /// How long a client may accept no byte while bytes are queued.
    public var stallDeadline: Int64 = 15_000
    /// From the snapshot that replaced a queue until the client has caught up.
    public var catchUpDeadline: Int64 = 30_000
    /// From our close frame to the client's.
    public var closeDeadline: Int64 = 2_000
    /// Pings of a client within ten seconds.
    public var pingsPerTenSeconds = 100

    public init() {}
}
