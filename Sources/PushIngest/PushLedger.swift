import Commons
import NIOCore
import Synchronization

/// What all connections of one listener share: the counts, and who may connect.
final class PushLedger: Sendable {
    private struct State {
        var metrics = PushMetrics()
        var perAddress: [String: Int] = [:]
        var warnings = LineBudget(lines: 20, per: TimeAmount.minutes(1).nanoseconds)
    }

    private let limits: PushLimits
    private let state = Mutex(State())

    init(limits: PushLimits) { self.limits = limits }

    var metrics: PushMetrics { state.withLock(\.metrics) }

    func count(_ change: (inout PushMetrics) -> Void) {
        state.withLock { change(&$0.metrics) }
    }

    /// Whether a warning may be written now; `nil`: no. Else how many were left out before it.
    func admitWarning(at now: NIODeadline) -> Int? {
        state.withLock { $0.warnings.take(at: Int64(now.uptimeNanoseconds)) }
    }

    /// Takes a place for a connection; `false` when there is none. Every `true` is paid back with `leave`.
    func enter(_ address: String) -> Bool {
        state.withLock { state in
            let here = state.perAddress[address, default: 0]
            guard state.metrics.connections < limits.connections, here < limits.connectionsPerAddress else {
                state.metrics.refusedConnections += 1
                return false
            }
            state.metrics.connections += 1
            state.perAddress[address] = here + 1
            return true
        }
    }

    func leave(_ address: String) {
        state.withLock { state in
            state.metrics.connections -= 1
            let here = state.perAddress[address, default: 1] - 1
            state.perAddress[address] = here == 0 ? nil : here
        }
    }
}
