import Testing

@testable import StreamRelay

private let second: Int64 = 1_000_000

@Suite struct `Retrying a camera that was live a moment ago` {
    /// Plays tries of which each fails after `duration` microseconds or, sooner, its own timeout; when each began.
    private func tries(persistence: Double, failingAfter duration: Int64, jitter: Double) -> [Int64] {
        var retries = ConnectionRetries(persistence: persistence, at: 0)
        var now: Int64 = 0
        var began: [Int64] = []
        while began.count < 10_000 {
            began.append(now)
            now += min(duration, retries.timeout(at: now))
            guard let pause = retries.pause(after: .unreachable, at: now, jitter: jitter) else { break }
            now += pause
        }
        return began
    }

    @Test(arguments: [0, 0.5, 0.999])
    func `a minute of refused connections is 150 to 240 tries, and then the daemon decides`(jitter: Double) {
        let began = tries(persistence: 60, failingAfter: 1_000, jitter: jitter)
        #expect((149...241).contains(began.count))
        let pauses = zip(began.dropFirst(), began).map { $0 - $1 - 1_000 }
        #expect(pauses.allSatisfy { (250_000...400_000).contains($0) })
        #expect(began.last! <= 60 * second + 400_000)
    }

    @Test func `where nothing answers a try takes 2 s, and every fourth one 10 s`() {
        let began = tries(persistence: 60, failingAfter: .max, jitter: 0)
        let lengths = zip(began.dropFirst(), began).map { $0 - $1 - 250_000 }
        #expect(lengths.prefix(8) == [2, 2, 2, 10, 2, 2, 2, 10].map { $0 * second }[...])
        #expect(began.count >= 12)
    }

    @Test func `a camera that is back is reached within 0.4 s after its port opens`() {
        for back in stride(from: second, to: 60 * second, by: 333_333) {
            let first = tries(persistence: 60, failingAfter: 1_000, jitter: 0.999).first { $0 >= back }
            #expect(first.map { $0 - back <= 401_000 } == true)
        }
    }

    @Test func `without persistence there is one try, with all the time`() {
        var retries = ConnectionRetries(persistence: 0, at: 0)
        #expect(retries.timeout(at: 0) == InputDeadline.silenceLimit)
        #expect(retries.pause(after: .unreachable, at: 0, jitter: 0) == nil)
    }

    @Test(arguments: RelayFailure.Kind.allCases)
    func `what will not pass by itself is not tried again at once: cameras lock out who tries a password too often`(kind: RelayFailure.Kind)
    {
        var retries = ConnectionRetries(persistence: 60, at: 0)
        let pause = retries.pause(after: kind, at: second, jitter: 0)
        #expect((pause != nil) == [.unreachable, .ended, .unusable].contains(kind))
    }
}
