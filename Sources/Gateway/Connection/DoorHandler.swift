import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTP2

/// The HTTP side of one HTTP/1.1 connection or one HTTP/2 stream: takes requests one after the other, answers live video on the loop, and
/// gives everything else to Hummingbird in a task. Writes HTTP/1.1 bytes itself, one flush per answer.
final class DoorHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    enum Wire {
        case http1(secure: Bool)
        /// The parts go through `HTTP2FramePayloadToHTTP1ServerCodec`.
        case http2
    }

    let door: LoopDoor
    let connection: ConnectionHandler
    let wire: Wire
    var context: ChannelHandlerContext!
    private(set) var phase = DoorPhase.idle
    private(set) var since = NIODeadline.now()
    var exchange: Exchange?
    var hold: LiveHold?
    /// Who listens to a hall's events or waits for its state.
    var listener: (any DoorListener)?
    private var serial: UInt64 = 0
    /// Parts of pipelined requests, from one read at most: reads wait while it is not empty.
    private var queue = CircularBuffer<HTTPServerRequestPart>(initialCapacity: 2)
    private var readIsDue = false
    /// A fault of the byte stream behind the requests in `queue`.
    private var fault: (status: Int, sentence: String)?
    var keepsAlive = true
    private var isReading = false
    private var flushIsDue = false
    var task: Task<Void, Never>?
    /// What is not written yet of the answer, when it goes out in pieces.
    var rest: ArraySlice<ByteBuffer> = []
    var spaceWaiters: [EventLoopPromise<Void>] = []

    init(door: LoopDoor, connection: ConnectionHandler, wire: Wire) {
        self.door = door
        self.connection = connection
        self.wire = wire
    }

    var isHTTP2: Bool { if case .http2 = wire { true } else { false } }
    var isSecure: Bool { if case .http1(let secure) = wire { secure } else { true } }
    var limits: DoorLimits { door.shared.limits }

    func enter(_ next: DoorPhase) {
        phase = next
        since = .now()
    }

    // MARK: Pipeline

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if isHTTP2 { door.opened(self) } else { connection.http1 = self }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        if isHTTP2 { door.closed(self) } else { connection.http1 = nil }
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    /// The peer is gone: nobody waits, nothing runs for it.
    private func leave() {
        if let hold {
            self.hold = nil
            door.holds.cancel(hold)
        }
        listener?.left()
        listener = nil
        task?.cancel()
        task = nil
        if exchange != nil { recordCompletion(aborted: true) }
        queue.removeAll()
        rest = []
        phase = .closing
        let waiters = spaceWaiters
        spaceWaiters = []
        for waiter in waiters { waiter.fail(ChannelError.ioOnClosedChannel) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        isReading = true
        switch phase {
        case .idle, .header, .body:
            if queue.isEmpty { take(part) } else { queue.append(part) }
        case .held, .routed, .sending:
            queue.append(part)
        case .closing: break
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

    /// Pipelined requests wait in the socket, not in memory.
    func read(context: ChannelHandlerContext) {
        if queue.isEmpty { context.read() } else { readIsDue = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            let waiters = spaceWaiters
            spaceWaiters = []
            for waiter in waiters { waiter.succeed() }
            listener?.writable()
            if phase == .sending, !rest.isEmpty { pump() } else { takeQueued() }
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            switch phase {
            // A client that hangs up while it waits sends no more than this.
            case .idle, .header, .body, .held: if !isHTTP2 { context.close(promise: nil) }
            case .routed, .sending: keepsAlive = false
            case .closing: context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, !isHTTP2 else {
            context.close(promise: nil)
            return
        }
        let fault = Self.fault(for: error, isTargetTooLong: connection.requestLineBytes > limits.targetBytes)
        switch phase {
        case .idle, .header, .body: refuse(fault.status, fault.sentence)
        case .held, .routed, .sending: self.fault = fault
        case .closing: break
        }
    }

    private static func fault(for error: HTTPParserError, isTargetTooLong: Bool) -> (status: Int, sentence: String) {
        switch error {
        case .headerOverflow where isTargetTooLong: (414, "the request's target is too long")
        case .headerOverflow: (431, "the request's header fields are too large")
        case .invalidVersion: (505, "this server speaks HTTP/1.1 and, over TLS, HTTP/2")
        default: (400, "this is not a well-formed HTTP request, or its method is not known here")
        }
    }

    // MARK: Requests

    /// The socket has bytes; called before they are parsed.
    func bytesArrive() {
        if phase == .idle { enter(.header) }
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): begin(head)
        case .body(let bytes):
            guard exchange != nil, phase == .body else { return }
            guard exchange!.body.readableBytes + bytes.readableBytes <= exchange!.room.bytes else {
                let refusal = exchange!.room.refusal
                refuse(refusal.status, refusal.sentence)
                return
            }
            exchange!.body.writeImmutableBuffer(bytes)
        case .end:
            guard exchange != nil, phase == .body else { return }
            dispatch()
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        serial += 1
        let room = BodyRoom(for: head, limits: limits) {
            connection.audience == .operators || door.shared.router.knowsSender(of: head)
        }
        let fields = RequestFields(head.headers)
        enter(.body)
        exchange = Exchange(serial: serial, head: head, fields: fields, startedAt: since, room: room)
        if !isHTTP2 {
            keepsAlive = head.isKeepAlive
            // The parser stops at an offered upgrade; we never take one.
            if fields.has(.upgrade) { keepsAlive = false }
        }
        if let refusal = RequestChecks.refusal(of: head, fields: fields, isHTTP2: isHTTP2, limits: limits, room: room) {
            refuse(refusal.status, refusal.sentence)
        } else if !isHTTP2, head.version.hasChunks, fields.has(.expect) {
            var line = context.channel.allocator.buffer(capacity: 32)
            line.writeStaticString(HTTP1Text.goOn)
            context.write(NIOAny(IOData.byteBuffer(line)), promise: nil)
            flush()
        }
    }

    private func dispatch() {
        guard let head = exchange?.head else { return }
        do throws(RequestTarget.Fault) {
            let target = try RequestTarget(head.uri == "*" && head.method == .OPTIONS ? "/" : head.uri)
            if target.path.begins(with: "/live/") {
                exchange!.kind = .live
                answerLive(target)
            } else {
                passToRouter(target)
            }
        } catch {
            send(.problem(400, error.sentence))
        }
    }

    /// Answers with a problem and closes (HTTP/1.1: what follows cannot be trusted; HTTP/2: only this stream).
    func refuse(_ status: Int, _ sentence: String) {
        keepsAlive = false
        queue.removeAll()
        if exchange == nil {
            serial += 1
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "")
            exchange = Exchange(
                serial: serial, head: head, fields: RequestFields(head.headers), startedAt: .now(),
                room: BodyRoom(for: head, limits: limits) { false })
        }
        guard exchange?.isAnswered == false else {
            context.close(promise: nil)
            return
        }
        send(.problem(status, sentence))
    }

    /// The answer has been written: records its completion and takes the next request if it has already arrived.
    func finished() {
        let wasComplete = phase != .body || !isHTTP2
        recordCompletion(aborted: false)
        guard keepsAlive, !isHTTP2 else {
            close(wasComplete: wasComplete)
            return
        }
        enter(.idle)
        takeQueued()
    }

    private var isTaking = false

    private func takeQueued() {
        // Not reentered: a chain of pipelined requests is a loop, not a recursion.
        guard !isTaking, context != nil else { return }
        isTaking = true
        defer { isTaking = false }
        while context.channel.isWritable, phase == .idle || phase == .header || phase == .body, let part = queue.popFirst() { take(part) }
        guard queue.isEmpty else { return }
        if let fault, phase == .idle {
            self.fault = nil
            refuse(fault.status, fault.sentence)
        }
        if readIsDue {
            readIsDue = false
            context.read()
        }
    }

    private func close(wasComplete: Bool) {
        enter(.closing)
        queue.removeAll()
        switch wire {
        case .http1(secure: false):
            // Half a close first: a full one with unread bytes would reset the answer away (RFC 9112 §9.6).
            context.flush()
            context.close(mode: .output, promise: nil)
        case .http1(secure: true):
            context.flush()
            context.close(promise: nil)
        case .http2:
            if !wasComplete { context.close(promise: nil) }
        }
    }

    // MARK: Deadlines and the end

    func sweep(now: NIODeadline) {
        guard context != nil else { return }
        switch phase.verdict(after: now - since, limits: limits) {
        case .fine: break
        case .refuseHeader:
            door.counters.headerTimeouts += 1
            refuse(408, "the request's header did not come in time")
        case .refuseBody:
            door.counters.bodyTimeouts += 1
            refuse(408, "the request's body did not come in time")
        case .closeIdle:
            door.counters.idleTimeouts += 1
            context.close(promise: nil)
        case .closeStalled:
            door.counters.stalledReaders += 1
            context.close(promise: nil)
        case .closeNow: context.close(promise: nil)
        }
    }

    func drain() {
        keepsAlive = false
        if phase == .idle, !isHTTP2 { context?.close(promise: nil) }
    }

    func flush() {
        if isReading { flushIsDue = true } else { context.flush() }
    }
}
