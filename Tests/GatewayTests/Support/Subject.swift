import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// A TLS connection that looks at the certificate it is shown.
struct Subject {
    var subject: String
    var channel: any Channel
    var isOpen: Bool { channel.isActive }

    static func connected(port: Int) async throws -> Subject {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        let context = try NIOSSLContext(configuration: configuration)
        let group = MultiThreadedEventLoopGroup.singleton
        let done = group.next().makePromise(of: String.self)
        let channel = try await ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let tls = try NIOSSLClientHandler(context: context, serverHostname: nil)
                    try channel.pipeline.syncOperations.addHandlers(tls, Greeting(done: done))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return Subject(subject: try await done.futureResult.get(), channel: channel)
    }

    private final class Greeting: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let done: EventLoopPromise<String>
        init(done: EventLoopPromise<String>) { self.done = done }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case .handshakeCompleted = event as? TLSUserEvent else { return }
            let name = (try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self))?.peerCertificate.map { "\($0)" } ?? ""
            // “…;common_name=first;…”
            let rest = name.firstRange(of: "common_name=").map { name[$0.upperBound...] } ?? ""
            done.succeed(String(rest.prefix { $0.isLetter }))
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { done.fail(error) }
    }
}
