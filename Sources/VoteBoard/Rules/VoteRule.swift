/// A share of a whole, “more than n/d” or “at least n/d”, in integers only.
package struct Share: Hashable, Sendable {
    package var numerator: Int
    package var denominator: Int
    /// `true`: more than; `false`: at least.
    package var strict: Bool

    package init(numerator: Int, denominator: Int, strict: Bool) {
        self.numerator = numerator
        self.denominator = denominator
        self.strict = strict
    }

    /// The smallest number of `whole` that reaches the share; never below one, so that nobody voting adopts nothing.
    package func threshold(of whole: Int) -> Int {
        // A rule from a forged record may hold anything; `fault` refuses it, and this must not trap before.
        let product = whole &* numerator
        let parts = max(1, denominator)
        return max(1, strict ? product / parts &+ 1 : (product &+ parts &- 1) / parts)
    }

    /// `nil` when the share can be reached and never overflows.
    var fault: RuleFault? {
        guard (1...1000).contains(denominator) else { return .denominator(denominator) }
        guard (1...denominator).contains(numerator) else { return .numerator(numerator, denominator: denominator) }
        return strict && numerator == denominator ? .moreThanAll : nil
    }
}

/// When the council can decide at all.
package struct QuorumRule: Codable, Hashable, Sendable {
    package enum Base: String, Codable, Sendable, CaseIterable {
        case seats, filled
    }

    package var base: Base
    package var numerator: Int
    package var denominator: Int
    package var strict: Bool

    package init(base: Base, numerator: Int, denominator: Int, strict: Bool) {
        self.base = base
        self.numerator = numerator
        self.denominator = denominator
        self.strict = strict
    }

    package var share: Share { Share(numerator: numerator, denominator: denominator, strict: strict) }
}

/// How many votes adopt: `yes ≥ threshold` of a base, while the quorum holds.
package struct VoteRule: Codable, Hashable, Sendable {
    package enum Base: String, Codable, Sendable, CaseIterable {
        /// The legal full composition; vacancies do not shrink it.
        case seats
        /// `seats`, plus one when the head of the community takes part.
        case seatsWithHead = "seats_with_head"
        /// Deputies whose mandate runs.
        case filled
        /// Registered deputies, and the head when taking part.
        case registered
        /// yes + no + abstain.
        case cast
        /// yes + no.
        case yesNo = "yes_no"
    }

    package enum Tie: String, Codable, Sendable, CaseIterable {
        case fails
        case chairCasts = "chair_casts"
    }

    package var base: Base
    package var numerator: Int
    package var denominator: Int
    package var strict: Bool
    package var tie: Tie
    package var quorum: QuorumRule

    package init(base: Base, numerator: Int, denominator: Int, strict: Bool, tie: Tie = .fails, quorum: QuorumRule) {
        self.base = base
        self.numerator = numerator
        self.denominator = denominator
        self.strict = strict
        self.tie = tie
        self.quorum = quorum
    }

    package var share: Share { Share(numerator: numerator, denominator: denominator, strict: strict) }

    /// A tie is possible only where the votes cast are the whole, and “more than half” of them is asked.
    package var knowsTies: Bool { (base == .cast || base == .yesNo) && strict && numerator * 2 == denominator }

    /// The first fault of the rule, `nil` for a rule that can be used.
    package var fault: RuleFault? {
        share.fault ?? quorum.share.fault ?? (tie == .chairCasts && !knowsTies ? .tieWithoutHalf : nil)
    }
}

/// Why a rule cannot be used.
package enum RuleFault: Error, Hashable, Sendable {
    case denominator(Int)
    case numerator(Int, denominator: Int)
    case moreThanAll
    case tieWithoutHalf

    package var sentence: String {
        switch self {
        case .denominator(let value): "denominator is \(value); give a whole number from 1 to 1000"
        case .numerator(let value, let denominator): "numerator is \(value); give a whole number from 1 to the denominator, \(denominator)"
        case .moreThanAll: "strict asks for more than all; set strict to false for unanimity"
        case .tieWithoutHalf:
            "tie is chair_casts, but only “more than 1/2” of cast or yes_no can end in a tie; set tie to fails or change the base"
        }
    }
}
