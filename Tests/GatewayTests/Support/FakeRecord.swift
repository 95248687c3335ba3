import Commons
import Synchronization

@testable import Gateway

/// A hall's events, as the test makes them: message n leads from n − 1 to n.
final class FakeRecord: EventSource {
    private struct State {
        var sequence: Int64 = 0
        var ring: [EncodedMessage] = []
        var observers: [UInt64: @Sendable (EncodedMessage) -> Void] = [:]
        var next: UInt64 = 1
    }
    private let state = Mutex(State())
    let epoch = "e1"
    private let ringCount = 32

    func publish(_ text: String = "") {
        let (message, observers) = state.withLock { state in
            state.sequence += 1
            let json = #"{"type":"delta","after":\#(state.sequence - 1),"seq":\#(state.sequence),"text":"\#(text)"}"#
            let message = EncodedMessage(after: state.sequence - 1, sequence: state.sequence, bytes: Array(json.utf8))
            state.ring.append(message)
            if state.ring.count > ringCount { state.ring.removeFirst() }
            return (message, Array(state.observers.values))
        }
        for observer in observers { observer(message) }
    }

    var observerCount: Int { state.withLock { $0.observers.count } }

    func snapshot() -> EncodedMessage { message("snapshot") }
    func tick() -> EncodedMessage { message("tick") }

    func publicState() -> SnapshotMessage<PublicState> {
        let council = PublicState.Council(name: "", seats: 0, factions: [:], deputies: [:])
        return SnapshotMessage(epoch: epoch, sequence: state.withLock { $0.sequence }, now: 0, state: PublicState(council: council))
    }

    private func message(_ type: String) -> EncodedMessage {
        let sequence = state.withLock { $0.sequence }
        return EncodedMessage(at: sequence, bytes: Array(#"{"type":"\#(type)","seq":\#(sequence)}"#.utf8))
    }

    func deltas(epoch: String, after sequence: Int64) -> [EncodedMessage]? {
        guard epoch == self.epoch else { return nil }
        return state.withLock { state in
            if sequence == state.sequence { return [] }
            return state.ring.firstIndex { $0.after == sequence }.map { Array(state.ring[$0...]) }
        }
    }

    func observe(_ observer: @escaping @Sendable (EncodedMessage) -> Void) -> UInt64 {
        state.withLock { state in
            state.next += 1
            state.observers[state.next] = observer
            return state.next
        }
    }

    func cancelObservation(_ observation: UInt64) { state.withLock { $0.observers[observation] = nil } }
}
