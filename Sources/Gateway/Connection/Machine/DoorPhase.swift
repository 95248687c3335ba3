import NIOCore

/// The phase of a connection (HTTP/1.1) or stream (HTTP/2), which decides its deadline.
enum DoorPhase: Equatable {
    /// No request.
    case idle
    /// A request's header is incomplete.
    case header
    /// The header is complete, the body is not.
    case body
    /// Waits for a part or a playlist; the hold has its own deadline.
    case held
    /// Hummingbird works on the answer.
    case routed
    /// The answer is going out, piece by piece.
    case sending
    /// The last response is sent; waits for the peer to close.
    case closing
}

/// What to do when a deadline has passed.
enum DeadlineVerdict: Equatable { case fine, refuseHeader, refuseBody, closeIdle, closeStalled, closeNow }

extension DoorPhase {
    /// The deadlines as a function of phase and time.
    func verdict(after elapsed: TimeAmount, limits: DoorLimits) -> DeadlineVerdict {
        switch self {
        case .idle: elapsed > limits.idleDeadline ? .closeIdle : .fine
        case .header: elapsed > limits.headerDeadline ? .refuseHeader : .fine
        case .body: elapsed > limits.bodyDeadline ? .refuseBody : .fine
        case .held, .routed: .fine
        case .sending: elapsed > limits.stallDeadline ? .closeStalled : .fine
        case .closing: elapsed > .seconds(1) ? .closeNow : .fine
        }
    }
}
