package enum RoundKind: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
    case basis, whole, amendment, procedural
    /// Who is here: a yes registers; the result is the quorum.
    case registration
    case confidence, election
}

package enum RoundMethod: String, Codable, Sendable, CaseIterable {
    /// Named and public.
    case rollCall = "roll_call"
    /// Named, the “signal” vote.
    case procedural
    /// Totals and turnout only; a name next to a choice is never stored, logged or sent.
    case secret
}

/// What the public sees of a round while it is open.
package enum Reveal: String, Codable, Sendable, CaseIterable {
    /// Each ballot as it comes.
    case live
    /// How many voted; the ballots at the close.
    case count
    /// How many voted; totals only at the close.
    case secret
}

/// What a round will ask, before it opens.
package struct RoundPlan: Codable, Hashable, Sendable {
    package var id: RoundID
    package var item: ItemID?
    package var kind: RoundKind
    package var question: String
    /// `nil` takes the rule book's for the kind.
    package var method: RoundMethod?
    /// A rule of the rule book by name; `nil` takes the kind's.
    package var rule: String?
    package var reveal: Reveal?
    /// Seconds the round is meant to be open; `nil` takes the kind's.
    package var seconds: Int?
    /// The round that this one holds again.
    package var supersedes: RoundID?

    package init(
        id: RoundID, item: ItemID? = nil, kind: RoundKind, question: String, method: RoundMethod? = nil, rule: String? = nil,
        reveal: Reveal? = nil, seconds: Int? = nil, supersedes: RoundID? = nil
    ) {
        self.id = id
        self.item = item
        self.kind = kind
        self.question = question
        self.method = method
        self.rule = rule
        self.reveal = reveal
        self.seconds = seconds
        self.supersedes = supersedes
    }
}

/// One who may vote in a round, frozen at its opening.
package struct EntitledVoter: Codable, Hashable, Sendable {
    package var deputy: DeputyID
    package var faction: FactionID?
    package var isHead: Bool

    package init(deputy: DeputyID, faction: FactionID? = nil, isHead: Bool = false) {
        self.deputy = deputy
        self.faction = faction
        self.isHead = isHead
    }

    enum CodingKeys: String, CodingKey {
        case deputy, faction
        case isHead = "head"
    }
}

/// Everything that a round's opening settles.
package struct RoundTerms: Codable, Hashable, Sendable {
    package var method: RoundMethod
    package var reveal: Reveal
    package var rule: VoteRule
    package var seats: Int
    package var filled: Int
    package var entitled: [EntitledVoter]
    /// Seconds the round is meant to be open.
    package var seconds: Int?
}

package struct Ballot: Hashable, Sendable {
    package var choice: Choice
    package var at: UTCMilliseconds
    /// The event that holds it.
    package var sequence: Int64
}

/// How a closed round ended.
package struct RoundResult: Codable, Hashable, Sendable {
    /// Each entitled voter's position; `nil` in a secret round.
    package var positions: [DeputyID: Position]?
    package var composition: Composition
    package var verdict: Verdict
}

/// One vote, from its plan to its announcement.
package struct VoteRound: Hashable, Sendable {
    package enum Status: String, Codable, Sendable {
        case scheduled, open, closed, announced, annulled
    }

    package var plan: RoundPlan
    package var status: Status = .scheduled
    package var terms: RoundTerms?
    package var ballots: [DeputyID: Ballot] = [:]
    /// Who voted in a secret round.
    package var turnout: Set<DeputyID> = []
    /// Totals that a counting commission entered for a secret round.
    package var commissionTotals: SecretTally?
    package var chairVote: Choice?
    /// Late ballots that were refused and recorded.
    package var refusedBallots = 0
    package var result: RoundResult?
    package var openedAt: UTCMilliseconds?
    /// When the countdown ends; the round stays open until it is closed.
    package var endsAt: UTCMilliseconds?
    package var closedAt: UTCMilliseconds?
    package var announcedAt: UTCMilliseconds?
    package var annulment: String?
    package var supersededBy: RoundID?

    package init(plan: RoundPlan) { self.plan = plan }

    package var id: RoundID { plan.id }
    package var isSecret: Bool { (terms?.method ?? plan.method) == .secret }
    package func voter(_ deputy: DeputyID) -> EntitledVoter? { terms?.entitled.first { $0.deputy == deputy } }
    package func hasVoted(_ deputy: DeputyID) -> Bool { ballots[deputy] != nil || turnout.contains(deputy) }
    package var votedCount: Int { isSecret ? max(turnout.count, commissionTotals?.cast ?? 0) : ballots.count }
}

/// The totals of a secret round: no names.
package struct SecretTally: Codable, Hashable, Sendable {
    package var yes: Int
    package var no: Int
    package var abstain: Int

    package init(yes: Int = 0, no: Int = 0, abstain: Int = 0) {
        self.yes = yes
        self.no = no
        self.abstain = abstain
    }

    package var cast: Int { yes &+ no &+ abstain }

    package mutating func add(_ choice: Choice) {
        switch choice {
        case .yes: yes += 1
        case .no: no += 1
        case .abstain: abstain += 1
        }
    }
}
