import Commons
import Foundation
import TestSupport
import Testing

@testable import VoteBoard

/// The daemon dies with `kill -9` at a random moment while ballots come in. Set `PLENARY_KILLS` for more than a few deaths.
@Suite(.outsideProcess, .serialized)
struct KillTests {
    private static let deaths = ProcessInfo.processInfo.environment["PLENARY_KILLS"].flatMap(Int.init) ?? 5

    @Test func `every ballot that was acknowledged before a kill is there once`() async throws {
        let scratch = try Scratch()
        let (path, acknowledged) = (scratch.path("record.sqlite"), scratch.path("acknowledged"))
        let key = LogSigner()
        let keyText = Hex.text(key.rawKey)
        var acknowledgedInAll = 0
        for death in 0..<Self.deaths {
            try Data().write(to: URL(fileURLWithPath: acknowledged))
            let microseconds = UInt32.random(in: 1_000...120_000)
            // Every other death comes only once something is acknowledged, however slow the machine.
            let waits = death.isMultiple(of: 2)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [
                    path = path as String, acknowledged = acknowledged as String, keyText = keyText as String,
                    microseconds = microseconds as UInt32, waits = waits as Bool
                ]
                in
                try await Self.voteUntilKilled(
                    path: path, acknowledged: acknowledged, key: keyText, microseconds: microseconds, waits: waits)
            }
            let begin = ContinuousClock.now
            let log = try EventLog(path: path, signer: key)
            let board = try Board(log: log)
            #expect(ContinuousClock.now - begin < .seconds(20))
            let round = try #require(board.state.sittings.last?.rounds.last)
            let lines = try String(contentsOfFile: acknowledged, encoding: .utf8).split(separator: "\n").map(String.init)
            for deputy in lines { #expect(round.ballots[DeputyID(deputy) ?? "none"]?.choice == .yes, "death \(death)") }
            acknowledgedInAll += lines.count
            let stored = try log.rows(from: 1, limit: 100_000).filter { $0.type == "ballot_cast" }.count
            #expect(stored == board.state.sittings.last?.rounds.reduce(0) { $0 + $1.ballots.count })
            _ = try log.replay()
        }
        #expect(acknowledgedInAll > 0)
    }

    /// Opens the board, opens a round, casts ballots and writes down each that is acknowledged, until a thread kills it all.
    static func voteUntilKilled(path: String, acknowledged: String, key: String, microseconds: UInt32, waits: Bool) async throws {
        let signer = try LogSigner(rawKey: Hex.bytes(key) ?? [])
        let board = try Board(log: EventLog(path: path, signer: signer))
        func must(_ command: Command) async throws {
            guard case .done = await board.send(CommandEnvelope(by: "test", command: command)) else { exit(3) }
        }
        if board.state.sittings.isEmpty {
            try await must(.importRoster(Fixtures.roster(deputies: 200, head: false)))
            try await must(.setRules(Fixtures.rules()))
            try await must(.scheduleSitting(SittingPlan(id: "s1", title: "Засідання")))
            try await must(.inSitting("s1", .open))
            try await must(.inSitting("s1", .register(board.state.roster.deputies.map(\.id))))
        }
        if let open = board.state.sittings.last?.openRound { try await must(.inSitting("s1", .closeRound(open.id))) }
        let round = RoundID("r\(board.state.sequence)") ?? "r"
        try await must(.inSitting("s1", .planRound(RoundPlan(id: round, kind: .procedural, question: "?"))))
        try await must(.inSitting("s1", .openRound(round)))
        let list = open(acknowledged, O_WRONLY | O_APPEND)
        @Sendable func cast(_ number: Int) async {
            let deputy = DeputyID("d\(number)") ?? "d"
            let command = Command.inSitting("s1", .castBallot(round: round, deputy: deputy, choice: .yes))
            guard case .done = await board.send(CommandEnvelope(by: "test", command: command)) else { exit(4) }
            let line = Array("\(deputy)\n".utf8)
            _ = write(list, line, line.count)
        }
        if waits { await cast(1) }
        Thread.detachNewThread {
            usleep(microseconds)
            kill(getpid(), SIGKILL)
        }
        await withTaskGroup(of: Void.self) { group in
            for number in (waits ? 2 : 1)...200 { group.addTask { await cast(number) } }
        }
        // Every ballot is in before the kill: it comes all the same.
        while true { pause() }
    }
}
