import EventChannel
import Gateway
import Synchronization
import VoteBoard

/// A hall's board as both doors see it: the channel for good, the HTTP door as long as somebody listens there.
final class HallFeed: EventFeed, EventSource {
    private struct Listeners {
        var next: UInt64 = 0
        var all: [UInt64: @Sendable (EventMessage) -> Void] = [:]
    }

    private let board: Board
    private let listeners = Mutex(Listeners())

    init(_ board: Board) {
        self.board = board
        _ = board.observe { [weak self] in self?.tell(EventMessage($0)) }
    }

    var epoch: String { board.log.id }

    private func tell(_ message: EventMessage) {
        // In their turn, outside the lock: the board publishes on one queue.
        for listener in listeners.withLock({ Array($0.all.values) }) { listener(message) }
    }

    // MARK: the channel

    func snapshot() -> FeedSnapshot {
        let now = board.snapshot()
        return FeedSnapshot(sequence: now.sequence, bytes: now.bytes)
    }

    func deltas(epoch: String, after sequence: Int64) -> [FeedMessage]? {
        board.deltas(epoch: epoch, after: sequence)?.map(FeedMessage.init)
    }

    func tick() -> FeedSnapshot {
        let bytes = board.tick()
        // Never below what the tick names: at most it is sent after the next message instead of before it.
        return FeedSnapshot(sequence: board.published, bytes: bytes)
    }

    func observe(_ observer: @escaping @Sendable (FeedMessage) -> Void) -> FeedSnapshot {
        let begin = board.observe { observer(FeedMessage($0)) }
        return FeedSnapshot(sequence: begin.sequence, bytes: begin.snapshot)
    }

    // MARK: the HTTP door

    func snapshot() -> EventMessage { EventMessage(snapshot() as FeedSnapshot) }
    func tick() -> EventMessage { EventMessage(tick() as FeedSnapshot) }
    func deltas(epoch: String, after sequence: Int64) -> [EventMessage]? {
        board.deltas(epoch: epoch, after: sequence)?.map(EventMessage.init)
    }

    func observe(_ observer: @escaping @Sendable (EventMessage) -> Void) -> UInt64 {
        listeners.withLock { listeners in
            listeners.next += 1
            listeners.all[listeners.next] = observer
            return listeners.next
        }
    }

    func cancelObservation(_ observation: UInt64) { listeners.withLock { $0.all[observation] = nil } }
}

extension FeedMessage {
    init(_ publication: Publication) { self.init(after: publication.after, sequence: publication.sequence, bytes: publication.bytes) }
}

extension EventMessage {
    init(_ publication: Publication) { self.init(after: publication.after, sequence: publication.sequence, bytes: publication.bytes) }
    init(_ snapshot: FeedSnapshot) { self.init(after: snapshot.sequence, sequence: snapshot.sequence, bytes: snapshot.bytes) }
}
