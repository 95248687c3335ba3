import Synchronization

/// Counts open connections, in all and per address, for all threads, and says who is one too many.
final class ChannelCensus: Sendable {
    private struct State {
        var open = 0
        var byPeer: [PeerAddress: Int] = [:]
    }
    private let state = Mutex(State())
    private let settings: ChannelSettings

    init(_ settings: ChannelSettings) { self.settings = settings }

    func admit(_ peer: PeerAddress) -> Bool {
        let isCounted = settings.countsLoopback || !peer.isLoopback
        return state.withLock { state in
            guard state.open < settings.connections else { return false }
            if isCounted {
                guard state.byPeer[peer, default: 0] < settings.connectionsPerAddress else { return false }
                state.byPeer[peer, default: 0] += 1
            }
            state.open += 1
            return true
        }
    }

    /// The end of a connection that was admitted.
    func leave(_ peer: PeerAddress) {
        state.withLock { state in
            state.open -= 1
            guard let count = state.byPeer[peer] else { return }
            state.byPeer[peer] = count > 1 ? count - 1 : nil
        }
    }
}

/// An IPv4 address, or the /64 of an IPv6 address: what one household or one attacker has.
struct PeerAddress: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// `bytes` are an IPv6 address; IPv4 as `::ffff:a.b.c.d`.
    init(_ bytes: [UInt8]) {
        high = bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
        let rest = bytes[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
        low = high == 0 ? rest : 0
    }

    var isLoopback: Bool { high == 0 && (low == 1 || low >> 24 == 0xFFFF_7F) }
}
