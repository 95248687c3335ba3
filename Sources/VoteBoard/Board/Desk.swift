import Foundation
import Synchronization

/// Decides commands and writes them down, one batch at a time. Only the board's queue works here.
///
// Invariant: every method and `state` are used on the board's serial queue only; `clock` and `log` never change;
// `figures` has a lock of its own.
final class Desk: @unchecked Sendable {
    let clock: @Sendable () -> ClockReading
    private let log: EventLog
    private(set) var state: CouncilState
    private var tip: LogTip
    /// Totals of open secret rounds: in memory only, gone with the process.
    private var urns: [RoundID: SecretTally] = [:]
    private var lastReading: ClockReading
    let figures = Mutex(DeskFigures())

    init(log: EventLog, state: CouncilState, tip: LogTip, clock: @escaping @Sendable () -> ClockReading) {
        self.log = log
        self.state = state
        self.tip = tip
        self.clock = clock
        lastReading = clock()
    }

    /// Everything a batch changes, kept aside until the disk has it.
    private struct Draft {
        var state: CouncilState
        var urns: [RoundID: SecretTally]
        var pending: [PendingEvent] = []
        var done: [UUID: (digest: String, answer: Answer)] = [:]
        /// Nothing was written for these answers, whatever the disk says.
        var settled: Set<Int> = []
    }

    /// The answers in order, and what happened. Nothing happened when the disk refused: then every command was refused.
    func work(_ batch: [CommandEnvelope]) -> (answers: [Answer], happened: [RecordedEvent]) {
        let reading = clock()
        var draft = Draft(state: state, urns: urns)
        addClockStep(reading, to: &draft)
        var answers: [Answer] = []
        for (index, envelope) in batch.enumerated() {
            answers.append(decide(envelope, at: reading.wall, index: index, in: &draft))
        }
        guard !draft.pending.isEmpty else {
            lastReading = reading
            return (answers, [])
        }
        do throws(LogError) {
            let began = ContinuousClock.now
            tip = try log.append(draft.pending, after: tip)
            figures.withLock { $0.wrote(in: .now - began) }
        } catch {
            let refusal: CommandRefusal = error == .full ? .storageFull : .storageFailed(error.sentence)
            return (answers.indices.map { draft.settled.contains($0) ? answers[$0] : .refused(refusal) }, [])
        }
        state = draft.state
        urns = draft.urns.filter { id, _ in state.sittingInSession?.round(id)?.status == .open }
        lastReading = reading
        return (answers, draft.pending.map(\.record))
    }

    /// Records that the wall clock was set, when it was.
    func noticeClock() -> [RecordedEvent] { work([]).happened }

    private func decide(_ envelope: CommandEnvelope, at now: UTCMilliseconds, index: Int, in draft: inout Draft) -> Answer {
        let digest = envelope.digest(in: draft.state)
        do throws(LogError) {
            if let known = draft.done[envelope.id] { return envelope.matches(known.digest) ? known.answer.again : .refused(.commandReused) }
            let recorded = try log.events(of: envelope.id)
            if !recorded.isEmpty {
                draft.settled.insert(index)
                return Self.firstAnswer(recorded, to: envelope)
            }
            if let expected = envelope.expected, expected != draft.state.sequence {
                return .refused(.conflict(expected: expected, current: draft.state.sequence, since: try changes(after: expected, draft)))
            }
        } catch {
            return .refused(.storageFailed(error.sentence))
        }
        switch draft.state.decide(envelope.command, at: now, secretTallies: draft.urns) {
        case .failure(let refusal): return .refused(refusal)
        case .success(let decision): return write(decision, for: envelope, digest: digest, at: now, in: &draft)
        }
    }

    private func write(
        _ decision: Decision, for envelope: CommandEnvelope, digest: String, at now: UTCMilliseconds, in draft: inout Draft
    ) -> Answer {
        let first = draft.state.sequence + 1
        for event in decision.events { add(event, command: envelope.id, digest: digest, by: envelope.by, at: now, to: &draft) }
        // A round's urn is empty when it opens: ids are a sitting's own and may come again.
        for event in decision.events { if case .roundOpened(let id, _) = event.fact { draft.urns[id] = nil } }
        if let secret = decision.secretChoice { draft.urns[secret.round, default: SecretTally()].add(secret.choice) }
        let answer: Answer = decision.refusal.map(Answer.refused) ?? .done(first: first, last: draft.state.sequence, repeated: false)
        if !decision.events.isEmpty { draft.done[envelope.id] = (digest, answer) }
        return answer
    }

    private func add(
        _ event: Event, command: UUID, digest: String, by: String, at now: UTCMilliseconds, to draft: inout Draft
    ) {
        let record = RecordedEvent(sequence: draft.state.sequence + 1, at: now, event: event)
        draft.state.apply(record)
        draft.pending.append(PendingEvent(record: record, command: command, digest: digest, by: by))
    }

    private func addClockStep(_ reading: ClockReading, to draft: inout Draft) {
        guard let step = reading.step(since: lastReading), draft.state.sittingInSession != nil else { return }
        add(Event(.clockStepped(milliseconds: step)), command: UUID(), digest: "", by: "clock", at: reading.wall, to: &draft)
    }

    private func changes(after expected: Int64, _ draft: Draft) throws(LogError) -> [ChangeSummary] {
        guard expected >= 0, expected < draft.state.sequence else { return [] }
        let pending = draft.pending.map { ChangeSummary(sequence: $0.record.sequence, type: $0.record.event.fact.type) }
        return Array((try log.summaries(after: expected) + pending.filter { $0.sequence > expected }).prefix(100))
    }

    /// What was answered when the command was first done.
    private static func firstAnswer(_ events: [EventBody], to envelope: CommandEnvelope) -> Answer {
        guard let first = events.first, let last = events.last else { return .refused(.commandReused) }
        guard envelope.matches(first.digest) else { return .refused(.commandReused) }
        if case .ballotRefused(let round, let deputy, _) = first.fact { return .refused(.ballotAfterClose(deputy, round)) }
        return .done(first: first.sequence, last: last.sequence, repeated: true)
    }
}

extension Answer {
    fileprivate var again: Answer {
        if case .done(let first, let last, _) = self { .done(first: first, last: last, repeated: true) } else { self }
    }
}
