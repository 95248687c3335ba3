/// What a deputy can press.
package enum Choice: String, Codable, Sendable, CaseIterable {
    case yes, no, abstain
}

/// Where a deputy ended up in a round.
package enum Position: String, Codable, Sendable, CaseIterable {
    case yes, no, abstain
    case notVoting = "not_voting"
    case absent, recused
    /// Known from imported records only.
    case excused, paired

    package init(_ choice: Choice) {
        switch choice {
        case .yes: self = .yes
        case .no: self = .no
        case .abstain: self = .abstain
        }
    }
}

/// How many deputies ended up where. `total` is always the length of the entitled list.
package struct BallotCounts: Codable, Hashable, Sendable {
    package var yes: Int
    package var no: Int
    package var abstain: Int
    package var notVoting: Int
    package var absent: Int
    package var recused: Int

    package init(yes: Int = 0, no: Int = 0, abstain: Int = 0, notVoting: Int = 0, absent: Int = 0, recused: Int = 0) {
        self.yes = yes
        self.no = no
        self.abstain = abstain
        self.notVoting = notVoting
        self.absent = absent
        self.recused = recused
    }

    package init(_ positions: some Sequence<Position>) {
        self.init()
        for position in positions { add(position) }
    }

    package mutating func add(_ position: Position) {
        switch position {
        case .yes: yes += 1
        case .no: no += 1
        case .abstain: abstain += 1
        case .notVoting, .paired: notVoting += 1
        case .absent, .excused: absent += 1
        case .recused: recused += 1
        }
    }

    package var cast: Int { yes &+ no &+ abstain }
    package var total: Int { cast &+ notVoting &+ absent &+ recused }

    enum CodingKeys: String, CodingKey {
        case yes, no, abstain
        case notVoting = "not_voting"
        case absent, recused
    }
}
