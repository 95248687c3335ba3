import Commons
import NIOCore
import Synchronization

/// What all connections of one listener share: the counts, and who may connect.
final class PushLedger: Sendable {
    private struct State {
        var metrics = PushMetrics()
        var warnings = LineBudget(lines: 20, per: TimeAmount.minutes(1).nanoseconds)
    }

    private let census: PeerCensus
    private let state = Mutex(State())

    init(limits: PushLimits) {
        census = PeerCensus(limit: limits.connections, limitPerPeer: limits.connectionsPerAddress, countsLoopback: true)
    }

    var metrics: PushMetrics {
        let connections = census.figures
        var metrics = state.withLock(\.metrics)
        metrics.connections = connections.open
        metrics.refusedConnections = Int(connections.refused)
        return metrics
    }

    func count(_ change: (inout PushMetrics) -> Void) {
        state.withLock { change(&$0.metrics) }
    }

    /// Whether a warning may be written now; `nil`: no. Else how many were left out before it.
    func admitWarning(at now: NIODeadline) -> Int? {
        state.withLock { $0.warnings.take(at: Int64(now.uptimeNanoseconds)) }
    }

    /// Takes a place for a connection; `false` when there is none. Every `true` is paid back with `leave`.
    func enter(_ peer: PeerKey?) -> Bool { census.admit(peer) == .admitted }

    func leave(_ peer: PeerKey?) { census.leave(peer) }
}

extension PeerKey {
    /// `nil` for what is no IP address.
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
