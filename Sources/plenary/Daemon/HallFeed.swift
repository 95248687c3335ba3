import Commons
import EventChannel
import Gateway
import Synchronization
import VoteBoard

/// A hall's board as the event channel and the HTTP server observe it; the latter only while a client listens there.
final class HallFeed: EventFeed, EventSource {
    private struct Listeners {
        var next: UInt64 = 0
        var all: [UInt64: @Sendable (EncodedMessage) -> Void] = [:]
    }

    private let board: Board
    private let listeners = Mutex(Listeners())

    init(_ board: Board) {
        self.board = board
        _ = board.observe { [weak self] in self?.tell($0) }
    }

    var epoch: String { board.log.id }

    private func tell(_ message: EncodedMessage) {
        // In their turn, outside the lock: the board publishes on one queue.
        for listener in listeners.withLock({ Array($0.all.values) }) { listener(message) }
    }

    // MARK: what both ask

    func snapshot() -> EncodedMessage { board.snapshot() }
    func deltas(epoch: String, after sequence: Int64) -> [EncodedMessage]? { board.deltas(epoch: epoch, after: sequence) }
    func tick() -> EncodedMessage { board.tick() }

    // MARK: the channel

    func observe(_ observer: @escaping @Sendable (EncodedMessage) -> Void) -> EncodedMessage { board.observe(observer) }

    // MARK: the HTTP door

    func publicState() -> SnapshotMessage<PublicState> { board.publicState }

    func observe(_ observer: @escaping @Sendable (EncodedMessage) -> Void) -> UInt64 {
        listeners.withLock { listeners in
            listeners.next += 1
            listeners.all[listeners.next] = observer
            return listeners.next
        }
    }

    func cancelObservation(_ observation: UInt64) { listeners.withLock { $0.all[observation] = nil } }
}
