import Commons
import NIOCore

/// Answers a connection over the limits with 503 and closes it. If there are many at a time, they are closed without an answer.
final class OverloadResponse: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let census: ConnectionCensus
    private let isSecure: Bool
    private var isCounted = false

    init(census: ConnectionCensus, isSecure: Bool) {
        self.census = census
        self.isSecure = isSecure
    }

    func channelActive(context: ChannelHandlerContext) {
        // Before the handshake there is no way to say anything over TLS.
        guard !isSecure, census.beginRefusal() else {
            context.close(promise: nil)
            return
        }
        isCounted = true
        let body = Problem(status: 503, detail: "too many connections are open: come back in a moment").body
        var text = context.channel.allocator.buffer(capacity: 512)
        var date = HTTPDate()
        HTTP1Text.head(
            status: 503, fields: ["content-type": Problem.contentType, "retry-after": "5"], date: date.text(at: LoopDoor.seconds()),
            length: body.readableBytes, closes: true, into: &text)
        text.writeImmutableBuffer(body)
        context.writeAndFlush(NIOAny(text), promise: nil)
        context.close(mode: .output, promise: nil)
        let channel = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .seconds(1)) { channel.value.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func channelInactive(context: ChannelHandlerContext) { if isCounted { census.endRefusal() } }
}
