import CLinux
import EventChannel
import Foundation
import TestSupport
import Testing

@Suite(.outsideProcess, .serialized, .timeLimit(.minutes(5)))
struct CrowdTests {
    /// Reads until the hall's last message, dropping the connection at random moments and coming back to where it was.
    private static func follow(_ port: UInt16, until last: Int64, seed: UInt64) throws -> (
        heard: FakeFeed.Heard?, drops: Int, snapshots: Int
    ) {
        var random = Seeded(state: seed)
        var listener = Listener()
        var drops = 0
        while listener.heard?.sequence ?? -1 < last {
            let place = listener.heard.map { "?epoch=e1&after=\($0.sequence)" } ?? ""
            let client = try RawClient.listening(port: port, path: "/live/council/events" + place)
            var patience = Int.random(in: 0..<50, using: &random)
            while patience > 0 || drops > 40, listener.heard?.sequence ?? -1 < last, let message = try client.message() {
                try listener.take(message)
                patience -= 1
            }
            drops += 1
            client.hangUp()
            if Bool.random(using: &random) { usleep(UInt32.random(in: 0..<20_000, using: &random)) }
        }
        return (listener.heard, drops, listener.snapshots)
    }

    @Test(arguments: [1, 2])
    func `clients that drop at random during 2000 events end with the hall's exact state`(threads: Int) async throws {
        try await LiveChannel.with {
            $0.threads = threads
        } _: { live in
            let port = live.port
            let clients = (0..<6).map { number in
                Task.detached { try await Self.onThread { try Self.follow(port, until: 2000, seed: UInt64(number)) } }
            }
            let feed = live.feed
            // Everybody is there before the first event, however busy the machine is.
            try await live.until { $0.snapshots >= 6 }
            try await Self.onThread {
                var random = Seeded(state: 99)
                for value in 1...2000 {
                    feed.set(Int.random(in: 0..<16, using: &random), to: value)
                    if value % 7 == 0 { usleep(2000) }
                }
            }
            for client in clients {
                let end = try await client.value
                #expect(end.heard == feed.heard)
                #expect(end.drops > 1)
            }
            let figures = await live.channel.figures()
            #expect(figures.resumed > 0)
            #expect(figures.snapshots >= 6)
        }
    }

    @Test func `a reader that stops delays nobody, and gets the latest state when it goes on`() async throws {
        let feed = FakeFeed(padding: 4000)
        try await LiveChannel.with(feed: feed) { _ in
        } _: { live in
            let slow = try RawClient.listening(port: live.port, receiveBuffer: 8192)
            let quick = try RawClient.listening(port: live.port)
            var listener = Listener()
            try listener.take(try #require(try quick.message()))
            var worst = Duration.zero
            for value in 1...500 {
                let start = ContinuousClock.now
                feed.set(value % 16, to: value)
                try listener.catchUp(with: feed, by: quick)
                worst = max(worst, .now - start)
            }
            #expect(listener.heard == feed.heard)
            #expect(listener.snapshots == 1)
            // Had the slow one been waited for, this would never end; how long it takes is the machine's affair.
            #expect(worst < .seconds(15))
            // 2 MB behind: what the kernel held comes first, then the snapshot, never a gap.
            var late = Listener()
            while late.heard?.sequence ?? -1 < 500 { try late.take(try #require(try slow.message())) }
            #expect(late.heard == feed.heard)
            #expect(late.snapshots == 2)
            #expect(await live.channel.figures().replaced == 1)
        }
    }

    @Test func `a reader that never goes on is let go`() async throws {
        let feed = FakeFeed(padding: 4000)
        try await LiveChannel.with(feed: feed) {
            $0.limits.stallDeadline = 500
        } _: { live in
            let stuck = try RawClient.listening(port: live.port, receiveBuffer: 4096)
            for value in 1...500 {
                feed.set(0, to: value)
                usleep(500)
            }
            try await live.until { $0.connections == 0 }
            #expect(await live.channel.figures().closed == [.slow: 1])
            withExtendedLifetime(stuck) {}
        }
    }

    /// `PLENARY_CROWD=9000` tries it with more, where so many files may be open.
    @Test func `a crowd that never reads leaves the one that does in peace`() async throws {
        let count = Int(ProcessInfo.processInfo.environment["PLENARY_CROWD"] ?? "") ?? 1000
        let room = clinux_raise_open_files()
        try #require(room >= Int64(2 * count + 500), "\(room) files may be open: raise it with ulimit -n")
        let feed = FakeFeed(padding: 1000)
        try await LiveChannel.with(feed: feed) { _ in
        } _: { live in
            let crowd = try (0..<count).map { _ in
                let client = try RawClient(port: live.port, receiveBuffer: 4096)
                try client.send(RawClient.request())
                return client
            }
            try await live.until { $0.listening["council"] == count }
            let reader = try RawClient.listening(port: live.port)
            var listener = Listener()
            try listener.take(try #require(try reader.message()))
            var worst = Duration.zero
            for value in 1...100 {
                let start = ContinuousClock.now
                feed.set(0, to: value)
                try listener.catchUp(with: feed, by: reader)
                worst = max(worst, .now - start)
            }
            #expect(listener.heard == feed.heard)
            #expect(worst < .seconds(15))
            withExtendedLifetime(crowd) {}
        }
    }

    /// Runs blocking work apart from the tasks' few threads.
    private static func onThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: .init(catching: work)) }
        }
    }
}

private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
