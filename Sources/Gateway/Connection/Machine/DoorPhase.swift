import NIOCore

/// Where a connection (HTTP/1.1) or stream (HTTP/2) stands, for its deadlines.
enum DoorPhase: Equatable {
    /// Nothing asked.
    case idle
    /// The first byte of a request came, its header is not complete.
    case header
    /// The header came, the body did not.
    case body
    /// Waits for a part or a playlist; has the hold's own limit.
    case held
    /// Hummingbird works on the answer.
    case routed
    /// The answer is going out, piece by piece.
    case sending
    /// Answered for good; waits for the peer to close.
    case closing
}

/// What a deadline asks for.
enum DeadlineVerdict: Equatable { case fine, refuseHeader, refuseBody, closeIdle, closeStalled, closeNow }

extension DoorPhase {
    /// The house's deadlines as a rule over values.
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
