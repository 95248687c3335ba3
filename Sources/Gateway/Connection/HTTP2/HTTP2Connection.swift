import NIOCore

/// An HTTP/2 connection above TLS: moves bytes between the channel and the session, and ends when the session or its times say so.
final class HTTP2Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Frames of all streams leave together, in buffers of this size: one `SSL_write`, and few TLS records.
    private static let bufferBytes = 128 * 1024
    /// After so many bytes others have their turn.
    private static let turnBytes = 1024 * 1024

    let door: LoopDoor
    private let connection: ConnectionHandler
    private var session: HTTP2Session?
    private var context: ChannelHandlerContext?
    private var lifetime = HTTP2Lifetime(at: .now())
    private var isReading = false
    private var isSending = false
    private var isSendDue = false
    /// All that the peer's windows allow was given to the channel.
    private var isDrained = true

    init(door: LoopDoor, connection: ConnectionHandler) {
        self.door = door
        self.connection = connection
    }

    var streamCount: Int { session?.streams.count ?? 0 }
    var streams: [HTTP2Stream] { session.map { Array($0.streams.values) } ?? [] }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        session = HTTP2Session(self, limits: door.shared.limits, scratch: door.http2, at: .now())
        guard session != nil else { return context.close(promise: nil) }
        connection.http2 = self
        flush()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        self.context = nil
        session = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        connection.http2 = nil
        session?.endStreams()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        session?.read(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            flush()
            for stream in Array(session?.streams.values ?? [:].values) where stream.hasRoom { stream.server.becameWritable() }
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: What streams ask for

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func respond(_ head: HTTP2Stream.Head, on stream: HTTP2Stream, isAll: Bool) { session?.respond(head, on: stream, isAll: isAll) }
    func resume(_ stream: HTTP2Stream) { session?.resume(stream) }
    func reset(_ stream: HTTP2Stream, _ code: HTTP2Session.ErrorCode) { session?.reset(stream, code) }

    /// Sends what there is, at the latest when all that has been read was worked off.
    func flush() {
        isSendDue = true
        if !isReading, !isSending { send() }
    }

    private func send() {
        isSending = true
        defer { isSending = false }
        var left = Self.turnBytes
        while isSendDue, let session, let context {
            guard context.channel.isWritable else {
                isDrained = false
                break
            }
            guard left > 0 else {
                isDrained = false
                goOnLater(context.eventLoop)
                break
            }
            let count = sendBuffer(session, context)
            left -= count
            // A buffer that was not filled is the last, unless somebody writes more now.
            isDrained = count == 0
            isSendDue = count > 0
            for stream in session.takeRelieved() where stream.hasRoom { stream.server.becameWritable() }
        }
        if let session, session.isDone { context?.close(promise: nil) }
    }

    private func sendBuffer(_ session: HTTP2Session, _ context: ChannelHandlerContext) -> Int {
        var buffer = door.http2.takeBuffer(of: Self.bufferBytes)
        session.write(to: &buffer)
        let count = buffer.readableBytes
        if count > 0 { context.writeAndFlush(wrapOutboundOut(buffer), promise: nil) }
        door.http2.giveBack(buffer)
        return count
    }

    private func goOnLater(_ loop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute { bound.value.flush() }
    }

    // MARK: What the session tells

    func openedFirst() { lifetime.opened() }
    func closedLast() { lifetime.closedLast(at: .now()) }

    func makeStream(_ id: Int32) -> HTTP2Stream {
        HTTP2Stream(id: id, connection: self, server: RequestServer(door: door, connection: connection, carrier: .stream))
    }

    // MARK: Time and the end

    func sweep(now: NIODeadline) {
        guard let session else { return }
        for stream in Array(session.streams.values) { stream.sweep(now: now, isConnectionIdle: isDrained) }
        let (step, isIdle) = lifetime.step(at: now, heardAt: connection.heardAt, limits: door.shared.limits)
        switch step {
        case .none: break
        case .ping:
            session.ping()
            flush()
        case .announce:
            if isIdle { door.counters.idleTimeouts += 1 }
            session.announceEnd()
            flush()
        case .close: context?.close(promise: nil)
        }
    }

    /// No stream that the client opens from now on is answered; the connection closes when the others are.
    func drain() {
        guard let session, lifetime.end(at: .now()) else { return }
        session.announceEnd()
        flush()
    }
}
