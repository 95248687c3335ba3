import Synchronization

/// Counts open connections, in all and per peer, for all threads, and refuses those past the limits. Asked once per connection.
package final class PeerCensus: Sendable {
    package enum Admission: Sendable, Equatable { case admitted, tooMany, tooManyFromThere }

    private struct State {
        var open = 0
        var accepted: UInt64 = 0
        var refused: UInt64 = 0
        var byPeer: [PeerKey: Int] = [:]
    }
    private let state = Mutex(State())
    private let limit: Int
    private let limitPerPeer: Int
    private let countsLoopback: Bool

    /// - Parameter countsLoopback: `false` exempts this machine's own addresses from the limit per peer: a front proxy comes from there.
    package init(limit: Int, limitPerPeer: Int, countsLoopback: Bool) {
        self.limit = limit
        self.limitPerPeer = limitPerPeer
        self.countsLoopback = countsLoopback
    }

    /// - Parameters:
    ///   - peer: `nil` counts in the total only.
    ///   - reserve: places past the limit that this connection may take.
    package func admit(_ peer: PeerKey?, reserve: Int = 0) -> Admission {
        let counted = counted(peer)
        return state.withLock { state in
            guard state.open < limit + reserve else {
                state.refused += 1
                return .tooMany
            }
            if let counted {
                guard state.byPeer[counted, default: 0] < limitPerPeer else {
                    state.refused += 1
                    return .tooManyFromThere
                }
                state.byPeer[counted, default: 0] += 1
            }
            state.open += 1
            state.accepted += 1
            return .admitted
        }
    }

    /// The end of a connection that was admitted.
    package func leave(_ peer: PeerKey?) {
        let counted = counted(peer)
        state.withLock { state in
            state.open -= 1
            guard let counted, let count = state.byPeer[counted] else { return }
            state.byPeer[counted] = count > 1 ? count - 1 : nil
        }
    }

    package var figures: (open: Int, accepted: UInt64, refused: UInt64) { state.withLock { ($0.open, $0.accepted, $0.refused) } }

    private func counted(_ peer: PeerKey?) -> PeerKey? { peer.flatMap { countsLoopback || !$0.isLoopback ? $0 : nil } }
}
