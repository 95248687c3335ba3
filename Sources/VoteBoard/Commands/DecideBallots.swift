extension SittingDecider {
    func castBallot(in id: RoundID, by deputy: DeputyID, _ choice: Choice) throws(CommandRefusal) -> Decision {
        try needsNotClosed()
        let round = try round(id)
        _ = try self.deputy(deputy)
        guard round.status != .scheduled else { throw .roundIs(id, round.status, needs: "open") }
        guard round.voter(deputy) != nil else { throw .notEntitled(deputy, id) }
        guard round.status == .open else { return late(round, deputy) }
        if let item = round.plan.item, sitting.isRecused(deputy, from: item) { throw .recused(deputy, item) }
        guard !round.hasVoted(deputy) else { throw .ballotTwice(deputy, id) }
        guard round.commissionTotals == nil else { throw .roundIs(id, round.status, needs: "without a commission's totals") }
        if round.plan.kind == .registration { return try registering(deputy, in: round, choice) }
        guard sitting.present.contains(deputy) else { throw .notRegistered(deputy) }
        guard round.isSecret else { return Decision([Event(.ballotCast(round: id, deputy: deputy, choice: choice))]) }
        return Decision(
            [Event(.ballotCast(round: id, deputy: deputy, choice: nil))], secretChoice: SecretChoice(round: id, choice: choice))
    }

    /// A late ballot is refused and the refusal recorded, up to a bound.
    private func late(_ round: VoteRound, _ deputy: DeputyID) -> Decision {
        let refusal = CommandRefusal.ballotAfterClose(deputy, round.id)
        guard round.refusedBallots < Limits.deputies else { return Decision([], refusal: refusal) }
        return Decision([Event(.ballotRefused(round: round.id, deputy: deputy, code: refusal.code))], refusal: refusal)
    }

    private func registering(_ deputy: DeputyID, in round: VoteRound, _ choice: Choice) throws(CommandRefusal) -> Decision {
        guard choice == .yes else { throw .onlyYesRegisters }
        var events = [Event(.ballotCast(round: round.id, deputy: deputy, choice: .yes))]
        if !sitting.present.contains(deputy) { events.append(Event(.deputiesArrived(deputies: [deputy], round: round.id))) }
        return Decision(events)
    }

    func correctBallot(in id: RoundID, of deputy: DeputyID, to choice: Choice, reason: String) throws(CommandRefusal) -> [Event] {
        try needsNotClosed()
        var round = try round(id)
        let reason = try Check.line(reason, "reason", Limits.reason)
        guard !round.isSecret else { throw .secretRound(id) }
        guard round.status == .open || round.status == .closed else { throw .roundIs(id, round.status, needs: "open or closed") }
        guard round.plan.kind != .registration else { throw .onlyYesRegisters }
        guard let old = round.ballots[deputy] else { throw .noBallot(deputy, id) }
        guard old.choice != choice else { throw .sameChoice(deputy) }
        var result: RoundResult?
        if round.status == .closed, let closed = round.result {
            // Who was absent stays as it was at the close; only this ballot moves.
            round.ballots[deputy]?.choice = choice
            result = recounted(closed, of: round, deputy, Position(choice))
        }
        return [
            Event(
                .ballotCorrected(
                    round: id, deputy: deputy, from: old.choice, to: choice, reason: reason, cites: old.sequence, result: result))
        ]
    }

    private func recounted(_ closed: RoundResult, of round: VoteRound, _ deputy: DeputyID, _ position: Position) -> RoundResult {
        var result = closed
        result.positions?[deputy] = position
        let counts = BallotCounts((result.positions ?? [:]).values)
        if let rule = round.terms?.rule { result.verdict = rule.verdict(counts, in: result.composition, chair: round.chairVote) }
        return result
    }

    func recordTotals(_ totals: SecretTally, of id: RoundID) throws(CommandRefusal) -> [Event] {
        try needsNotClosed()
        let round = try round(id)
        guard round.isSecret else { throw .notSecret(id) }
        guard round.status == .open else { throw .roundIs(id, round.status, needs: "open") }
        guard round.turnout.isEmpty else { throw .ballotTwice(round.turnout.min() ?? "unknown", id) }
        let mayVote =
            round.terms?.entitled.count { sitting.present.contains($0.deputy) && !sitting.isRecused($0.deputy, from: round.plan.item) } ?? 0
        for (field, value) in [("yes", totals.yes), ("no", totals.no), ("abstain", totals.abstain)] {
            try Check.number(value, field, 0...Limits.seats)
        }
        guard totals.cast <= mayVote else { throw .totals(cast: totals.cast, mayVote: mayVote) }
        return [Event(.secretTotalsRecorded(round: id, totals: totals))]
    }
}
