/// What a deputy can press.
public enum Choice: String, Codable, Sendable, CaseIterable {
    case yes, no, abstain
}

/// Where a deputy ended up in a round.
public enum Position: String, Codable, Sendable, CaseIterable {
    case yes, no, abstain
    case notVoting = "not_voting"
    case absent, recused
    /// Known from imported records only.
    case excused, paired

    public init(_ choice: Choice) {
        switch choice {
        case .yes: self = .yes
        case .no: self = .no
        case .abstain: self = .abstain
        }
    }
}

/// How many deputies ended up where. `total` is always the length of the entitled list.
public struct BallotCounts: Codable, Hashable, Sendable {
    public var yes: Int
    public var no: Int
    public var abstain: Int
    public var notVoting: Int
    public var absent: Int
    public var recused: Int

    public init(yes: Int = 0, no: Int = 0, abstain: Int = 0, notVoting: Int = 0, absent: Int = 0, recused: Int = 0) {
        self.yes = yes
        self.no = no
        self.abstain = abstain
        self.notVoting = notVoting
        self.absent = absent
        self.recused = recused
    }

    public init(_ positions: some Sequence<Position>) {
        self.init()
        for position in positions { add(position) }
    }

    public mutating func add(_ position: Position) {
        switch position {
        case .yes: yes += 1
        case .no: no += 1
        case .abstain: abstain += 1
        case .notVoting, .paired: notVoting += 1
        case .absent, .excused: absent += 1
        case .recused: recused += 1
        }
    }

    public var cast: Int { yes &+ no &+ abstain }
    public var total: Int { cast &+ notVoting &+ absent &+ recused }

    enum CodingKeys: String, CodingKey {
        case yes, no, abstain
        case notVoting = "not_voting"
        case absent, recused
    }
}
