extension SittingDecider {
    func planRound(_ plan: RoundPlan) throws(CommandRefusal) -> [Event] {
        try needsNotClosed()
        guard let rules = council.rules else { throw .noRules }
        try Check.count(sitting.rounds.count + 1, "rounds", limit: Limits.rounds)
        guard sitting.round(plan.id) == nil else { throw .taken(field: "round", id: plan.id.text) }
        var plan = plan
        plan.question = try Check.line(plan.question, "question", Limits.title)
        if let id = plan.item {
            _ = try item(id)
        } else if plan.kind == .basis || plan.kind == .whole || plan.kind == .amendment {
            throw .empty(field: "item")
        }
        if let name = plan.rule, rules.rules[name] == nil { throw .unknownRule(name, known: rules.rules.keys.sorted()) }
        if let seconds = plan.seconds { try Check.number(seconds, "seconds", 1...Limits.duration) }
        if let old = plan.supersedes { try needsOver(try round(old)) }
        _ = try terms(of: plan, rules: rules)
        return [Event(.roundPlanned(plan: plan))]
    }

    func openRound(_ id: RoundID) throws(CommandRefusal) -> [Event] {
        try needsOpen()
        try needsNoOpenRound()
        let round = try round(id)
        guard round.status == .scheduled else { throw .roundIs(id, round.status, needs: "scheduled") }
        guard let rules = council.rules else { throw .noRules }
        if let old = round.plan.supersedes { try needsOver(try self.round(old)) }
        let terms = try terms(of: round.plan, rules: rules)
        try needsQuorum(for: round, terms)
        var events = [Event(.roundOpened(round: id, terms: terms))]
        if let item = round.plan.item {
            if sitting.currentItem != item { events.append(Event(.itemTakenUp(item: item))) }
            if sitting.item(item)?.state != .voting { events.append(stateChange(of: item, to: .voting, by: id)) }
        }
        return events
    }

    func closeRound(_ id: RoundID) throws(CommandRefusal) -> [Event] {
        try needsNotClosed()
        let round = try round(id)
        guard round.status == .open else { throw .roundIs(id, round.status, needs: "open") }
        var tally: SecretTally?
        if round.isSecret {
            let counted = round.commissionTotals ?? secretTallies[id] ?? SecretTally()
            guard round.commissionTotals != nil || counted.cast == round.turnout.count else {
                throw .secretInterrupted(id, voted: round.turnout.count, counted: counted.cast)
            }
            tally = counted
        }
        guard let result = sitting.result(of: round, secret: tally) else { throw .roundIs(id, round.status, needs: "open") }
        return [Event(.roundClosed(round: id, result: result))]
    }

    func castChairVote(in id: RoundID, by chair: DeputyID, _ choice: Choice) throws(CommandRefusal) -> [Event] {
        try needsNotClosed()
        let round = try round(id)
        _ = try deputy(chair)
        guard round.status == .closed, var result = round.result, let terms = round.terms, result.verdict.outcome == .undecided else {
            throw .noTie(id)
        }
        guard choice != .abstain else { throw .chairChoice }
        result.verdict = terms.rule.verdict(result.verdict.counts, in: result.composition, chair: choice)
        return [Event(.chairVoteCast(round: id, deputy: chair, choice: choice, result: result))]
    }

    func announceRound(_ id: RoundID) throws(CommandRefusal) -> [Event] {
        try needsNotClosed()
        let round = try round(id)
        guard round.status == .closed, let result = round.result else { throw .roundIs(id, round.status, needs: "closed") }
        guard result.verdict.outcome != .undecided else { throw .chairMissing(id) }
        var events = [Event(.roundAnnounced(round: id))]
        if let item = round.plan.item, let state = stateAfter(round, result.verdict), sitting.item(item)?.state != state {
            events.append(stateChange(of: item, to: state, by: id))
        }
        return events
    }

    func annulRound(_ id: RoundID, reason: String) throws(CommandRefusal) -> [Event] {
        try needsNotClosed()
        let round = try round(id)
        guard [.open, .closed, .announced].contains(round.status) else {
            throw .roundIs(id, round.status, needs: "open, closed or announced")
        }
        let reason = try Check.line(reason, "reason", Limits.reason)
        var events = [Event(.roundAnnulled(round: id, reason: reason))]
        // The item goes back to where the annulled round found it, unless a later round has decided it.
        let decidedLater = sitting.rounds.last { $0.plan.item == round.plan.item && $0.terms != nil && $0.status != .annulled }?.id != id
        if let item = round.plan.item, !decidedLater, let state = sitting.item(item)?.state, [.voting, .adopted, .rejected].contains(state)
        {
            events.append(stateChange(of: item, to: .underDiscussion, by: id))
        }
        return events
    }

    /// A whole decides its item; after any other round the discussion goes on.
    private func stateAfter(_ round: VoteRound, _ verdict: Verdict) -> AgendaItem.State? {
        guard round.plan.kind == .whole else { return .underDiscussion }
        return verdict.outcome == .adopted ? .adopted : .rejected
    }

    private func needsOver(_ old: VoteRound) throws(CommandRefusal) {
        guard [.closed, .announced, .annulled].contains(old.status) else { throw .supersedes(old.id, old.status) }
    }

    private func needsQuorum(for round: VoteRound, _ terms: RoundTerms) throws(CommandRefusal) {
        guard round.plan.kind != .registration else { return }
        let present = terms.entitled.count { !$0.isHead && sitting.present.contains($0.deputy) }
        let needed = terms.rule.quorum.share.threshold(of: terms.rule.quorum.base == .seats ? terms.seats : terms.filled)
        guard present >= needed else { throw .noQuorum(present: present, needed: needed) }
    }

    /// What opening the round now would settle.
    private func terms(of plan: RoundPlan, rules: RuleBook) throws(CommandRefusal) -> RoundTerms {
        let defaults = rules.kinds[plan.kind]
        guard let name = plan.rule ?? defaults?.rule, let rule = rules.rules[name] else {
            throw .unknownRule(plan.rule ?? plan.kind.rawValue, known: rules.rules.keys.sorted())
        }
        let method = plan.method ?? defaults?.method ?? .rollCall
        let usual = defaults.flatMap { $0.method == method ? $0.reveal : nil } ?? (method == .secret ? .secret : .live)
        let reveal = plan.reveal ?? usual
        guard (method == .secret) == (reveal == .secret), method != .secret || plan.kind != .registration else { throw .secrecy }
        let day = council.day(at: now)
        let voters = council.roster.serving(on: day).filter { $0.role == .deputy || rules.headVotes }
        return RoundTerms(
            method: method, reveal: reveal, rule: rule, seats: council.roster.seats, filled: council.roster.filled(on: day),
            entitled: voters.map { EntitledVoter(deputy: $0.id, faction: $0.faction(on: day), isHead: $0.role == .head) },
            seconds: plan.seconds ?? defaults?.seconds)
    }
}
