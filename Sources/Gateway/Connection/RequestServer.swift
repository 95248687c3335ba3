import NIOCore
import NIOHTTP1

/// Serves the requests of one HTTP/1.1 connection or one HTTP/2 stream: tells the machine what happened and does what it says. Answers live
/// video on the loop and gives everything else to Hummingbird in a task.
final class RequestServer {
    let door: LoopDoor
    let connection: ConnectionHandler
    var machine: RequestMachine
    /// Where answers go; `nil` before the channel is there and after it.
    private(set) var wire: (any RequestWire)?
    private var isTakingBacklog = false

    init(door: LoopDoor, connection: ConnectionHandler, carrier: RequestMachine.Carrier) {
        self.door = door
        self.connection = connection
        machine = RequestMachine(carrier, at: .now())
    }

    var limits: DoorLimits { door.shared.limits }
    var phase: DoorPhase { machine.phase }
    var isHTTP2: Bool { machine.carrier == .stream }
    var isDraining: Bool { door.shared.draining.load(ordering: .relaxed) }

    /// Since when there is nothing at all to do.
    var idleSince: NIODeadline? { machine.idleSince }

    // MARK: The wire

    func attach(_ wire: any RequestWire) { self.wire = wire }

    func detach() {
        peerLeft()
        wire = nil
    }

    /// The peer is gone: nobody waits, nothing runs for it.
    func peerLeft() {
        let departure = machine.peerLeft()
        switch departure.source {
        case .window(let hold): door.holds.cancel(hold)
        case .events(let listener): listener.left()
        case .router(let task): task.cancel()
        case nil: break
        }
        if let completion = departure.completion { record(completion) }
        departure.space?.fail(ChannelError.ioOnClosedChannel)
    }

    func bytesArrived() { machine.bytesArrived(at: .now()) }

    func received(_ head: HTTPRequestHead) { received(RequestHeader(head)) }

    func received(_ request: RequestHeader) {
        let head = request.head
        let room = BodyRoom(for: head, limits: limits) {
            connection.audience == .operators || door.shared.router.knowsSender(of: head)
        }
        let refusal = RequestChecks.refusal(of: head, fields: request.fields, isHTTP2: isHTTP2, limits: limits, room: room)
        perform(machine.received(request, room: room, fault: refusal.map { RequestFault($0) }, at: .now()))
    }

    func received(body bytes: ByteBuffer) { perform(machine.received(body: bytes)) }
    func receivedEnd() { perform(machine.receivedEnd()) }
    func failed(_ fault: RequestFault) { perform(machine.failed(fault, at: .now())) }
    func mayRead() -> Bool { machine.mayRead() }
    func inputClosed() { if machine.inputClosed() { wire?.close() } }
    func drain() { if machine.drain() { wire?.close() } }

    func becameWritable() {
        switch machine.becameWritable() {
        case .none: break
        case .pieces: writePieces()
        case .events(let listener): listener.writable()
        case .space(let promise): promise.succeed()
        case .next: takeBacklog()
        }
    }

    func sweep(now: NIODeadline) {
        guard let wire else { return }
        switch machine.verdict(at: now, limits: limits) {
        case .fine: break
        case .refuseHeader:
            door.counters.headerTimeouts += 1
            perform(machine.refuse(RequestFault(status: 408, sentence: "the request's header did not come in time"), at: now))
        case .refuseBody:
            door.counters.bodyTimeouts += 1
            perform(machine.refuse(RequestFault(status: 408, sentence: "the request's body did not come in time"), at: now))
        case .closeIdle:
            door.counters.idleTimeouts += 1
            wire.close()
        case .closeStalled:
            door.counters.stalledReaders += 1
            wire.close()
        case .closeNow: wire.close()
        }
    }

    // MARK: What the machine says

    private func perform(_ step: RequestMachine.Step) {
        switch step {
        case .none: break
        case .goOn: wire?.writeContinue()
        case .serve(let request, let target, let body):
            if target.path.begins(with: "/live/") { answerLive(request, target) } else { passToRouter(request, target, body) }
        case .problem(let fault): send(.problem(fault.status, fault.sentence))
        case .close: wire?.close()
        }
    }

    /// The last byte of an answer is written.
    func answerWritten() {
        guard let (completion, closes) = machine.written(at: .now()) else { return }
        record(completion)
        if closes { wire?.finish() } else { takeBacklog() }
    }

    /// Works off what the client sent ahead: a loop, not a recursion, for the answer to a request ends here as well.
    private func takeBacklog() {
        guard !isTakingBacklog, machine.hasBacklog else { return }
        isTakingBacklog = true
        defer { isTakingBacklog = false }
        while let wire, let step = machine.next(isWritable: wire.isWritable, at: .now()) { perform(step) }
        if machine.takeDueRead() { wire?.read() }
    }
}
