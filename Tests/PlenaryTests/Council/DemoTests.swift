import Foundation
import Synchronization
import Testing
import VoteBoard

@testable import plenary

/// Scripts played on a real board.
@Suite struct DemoTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func file(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: root.appendingPathComponent(path))) }

    private static func hall() async throws -> (board: Board, player: SittingPlayer<BoardStage>) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("demo-\(UUID().uuidString).sqlite").path
        let board = try Board(log: EventLog(path: path, signer: LogSigner()))
        let rules = try RuleBook(yaml: String(decoding: file("config/rules/ua.yaml"), as: UTF8.self))
        _ = await board.send(CommandEnvelope(by: "test", command: .setRules(rules)))
        let stage = BoardStage(board: board)
        let player = SittingPlayer(script: try file("config/demo/sitting.json"), speed: 1_000_000, stage: stage)
        let seats = try player.script(turn: "1").seats
        try await stage.importRoster(file("config/demo/roster.csv"), council: "Рада", seats: seats)
        return (board, player)
    }

    @Test func `the demo's sitting plays with its verdicts`() async throws {
        let (board, player) = try await Self.hall()
        try await player.play(turn: "one") { _ in }
        let sitting = try #require(board.state.sitting("demo-one"))
        #expect(sitting.status == .closed)
        #expect(sitting.round("r2")?.result?.verdict.sentence(in: .en) == "17 for, 18 of 35 needed: not adopted")
        #expect(sitting.round("r3")?.status == .annulled && sitting.round("r3x")?.result?.verdict.outcome == .adopted)
        #expect(sitting.round("r5")?.result?.positions == nil && sitting.round("r5")?.votedCount == 27)
        #expect(board.state.roster.seats == 34)
    }

    @Test(arguments: [1, 4, 40, 200, 360])
    func `a turn that was interrupted is ended before the next begins`(_ steps: Int) async throws {
        let (board, player) = try await Self.hall()
        for step in try player.script(turn: "one").steps.prefix(steps) { try await player.stage.perform(step) }
        try await player.play(turn: "two") { _ in }
        #expect(board.state.sittings.map(\.status) == [.closed, .closed])
        #expect(board.state.sitting("demo-two")?.rounds.count == 10)
        let first = try board.log.sitting("demo-one")
        #expect(first.sitting("demo-one")?.openRound == nil)
    }

    @Test func `somebody else's sitting is not touched`() async throws {
        let (board, player) = try await Self.hall()
        let own: SittingID = "own"
        _ = await board.send(CommandEnvelope(by: "test", command: .scheduleSitting(SittingPlan(id: own, title: "Own"))))
        _ = await board.send(CommandEnvelope(by: "test", command: .inSitting(own, .open)))
        await #expect(throws: ForeignSitting(id: "own")) { try await player.play(turn: "one") { _ in } }
        #expect(board.state.sitting(own)?.status == .open && board.state.sittings.count == 1)
    }

    @Test func `a ballot that somebody else cast is passed over`() async throws {
        let (board, player) = try await Self.hall()
        let refused = Mutex(0)
        try await player.play(turn: "one") { news in
            switch news {
            case .refused: refused.withLock { $0 += 1 }
            case .step(let step, _, _):
                // Between the opening and the script's own ballots.
                guard case .inSitting(let sitting, .openRound("r1")) = step.request.command else { return }
                let ballot = Command.inSitting(sitting, .castBallot(round: "r1", deputy: "d1", choice: .yes))
                board.send(CommandEnvelope(by: "test", command: ballot)) { _ in }
            }
        }
        #expect(refused.withLock { $0 } == 1)
        #expect(board.state.sitting("demo-one")?.status == .closed)
    }

    @Test func `the API is sent what the board would do`() throws {
        let script = try SittingScript(Self.file("config/demo/sitting.json"), run: "x")
        for step in script.steps {
            let again = try CommandRequest(step.json.bytes)
            #expect(again.command == step.request.command && again.id == step.request.id)
        }
        #expect(script.sitting == "demo-x")
    }

    @Test func `turns of one moment have names of their own`() {
        var names = TurnNames()
        #expect(names.next(now: 1_795_341_600_007) == "20261122-100000-007")
        #expect(names.next(now: 1_795_341_600_007) == "20261122-100000-007-2")
        #expect(names.next(now: 1_795_341_601_000) == "20261122-100001-000")
    }
}
