import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOSSL
import NIOTLS

/// Puts the handlers of a new connection together.
struct DoorPipeline: Sendable {
    let shared: DoorShared
    let audience: Audience

    /// Plain HTTP/1.1.
    func plain(_ channel: any Channel, from peer: SocketAddress?, door: LoopDoor) throws {
        let connection = ConnectionHandler(door: door, audience: audience, peer: peer, tls: false)
        let pipeline = channel.pipeline.syncOperations
        if audience == .operators { connection.user = PeerCredentials.user(of: channel) }
        try addHTTP1(pipeline, connection: connection, secure: false)
    }

    /// TLS, then what ALPN chose.
    func secure(_ channel: any Channel, from peer: SocketAddress?, door: LoopDoor, context: NIOSSLContext) throws {
        let connection = ConnectionHandler(door: door, audience: audience, peer: peer, tls: true)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(connection)
        try pipeline.addHandler(NIOSSLServerHandler(context: context))
        let bound = NIOLoopBound((door, connection), eventLoop: channel.eventLoop)
        let negotiation = ApplicationProtocolNegotiationHandler { result, channel in
            channel.eventLoop.makeCompletedFuture {
                let (door, connection) = bound.value
                connection.isShakingHands = false
                let pipeline = channel.pipeline.syncOperations
                if result == .negotiated("h2") {
                    try addHTTP2(channel, door: door, connection: connection)
                } else {
                    try addHTTP1(pipeline, connection: connection, secure: true)
                }
            }
        }
        try pipeline.addHandler(negotiation)
    }

    private func addHTTP1(_ pipeline: ChannelPipeline.SynchronousOperations, connection: ConnectionHandler, secure: Bool) throws {
        try pipeline.addHandler(HTTP1Wire(connection, secure: secure))
    }

    private func addHTTP2(_ channel: any Channel, door: LoopDoor, connection: ConnectionHandler) throws {
        connection.isHTTP2 = true
        let limits = shared.limits
        var settings = NIOHTTP2Handler.ConnectionConfiguration()
        settings.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.streamsPerConnection),
            HTTP2Setting(parameter: .maxHeaderListSize, value: limits.headerBytes),
        ]
        var stream = NIOHTTP2Handler.StreamConfiguration()
        stream.outboundBufferSizeHighWatermark = 256 * 1024
        stream.outboundBufferSizeLowWatermark = 64 * 1024
        let manager = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(
                maxIdleTime: limits.idleDeadline, maxAge: limits.connectionAge, maxGraceTime: limits.drainDeadline,
                keepalive: .init(pingInterval: limits.pingInterval, ackTimeout: limits.pingDeadline)))
        let bound = NIOLoopBound((door, connection), eventLoop: channel.eventLoop)
        _ = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: settings, streamConfiguration: stream, streamDelegate: manager.http2StreamDelegate
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                let (door, connection) = bound.value
                let server = RequestServer(door: door, connection: connection, carrier: .stream)
                try stream.pipeline.syncOperations.addHandlers(HTTP2FramePayloadToHTTP1ServerCodec(), HTTP2StreamWire(server))
            }
        }
        let signal = ActiveSignal()
        try channel.pipeline.syncOperations.addHandlers(signal, manager)
        try channel.pipeline.syncOperations.context(handler: signal).fireChannelActive()
    }
}

/// Tells the handler behind it that the channel is active: after ALPN that moment has passed, and the manager's timers start with it.
private final class ActiveSignal: ChannelInboundHandler, Sendable { typealias InboundIn = HTTP2Frame }
