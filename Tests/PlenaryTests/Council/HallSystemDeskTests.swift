import Foundation
import Testing
import VoteBoard

@testable import Gateway

/// A vote that a hall's own system held: once, whole, and in the right round.
@Suite struct `A hall system's vote` {
    private static let path = "/api/v1/halls/demo/hall-system"

    /// - Parameter words: what each of `d1`, `d2` … pressed.
    private func file(_ door: CouncilDoor, _ words: [String], number: String = "1", extra: String = "") -> String {
        let entries = words.enumerated().map { index, word in
            let name = door.board.state.roster.deputy(DeputyID("d\(index + 1)")!)!.name.full
            return #"{"DPName":" \#(name) ","DPGolos":"\#(word)"}"#
        }
        return
            #"{"PD_NPP":"\#(number)","PD_Fullname":"Бюджет\#(extra)","GL_Text":"В цілому","DPList":[\#(entries.joined(separator: ","))]}"#
    }

    private let words = (0..<30).map { ["За", "За", "Проти"][$0 % 3] }

    @Test func `without an open round one is made, counted and closed`() async throws {
        let door = try await CouncilDoor(isReady: true)
        defer { door.close() }
        let answer = try await door.local("POST", "hall-system", file(door, words))
        let round = try #require(door.board.state.sitting("s1")?.rounds.first)
        #expect(round.id.text == answer["round"] as? String && round.status == .closed && round.plan.item == "i1")
        #expect(round.result?.verdict.counts.yes == 20 && round.result?.verdict.counts.no == 10)
    }

    @Test func `with an open round its ballots go there, and people close it`() async throws {
        let door = try await CouncilDoor(isReady: true)
        defer { door.close() }
        try await door.local("POST", "commands", #"{"command":"plan_round","round":"r1","item":"i1","kind":"whole","question":"?"}"#)
        try await door.local("POST", "commands", #"{"command":"open_round","round":"r1"}"#)
        let body = file(door, words)
        let answer = try await door.local("POST", "hall-system", body)
        #expect(answer["round"] as? String == "r1" && answer["repeated"] as? Bool == false)
        #expect(door.board.state.sitting("s1")?.openRound?.ballots.count == 30)
        try await door.local("POST", "commands", #"{"command":"close_round","round":"r1"}"#)
        // The same file once more, when nothing is open any longer: no second vote is made of it.
        let record = try await door.record()
        #expect(try await door.local("POST", "hall-system", body)["repeated"] as? Bool == true)
        #expect(try await door.record() == record && door.board.state.sitting("s1")?.rounds.count == 1)
    }

    @Test func `a file that stopped half way goes on where it stopped`() async throws {
        let door = try await CouncilDoor(isReady: true)
        defer { door.close() }
        let body = file(door, words)
        // What a full disk leaves: the record ends in the middle of the file.
        let whole = try await CouncilDoor(isReady: true)
        defer { whole.close() }
        try await whole.local("POST", "hall-system", body)
        let events = try whole.board.log.rows(from: 1, limit: 1000).compactMap { try? EventBody(bytes: $0.body) }
        let planned = try #require(events.first { $0.fact.type == "round_planned" })
        guard case .roundPlanned(let plan) = planned.fact else { return }
        for (id, command) in [
            (planned.command, SittingCommand.planRound(plan)),
            (try #require(events.first { $0.fact.type == "round_opened" }).command, .openRound(plan.id)),
            (try #require(events.first { $0.fact.type == "ballot_cast" }).command, .castBallot(round: plan.id, deputy: "d1", choice: .yes)),
        ] {
            let envelope = CommandEnvelope(id: try #require(UUID(uuidString: id)), by: "x", command: .inSitting("s1", command))
            guard case .done = await door.board.send(envelope) else { return #expect(Bool(false), "\(id)") }
        }
        let answer = try await door.local("POST", "hall-system", body)
        #expect(answer["repeated"] as? Bool == false)
        let round = try #require(door.board.state.sitting("s1")?.rounds.first)
        #expect(round.status == .closed && round.ballots.count == 30 && door.board.state.sitting("s1")?.rounds.count == 1)
    }

    @Test func `a vote that cannot be taken whole is not taken`() async throws {
        let door = try await CouncilDoor(isReady: true)
        defer { door.close() }
        let recusal = #"{"command":"declare_recusal","item":"i1","deputy":"d30","reason":"Родич"}"#
        try await door.local("POST", "commands", recusal)
        let record = try await door.record()
        // The thirtieth is recused; and then, fewer than a quorum are in the hall.
        for (body, code) in [
            (file(door, words), "recused"), (file(door, words + ["Хтозна"]), "bad_input"),
            (file(door, words, number: "99") + "x", "bad_input"),
        ] {
            let (status, json) = try await door.ask("POST", Self.path, body, as: nil)
            #expect(status >= 400 && json["code"] as? String == code, "\(json)")
            #expect(try await door.record() == record)
        }
    }

    @Test func `names are kept out of a secret round`() async throws {
        let door = try await CouncilDoor(isReady: true)
        defer { door.close() }
        let plan = #"{"command":"plan_round","round":"r1","kind":"election","question":"?","method":"secret","reveal":"secret"}"#
        try await door.local("POST", "commands", plan)
        try await door.local("POST", "commands", #"{"command":"open_round","round":"r1"}"#)
        let record = try await door.record()
        let (status, json) = try await door.ask("POST", Self.path, file(door, words), as: nil)
        #expect(status == 409 && json["code"] as? String == "secret_round")
        #expect(try await door.record() == record)
    }
}
