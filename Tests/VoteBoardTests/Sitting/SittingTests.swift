import Commons
import Testing
import VoteBoard

struct SittingTests {
    @Test func `a sitting goes from scheduled to closed and never back`() throws {
        var hall = Hall()
        try hall.must(.scheduleSitting(SittingPlan(id: "s1", title: "Засідання")))
        #expect(hall.refusal(.open, in: "s1") == "no_roster")
        try hall.must(.importRoster(Fixtures.roster()))
        #expect(hall.refusal(.open, in: "s1") == "no_rules")
        try hall.must(.setRules(Fixtures.rules()))
        try hall.must(.open, in: "s1")
        #expect(hall.refusal(.resume) == "sitting_state")
        try hall.must(.suspend(until: Fixtures.noon + 3_600_000, notice: "Перерва до 14:00"))
        #expect(hall.sitting.notice?.text == "Перерва до 14:00")
        #expect(hall.refusal(.planRound(RoundPlan(id: "r", kind: .procedural, question: "?"))) == nil)
        #expect(hall.refusal(.openRound("r")) == "sitting_state")
        try hall.must(.resume)
        try hall.must(.scheduleSitting(SittingPlan(id: "s2", title: "Друге")))
        #expect(hall.refusal(.open, in: "s2") == "another_sitting_open")
        try hall.must(.close)
        #expect(hall.refusal(.open, in: "s1") == "sitting_state")
        #expect(hall.refusal(.register(["d1"])) == "unknown_sitting")
    }

    @Test func `items are added, moved and edited while the sitting runs`() throws {
        var hall = try Hall.open()
        try hall.must(.addItem(AgendaItem(id: "i3", number: "3", title: "Додаткове", state: .adopted), index: 1))
        try hall.must(.addItem(AgendaItem(id: "i3a", number: "3.1", title: "Підпункт", parent: "i3"), index: 2))
        #expect(hall.sitting.agenda.map(\.id) == ["i1", "i3", "i3a", "i2"])
        #expect(hall.sitting.item("i3")?.state == .pending)
        #expect(hall.refusal(.addItem(AgendaItem(id: "x", number: "", title: "?", parent: "i3a"), index: nil)) == "bad_parent")
        #expect(hall.refusal(.addItem(AgendaItem(id: "i3", number: "", title: "?"), index: nil)) == "id_taken")
        try hall.must(.moveItem("i2", index: 0))
        #expect(hall.sitting.agenda.first?.id == "i2")
        #expect(hall.refusal(.moveItem("i2", index: 9)) == "bad_number")
        #expect(hall.refusal(.editItem(AgendaItem(id: "i2", number: "2", title: "Різне"))) == "nothing_to_change")
        try hall.must(.editItem(AgendaItem(id: "i2", number: "2", title: "Інше")))
        #expect(hall.refusal(.replaceAgenda([])) == "sitting_state")
        try hall.must(.takeUpItem("i1"))
        #expect(hall.sitting.item("i1")?.state == .underDiscussion)
        try hall.must(.setItemState("i1", .postponed, reason: "Немає доповідача"))
        #expect(hall.refusal(.setItemState("i1", .voting, reason: nil)) == "item_state")
    }

    @Test func `a sitting that was opened without an agenda can still be given one, once`() throws {
        var hall = Hall()
        try hall.must(.importRoster(Fixtures.roster(deputies: 34, head: true)))
        try hall.must(.setRules(Fixtures.rules()))
        try hall.must(.scheduleSitting(SittingPlan(id: "s1", title: "Перше засідання")))
        try hall.must(.open, in: "s1")
        var closed = hall
        let agenda = SittingCommand.replaceAgenda([AgendaItem(id: "i1", number: "1", title: "Про бюджет")])
        try hall.must(agenda, in: "s1")
        #expect(hall.sitting.agenda.map(\.title) == ["Про бюджет"])
        #expect(hall.refusal(.replaceAgenda([]), in: "s1") == "sitting_state")
        try closed.must(.close, in: "s1")
        #expect(closed.refusal(agenda, in: "s1") == "sitting_state")
    }

    @Test func `bad input is refused and nothing is half done`() throws {
        var hall = try Hall.open()
        let before = hall.state
        func item(_ title: String, link: String = "https://rada.example/1") -> AgendaItem {
            AgendaItem(id: "x", number: "9", title: title, links: [DocumentLink(title: "Проєкт", url: link)])
        }
        #expect(hall.refusal(.addItem(item(String(repeating: "а", count: 100_000)), index: nil)) == "bad_text")
        #expect(hall.refusal(.addItem(item("a\u{7}b"), index: nil)) == "bad_text")
        #expect(hall.refusal(.addItem(item("a\u{202E}b"), index: nil)) == "bad_text")
        #expect(hall.refusal(.addItem(item("  "), index: nil)) == "bad_text")
        #expect(hall.refusal(.addItem(item("a", link: "javascript:alert(1)"), index: nil)) == "bad_link")
        #expect(hall.refusal(.register([])) == "empty")
        #expect(hall.refusal(.register(["d1", "nobody"])) == "unknown_deputy")
        #expect(hall.state == before)
        try hall.must(.addItem(item("<script>alert(1)</script>"), index: nil))
        #expect(hall.sitting.item("x")?.title == "<script>alert(1)</script>")
    }

    @Test func `an agenda of two thousand items is taken, one more refused`() throws {
        var hall = Hall()
        try hall.must(.scheduleSitting(SittingPlan(id: "s1", title: "Велике")))
        let items = (1...2001).map { AgendaItem(id: ItemID("i\($0)") ?? "i", number: "\($0)", title: "Питання \($0)") }
        #expect(hall.refusal(.replaceAgenda(items), in: "s1") == "too_many")
        try hall.must(.replaceAgenda(Array(items.dropLast())), in: "s1")
        #expect(hall.sitting.agenda.count == 2000)
    }

    @Test func `a speech counts down, pauses and is extended`() throws {
        var hall = try Hall.open()
        try hall.must(.queueSpeaker(SpeakerEntry(id: "t1", deputy: "d1", kind: .debate), index: nil))
        try hall.must(.queueSpeaker(SpeakerEntry(id: "t2", guest: "Олена Гість", kind: .report, seconds: 30), index: 0))
        #expect(hall.sitting.speakers.map(\.id) == ["t2", "t1"])
        try hall.must(.startSpeech("t1"))
        #expect(hall.refusal(.startSpeech("t2")) == "speech_running")
        #expect(hall.sitting.speech?.remaining(at: hall.now + 10_000) == 169_000)
        try hall.must(.pauseSpeech)
        #expect(hall.refusal(.pauseSpeech) == "speech_state")
        let paused = hall.sitting.speech?.remaining(at: hall.now)
        #expect(hall.sitting.speech?.remaining(at: hall.now + 60_000) == paused)
        try hall.must(.extendSpeech(seconds: 60))
        try hall.must(.resumeSpeech)
        #expect(hall.sitting.speech?.remaining(at: hall.now) == paused.map { $0 + 60_000 })
        try hall.must(.endSpeech)
        #expect(hall.refusal(.endSpeech) == "no_speech")
    }

    @Test func `setting the clock back an hour leaves countdowns unharmed`() throws {
        var hall = try Hall.open()
        try hall.must(.queueSpeaker(SpeakerEntry(id: "t1", deputy: "d1", kind: .debate), index: nil))
        try hall.must(.startSpeech("t1"))
        try hall.openRound(RoundPlan(id: "r1", item: "i1", kind: .whole, question: "?"))
        let left = try #require(hall.sitting.speech?.remaining(at: hall.now))
        let ends = try #require(hall.round("r1").endsAt) - hall.now
        let discussed = try hall.now - #require(hall.sitting.currentItemSince)
        hall.now = hall.now + -3_600_000
        try hall.must(.clockStepped(milliseconds: -3_600_000))
        #expect(hall.sitting.speech?.remaining(at: hall.now) == left - 1000)
        #expect(hall.round("r1").endsAt.map { $0 - hall.now } == ends - 1000)
        #expect(hall.sitting.currentItemSince.map { hall.now - $0 } == discussed + 1000)
        #expect(hall.log.map(\.sequence) == Array(1...Int64(hall.log.count)))
    }

    @Test func `mandates begin and end at the council's midnight`() throws {
        var roster = Fixtures.roster(deputies: 3, seats: 5)
        roster.deputies[0].mandate = DateSpan(until: CivilDate("2026-11-21"))
        roster.deputies[1].mandate = DateSpan(from: CivilDate("2026-11-23"))
        var hall = Hall()
        try hall.must(.importRoster(roster))
        try hall.must(.setRules(Fixtures.rules()))
        // 22:30 UTC is past midnight in Kyiv.
        #expect(hall.state.day(at: UTCMilliseconds(1_795_386_600_000)).description == "2026-11-23")
        #expect(hall.state.roster.serving(on: hall.state.day(at: Fixtures.noon)).map(\.id) == ["d3", "head"])
        try hall.must(.scheduleSitting(SittingPlan(id: "s1", title: "Засідання")))
        try hall.must(.open, in: "s1")
        #expect(hall.refusal(.register(["d1"])) == "unknown_deputy")
    }
}
