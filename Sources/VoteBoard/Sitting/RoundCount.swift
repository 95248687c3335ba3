extension Sitting {
    /// Where each entitled voter stands now: recused, voted, here without a vote, or absent. Named rounds only.
    package func positions(in round: VoteRound) -> [DeputyID: Position] {
        var positions: [DeputyID: Position] = [:]
        for voter in round.terms?.entitled ?? [] {
            positions[voter.deputy] = position(of: voter.deputy, in: round)
        }
        return positions
    }

    private func position(of deputy: DeputyID, in round: VoteRound) -> Position {
        if let ballot = round.ballots[deputy] { return Position(ballot.choice) }
        if isRecused(deputy, from: round.plan.item) { return .recused }
        return present.contains(deputy) ? .notVoting : .absent
    }

    /// Who could have voted by now. The head takes part when here and not recused, or when a ballot was cast.
    package func composition(in round: VoteRound) -> Composition {
        let terms = round.terms
        let voters = terms?.entitled ?? []
        let head = voters.first { $0.isHead }?.deputy
        let takesPart = head.map { head in
            round.hasVoted(head) || (present.contains(head) && !isRecused(head, from: round.plan.item))
        }
        return Composition(
            seats: terms?.seats ?? 0, filled: terms?.filled ?? 0,
            registered: voters.count { !$0.isHead && present.contains($0.deputy) }, headTakesPart: takesPart ?? false)
    }

    /// The result if the round closed now. `secret` holds a secret round's totals.
    package func result(of round: VoteRound, secret: SecretTally? = nil, chair: Choice? = nil) -> RoundResult? {
        guard let terms = round.terms else { return nil }
        let composition = composition(in: round)
        let positions = round.isSecret ? nil : positions(in: round)
        let counts = positions.map { BallotCounts($0.values) } ?? secretCounts(in: round, tally: secret ?? SecretTally())
        var verdict = terms.rule.verdict(counts, in: composition, chair: chair)
        if round.plan.kind == .registration {
            verdict.reason = verdict.quorumMet ? .quorumPresent : .noQuorum
            verdict.outcome = verdict.reason.outcome
        }
        return RoundResult(positions: positions, composition: composition, verdict: verdict)
    }

    /// A secret round's counts: totals given, the others by who is here. Somebody who voted and left still counts as voted.
    private func secretCounts(in round: VoteRound, tally: SecretTally) -> BallotCounts {
        var counts = BallotCounts(yes: tally.yes, no: tally.no, abstain: tally.abstain)
        let voters = round.terms?.entitled ?? []
        counts.recused = voters.count { !round.turnout.contains($0.deputy) && isRecused($0.deputy, from: round.plan.item) }
        let here = voters.count {
            round.turnout.contains($0.deputy) || (present.contains($0.deputy) && !isRecused($0.deputy, from: round.plan.item))
        }
        counts.notVoting = max(0, here &- tally.cast)
        counts.absent = max(0, voters.count &- counts.cast &- counts.notVoting &- counts.recused)
        return counts
    }
}
