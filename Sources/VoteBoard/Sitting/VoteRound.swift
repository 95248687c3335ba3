public enum RoundKind: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
    case basis, whole, amendment, procedural
    /// Who is here: a yes registers; the result is the quorum.
    case registration
    case confidence, election
}

public enum RoundMethod: String, Codable, Sendable, CaseIterable {
    /// Named and public.
    case rollCall = "roll_call"
    /// Named, the “signal” vote.
    case procedural
    /// Totals and turnout only; a name next to a choice is never stored, logged or sent.
    case secret
}

/// What the public sees of a round while it is open.
public enum Reveal: String, Codable, Sendable, CaseIterable {
    /// Each ballot as it comes.
    case live
    /// How many voted; the ballots at the close.
    case count
    /// How many voted; totals only at the close.
    case secret
}

/// What a round will ask, before it opens.
public struct RoundPlan: Codable, Hashable, Sendable {
    public var id: RoundID
    public var item: ItemID?
    public var kind: RoundKind
    public var question: String
    /// `nil` takes the rule book's for the kind.
    public var method: RoundMethod?
    /// A rule of the rule book by name; `nil` takes the kind's.
    public var rule: String?
    public var reveal: Reveal?
    /// Seconds the round is meant to be open; `nil` takes the kind's.
    public var seconds: Int?
    /// The round that this one holds again.
    public var supersedes: RoundID?

    public init(
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
public struct EntitledVoter: Codable, Hashable, Sendable {
    public var deputy: DeputyID
    public var faction: FactionID?
    public var isHead: Bool

    public init(deputy: DeputyID, faction: FactionID? = nil, isHead: Bool = false) {
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
public struct RoundTerms: Codable, Hashable, Sendable {
    public var method: RoundMethod
    public var reveal: Reveal
    public var rule: VoteRule
    public var seats: Int
    public var filled: Int
    public var entitled: [EntitledVoter]
    /// Seconds the round is meant to be open.
    public var seconds: Int?
}

public struct Ballot: Hashable, Sendable {
    public var choice: Choice
    public var at: UTCMilliseconds
    /// The event that holds it.
    public var sequence: Int64
}

/// How a closed round ended.
public struct RoundResult: Codable, Hashable, Sendable {
    /// Each entitled voter's position; `nil` in a secret round.
    public var positions: [DeputyID: Position]?
    public var composition: Composition
    public var verdict: Verdict
}

/// One vote, from its plan to its announcement.
public struct VoteRound: Hashable, Sendable {
    public enum Status: String, Codable, Sendable {
        case scheduled, open, closed, announced, annulled
    }

    public var plan: RoundPlan
    public var status: Status = .scheduled
    public var terms: RoundTerms?
    public var ballots: [DeputyID: Ballot] = [:]
    /// Who voted in a secret round.
    public var turnout: Set<DeputyID> = []
    /// Totals that a counting commission entered for a secret round.
    public var commissionTotals: SecretTally?
    public var chairVote: Choice?
    /// Late ballots that were refused and recorded.
    public var refusedBallots = 0
    public var result: RoundResult?
    public var openedAt: UTCMilliseconds?
    /// When the countdown ends; the round stays open until it is closed.
    public var endsAt: UTCMilliseconds?
    public var closedAt: UTCMilliseconds?
    public var announcedAt: UTCMilliseconds?
    public var annulment: String?
    public var supersededBy: RoundID?

    public init(plan: RoundPlan) { self.plan = plan }

    public var id: RoundID { plan.id }
    public var isSecret: Bool { (terms?.method ?? plan.method) == .secret }
    public func voter(_ deputy: DeputyID) -> EntitledVoter? { terms?.entitled.first { $0.deputy == deputy } }
    public func hasVoted(_ deputy: DeputyID) -> Bool { ballots[deputy] != nil || turnout.contains(deputy) }
    public var votedCount: Int { isSecret ? max(turnout.count, commissionTotals?.cast ?? 0) : ballots.count }
}

/// The totals of a secret round: no names.
public struct SecretTally: Codable, Hashable, Sendable {
    public var yes: Int
    public var no: Int
    public var abstain: Int

    public init(yes: Int = 0, no: Int = 0, abstain: Int = 0) {
        self.yes = yes
        self.no = no
        self.abstain = abstain
    }

    public var cast: Int { yes &+ no &+ abstain }

    public mutating func add(_ choice: Choice) {
        switch choice {
        case .yes: yes += 1
        case .no: no += 1
        case .abstain: abstain += 1
        }
    }
}
