/// Who could have voted, when the votes are counted.
package struct Composition: Codable, Hashable, Sendable {
    /// The legal full composition.
    package var seats: Int
    /// Deputies whose mandate runs.
    package var filled: Int
    /// Deputies present; the head is not one of them.
    package var registered: Int
    package var headTakesPart: Bool

    package init(seats: Int, filled: Int, registered: Int, headTakesPart: Bool) {
        self.seats = seats
        self.filled = filled
        self.registered = registered
        self.headTakesPart = headTakesPart
    }

    enum CodingKeys: String, CodingKey {
        case seats, filled, registered
        case headTakesPart = "head_takes_part"
    }
}

/// The explained result of a round: what pages turn into a sentence.
package struct Verdict: Codable, Hashable, Sendable {
    package enum Outcome: String, Codable, Sendable {
        case adopted, rejected
        /// A tie that waits for the chair's casting vote.
        case undecided
    }

    package enum Reason: String, Codable, Sendable, CaseIterable {
        case enoughVotes = "enough_votes"
        case notEnoughVotes = "not_enough_votes"
        case noQuorum = "no_quorum"
        case tieFails = "tie_fails"
        case tieWaitsForChair = "tie_waits_for_chair"
        case chairVotedYes = "chair_voted_yes"
        case chairVotedNo = "chair_voted_no"
        /// Registration only.
        case quorumPresent = "quorum_present"
    }

    package var outcome: Outcome
    package var reason: Reason
    package var counts: BallotCounts
    /// What the base counted to.
    package var base: Int
    package var baseKind: VoteRule.Base
    /// Votes for that adopt.
    package var needed: Int
    package var present: Int
    package var quorumNeeded: Int
    /// What the quorum's base counted to.
    package var quorumBase: Int

    package var quorumMet: Bool { present >= quorumNeeded }

    enum CodingKeys: String, CodingKey {
        case outcome, reason, counts, base
        case baseKind = "base_kind"
        case needed, present
        case quorumNeeded = "quorum_needed"
        case quorumBase = "quorum_base"
    }
}

extension VoteRule {
    /// Counts `counts` under this rule. `chair` is the casting vote, asked for only by `tieWaitsForChair`.
    package func verdict(_ counts: BallotCounts, in composition: Composition, chair: Choice? = nil) -> Verdict {
        let base = size(of: counts, in: composition)
        let needed = share.threshold(of: base)
        let quorumBase = quorum.base == .seats ? composition.seats : composition.filled
        let quorumNeeded = quorum.share.threshold(of: quorumBase)
        let reason = reason(
            counts, base: base, enough: counts.yes >= needed, quorumMet: composition.registered >= quorumNeeded, chair: chair)
        return Verdict(
            outcome: reason.outcome, reason: reason, counts: counts, base: base, baseKind: self.base, needed: needed,
            present: composition.registered, quorumNeeded: quorumNeeded, quorumBase: quorumBase)
    }

    private func size(of counts: BallotCounts, in composition: Composition) -> Int {
        let head = composition.headTakesPart ? 1 : 0
        return switch base {
        case .seats: composition.seats
        case .seatsWithHead: composition.seats &+ head
        case .filled: composition.filled
        case .registered: composition.registered &+ head
        case .cast: counts.cast
        case .yesNo: counts.yes &+ counts.no
        }
    }

    private func reason(_ counts: BallotCounts, base: Int, enough: Bool, quorumMet: Bool, chair: Choice?) -> Verdict.Reason {
        guard quorumMet else { return .noQuorum }
        if enough { return .enoughVotes }
        guard knowsTies, base > 0, counts.yes &* 2 == base else { return .notEnoughVotes }
        guard tie == .chairCasts else { return .tieFails }
        return switch chair {
        case .yes: .chairVotedYes
        case .no, .abstain: .chairVotedNo
        case nil: .tieWaitsForChair
        }
    }
}

extension Verdict.Reason {
    package var outcome: Verdict.Outcome {
        switch self {
        case .enoughVotes, .chairVotedYes, .quorumPresent: .adopted
        case .notEnoughVotes, .noQuorum, .tieFails, .chairVotedNo: .rejected
        case .tieWaitsForChair: .undecided
        }
    }
}
