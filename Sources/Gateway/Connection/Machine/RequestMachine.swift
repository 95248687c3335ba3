import NIOCore
import NIOHTTP1

/// The state of the requests of one HTTP/1.1 connection, or of the one request of an HTTP/2 stream. It knows no channel, clock or task:
/// its functions are told what happened and return what the caller is to do. What only one state needs is a payload of that state's case.
///
///     idle → header → body → asked ┬→ waiting → asked
///       ↑                          ├→ waiting → streaming ┬→ ending ┬→ idle
///       │                          └→ sending ────────────┘         └→ closing
///
/// A fault leads from `header` or `body` to `asked`, and from there to `closing`; a disconnect leads from every state to `gone`.
struct RequestMachine {
    enum Carrier {
        /// An HTTP/1.1 connection: one request after the other.
        case connection
        /// An HTTP/2 stream: one request, which the framing layer ends by itself.
        case stream
    }

    /// What makes an answer that is not available at once.
    enum Source {
        /// The live window, when it has the part or the playlist.
        case window(LiveHold)
        /// A hall's events.
        case events(any DoorListener)
        /// The router, in a task.
        case router(Task<Void, Never>)
    }

    enum State {
        /// No request.
        case idle(since: NIODeadline)
        /// A request's header is incomplete.
        case header(since: NIODeadline)
        /// The header is complete, the body is not.
        case body(Exchange, Incoming)
        /// The request is complete, and its answer is being decided, within one call.
        case asked(Exchange)
        /// The answer is being made, or depends on something that has not happened yet.
        case waiting(Exchange, Source)
        /// The answer's header is written; its body follows as it is made.
        /// - Parameter space: resumed when the client accepts bytes again; `nil` while nobody waits.
        case streaming(Exchange, Reply, Source, space: EventLoopPromise<Void>?)
        /// The answer is complete here and goes out piece by piece.
        case sending(Exchange, Reply, rest: Pieces, since: NIODeadline)
        /// The last byte is queued, but not yet known to be written.
        case ending(Exchange, Reply, since: NIODeadline)
        /// The last response is sent; the peer closes next.
        case closing(since: NIODeadline)
        /// The peer disconnected.
        case gone
        /// The payload is taken out to be changed: only within a function here.
        case modifying
    }

    /// The body of a request as it comes.
    struct Incoming {
        let room: BodyRoom
        var bytes: ByteBuffer?
        let since: NIODeadline

        /// - Returns: whether there was room.
        mutating func append(_ more: ByteBuffer) -> Bool {
            var whole = bytes ?? ByteBuffer()
            bytes = nil
            guard whole.readableBytes + more.readableBytes <= room.bytes else { return false }
            whole.writeImmutableBuffer(more)
            bytes = whole
            return true
        }
    }

    /// What to do after something came from the client.
    enum Step: Equatable {
        case none
        /// Tell the client to send the body.
        case goOn
        /// The request is whole: answer it.
        case serve(RequestHeader, RequestTarget, body: ByteBuffer?)
        /// Answer with a problem.
        case problem(RequestFault)
        /// Nothing can be said any more.
        case close
    }

    let carrier: Carrier
    var state: State
    var backlog = Backlog()
    /// Identifies the current request to code that answers it later.
    private(set) var serial: UInt64 = 0

    init(_ carrier: Carrier, at now: NIODeadline) {
        self.carrier = carrier
        state = .idle(since: now)
    }

    /// Takes the state out of its place: every path that follows puts one back.
    mutating func takeState() -> State { exchange(&state, with: .modifying) }

    // MARK: From the client

    /// The socket has bytes, not parsed yet.
    mutating func bytesArrived(at now: NIODeadline) {
        if case .idle = state { state = .header(since: now) }
    }

    mutating func received(_ request: RequestHeader, room: BodyRoom, fault: RequestFault?, at now: NIODeadline) -> Step {
        guard isItsTurn else { return keep(.head(request, room, fault)) }
        return take(request, room: room, fault: fault, at: now)
    }

    mutating func received(body bytes: ByteBuffer) -> Step {
        guard isItsTurn else { return keep(.body(bytes)) }
        return take(body: bytes)
    }

    mutating func receivedEnd() -> Step {
        guard isItsTurn else { return keep(.end) }
        return takeEnd()
    }

    /// The next part of what the client sent ahead, when it is its turn; `nil` when there is nothing to be done now.
    mutating func next(isWritable: Bool, at now: NIODeadline) -> Step? {
        guard isBetweenAnswers else { return nil }
        if isWritable, let part = backlog.next() {
            switch part {
            case .head(let request, let room, let fault): return take(request, room: room, fault: fault, at: now)
            case .body(let bytes): return take(body: bytes)
            case .end: return takeEnd()
            }
        }
        return backlog.nextFault().map { refuse($0, at: now) }
    }

    /// Whether anything of the client's waits for its turn, or a read for that.
    var hasBacklog: Bool { !backlog.isDone }

    /// Whether the channel may read: pipelined requests wait in the socket, not in memory.
    mutating func mayRead() -> Bool { backlog.mayRead() }

    /// Whether to make up for a read that had to wait.
    mutating func takeDueRead() -> Bool { backlog.takeDueRead() }

    /// The bytes are no HTTP any more. Requests before the fault are answered first.
    mutating func failed(_ fault: RequestFault, at now: NIODeadline) -> Step {
        switch state {
        case .closing, .gone, .modifying: return .none
        case .idle, .header, .body:
            if backlog.isEmpty { return refuse(fault, at: now) }
        case .asked, .waiting, .streaming, .sending, .ending: break
        }
        backlog.end(with: fault)
        return .none
    }

    /// Answers with a problem, and the connection closes after it: what follows cannot be trusted.
    mutating func refuse(_ fault: RequestFault, at now: NIODeadline) -> Step {
        switch takeState() {
        case .idle, .header:
            let nothing = RequestHeader(HTTPRequestHead(version: .http1_1, method: .GET, uri: ""))
            return refuse(begin(nothing, at: now), fault)
        case .body(let exchange, _): return refuse(exchange, fault)
        case let other:
            // An answer was begun: another cannot be given.
            state = other
            return .close
        }
    }

    /// The client closed its half of the connection. - Returns: whether to close the other half now.
    mutating func inputClosed() -> Bool {
        switch state {
        // A client that hangs up while it waits sends no more than this.
        case .idle, .header, .body, .waiting(_, .window), .waiting(_, .events), .streaming(_, _, .events, _):
            return carrier == .connection
        case .asked, .waiting, .streaming, .sending, .ending:
            endWithThisAnswer()
            return false
        case .closing: return true
        case .gone, .modifying: return false
        }
    }

    /// What is left behind by a peer that left.
    struct Departure {
        /// Has nobody to answer any more.
        var source: Source?
        /// Waits for space that will not come.
        var space: EventLoopPromise<Void>?
        var completion: Completion?
    }

    mutating func peerLeft() -> Departure {
        backlog.clear()
        switch exchange(&state, with: .gone) {
        case .idle, .header, .closing, .gone, .modifying: return Departure()
        case .body(let exchange, _), .asked(let exchange): return Departure(completion: Completion(abandoned: exchange))
        case .waiting(let exchange, let source): return Departure(source: source, completion: Completion(abandoned: exchange))
        case .streaming(let exchange, let reply, let source, let space):
            return Departure(source: source, space: space, completion: Completion(exchange, reply, isAborted: true))
        case .sending(let exchange, let reply, _, _), .ending(let exchange, let reply, _):
            return Departure(completion: Completion(exchange, reply, isAborted: true))
        }
    }

    /// No request follows the one under way. - Returns: whether there is none and the connection closes now.
    mutating func drain() -> Bool {
        if case .idle = state { return carrier == .connection }
        endWithThisAnswer()
        return false
    }

    // MARK: Time

    func verdict(at now: NIODeadline, limits: DoorLimits) -> DeadlineVerdict {
        guard let since else { return .fine }
        return phase.verdict(after: now - since, limits: limits)
    }

    var phase: DoorPhase {
        switch state {
        case .idle: .idle
        case .header: .header
        case .body, .asked: .body
        case .waiting(_, .router), .streaming(_, _, .router, _): .routed
        case .waiting, .streaming: .held
        case .sending, .ending: .sending
        case .closing, .gone, .modifying: .closing
        }
    }

    /// Since when nothing is asked and nothing waits for its turn.
    var idleSince: NIODeadline? { if case .idle(let since) = state, !hasBacklog { since } else { nil } }

    /// Since when, where a deadline asks for it.
    private var since: NIODeadline? {
        switch state {
        case .idle(let since), .header(let since), .closing(let since): since
        case .body(_, let incoming): incoming.since
        case .sending(_, _, _, let since), .ending(_, _, let since): since
        case .asked, .waiting, .streaming, .gone, .modifying: nil
        }
    }
}

// MARK: Parts of a request

extension RequestMachine {
    private var isBetweenAnswers: Bool {
        switch state {
        case .idle, .header, .body: true
        case .asked, .waiting, .streaming, .sending, .ending, .closing, .gone, .modifying: false
        }
    }

    private var isItsTurn: Bool { isBetweenAnswers && backlog.isEmpty }

    private mutating func keep(_ part: Backlog.Part) -> Step {
        switch state {
        case .closing, .gone: break
        default: backlog.append(part)
        }
        return .none
    }

    private mutating func begin(_ request: RequestHeader, at now: NIODeadline) -> Exchange {
        serial += 1
        return Exchange(
            serial: serial, request: request, startedAt: now, keepsAlive: carrier == .connection && request.keepsAlive)
    }

    private mutating func take(_ request: RequestHeader, room: BodyRoom, fault: RequestFault?, at now: NIODeadline) -> Step {
        let exchange = begin(request, at: now)
        if let fault { return refuse(exchange, fault) }
        state = .body(exchange, Incoming(room: room, since: now))
        return carrier == .connection && request.waitsForContinue ? .goOn : .none
    }

    private mutating func take(body bytes: ByteBuffer) -> Step {
        switch takeState() {
        case .body(let exchange, var incoming):
            guard incoming.append(bytes) else { return refuse(exchange, RequestFault(incoming.room.refusal)) }
            state = .body(exchange, incoming)
        case let other: state = other
        }
        return .none
    }

    private mutating func takeEnd() -> Step {
        switch takeState() {
        case .body(var exchange, let incoming):
            let request = exchange.request
            do throws(RequestTarget.Fault) {
                let head = request.head
                let target = try RequestTarget(head.uri == "*" && head.method == .OPTIONS ? "/" : head.uri)
                exchange.kind = RequestClass(path: target.path)
                state = .asked(exchange)
                return .serve(request, target, body: incoming.bytes)
            } catch {
                state = .asked(exchange)
                return .problem(RequestFault(status: 400, sentence: error.sentence))
            }
        case let other:
            state = other
            return .none
        }
    }

    private mutating func refuse(_ exchange: Exchange, _ fault: RequestFault) -> Step {
        var exchange = exchange
        exchange.keepsAlive = false
        backlog.clear()
        state = .asked(exchange)
        return .problem(fault)
    }

    /// Another request must not follow the one under way.
    private mutating func endWithThisAnswer() {
        switch takeState() {
        case .body(var exchange, let incoming):
            exchange.keepsAlive = false
            state = .body(exchange, incoming)
        case .asked(var exchange):
            exchange.keepsAlive = false
            state = .asked(exchange)
        case .waiting(var exchange, let source):
            exchange.keepsAlive = false
            state = .waiting(exchange, source)
        case .streaming(var exchange, let reply, let source, let space):
            exchange.keepsAlive = false
            state = .streaming(exchange, reply, source, space: space)
        case .sending(var exchange, let reply, let rest, let since):
            exchange.keepsAlive = false
            state = .sending(exchange, reply, rest: rest, since: since)
        case .ending(var exchange, let reply, let since):
            exchange.keepsAlive = false
            state = .ending(exchange, reply, since: since)
        case let other: state = other
        }
    }
}
