import Testing
import VoteBoard

/// A council driven command by command, in memory.
struct Hall {
    var state = CouncilState()
    var secret: [RoundID: SecretTally] = [:]
    var log: [RecordedEvent] = []
    var now = Fixtures.noon

    init() {}

    /// A sitting that is open, with two items and `present` deputies (and the head) registered.
    static func open(deputies: Int = 34, present: Int = 30, head: Bool = true, rules: RuleBook? = nil) throws -> Hall {
        var hall = Hall()
        try hall.must(.importRoster(Fixtures.roster(deputies: deputies, head: head)))
        try hall.must(.setRules(rules ?? Fixtures.rules()))
        try hall.must(.scheduleSitting(SittingPlan(id: "s1", title: "Перше засідання")))
        try hall.must(
            .replaceAgenda([AgendaItem(id: "i1", number: "1", title: "Про бюджет"), AgendaItem(id: "i2", number: "2", title: "Різне")]),
            in: "s1")
        try hall.must(.open, in: "s1")
        var ids = hall.state.roster.deputies.filter { $0.role == .deputy }.prefix(present).map(\.id)
        if head { ids.append("head") }
        try hall.must(.register(ids))
        return hall
    }

    var sitting: Sitting { state.sittingOnShow ?? Sitting(plan: SittingPlan(id: "none", title: "none")) }
    func round(_ id: RoundID) -> VoteRound { sitting.round(id) ?? VoteRound(plan: RoundPlan(id: id, kind: .whole, question: "none")) }

    @discardableResult
    mutating func send(_ command: Command) -> Result<Decision, CommandRefusal> {
        now = now + 1000
        let result = state.decide(command, at: now, secretTallies: secret)
        guard case .success(let decision) = result else { return result }
        for event in decision.events {
            let record = RecordedEvent(sequence: state.sequence + 1, at: now, event: event)
            log.append(record)
            state.apply(record)
            if case .roundOpened(let id, _) = event.fact { secret[id] = nil }
        }
        if let choice = decision.secretChoice { secret[choice.round, default: SecretTally()].add(choice.choice) }
        if let refusal = decision.refusal { return .failure(refusal) }
        return result
    }

    mutating func must(_ command: Command, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let result = send(command)
        _ = try #require(try? result.get(), "\(result)", sourceLocation: sourceLocation)
    }

    mutating func must(_ command: SittingCommand, in sitting: SittingID? = nil, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try must(.inSitting(sitting, command), sourceLocation: sourceLocation)
    }

    /// The code of the refusal, `nil` when the command was done.
    mutating func refusal(_ command: SittingCommand, in sitting: SittingID? = nil) -> String? {
        switch send(.inSitting(sitting, command)) {
        case .success: nil
        case .failure(let refusal): refusal.code
        }
    }

    mutating func vote(_ round: RoundID, yes: Int, no: Int = 0, abstain: Int = 0) throws {
        let choices =
            Array(repeating: Choice.yes, count: yes) + Array(repeating: .no, count: no) + Array(repeating: .abstain, count: abstain)
        for (index, choice) in choices.enumerated() {
            try must(.castBallot(round: round, deputy: DeputyID("d\(index + 1)") ?? "d", choice: choice))
        }
    }

    mutating func openRound(_ plan: RoundPlan) throws {
        try must(.planRound(plan))
        try must(.openRound(plan.id))
    }
}
