import Commons

// A round as everybody may see it at this moment.

extension PublicState.Round {
    init(_ round: VoteRound, in sitting: Sitting) {
        let terms = round.terms
        let isOpen = round.status == .open
        let isOver = round.status != .scheduled && !isOpen
        let isLive = isOpen && terms?.reveal == .live
        self.init(
            kind: round.plan.kind.rawValue, question: round.plan.question, status: round.status.rawValue, item: round.plan.item?.text,
            supersedes: round.plan.supersedes?.text, supersededBy: round.supersededBy?.text, method: terms?.method.rawValue,
            reveal: terms?.reveal.rawValue, rule: terms.map { PublicState.Rule($0.rule) }, openedAt: round.openedAt?.value,
            endsAt: isOpen ? round.endsAt?.value : nil, closedAt: round.closedAt?.value, announcedAt: round.announcedAt?.value,
            entitled: isOpen ? Self.entitled(round) : nil, voted: isOpen || isOver ? round.votedCount : nil,
            ballots: isLive ? Self.texts(round.ballots.mapValues(\.choice)) : nil,
            counts: isLive ? sitting.result(of: round).map { PublicState.Counts($0.verdict.counts) } : nil,
            positions: isOver ? Self.positions(round) : nil, result: isOver ? round.result.map { PublicState.Result($0.verdict) } : nil,
            annulment: round.annulment)
    }

    /// Each entitled deputy with the faction of that moment, empty for none.
    private static func entitled(_ round: VoteRound) -> [String: String] {
        Dictionary((round.terms?.entitled ?? []).map { ($0.deputy.text, $0.faction?.text ?? "") }, uniquingKeysWith: { _, last in last })
    }

    /// An annulled round shows the ballots that were cast, if it was a named one.
    private static func positions(_ round: VoteRound) -> [String: String]? {
        round.isSecret ? nil : texts(round.result?.positions ?? round.ballots.mapValues { Position($0.choice) })
    }

    private static func texts<Value: RawRepresentable<String>>(_ values: [DeputyID: Value]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: values.map { ($0.key.text, $0.value.rawValue) })
    }
}

extension PublicState.Rule {
    init(_ rule: VoteRule) {
        self.init(
            base: rule.base.rawValue, numerator: rule.numerator, denominator: rule.denominator, strict: rule.strict, tie: rule.tie.rawValue)
    }
}

extension PublicState.Counts {
    init(_ counts: BallotCounts) {
        self.init(
            yes: counts.yes, no: counts.no, abstain: counts.abstain, notVoting: counts.notVoting, absent: counts.absent,
            recused: counts.recused)
    }
}

extension PublicState.Result {
    init(_ verdict: Verdict) {
        self.init(
            outcome: verdict.outcome.rawValue, reason: verdict.reason.rawValue, counts: PublicState.Counts(verdict.counts),
            base: verdict.base, baseKind: verdict.baseKind.rawValue, needed: verdict.needed, present: verdict.present,
            quorumNeeded: verdict.quorumNeeded, quorumBase: verdict.quorumBase,
            sentences: Dictionary(uniqueKeysWithValues: Language.allCases.map { ($0.rawValue, verdict.sentence(in: $0)) }))
    }
}
