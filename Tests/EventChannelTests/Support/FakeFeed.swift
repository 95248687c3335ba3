import Commons
import EventChannel
import Foundation
import Synchronization

/// A hall whose state is a row of numbers; each message changes some of them.
final class FakeFeed: EventFeed {
    struct Heard: Equatable {
        var sequence: Int64
        var numbers: [Int]
    }

    private struct State {
        var sequence: Int64 = 0
        var numbers: [Int]
        var ring: [EncodedMessage] = []
        var observers: [@Sendable (EncodedMessage) -> Void] = []
    }

    let epoch: String
    private let ringCount: Int
    private let padding: String
    private let state: Mutex<State>

    init(epoch: String = "e1", numbers: Int = 16, ring: Int = 64, padding: Int = 0) {
        self.epoch = epoch
        ringCount = ring
        self.padding = String(repeating: "x", count: padding)
        state = Mutex(State(numbers: Array(repeating: 0, count: numbers)))
    }

    var heard: Heard { state.withLock { Heard(sequence: $0.sequence, numbers: $0.numbers) } }

    /// Sets one number and tells everybody.
    func set(_ index: Int, to value: Int) {
        let (message, observers) = state.withLock { state in
            state.numbers[index] = value
            state.sequence += 1
            let text =
                #"{"type":"delta","after":\#(state.sequence - 1),"seq":\#(state.sequence),"index":\#(index),"value":\#(value),"x":"\#(padding)"}"#
            let message = EncodedMessage(after: state.sequence - 1, sequence: state.sequence, bytes: Array(text.utf8))
            state.ring.append(message)
            if state.ring.count > ringCount { state.ring.removeFirst() }
            return (message, state.observers)
        }
        for observer in observers { observer(message) }
    }

    func snapshot() -> EncodedMessage { state.withLock { snapshot(&$0) } }

    private func snapshot(_ state: inout State) -> EncodedMessage {
        let text = #"{"type":"snapshot","epoch":"\#(epoch)","seq":\#(state.sequence),"numbers":\#(state.numbers),"x":"\#(padding)"}"#
        return EncodedMessage(at: state.sequence, bytes: Array(text.utf8))
    }

    func deltas(epoch: String, after sequence: Int64) -> [EncodedMessage]? {
        guard epoch == self.epoch else { return nil }
        return state.withLock { state in
            if sequence == state.sequence { return [] }
            return state.ring.firstIndex { $0.after == sequence }.map { Array(state.ring[$0...]) }
        }
    }

    func observe(_ observer: @escaping @Sendable (EncodedMessage) -> Void) -> EncodedMessage {
        state.withLock { state in
            state.observers.append(observer)
            return snapshot(&state)
        }
    }

    func tick() -> EncodedMessage {
        state.withLock { EncodedMessage(at: $0.sequence, bytes: Array(#"{"type":"tick","seq":\#($0.sequence)}"#.utf8)) }
    }
}

/// What a client of `FakeFeed` knows; refuses whatever does not follow.
struct Listener {
    struct Gap: Error, CustomStringConvertible { var description: String }
    private(set) var heard: FakeFeed.Heard?
    private(set) var snapshots = 0

    /// Reads until the feed's present state; ticks may come between.
    mutating func catchUp(with feed: FakeFeed, by client: RawClient) throws {
        let now = feed.heard.sequence
        while heard?.sequence ?? -1 < now {
            guard let message = try client.message() else { throw Gap(description: "closed at \(String(describing: heard))") }
            try take(message)
        }
    }

    mutating func take(_ message: [UInt8]) throws {
        let json = try JSONSerialization.jsonObject(with: Data(message)) as! [String: Any]
        let sequence = Int64(json["seq"] as! Int)
        switch json["type"] as! String {
        case "snapshot":
            heard = FakeFeed.Heard(sequence: sequence, numbers: json["numbers"] as! [Int])
            snapshots += 1
        case "delta":
            guard heard?.sequence == Int64(json["after"] as! Int) else {
                throw Gap(description: "\(json) after \(String(describing: heard))")
            }
            heard!.sequence = sequence
            heard!.numbers[json["index"] as! Int] = json["value"] as! Int
        default:
            guard heard.map({ $0.sequence >= sequence }) ?? true else { throw Gap(description: "tick \(sequence) after \(heard!)") }
        }
    }
}
