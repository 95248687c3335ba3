import NIOCore
import NIOHTTP1
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
                    try pipeline.addHandler(HTTP2Connection(door: door, connection: connection))
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
}
