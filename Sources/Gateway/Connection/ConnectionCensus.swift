import NIOCore
import Synchronization

/// Counts open connections, in all and per address, and refuses those past the limits. Asked once per connection.
final class ConnectionCensus: Sendable {
    enum Admission: Sendable, Equatable { case admitted, tooMany, tooManyFromThere }

    private struct State {
        var open = 0
        var refused: UInt64 = 0
        var accepted: UInt64 = 0
        var byPeer: [PeerKey: Int] = [:]
        var refusing = 0
    }
    private let state = Mutex(State())
    private let limit: Int
    private let limitPerPeer: Int
    private let countsLoopback: Bool

    init(limits: DoorLimits, openFiles: Int? = nil) {
        // Descriptors stay over for the database, cameras, pages and the listeners themselves.
        limit = min(limits.connections, openFiles.map { max(16, $0 - 256) } ?? .max)
        limitPerPeer = limits.connectionsPerAddress
        countsLoopback = limits.countsLoopback
    }

    /// Places over the limit for operators at the control socket: a crowd at the door does not lock them out.
    static let operatorPlaces = 64

    func admit(_ peer: PeerKey?, isOperator: Bool = false) -> Admission {
        let counted = peer.flatMap { countsLoopback || !$0.isLoopback ? $0 : nil }
        return state.withLock { state in
            guard state.open < limit + (isOperator ? Self.operatorPlaces : 0) else {
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
    func leave(_ peer: PeerKey?) {
        let counted = peer.flatMap { countsLoopback || !$0.isLoopback ? $0 : nil }
        state.withLock { state in
            state.open -= 1
            guard let counted, let count = state.byPeer[counted] else { return }
            state.byPeer[counted] = count > 1 ? count - 1 : nil
        }
    }

    /// Whether there is time for a word with a connection that was not admitted.
    func beginRefusal() -> Bool {
        state.withLock { state in
            guard state.refusing < 128 else { return false }
            state.refusing += 1
            return true
        }
    }

    func endRefusal() { state.withLock { $0.refusing -= 1 } }

    var figures: (open: Int, accepted: UInt64, refused: UInt64) { state.withLock { ($0.open, $0.accepted, $0.refused) } }
}

/// An IPv4 address, or the /64 of an IPv6 address: what one household or one attacker has.
struct PeerKey: Hashable, Sendable {
    private var high: UInt64
    private var isV4: Bool
    private(set) var isLoopback: Bool

    init?(_ address: SocketAddress?) {
        switch address {
        case .v4(let v4):
            let bits = UInt32(bigEndian: v4.address.sin_addr.s_addr)
            self.init(v4: bits)
        case .v6(let v6):
            let bytes = withUnsafeBytes(of: v6.address.sin6_addr) { Array($0) }
            if bytes[0..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xff, bytes[11] == 0xff {
                self.init(v4: bytes[12..<16].reduce(0) { $0 << 8 | UInt32($1) })
            } else {
                self.init(v4: 0)
                high = bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
                isV4 = false
                isLoopback = bytes[0..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
            }
        case .unixDomainSocket, nil:
            return nil
        }
    }

    init(v4 bits: UInt32) {
        high = UInt64(bits)
        isV4 = true
        isLoopback = bits >> 24 == 127
    }
}
