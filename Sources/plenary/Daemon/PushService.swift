import Commons
import Gateway
import Logging
import NIOCore
import NIOPosix
import PlenaryConfiguration
import PushIngest
import ServiceLifecycle
import StreamRelay
import Synchronization

/// The RTMP door for encoders that push: joins the stream key that an encoder shows with the hall it belongs to.
final class PushService: Service {
    let address: ListenAddress
    let daemon: Daemon
    let logger: Logger
    /// A guesser of stream keys must not push everything else out of the log.
    private let refusals = Mutex(LineBudget(lines: 1, per: 10_000))

    init(address: ListenAddress, daemon: Daemon, logger: Logger) {
        self.address = address
        self.daemon = daemon
        self.logger = logger
    }

    func run() async throws {
        let socket = try SocketAddress.makeAddressResolvingHost(address.host, port: address.port)
        let listener = PushListener(address: socket, group: MultiThreadedEventLoopGroup.singleton, logger: logger) { [self] key, peer in
            decide(key, peer)
        }
        let bound = try await listener.bind()
        daemon.countEncoders { EncoderFigures(listener.metrics) }
        logger.info("encoders may push to rtmp://\(bound.address.map { "\($0.ipAddress ?? "?"):\($0.port ?? 0)" } ?? "\(address)")/live/")
        try? await gracefulShutdown()
        await bound.close()
    }

    private func decide(_ key: String, _ peer: String) -> PushDecision {
        guard let relay = daemon.relay(streamKey: key) else {
            if let omitted = refusals.withLock({ $0.take(at: currentMilliseconds()) }) {
                let more = omitted > 0 ? ", and \(omitted) others since the last such line" : ""
                logger.warning("an encoder at \(peer)\(more) showed a stream key that no hall has: refused")
            }
            return .unknownKey
        }
        guard let feed = relay.acceptPush(from: peer) else {
            logger.warning(
                "an encoder at \(peer) was refused: another one is pushing, or the stream is stopped", metadata: ["hall": "\(relay.hall)"])
            return .busy
        }
        return .accept(FeedSink(feed: feed))
    }
}

extension EncoderFigures {
    init(_ metrics: PushMetrics) {
        self.init()
        connections = metrics.connections
        publishing = metrics.publishing
        accepted = metrics.accepted
        bytesReceived = metrics.bytesReceived
        refused = [
            ("key", metrics.refusedKeys), ("busy", metrics.busy), ("limit", metrics.refusedConnections), ("fault", metrics.faults),
            ("timeout", metrics.timeouts),
        ]
    }
}

/// The relay's feed in the listener's words.
private struct FeedSink: PushSink {
    let feed: any PushFeed
    func feed(_ bytes: ByteBuffer) -> Bool { feed.feed(bytes) }
    func end() { feed.end() }
}
