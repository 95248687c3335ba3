import NIOCore

/// What the makers of answers report to the machine. Each function returns `nil`, or does nothing, if the answer is not wanted any more.
extension RequestMachine {
    /// How an answer is to be written.
    struct Opening: Equatable {
        /// The connection closes after it, and its header says so.
        let closes: Bool
        let isChunked: Bool
        /// Its header is all of it: the request was HEAD, or the status has no body.
        let isBodiless: Bool
    }

    /// Whether a complete answer can be sent unchanged for this request: it is a GET, and another may follow.
    var takesCommonAnswer: Bool {
        guard case .asked(let exchange) = state, exchange.keepsAlive, case .GET = exchange.request.head.method else { return false }
        return true
    }

    /// When the request that is answered next arrived.
    var askedAt: NIODeadline? { if case .asked(let exchange) = state { exchange.startedAt } else { nil } }

    // MARK: An answer that takes its time

    /// `source` makes the answer, or tells when it can be given.
    mutating func wait(for source: Source) {
        switch takeState() {
        case .asked(let exchange): state = .waiting(exchange, source)
        case let other: state = other
        }
    }

    /// The answer that was waited for is available. - Returns: the request, to be answered now.
    mutating func released(by object: AnyObject) -> RequestHeader? {
        switch takeState() {
        case .waiting(let exchange, let source) where source.isSame(as: object):
            state = .asked(exchange)
            return exchange.request
        case let other:
            state = other
            return nil
        }
    }

    /// Begins an answer whose body follows as it is made.
    /// - Parameters:
    ///   - length: of the body, where it is known.
    ///   - isLast: no other request is answered after this one.
    mutating func stream(_ status: Int, length: Int?, isLast: Bool, serial: UInt64) -> Opening? {
        switch takeState() {
        case .waiting(var exchange, let source) where exchange.serial == serial:
            if isLast { exchange.keepsAlive = false }
            var isChunked = false
            if length == nil, carrier == .connection, !Self.isBodiless(status) {
                // Before chunks the end of the connection was the end of the body.
                if exchange.request.head.version.hasChunks { isChunked = true } else { exchange.keepsAlive = false }
            }
            state = .streaming(exchange, Reply(status: status, bytes: 0, isChunked: isChunked), source, space: nil)
            return Opening(
                closes: !exchange.keepsAlive, isChunked: isChunked, isBodiless: exchange.request.isHead || Self.isBodiless(status))
        case let other:
            state = other
            return nil
        }
    }

    /// Part of the body is available.
    /// - Returns: whether it goes out as a chunk; `nil`: not at all.
    mutating func made(_ count: Int, serial: UInt64) -> Bool? {
        switch takeState() {
        case .streaming(let exchange, var reply, let source, let space) where exchange.serial == serial && !exchange.request.isHead:
            reply.bytes += count
            state = .streaming(exchange, reply, source, space: space)
            return reply.isChunked
        case let other:
            state = other
            return nil
        }
    }

    /// The client accepts no bytes at the moment.
    /// - Returns: what to wait for before making more; `nil`: nothing.
    mutating func waitForSpace(serial: UInt64, _ promise: () -> EventLoopPromise<Void>) -> EventLoopFuture<Void>? {
        switch takeState() {
        case .streaming(let exchange, let reply, let source, let space) where exchange.serial == serial:
            let space = space ?? promise()
            state = .streaming(exchange, reply, source, space: space)
            return space.futureResult
        case let other:
            state = other
            return nil
        }
    }

    /// The body is complete. - Returns: whether a last chunk must be written.
    mutating func madeAll(serial: UInt64, at now: NIODeadline) -> Bool? {
        switch takeState() {
        case .streaming(let exchange, let reply, _, _) where exchange.serial == serial:
            state = .ending(exchange, reply, since: now)
            return reply.isChunked && !exchange.request.isHead
        case let other:
            state = other
            return nil
        }
    }

    /// Whether the request with this number is still under way.
    func isUnderWay(_ serial: UInt64) -> Bool {
        switch state {
        case .waiting(let exchange, _), .streaming(let exchange, _, _, _): exchange.serial == serial
        default: false
        }
    }

    // MARK: An answer that is all here

    /// Begins an answer of `chunks`, which `nextPiece` then gives.
    /// - Parameters:
    ///   - count: bytes of the body; said even where none is sent.
    ///   - isLast: no other request is answered after this one.
    mutating func send(_ status: Int, _ chunks: [ByteBuffer], count: Int, isLast: Bool, at now: NIODeadline) -> Opening? {
        switch takeState() {
        case .asked(var exchange):
            if isLast { exchange.keepsAlive = false }
            let isBodiless = exchange.request.isHead || Self.isBodiless(status)
            let reply = Reply(status: status, bytes: isBodiless ? 0 : count)
            state = .sending(exchange, reply, rest: Pieces(isBodiless ? [] : chunks), since: now)
            return Opening(closes: !exchange.keepsAlive, isChunked: false, isBodiless: isBodiless)
        case let other:
            state = other
            return nil
        }
    }

    /// The caller writes all of an answer at once, header and body, after this.
    mutating func sendAtOnce(_ status: Int, count: Int) {
        switch takeState() {
        case .asked(let exchange): state = .ending(exchange, Reply(status: status, bytes: count), since: exchange.startedAt)
        case let other: state = other
        }
    }

    enum Piece: Equatable {
        case bytes(ByteBuffer, isLast: Bool)
        /// Everything was taken: end the answer.
        case end
        /// The channel accepts no more.
        case full
        /// No complete answer is on its way.
        case none
    }

    /// What to write next of a complete answer.
    /// - Parameter limit: bytes of one piece; `nil` where writing copies nothing: a chunk is a piece, and a full channel takes it too.
    mutating func nextPiece(limit: Int?, isWritable: Bool, at now: NIODeadline) -> Piece {
        switch takeState() {
        case .sending(let exchange, let reply, var rest, let since):
            guard isWritable || limit == nil || rest.isEmpty else {
                state = .sending(exchange, reply, rest: rest, since: since)
                return .full
            }
            guard let piece = rest.next(atMost: limit) else {
                state = .ending(exchange, reply, since: now)
                return .end
            }
            let isLast = rest.isEmpty
            state = .sending(exchange, reply, rest: rest, since: now)
            return .bytes(piece, isLast: isLast)
        case let other:
            state = other
            return .none
        }
    }

    // MARK: The end of an answer

    /// The last byte is written.
    /// - Returns: what became of the request, and whether the connection closes now.
    mutating func written(at now: NIODeadline) -> (completion: Completion, closes: Bool)? {
        switch takeState() {
        case .ending(let exchange, let reply, _):
            if exchange.keepsAlive {
                state = .idle(since: now)
            } else {
                backlog.clear()
                state = .closing(since: now)
            }
            return (Completion(exchange, reply, isAborted: false), !exchange.keepsAlive)
        case let other:
            state = other
            return nil
        }
    }

    /// What to do when the client accepts bytes again.
    enum Resumption {
        case none
        /// Continue a complete answer.
        case pieces
        /// The maker of the answer may continue.
        case events(any DoorListener)
        case space(EventLoopPromise<Void>)
        /// The next request may be answered.
        case next
    }

    mutating func becameWritable() -> Resumption {
        switch state {
        case .idle, .header, .body: return .next
        case .sending: return .pieces
        case .waiting(_, .events(let listener)), .streaming(_, _, .events(let listener), _): return .events(listener)
        case .streaming(let exchange, let reply, let source, let space?):
            state = .streaming(exchange, reply, source, space: nil)
            return .space(space)
        case .asked, .waiting, .streaming, .ending, .closing, .gone, .modifying: return .none
        }
    }

    /// 204 and 304 have none (RFC 9110 §6.4.1).
    private static func isBodiless(_ status: Int) -> Bool { status == 204 || status == 304 }
}

extension RequestMachine.Source {
    func isSame(as object: AnyObject) -> Bool {
        switch self {
        case .window(let hold): hold === object
        case .events(let listener): listener === object
        case .router: false
        }
    }
}
