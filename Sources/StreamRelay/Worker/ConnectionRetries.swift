/// How patiently a worker connects to its camera, and how often it tries again, as a function of time (microseconds of a steady clock).
///
/// A camera that was live a moment ago is retried by the same worker, at an even short pace, for as long as the daemon has ordered.
struct ConnectionRetries {
    /// What a try may take to connect while tries follow each other: a machine that is switched off does not answer, and the kernel repeats
    /// its SYN at ever longer intervals. Every fourth try has all the time, for cameras that are slow to answer.
    static let timeouts: [Int64] = [2_000_000, 2_000_000, 2_000_000, InputDeadline.silenceLimit]

    private let end: Int64
    private var failures = 0

    /// - Parameter persistence: seconds for which tries follow each other; 0: one try.
    init(persistence: Double, at now: Int64) { end = now + Int64(persistence * 1_000_000) }

    /// What a try that begins now may take to connect.
    func timeout(at now: Int64) -> Int64 {
        now < end ? Self.timeouts[failures % Self.timeouts.count] : InputDeadline.silenceLimit
    }

    /// A try has failed. - Returns: the pause before the next one; `nil` when it was the last.
    /// - Parameter jitter: 0 ..< 1.
    mutating func pause(after failure: RelayFailure.Kind, at now: Int64, jitter: Double) -> Int64? {
        guard failure.mayPass, now < end else { return nil }
        failures += 1
        return Int64(Backoff.pause(jitter) * 1_000_000)
    }
}
