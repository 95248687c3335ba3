import Gateway
import StreamRelay

// The daemon's refusals, as RFC 9457 problems.

extension ControlProblem {
    /// The `type` that tells `plenary reload` to leave with the configuration's exit code.
    static let faultyConfiguration = "urn:plenary:faulty-configuration"

    static func unknownHall(_ hall: String) -> Self {
        Self(
            type: "urn:plenary:unknown-hall", title: "No such hall", status: 404,
            detail: "no hall is named “\(hall)”: `plenary stream list` shows the names")
    }

    static func refusal(_ refusal: StreamCommandRefusal) -> Self {
        let name: String
        switch refusal {
        case .alreadyRunning: name = "already-running"
        case .notRunning: name = "not-running"
        case .alreadyHidden: name = "already-hidden"
        case .notHidden: name = "not-hidden"
        case .noSlate: name = "no-slate"
        }
        return Self(type: "urn:plenary:\(name)", title: "Not now", status: 409, detail: refusal.description)
    }

    static func faulty(_ faults: String) -> Self {
        Self(type: faultyConfiguration, title: "The configuration has faults", status: 422, detail: faults)
    }

    static func failedProbe(_ hall: String, _ failure: RelayFailure) -> Self {
        Self(type: "urn:plenary:camera-\(failure.kind.rawValue)", title: "The camera cannot be used", status: 502, detail: failure.message)
    }

    static var reloading: Self {
        Self(
            type: "urn:plenary:reloading", title: "Busy", status: 409,
            detail: "the configuration is being read again already: try in a second")
    }
}
