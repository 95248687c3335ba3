extension PublicState {
    /// The rounds of the sitting.
    package struct Rounds: Codable, Equatable, Sendable {
        package var order: [String]
        package var byID: [String: Round]

        package init(order: [String], byID: [String: Round]) {
            self.order = order
            self.byID = byID
        }

        package enum CodingKeys: String, CodingKey {
            case order
            case byID = "by_id"
        }
    }

    /// A round as everybody may see it at this moment (docs/protocol.md, “A round”): of a secret one never who voted how.
    package struct Round: Codable, Equatable, Sendable {
        /// `basis`, `whole`, `amendment`, `procedural`, `registration`, `confidence`, `election`
        package var kind: String
        package var question: String
        /// `scheduled`, `open`, `closed`, `announced`, `annulled`
        package var status: String
        package var item: String?
        package var supersedes: String?
        package var supersededBy: String?
        /// From the opening, with `reveal` and `rule`: `roll_call`, `procedural`, `secret`.
        package var method: String?
        /// `live`, `count`, `secret`
        package var reveal: String?
        package var rule: Rule?
        package var openedAt: Int64?
        package var endsAt: Int64?
        package var closedAt: Int64?
        package var announcedAt: Int64?
        /// While open: each with the faction of the opening, empty for none.
        package var entitled: [String: String]?
        package var voted: Int?
        /// While open and shown live, with `counts`.
        package var ballots: [String: String]?
        package var counts: Counts?
        /// Afterwards, with `result`: `yes`, `no`, `abstain`, `not_voting`, `absent`, `recused`.
        package var positions: [String: String]?
        package var result: Result?
        /// The reason.
        package var annulment: String?

        package init(
            kind: String, question: String, status: String, item: String? = nil, supersedes: String? = nil, supersededBy: String? = nil,
            method: String? = nil, reveal: String? = nil, rule: Rule? = nil, openedAt: Int64? = nil, endsAt: Int64? = nil,
            closedAt: Int64? = nil, announcedAt: Int64? = nil, entitled: [String: String]? = nil, voted: Int? = nil,
            ballots: [String: String]? = nil, counts: Counts? = nil, positions: [String: String]? = nil, result: Result? = nil,
            annulment: String? = nil
        ) {
            self.kind = kind
            self.question = question
            self.status = status
            self.item = item
            self.supersedes = supersedes
            self.supersededBy = supersededBy
            self.method = method
            self.reveal = reveal
            self.rule = rule
            self.openedAt = openedAt
            self.endsAt = endsAt
            self.closedAt = closedAt
            self.announcedAt = announcedAt
            self.entitled = entitled
            self.voted = voted
            self.ballots = ballots
            self.counts = counts
            self.positions = positions
            self.result = result
            self.annulment = annulment
        }

        enum CodingKeys: String, CodingKey {
            case kind, question, status, item, supersedes, method, reveal, rule, entitled, voted, ballots, counts, positions, result,
                annulment
            case supersededBy = "superseded_by"
            case openedAt = "opened_at"
            case endsAt = "ends_at"
            case closedAt = "closed_at"
            case announcedAt = "announced_at"
        }
    }

    package struct Rule: Codable, Equatable, Sendable {
        package var base: String
        package var numerator: Int
        package var denominator: Int
        package var strict: Bool
        package var tie: String

        package init(base: String, numerator: Int, denominator: Int, strict: Bool, tie: String) {
            self.base = base
            self.numerator = numerator
            self.denominator = denominator
            self.strict = strict
            self.tie = tie
        }
    }

    package struct Counts: Codable, Equatable, Sendable {
        package var yes: Int
        package var no: Int
        package var abstain: Int
        package var notVoting: Int
        package var absent: Int
        package var recused: Int

        package init(yes: Int, no: Int, abstain: Int, notVoting: Int, absent: Int, recused: Int) {
            self.yes = yes
            self.no = no
            self.abstain = abstain
            self.notVoting = notVoting
            self.absent = absent
            self.recused = recused
        }

        enum CodingKeys: String, CodingKey {
            case yes, no, abstain, absent, recused
            case notVoting = "not_voting"
        }
    }

    package struct Result: Codable, Equatable, Sendable {
        /// `adopted`, `rejected`, `undecided`
        package var outcome: String
        package var reason: String
        package var counts: Counts
        package var base: Int
        package var baseKind: String
        package var needed: Int
        package var present: Int
        package var quorumNeeded: Int
        package var quorumBase: Int
        /// Why, by language: “17 for, 18 of 34 needed: not adopted”.
        package var sentences: [String: String]

        package init(
            outcome: String, reason: String, counts: Counts, base: Int, baseKind: String, needed: Int, present: Int, quorumNeeded: Int,
            quorumBase: Int, sentences: [String: String]
        ) {
            self.outcome = outcome
            self.reason = reason
            self.counts = counts
            self.base = base
            self.baseKind = baseKind
            self.needed = needed
            self.present = present
            self.quorumNeeded = quorumNeeded
            self.quorumBase = quorumBase
            self.sentences = sentences
        }

        enum CodingKeys: String, CodingKey {
            case outcome, reason, counts, base, needed, present, sentences
            case baseKind = "base_kind"
            case quorumNeeded = "quorum_needed"
            case quorumBase = "quorum_base"
        }
    }
}
