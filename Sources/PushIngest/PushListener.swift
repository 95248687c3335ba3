import Logging
import NIOCore
import NIOPosix

/// The RTMP port for encoders that push (OBS, vMix, ffmpeg, hardware): `rtmp://host:1935/live/KEY`, one port for all halls.
public struct PushListener: Sendable {
    /// Asked once per connection with the key that the encoder shows (empty when it shows none) and the encoder's `address:port`.
    /// Runs on an event loop: must not block. Compares keys in constant time, and logs its answer, since it
    /// knows the hall; the key is the caller's secret and is never logged here.
    public typealias Authorize = @Sendable (_ key: String, _ peer: String) -> PushDecision

    private let address: SocketAddress
    private let group: any EventLoopGroup
    private let logger: Logger
    private let limits: PushLimits
    private let ledger: PushLedger
    private let authorize: Authorize

    public init(
        address: SocketAddress, group: any EventLoopGroup, logger: Logger, limits: PushLimits = PushLimits(),
        authorize: @escaping Authorize
    ) {
        self.address = address
        self.group = group
        self.logger = logger
        self.limits = limits
        self.ledger = PushLedger(limits: limits)
        self.authorize = authorize
    }

    public var metrics: PushMetrics { ledger.metrics }

    /// Opens the port. - Throws: `PushListenerError` with the address and the system's reason.
    public func bind() async throws(PushListenerError) -> BoundPushListener {
        do {
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 64)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { [limits, ledger, logger, authorize] channel in
                    channel.eventLoop.makeCompletedFuture {
                        let connection = PushConnection(limits: limits, ledger: ledger, logger: logger, authorize: authorize)
                        try channel.pipeline.syncOperations.addHandler(connection)
                    }
                }
                .bind(to: address).get()
            return BoundPushListener(channel: channel)
        } catch {
            throw PushListenerError(description: "the RTMP port \(address) could not be opened: \(error)")
        }
    }
}

/// An open RTMP port. Encoders that are connected stay when it closes; their sinks disconnect them.
public struct BoundPushListener: Sendable {
    private let channel: any Channel

    init(channel: any Channel) { self.channel = channel }

    /// With the port that the system chose, when 0 was asked for.
    public var address: SocketAddress? { channel.localAddress }

    /// Takes no more connections.
    public func close() async {
        // Fails only when it is closed already.
        try? await channel.close().get()
    }
}

public struct PushListenerError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
}
