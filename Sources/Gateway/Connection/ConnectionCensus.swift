import Commons
import NIOCore
import Synchronization

/// Who may connect to the door, and how many are being told that they may not.
final class ConnectionCensus: Sendable {
    /// Places over the limit for operators at the control socket: a crowd at the door does not lock them out.
    static let operatorPlaces = 64
    /// Connections that are given an answer although they were not admitted; more are closed without one.
    private static let refusalLimit = 128

    private let census: PeerCensus
    private let refusing = Mutex(0)

    init(limits: DoorLimits, openFiles: Int? = nil) {
        // Descriptors stay over for the database, cameras, pages and the listeners themselves.
        census = PeerCensus(
            limit: min(limits.connections, openFiles.map { max(16, $0 - 256) } ?? .max), limitPerPeer: limits.connectionsPerAddress,
            countsLoopback: limits.countsLoopback)
    }

    func admit(_ peer: PeerKey?, isOperator: Bool = false) -> PeerCensus.Admission {
        census.admit(peer, reserve: isOperator ? Self.operatorPlaces : 0)
    }

    /// The end of a connection that was admitted.
    func leave(_ peer: PeerKey?) { census.leave(peer) }

    /// Whether a connection that was not admitted can be given an answer.
    func beginRefusal() -> Bool {
        refusing.withLock { refusing in
            guard refusing < Self.refusalLimit else { return false }
            refusing += 1
            return true
        }
    }

    func endRefusal() { refusing.withLock { $0 -= 1 } }

    var figures: (open: Int, accepted: UInt64, refused: UInt64) { census.figures }
}

extension PeerKey {
    /// `nil` for the control socket, whose clients have no address.
    init?(_ address: SocketAddress?) {
        switch address {
        case .v4(let address): self.init(v4: UInt32(bigEndian: address.address.sin_addr.s_addr))
        case .v6(let address):
            guard let key = withUnsafeBytes(of: address.address.sin6_addr, { PeerKey($0) }) else { return nil }
            self = key
        case .unixDomainSocket, nil: return nil
        }
    }
}
