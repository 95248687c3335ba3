import NIOCore
import NIOHTTP1

/// HTTP/1.1: requests from NIO's parser, answers as bytes.
final class HTTP1Wire: ChannelDuplexHandler, RequestWire {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = IOData

    let isSecure: Bool
    private let server: RequestServer
    private var context: ChannelHandlerContext?
    private var isReading = false
    private var flushIsDue = false

    init(_ server: RequestServer, secure: Bool) {
        self.server = server
        isSecure = secure
    }

    // MARK: From the client

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        server.attach(self)
        server.connection.http1 = server
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        server.connection.http1 = nil
        server.detach()
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

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError {
            server.failed(fault(for: error))
        } else {
            context.close(promise: nil)
        }
    }

    private func fault(for error: HTTPParserError) -> RequestFault {
        switch error {
        case .headerOverflow where server.connection.requestLineBytes > server.limits.targetBytes:
            RequestFault(status: 414, sentence: "the request's target is too long")
        case .headerOverflow: RequestFault(status: 431, sentence: "the request's header fields are too large")
        case .invalidVersion: RequestFault(status: 505, sentence: "this server speaks HTTP/1.1 and, over TLS, HTTP/2")
        default: RequestFault(status: 400, sentence: "this is not a well-formed HTTP request, or its method is not known here")
        }
    }

    // MARK: To the client

    var isWritable: Bool { context?.channel.isWritable ?? false }
    var pieceLimit: Int? { isSecure ? 256 * 1024 : nil }
    var plain: HTTP1Wire? { isSecure ? nil : self }

    func write(_ bytes: ByteBuffer) { context?.write(NIOAny(IOData.byteBuffer(bytes)), promise: nil) }

    func writeContinue() {
        write(ByteBuffer(staticString: HTTP1Text.goOn))
        flush()
    }

    func writeHead(_ status: Int, _ fields: HTTPHeaders, length: Int?, opening: RequestMachine.Opening, date: String) {
        var fields = fields
        if opening.isChunked { fields.add(name: "transfer-encoding", value: "chunked") }
        var buffer = ByteBuffer()
        HTTP1Text.head(status: status, fields: fields, date: date, length: length, closes: opening.closes, into: &buffer)
        write(buffer)
    }

    func writeBody(_ bytes: ByteBuffer, isChunk: Bool) {
        guard isChunk else { return write(bytes) }
        write(ByteBuffer(string: String(bytes.readableBytes, radix: 16) + "\r\n"))
        write(bytes)
        write(ByteBuffer(staticString: "\r\n"))
    }

    func writeEnd(lastChunk: Bool) {
        if lastChunk { write(ByteBuffer(staticString: "0\r\n\r\n")) }
        flush()
        server.answerWritten()
    }

    func flush() { if isReading { flushIsDue = true } else { context?.flush() } }

    func read() { context?.read() }

    func finish() {
        context?.flush()
        // Half a close first: a full one with unread bytes would reset the answer away (RFC 9112 §9.6). TLS knows no half of a close.
        context?.close(mode: isSecure ? .all : .output, promise: nil)
    }

    func close() { context?.close(promise: nil) }
}
