/// When to try a camera again: 0.25 s doubling to 5 s, with 20 % jitter so that halls do not reconnect in step.
///
/// A camera that was live a moment ago is usually back soon (a cable, a reboot): for a minute it is retried at a constant, short interval.
package struct Backoff: Sendable, Equatable {
    /// How long after the loss of a live stream its camera is retried at the short interval.
    package static let recency = Int64.seconds(60)

    private(set) var attempts = 0
    private var random: UInt64
    private var soonUntil: Int64?

    package init(seed: UInt64) { random = seed }

    /// The next failure is the first again: the stream was live for 10 s.
    package mutating func reset() { attempts = 0 }

    /// As at the start: nothing is known about the camera.
    package mutating func forget() {
        reset()
        soonUntil = nil
    }

    /// A live stream was lost at `now` (monotonic). One that never stays live for 10 s is retried at the short interval for one minute in all.
    package mutating func lost(at now: Int64, settled: Bool) {
        if settled { reset() }
        if settled || soonUntil == nil { soonUntil = now + Self.recency }
    }

    /// Nanoseconds for which the short interval still applies.
    package func recency(at now: Int64) -> Int64 { max(0, (soonUntil ?? now) - now) }

    /// Nanoseconds to wait after `failure`. Refusals and inputs that are not a stream get 5 s at once: they seldom change by themselves,
    /// and a camera locks out clients that try too often.
    package mutating func delay(after failure: RelayFailure.Kind, at now: Int64) -> Int64 {
        if recency(at: now) > 0, failure.mayPass { return .seconds(Self.pause(fraction())) }
        let seconds: Double =
            switch failure {
            case .forbidden, .unauthorized, .unusable: 5
            case .unreachable, .ended, .worker: min(5, 0.25 * Double(1 << min(attempts, 5)))
            }
        attempts += 1
        return .seconds(seconds * (0.8 + 0.2 * fraction()))
    }

    /// The short interval between two tries, seconds.
    /// - Parameter jitter: 0 ..< 1.
    package static func pause(_ jitter: Double) -> Double { 0.25 + 0.15 * jitter }

    /// 0 ..< 1 (SplitMix64).
    private mutating func fraction() -> Double {
        random &+= 0x9E37_79B9_7F4A_7C15
        var mixed = random
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((mixed ^ (mixed >> 31)) >> 11) / Double(1 << 53)
    }
}

extension RelayFailure.Kind {
    /// A camera that restarts looks like this for a while; a server in front of it may say “not found”.
    package var mayPass: Bool {
        switch self {
        case .unreachable, .ended, .unusable: true
        case .unauthorized, .forbidden, .worker: false
        }
    }
}
