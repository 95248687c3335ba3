import Commons

/// A round as everybody may see it at this moment.
enum RoundView {
    static func json(of round: VoteRound, in sitting: Sitting) -> JSONValue {
        let reveal = round.terms?.reveal
        let over = round.status != .scheduled && round.status != .open
        return .fields([
            "item": .text(round.plan.item?.text), "kind": .string(round.plan.kind.rawValue), "question": .string(round.plan.question),
            "status": .string(round.status.rawValue), "method": .text(round.terms?.method.rawValue), "reveal": .text(reveal?.rawValue),
            "rule": round.terms.map { ruleJSON($0.rule) }, "supersedes": .text(round.plan.supersedes?.text),
            "superseded_by": .text(round.supersededBy?.text), "opened_at": .time(round.openedAt),
            "ends_at": round.status == .open ? .time(round.endsAt) : nil, "closed_at": .time(round.closedAt),
            "announced_at": .time(round.announcedAt), "annulment": .text(round.annulment),
            "entitled": round.status == .open ? entitledJSON(round) : nil,
            "voted": round.status == .open || over ? .number(round.votedCount) : nil,
            "ballots": round.status == .open && reveal == .live ? ballotsJSON(round) : nil,
            "counts": round.status == .open && reveal == .live ? runningCounts(round, sitting) : nil,
            "positions": over ? positionsJSON(round) : nil,
            "result": over ? round.result.map { resultJSON($0.verdict) } : nil,
        ])
    }

    private static func ruleJSON(_ rule: VoteRule) -> JSONValue {
        .fields([
            "base": .string(rule.base.rawValue), "numerator": .number(rule.numerator), "denominator": .number(rule.denominator),
            "strict": .bool(rule.strict), "tie": .string(rule.tie.rawValue),
        ])
    }

    /// Each entitled deputy with the faction of that moment, empty for none.
    private static func entitledJSON(_ round: VoteRound) -> JSONValue {
        var entries: [String: JSONValue] = [:]
        for voter in round.terms?.entitled ?? [] { entries[voter.deputy.text] = .string(voter.faction?.text ?? "") }
        return .object(entries)
    }

    private static func ballotsJSON(_ round: VoteRound) -> JSONValue {
        var entries: [String: JSONValue] = [:]
        for (deputy, ballot) in round.ballots { entries[deputy.text] = .string(ballot.choice.rawValue) }
        return .object(entries)
    }

    private static func runningCounts(_ round: VoteRound, _ sitting: Sitting) -> JSONValue? {
        sitting.result(of: round).map { countsJSON($0.verdict.counts) }
    }

    /// An annulled round shows the ballots that were cast, if it was a named one.
    private static func positionsJSON(_ round: VoteRound) -> JSONValue? {
        guard !round.isSecret else { return nil }
        let positions = round.result?.positions ?? round.ballots.mapValues { Position($0.choice) }
        return .object(Dictionary(uniqueKeysWithValues: positions.map { ($0.key.text, .string($0.value.rawValue)) }))
    }

    static func countsJSON(_ counts: BallotCounts) -> JSONValue {
        .fields([
            "yes": .number(counts.yes), "no": .number(counts.no), "abstain": .number(counts.abstain),
            "not_voting": .number(counts.notVoting), "absent": .number(counts.absent), "recused": .number(counts.recused),
        ])
    }

    static func resultJSON(_ verdict: Verdict) -> JSONValue {
        let sentences = Language.allCases.map { ($0.rawValue, JSONValue.string(verdict.sentence(in: $0))) }
        return .fields([
            "outcome": .string(verdict.outcome.rawValue), "reason": .string(verdict.reason.rawValue), "counts": countsJSON(verdict.counts),
            "base": .number(verdict.base), "base_kind": .string(verdict.baseKind.rawValue), "needed": .number(verdict.needed),
            "present": .number(verdict.present), "quorum_needed": .number(verdict.quorumNeeded),
            "quorum_base": .number(verdict.quorumBase), "sentences": .object(Dictionary(uniqueKeysWithValues: sentences)),
        ])
    }
}
