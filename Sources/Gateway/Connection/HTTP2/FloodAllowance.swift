import NIOCore

/// How much a peer may ask that costs the door work and gives the peer nothing: frames that reset, ping, change settings, carry no byte or break
/// the protocol. A bucket of tokens: `burst` at once, `rate` a second from then on.
struct FloodAllowance {
    private static let burst = 1_000
    private static let rate = 33
    private var tokens = burst
    private var filledAt: NIODeadline

    init(at now: NIODeadline) { filledAt = now }

    /// - Returns: whether there was a token left.
    mutating func take(at now: NIODeadline) -> Bool {
        let filled = (now - filledAt).nanoseconds * Int64(Self.rate) / 1_000_000_000
        if filled > 0 {
            tokens = min(Self.burst, tokens + Int(min(filled, Int64(Self.burst))))
            filledAt = now
        }
        guard tokens > 0 else { return false }
        tokens -= 1
        return true
    }
}
