/// What a probe knows about a camera so far, from its worker's reports. No clock and no process: the caller has them.
struct ProbeConversation {
    enum Action: Equatable {
        case goOn
        /// No further report is needed.
        case finish(CameraProbe.Seen)
        case fail(RelayFailure)
    }

    private var source: SourceDescription?
    private var vitals = WorkerVitals()

    mutating func received(_ report: WorkerReport) -> Action {
        switch report {
        case .opened(let source): self.source = source
        case .heartbeat(let vitals): self.vitals = vitals
        case .failed(let failure): return .fail(failure)
        case .ended:
            switch ended() {
            case .success(let seen): return .finish(seen)
            case .failure(let failure): return .fail(failure)
            }
        case .initialization, .part, .picture, .frame, .slate, .poster, .log, .missed: break
        }
        return .goOn
    }

    /// The worker has exited, or its time is over: what is known so far is the answer.
    func ended() -> Result<CameraProbe.Seen, RelayFailure> {
        if let source { return .success(CameraProbe.Seen(source: source, vitals: vitals)) }
        return .failure(RelayFailure(kind: .unreachable, message: "the camera was opened and sent nothing that could be described in time"))
    }
}
