/// Counts again what an event says was counted.
enum TallyAudit {
    /// Whether a ballot was lawful and a result follows from its ballots, given the state before the event.
    static func holds(_ record: RecordedEvent, in state: CouncilState) -> Bool {
        if case .rulesSet(let rules) = record.event.fact { return rules.rules.values.allSatisfy { $0.fault == nil } }
        guard let id = record.event.sitting, let sitting = state.sitting(id) else { return true }
        switch record.event.fact {
        case .roundOpened(let id, let terms): return sitting.round(id)?.status == .scheduled && isSound(terms)
        case .secretTotalsRecorded(_, let totals): return isSound(totals)
        case .ballotCast(let id, let deputy, let choice):
            guard let round = sitting.round(id) else { return false }
            return round.status == .open && round.voter(deputy) != nil && !round.hasVoted(deputy) && (choice == nil) == round.isSecret
        case .roundClosed(let id, let result):
            guard let round = sitting.round(id), round.status == .open else { return false }
            return sitting.result(of: round, secret: secretTally(round, result)) == result
        case .chairVoteCast(let id, _, let choice, let result):
            guard let round = sitting.round(id), let rule = round.terms?.rule, var expected = round.result else { return false }
            expected.verdict = rule.verdict(expected.verdict.counts, in: expected.composition, chair: choice)
            return expected == result
        case .ballotCorrected(let id, let deputy, let from, let to, _, let cites, let result):
            guard let round = sitting.round(id), let old = round.ballots[deputy], old.choice == from, old.sequence == cites else {
                return false
            }
            return corrected(round, deputy, to) == result
        default: return true
        }
    }

    private static func isSound(_ terms: RoundTerms) -> Bool {
        terms.rule.fault == nil && (0...Limits.seats).contains(terms.seats) && (0...Limits.deputies).contains(terms.filled)
            && terms.entitled.count <= Limits.deputies
    }

    private static func isSound(_ totals: SecretTally) -> Bool {
        [totals.yes, totals.no, totals.abstain].allSatisfy { (0...Limits.deputies).contains($0) }
    }

    /// A secret round's own totals; they must be as many as voted.
    private static func secretTally(_ round: VoteRound, _ result: RoundResult) -> SecretTally? {
        guard round.isSecret else { return nil }
        let counts = result.verdict.counts
        let tally = SecretTally(yes: counts.yes, no: counts.no, abstain: counts.abstain)
        if let commission = round.commissionTotals { return commission }
        return isSound(tally) && tally.cast == round.turnout.count ? tally : SecretTally()
    }

    private static func corrected(_ round: VoteRound, _ deputy: DeputyID, _ choice: Choice) -> RoundResult? {
        guard round.status == .closed, var result = round.result, let rule = round.terms?.rule else { return nil }
        result.positions?[deputy] = Position(choice)
        let counts = BallotCounts((result.positions ?? [:]).values)
        result.verdict = rule.verdict(counts, in: result.composition, chair: round.chairVote)
        return result
    }
}
