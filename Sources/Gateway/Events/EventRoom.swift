import Commons
import NIOCore

/// A hall's listeners on one loop. A message reaches the loop as one hop, is made into bytes once, and goes to all.
final class EventRoom {
    /// How long one encoded snapshot is reused for new clients.
    private static let snapshotAge = TimeAmount.milliseconds(100)

    unowned let door: LoopDoor
    let hall: String
    let source: any EventSource
    private var observation: UInt64 = 0
    private var streams: [ObjectIdentifier: EventStream] = [:]
    private var holds: [ObjectIdentifier: StateHold] = [:]
    private var snapshotNow: (message: EncodedMessage, text: EventText, at: NIODeadline)?
    private var tickNow: (message: EncodedMessage, text: EventText, at: NIODeadline)?
    private var tickedAt = NIODeadline.now()

    init(door: LoopDoor, hall: String, source: any EventSource) {
        self.door = door
        self.hall = hall
        self.source = source
        let bound = NIOLoopBound(self, eventLoop: door.loop)
        let loop = door.loop
        observation = source.observe { message in loop.execute { bound.value.happened(message) } }
    }

    var isEmpty: Bool { streams.isEmpty && holds.isEmpty }
    var count: Int { streams.count + holds.count }

    func close() { source.cancelObservation(observation) }

    // MARK: listeners

    func enter(_ stream: EventStream) { streams[ObjectIdentifier(stream)] = stream }
    func enter(_ hold: StateHold) { holds[ObjectIdentifier(hold)] = hold }

    func leave(_ stream: EventStream) {
        if streams.removeValue(forKey: ObjectIdentifier(stream)) != nil { door.events.left(self) }
    }

    func leave(_ hold: StateHold) {
        if holds.removeValue(forKey: ObjectIdentifier(hold)) != nil { door.events.left(self) }
    }

    // MARK: messages

    private func happened(_ message: EncodedMessage) {
        // A client that gets a snapshot from now on is not sent this message: the snapshot must contain it.
        snapshotNow = nil
        let text = text(of: message)
        for stream in Array(streams.values) { stream.take(message, text) }
        release { hold in hold.place.after < message.sequence || message.after == message.sequence }
    }

    /// Answers the held requests that the message concerns; many wait at the same place.
    private func release(_ mayConcern: (StateHold) -> Bool) {
        var answers: [EventPlace: Answer?] = [:]
        for hold in Array(holds.values) where mayConcern(hold) {
            let answer = answers[hold.place] ?? StateAnswer(hold.place, of: self, canWait: true).ready
            answers.updateValue(answer, forKey: hold.place)
            guard let answer else { continue }
            leave(hold)
            hold.answer(answer)
        }
    }

    func text(of message: EncodedMessage) -> EventText { EventText(message, epoch: source.epoch) }

    func snapshot() -> (message: EncodedMessage, text: EventText) {
        let now = NIODeadline.now()
        if let snapshotNow, now - snapshotNow.at < Self.snapshotAge { return (snapshotNow.message, snapshotNow.text) }
        let message = source.snapshot()
        let text = text(of: message)
        snapshotNow = (message, text, now)
        return (message, text)
    }

    func tick() -> (message: EncodedMessage, text: EventText) {
        let now = NIODeadline.now()
        if let tickNow, now - tickNow.at < Self.snapshotAge { return (tickNow.message, tickNow.text) }
        let message = source.tick()
        let text = EventText(message)
        tickNow = (message, text, now)
        return (message, text)
    }

    // MARK: time

    func sweep(now: NIODeadline) {
        if now - tickedAt >= door.shared.limits.eventTick {
            tickedAt = now
            let tick = tick()
            for stream in Array(streams.values) { stream.tick(tick) }
        }
        for hold in Array(holds.values) where hold.deadline <= now {
            leave(hold)
            hold.answer(StateAnswer.nothingNew(tick().message))
        }
    }

    func drain() {
        for hold in Array(holds.values) {
            leave(hold)
            hold.answer(.problem(503, "the server is closing: come back in a moment", retryAfter: 2))
        }
        for stream in Array(streams.values) {
            leave(stream)
            stream.end()
        }
    }
}
