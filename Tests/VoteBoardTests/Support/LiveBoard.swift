import Foundation
import Synchronization
import Testing

@testable import VoteBoard

/// A directory that goes away with its owner.
final class Scratch: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("plenary-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

/// A clock that a test turns.
final class TestClock: Sendable {
    private let reading = Mutex(ClockReading(wall: Fixtures.noon, steady: 0))

    func now() -> ClockReading { reading.withLock { $0 } }

    func advance(_ milliseconds: Int64) {
        reading.withLock { $0 = ClockReading(wall: $0.wall + milliseconds, steady: $0.steady + milliseconds) }
    }

    func set(back milliseconds: Int64) { reading.withLock { $0.wall = $0.wall + -milliseconds } }
}

/// A board over a file of its own.
struct LiveBoard {
    let scratch: Scratch
    let clock = TestClock()
    let signer: LogSigner
    var board: Board

    init() throws {
        scratch = try Scratch()
        signer = LogSigner()
        let clock = clock
        board = try Board(log: EventLog(path: scratch.path("record.sqlite"), signer: signer), clock: { clock.now() })
    }

    /// As after a restart of the daemon.
    mutating func reopen() throws {
        let clock = clock
        board = try Board(log: EventLog(path: scratch.path("record.sqlite"), signer: signer), clock: { clock.now() })
    }

    @discardableResult
    func send(_ command: Command, id: UUID = UUID(), expected: Int64? = nil) async -> Answer {
        clock.advance(100)
        return await board.send(CommandEnvelope(id: id, expected: expected, by: "test", command: command))
    }

    @discardableResult
    func send(_ command: SittingCommand, id: UUID = UUID(), expected: Int64? = nil) async -> Answer {
        await send(.inSitting(nil, command), id: id, expected: expected)
    }

    func must(_ command: Command, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let answer = await send(command)
        guard case .done = answer else {
            Issue.record("\(answer)", sourceLocation: sourceLocation)
            throw CancellationError()
        }
    }

    func must(_ command: SittingCommand, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await must(.inSitting(nil, command), sourceLocation: sourceLocation)
    }

    /// A sitting in session with everybody here and one item.
    func openSitting(deputies: Int = 9) async throws {
        try await must(.importRoster(Fixtures.roster(deputies: deputies, head: false)))
        try await must(.setRules(Fixtures.rules()))
        try await must(.scheduleSitting(SittingPlan(id: "s1", title: "Засідання")))
        try await must(.inSitting("s1", .replaceAgenda([AgendaItem(id: "i1", number: "1", title: "Про бюджет")])))
        try await must(.inSitting("s1", .open))
        try await must(.register(board.state.roster.deputies.map(\.id)))
    }

    /// A whole round with six for and one against, announced.
    func holdRound(_ id: RoundID = "r1", method: RoundMethod? = nil) async throws {
        try await must(.planRound(RoundPlan(id: id, item: "i1", kind: .whole, question: "В цілому", method: method)))
        try await must(.openRound(id))
        for number in 1...7 {
            try await must(.castBallot(round: id, deputy: DeputyID("d\(number)") ?? "d", choice: number == 7 ? .no : .yes))
        }
        try await must(.closeRound(id))
        try await must(.announceRound(id))
    }

    func exported() throws -> [UInt8] {
        var bytes: [UInt8] = []
        try LogExport.export(board.log) { bytes += $0 }
        return bytes
    }
}
