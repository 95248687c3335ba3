/// When to try a camera again: 0.25 s doubling to 5 s, a fifth of it left to chance so that halls do not knock together.
package struct Backoff: Sendable, Equatable {
    private(set) var attempts = 0
    private var random: UInt64

    package init(seed: UInt64) { random = seed }

    /// A stream that was live for 10 s begins anew.
    package mutating func reset() { attempts = 0 }

    /// Nanoseconds to wait after `failure`. Refusals and things that are no stream get 5 s at once: they seldom change by themselves,
    /// and a camera locks out who knocks too often.
    package mutating func delay(after failure: RelayFailure.Kind) -> Int64 {
        let seconds: Double =
            switch failure {
            case .forbidden, .unauthorized, .unusable: 5
            case .unreachable, .ended, .worker: min(5, 0.25 * Double(1 << min(attempts, 5)))
            }
        attempts += 1
        return .seconds(seconds * (0.8 + 0.2 * fraction()))
    }

    /// 0 ..< 1 (SplitMix64).
    private mutating func fraction() -> Double {
        random &+= 0x9E37_79B9_7F4A_7C15
        var mixed = random
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((mixed ^ (mixed >> 31)) >> 11) / Double(1 << 53)
    }
}
