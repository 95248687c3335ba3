import Commons
import Foundation
import Synchronization

/// One hall's record, state and public view: commands go in, answers come out after the disk has them, deltas go to everybody.
///
/// Commands that arrive while the disk writes are decided together and written in one transaction.
package final class Board: Sendable {
    package typealias Observer = @Sendable (EncodedMessage) -> Void

    static let queueLimit = 1024
    static let batchLimit = 64
    /// Milliseconds between two deltas: at most 20 a second.
    static let pace: Int64 = 50

    private struct Waiting {
        var envelope: CommandEnvelope
        var answer: @Sendable (Answer) -> Void
    }

    private struct Inbox {
        var waiting: [Waiting] = []
        var isDraining = false
        var isEnded = false
    }

    private let queue = DispatchQueue(label: "plenary.board")
    private let inbox = Mutex(Inbox())
    private let shown: Mutex<Shown>
    private let desk: Desk
    package let log: EventLog

    /// Reads back what is needed to go on, checking it; years of closed sittings are followed by their leaves only.
    package init(log: EventLog, clock: @escaping @Sendable () -> ClockReading = ClockReading.system) throws(LogError) {
        self.log = log
        let replayed = try log.resume()
        desk = Desk(log: log, state: replayed.state, tip: replayed.tip, clock: clock)
        let inSession = replayed.state.sittingInSession?.id
        let marks = RecentMarks(inSession, try inSession.map { id throws(LogError) in try log.records(of: id) } ?? [])
        shown = Mutex(Shown(epoch: log.id, state: replayed.state, marks: marks, now: clock().wall))
    }

    // MARK: commands

    /// Answers when the command is on the disk, or refused. Never throws: a full disk is a refusal like others.
    package func send(_ envelope: CommandEnvelope) async -> Answer {
        await withCheckedContinuation { continuation in
            send(envelope) { continuation.resume(returning: $0) }
        }
    }

    /// As above; `answer` is called once, on the board's queue, and must not block.
    package func send(_ envelope: CommandEnvelope, answer: @escaping @Sendable (Answer) -> Void) {
        let isFull = inbox.withLock { inbox in
            guard !inbox.isEnded, inbox.waiting.count < Self.queueLimit else { return true }
            inbox.waiting.append(Waiting(envelope: envelope, answer: answer))
            if !inbox.isDraining {
                inbox.isDraining = true
                queue.async { self.drain() }
            }
            return false
        }
        if isFull {
            desk.figures.withLock { $0.answered([.refused(.busy)]) }
            answer(.refused(.busy))
        }
    }

    private func drain() {
        while true {
            let batch = inbox.withLock { inbox in
                let batch = Array(inbox.waiting.prefix(Self.batchLimit))
                inbox.waiting.removeFirst(batch.count)
                if batch.isEmpty { inbox.isDraining = false }
                return batch
            }
            if batch.isEmpty { return }
            let (answers, happened) = desk.work(batch.map(\.envelope))
            desk.figures.withLock { $0.answered(answers) }
            if !happened.isEmpty { show(happened) }
            for (waiting, answer) in zip(batch, answers) { waiting.answer(answer) }
        }
    }

    // MARK: what others see

    /// The state after the last command that was answered.
    package var state: CouncilState { shown.withLock { $0.state } }

    /// What was counted, and how many commands wait for the disk.
    package var figures: (counted: DeskFigures, waiting: Int) { (desk.figures.withLock { $0 }, inbox.withLock { $0.waiting.count }) }

    /// Items and rounds of the sitting in session and of the last hours, for the picture.
    package var marks: [SittingMark] {
        let now = desk.clock().wall
        return shown.withLock { $0.marks(now: now) }
    }

    /// The sequence that the last published delta ends in.
    package var published: Int64 { shown.withLock { $0.published } }

    /// Calls `observer` with every delta from now on, in order, on the board's queue; it must not block. It may ask the
    /// board for its state and marks, for nothing that observes.
    /// Returns the snapshot that the first delta follows, without a gap between them.
    package func observe(_ observer: @escaping Observer) -> EncodedMessage {
        let now = desk.clock().wall
        return shown.withLock { shown in
            shown.observers.append(observer)
            return shown.snapshot(now: now)
        }
    }

    /// The snapshot that the last published delta ends in.
    package func snapshot() -> EncodedMessage {
        let now = desk.clock().wall
        return shown.withLock { $0.snapshot(now: now) }
    }

    /// What the snapshot says, for who reads it in this program.
    package var publicState: SnapshotMessage<PublicState> {
        let now = desk.clock().wall
        return shown.withLock { $0.publicState(now: now) }
    }

    /// The deltas that a client at `sequence` of `epoch` misses, `nil` when it needs a snapshot.
    package func deltas(epoch: String, after sequence: Int64) -> [EncodedMessage]? {
        shown.withLock { shown in epoch == shown.epoch ? shown.ring.since(sequence, current: shown.published) : nil }
    }

    /// For every ten seconds. Also notices that the wall clock was set, and a new day's mandates.
    package func tick() -> EncodedMessage {
        queue.async {
            let happened = self.desk.noticeClock()
            self.show(happened)
        }
        let now = desk.clock().wall
        return shown.withLock { $0.tick(now: now) }
    }

    /// Waits until everything sent before is answered and published.
    package func flush() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.publish()
                continuation.resume()
            }
        }
    }

    /// Takes no more commands and waits until everything sent before is answered and published. The file is free then.
    package func end() async {
        inbox.withLock { $0.isEnded = true }
        await flush()
    }

    private func show(_ happened: [RecordedEvent]) {
        let state = desk.state
        let steady = desk.clock().steady
        let delay = shown.withLock { $0.take(state, happened, steady: steady) }
        guard let delay else { return }
        if delay == 0 { publish() } else { queue.asyncAfter(deadline: .now() + .milliseconds(Int(delay))) { self.publish() } }
    }

    private func publish() {
        let reading = desk.clock()
        let (message, observers) = shown.withLock { ($0.publish(reading), $0.observers) }
        guard let message else { return }
        for observer in observers { observer(message) }
    }
}
