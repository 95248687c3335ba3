extension Sitting {
    mutating func applyRound(_ fact: Fact, at: UTCMilliseconds, sequence: Int64) {
        switch fact {
        case .roundPlanned(let plan): rounds.append(VoteRound(plan: plan))
        case .roundOpened(let id, let terms): change(id) { $0.open(terms, at: at) }
        case .ballotCast(let id, let deputy, let choice):
            change(id) { round in
                if let choice {
                    round.ballots[deputy] = Ballot(choice: choice, at: at, sequence: sequence)
                } else {
                    round.turnout.insert(deputy)
                }
            }
        case .ballotCorrected(let id, let deputy, _, let choice, _, _, let result):
            change(id) { round in
                round.ballots[deputy] = Ballot(choice: choice, at: at, sequence: sequence)
                if let result { round.result = result }
            }
        case .ballotRefused(let id, _, _): change(id) { $0.refusedBallots += 1 }
        case .secretTotalsRecorded(let id, let totals): change(id) { $0.commissionTotals = totals }
        case .roundClosed(let id, let result):
            change(id) { round in
                round.status = .closed
                round.closedAt = at
                round.result = result
            }
        case .chairVoteCast(let id, _, let choice, let result):
            change(id) { round in
                round.chairVote = choice
                round.result = result
            }
        case .roundAnnounced(let id):
            change(id) { round in
                round.status = .announced
                round.announcedAt = at
            }
        case .roundAnnulled(let id, let reason):
            change(id) { round in
                round.status = .annulled
                round.closedAt = round.closedAt ?? at
                round.annulment = reason
            }
        default: return
        }
        linkSuperseded(after: fact)
    }

    /// A re-vote takes its predecessor's place from its opening on, and gives it back when annulled.
    private mutating func linkSuperseded(after fact: Fact) {
        switch fact {
        case .roundOpened(let id, _):
            guard let old = round(id)?.plan.supersedes else { return }
            change(old) { $0.supersededBy = id }
        case .roundAnnulled(let id, _):
            guard let old = round(id)?.plan.supersedes, round(old)?.supersededBy == id else { return }
            change(old) { $0.supersededBy = nil }
        default: break
        }
    }

    private mutating func change(_ id: RoundID, _ body: (inout VoteRound) -> Void) {
        guard let index = rounds.lastIndex(where: { $0.id == id }) else { return }
        body(&rounds[index])
    }
}

extension VoteRound {
    fileprivate mutating func open(_ terms: RoundTerms, at: UTCMilliseconds) {
        status = .open
        openedAt = at
        self.terms = terms
        endsAt = terms.seconds.map { at + Int64($0) &* 1000 }
    }
}
