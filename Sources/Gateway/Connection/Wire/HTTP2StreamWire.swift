import NIOCore
import NIOHTTP1
import NIOHTTP2

/// One HTTP/2 stream: its request and answer as parts, which `HTTP2FramePayloadToHTTP1ServerCodec` makes of frames and frames of.
final class HTTP2StreamWire: ChannelDuplexHandler, RequestWire {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPServerResponsePart

    private let server: RequestServer
    private var context: ChannelHandlerContext?
    private var isReading = false
    private var flushIsDue = false

    init(_ server: RequestServer) { self.server = server }

    // MARK: From the client

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        server.attach(self)
        server.door.opened(server)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        server.detach()
        server.door.closed(server)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        server.peerLeft()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        switch unwrapInboundIn(data) {
        case .head(let head): server.received(head)
        case .body(let bytes): server.received(body: bytes)
        case .end: server.receivedEnd()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        if flushIsDue {
            flushIsDue = false
            context.flush()
        }
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) { if server.mayRead() { context.read() } }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { server.becameWritable() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { server.inputClosed() }
        context.fireUserInboundEventTriggered(event)
    }

    /// The peer reset the stream, or broke the protocol on it.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: To the client

    var isSecure: Bool { true }
    var isWritable: Bool { context?.channel.isWritable ?? false }
    var pieceLimit: Int? { 256 * 1024 }
    var plain: HTTP1Wire? { nil }

    private func write(_ part: HTTPServerResponsePart, promise: EventLoopPromise<Void>? = nil) {
        context?.write(NIOAny(part), promise: promise)
    }

    /// The client sends its body without being told to: its window says how much.
    func writeContinue() {}

    func writeHead(_ status: Int, _ fields: HTTPHeaders, length: Int?, opening: RequestMachine.Opening, date: String) {
        var fields = fields
        if let length { fields.replaceOrAdd(name: "content-length", value: String(length)) }
        fields.add(name: "date", value: date)
        write(.head(HTTPResponseHead(version: .init(major: 2, minor: 0), status: .init(statusCode: status), headers: fields)))
    }

    func writeBody(_ bytes: ByteBuffer, isChunk: Bool) { write(.body(.byteBuffer(bytes))) }

    /// The stream ends when the peer's window took the last byte; until then it can stall.
    func writeEnd(lastChunk: Bool) {
        guard let context else { return }
        let sent = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(server, eventLoop: context.eventLoop)
        sent.futureResult.whenComplete { _ in bound.value.answerWritten() }
        write(.end(nil), promise: sent)
        flush()
    }

    func flush() { if isReading { flushIsDue = true } else { context?.flush() } }

    func read() { context?.read() }

    /// The framing layer closes the stream when both sides have ended it.
    func finish() {}

    func close() { context?.close(promise: nil) }
}
