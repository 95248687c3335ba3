import Foundation
import Testing

@testable import VoteBoard

struct ExportTests {
    private func hall() throws -> Hall {
        var hall = try Hall.open(deputies: 7, present: 6, head: false)
        try hall.must(.declareRecusal(item: "i1", deputy: "d6", reason: "Родич"))
        try hall.openRound(RoundPlan(id: "r1", item: "i1", kind: .whole, question: "В цілому"))
        try hall.vote("r1", yes: 4, abstain: 1)
        try hall.must(.closeRound("r1"))
        try hall.must(.announceRound("r1"))
        return hall
    }

    @Test func `Ukraine's set is written with a BOM and read back the same`() throws {
        let hall = try hall()
        let authority = OpenData835.Authority(name: "Рада, \"Міська\"", id: "04054346", cattutc: "UA46060250010015970")
        let files = OpenData835.export(hall.sitting, council: hall.state, authority: authority)
        #expect(files.motions.starts(with: [0xEF, 0xBB, 0xBF]))
        let text = String(decoding: files.motions.dropFirst(3), as: UTF8.self)
        #expect(text.hasPrefix("uid,date,authorityName,authorityId,authorityCattutc,convocation,"))
        #expect(text.contains("\"Рада, \"\"Міська\"\"\""))
        #expect(text.contains(",4,0,1,1,1,Прийнято,"))
        let votes = try OpenData835.votes(
            motions: files.motions, votings: files.votings, roster: hall.state.roster, zone: hall.state.timeZone)
        let positions: [DeputyID: Position] = [
            "d1": .yes, "d2": .yes, "d3": .yes, "d4": .yes, "d5": .abstain, "d6": .notVoting, "d7": .absent,
        ]
        #expect(votes.map(\.positions) == [positions])
        #expect(votes.first?.title == "Про бюджет")
        #expect(votes.first?.adopted == true)
        #expect(votes.first?.at == hall.round("r1").closedAt)
    }

    @Test func `semicolons and another order of columns are read too`() throws {
        let roster = Fixtures.roster(deputies: 2, head: false)
        let votes = try OpenData835.votes(
            motions: Array("title;uid\nПро все;m1\n".utf8),
            votings: Array("result;voterName;motionUid\nЗа;Депутат1 Ім'я;m1\nУтрималась;Депутат2 Ім’я Іванович;m1\n".utf8), roster: roster,
            zone: .gmt)
        #expect(votes.first?.positions == ["d1": .yes, "d2": .abstain])
        let error = #expect(throws: ImportFaults.self) {
            try OpenData835.votes(
                motions: Array("uid;title\nm1;x".utf8), votings: Array("motionUid;result;voterName\nm1;За;Хтось".utf8), roster: roster,
                zone: .gmt)
        }
        #expect(error?.faults.first?.line == 2)
    }

    @Test func `a Popolo vote event is written and read back the same`() throws {
        let hall = try hall()
        let event = try #require(Popolo.voteEvent(hall.round("r1"), in: hall.sitting, council: hall.state))
        #expect(event["result"]?.text == "pass")
        #expect(event["motion"]?["classification"]?.text == "whole")
        let votes = try Popolo.votes(event.bytes, roster: hall.state.roster, zone: .gmt)
        #expect(votes.first?.positions == hall.round("r1").result?.positions)
        #expect(votes.first?.adopted == true)
        #expect(votes.first?.at == hall.round("r1").openedAt.map { UTCMilliseconds($0.value / 1000 * 1000) })
    }

    @Test func `a secret round is exported without votes`() throws {
        var hall = try Hall.open()
        try hall.openRound(RoundPlan(id: "r1", kind: .confidence, question: "Довіра"))
        #expect(Popolo.voteEvent(hall.round("r1"), in: hall.sitting, council: hall.state) == nil)
        try hall.vote("r1", yes: 20)
        try hall.must(.closeRound("r1"))
        try hall.must(.announceRound("r1"))
        #expect(Popolo.voteEvent(hall.round("r1"), in: hall.sitting, council: hall.state)?["votes"] == .array([]))
        let files = OpenData835.export(
            hall.sitting, council: hall.state, authority: OpenData835.Authority(name: "Р", id: "1", cattutc: "U"))
        #expect(String(decoding: files.votings, as: UTF8.self).split(whereSeparator: \.isNewline).count == 1)
    }
}
