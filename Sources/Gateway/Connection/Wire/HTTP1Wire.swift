import NIOCore
import NIOHTTP1

/// HTTP/1.1: requests from bytes, answers as bytes. Plain requests are read here; the first that is not puts NIO's parser in front, which then
/// stays. On a connection without TLS this is the only handler until then, and does the work of the `ConnectionHandler` in its place.
final class HTTP1Wire: ChannelDuplexHandler, RequestWire {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = IOData

    let isSecure: Bool
    private let connection: ConnectionHandler
    /// `nil` while a connection without TLS is idle: most are, most of the time.
    private var active: RequestServer?
    private var context: ChannelHandlerContext?
    private var isReading = false
    private var flushIsDue = false
    private var isParsed = false
    /// The client said that a request was its last: what follows it is no request (RFC 9112 §9.6).
    private var isOver = false
    /// The beginning of a plain request, until all that was read at once is here.
    private var unfinished: ByteBuffer?

    init(_ connection: ConnectionHandler, secure: Bool) {
        self.connection = connection
        isSecure = secure
    }

    private var limits: DoorLimits { connection.door.shared.limits }

    /// Whoever serves the requests, from now on until there is nothing more to do.
    private var server: RequestServer {
        if let active { return active }
        let server = RequestServer(door: connection.door, connection: connection, carrier: .connection)
        active = server
        server.attach(self)
        connection.http1 = server
        connection.restsSince = nil
        return server
    }

    /// Puts the server away when nothing is asked of it.
    private func rest() {
        guard isAlone, !isReading, unfinished == nil, let active, let since = active.idleSince else { return }
        self.active = nil
        connection.http1 = nil
        connection.restsSince = since
        active.detach()
    }

    /// Whether nothing else in the pipeline counts the connection's bytes.
    private var isAlone: Bool { !isSecure && !isParsed }

    // MARK: From the client

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if isAlone {
            connection.enter(context)
            connection.restsSince = .now()
        } else {
            _ = server
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connection.http1 = nil
        active?.detach()
        active = nil
        self.context = nil
        if isAlone { connection.leave() }
    }

    func channelActive(context: ChannelHandlerContext) {
        if isAlone { connection.becameActive(context) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        active?.peerLeft()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        var bytes = unwrapInboundIn(data)
        guard !isOver else {
            if isAlone { connection.received(bytes.readableBytes) }
            return
        }
        if var whole = unfinished {
            unfinished = nil
            whole.writeBuffer(&bytes)
            bytes = whole
        }
        readPlain(&bytes)
        guard bytes.readableBytes > 0 else { return }
        // A copy, for the channel reads the next bytes into the buffer that it has back.
        unfinished = ByteBuffer(bytes: bytes.readableBytesView)
    }

    /// Takes plain requests off `bytes`; what is left afterwards is the beginning of one.
    private func readPlain(_ bytes: inout ByteBuffer) {
        while bytes.readableBytes > 0 {
            switch bytes.withUnsafeReadableBytes({ PlainRequest.read($0, limit: limits.headerBytes) }) {
            case .request(let request):
                isOver = !request.header.keepsAlive
                let taken = isOver ? bytes.readableBytes : request.byteCount
                bytes.moveReaderIndex(forwardBy: taken)
                if isAlone { connection.received(taken) }
                server.received(request.header)
                server.receivedEnd()
            case .unfinished: return
            case .other:
                let rest = bytes
                bytes.clear()
                parse(rest)
            }
        }
    }

    /// Leaves `bytes`, and all that follow, to the parser.
    private func parse(_ bytes: ByteBuffer) {
        guard let context else { return }
        let pipeline = context.pipeline.syncOperations
        let parser = ParsedRequests.parser(limits)
        // Whoever hears of the parser's requests is there before the first.
        _ = server
        do {
            try pipeline.addHandlers([parser, ParsedRequests(self)], position: .before(self))
            if isSecure {
                isParsed = true
                try parser.channelRead(context: pipeline.context(handler: parser), data: NIOAny(bytes))
            } else {
                // From now on the bytes pass through it, both ways.
                try pipeline.addHandler(connection, position: .first)
                isParsed = true
                try connection.channelRead(context: pipeline.context(handler: connection), data: NIOAny(bytes))
            }
        } catch {
            context.close(promise: nil)
        }
    }

    /// What the parser made of the client's bytes.
    func received(_ part: HTTPServerRequestPart) {
        isReading = true
        switch part {
        case .head(let head): server.received(head)
        case .body(let bytes): server.received(body: bytes)
        case .end: server.receivedEnd()
        }
    }

    private func parseUnfinished() {
        guard let bytes = unfinished else { return }
        unfinished = nil
        parse(bytes)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        parseUnfinished()
        isReading = false
        if flushIsDue {
            flushIsDue = false
            context.flush()
        }
        rest()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) { if active?.mayRead() != false { context.read() } }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { active?.becameWritable() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            if unfinished != nil {
                // The parser hears of it as well, from the beginning.
                parseUnfinished()
                context.pipeline.syncOperations.fireUserInboundEventTriggered(event)
                return
            }
            if let active { active.inputClosed() } else { close() }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError {
            server.failed(fault(for: error))
        } else if error is ByteToMessageDecoderError, active?.phase == .closing {
            // Bytes behind those that were refused. A close now would reset the answer away (RFC 9112 §9.6).
            return
        } else {
            context.close(promise: nil)
        }
    }

    private func fault(for error: HTTPParserError) -> RequestFault {
        switch error {
        case .headerOverflow where connection.requestLineBytes > limits.targetBytes:
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

    func write(_ bytes: ByteBuffer) {
        if isAlone { connection.sent(bytes.readableBytes) }
        context?.write(NIOAny(IOData.byteBuffer(bytes)), promise: nil)
    }

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
        active?.answerWritten()
        rest()
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
