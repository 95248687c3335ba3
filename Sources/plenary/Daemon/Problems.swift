import Commons
import Gateway
import StreamRelay

// The daemon's refusals.

extension Problem {
    static func refusal(_ refusal: StreamCommandRefusal) -> Self {
        let code: ProblemCode =
            switch refusal {
            case .alreadyRunning: .alreadyRunning
            case .notRunning: .notRunning
            case .alreadyHidden: .alreadyHidden
            case .notHidden: .notHidden
            case .noSlate: .noSlate
            }
        return Self(code, detail: refusal.description)
    }

    /// `plenary reload` leaves with the configuration's exit code.
    static func faulty(_ faults: String) -> Self { Self(.faultyConfiguration, detail: faults) }

    static func failedProbe(_ failure: RelayFailure) -> Self {
        let code: ProblemCode =
            switch failure.kind {
            case .unreachable: .cameraUnreachable
            case .unauthorized: .cameraUnauthorized
            case .unusable: .cameraUnusable
            case .forbidden: .cameraForbidden
            case .ended: .cameraEnded
            case .worker: .cameraWorker
            }
        return Self(code, detail: failure.message)
    }

    static let reloading = Self(.reloading, detail: "the configuration is being read again already: try in a second")

    static func badValue(_ field: String, _ rule: String) -> Self { Self(.badField, detail: "\(field): write \(rule).", field: field) }
}
