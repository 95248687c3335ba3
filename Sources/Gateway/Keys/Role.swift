/// What a token or a session is for. One may hold several; nobody holds one by default.
public enum Role: String, Codable, Sendable, CaseIterable {
    /// The streams: start, stop, slate, closed session.
    case `operator`
    /// Everything of the sitting: roster, rules, agenda, speakers, rounds, ballots by hand.
    case secretary
    /// A hall's own voting system: ballots and results, nothing else.
    case votingSystem = "voting-system"
    /// Nothing but reading.
    case display
    /// Tokens, configuration, log; no votes.
    case admin
}

/// What a request beyond public reading needs.
public enum Permission: String, Sendable, CaseIterable {
    case streams, sitting, ballots
    case hallSystem = "hall-system"
    case tokens, reload, logs

    /// For people, after “may not”.
    var words: String {
        switch self {
        case .streams: "see or steer the streams"
        case .sitting: "conduct the sitting"
        case .ballots: "cast ballots"
        case .hallSystem: "hand in a voting system's results"
        case .tokens: "manage tokens"
        case .reload: "have the configuration read again"
        case .logs: "read the log"
        }
    }
}

/// The permissions of each role, defined only here.
public enum RoleMatrix {
    public static let permissions: [Role: Set<Permission>] = [
        .operator: [.streams],
        .secretary: [.sitting, .ballots, .hallSystem],
        .votingSystem: [.ballots, .hallSystem],
        .display: [],
        .admin: [.tokens, .reload, .logs],
    ]

    public static func allows(_ roles: some Sequence<Role>, _ permission: Permission) -> Bool {
        roles.contains { permissions[$0]?.contains(permission) == true }
    }

    /// The roles that may, in the order of their list.
    public static func roles(for permission: Permission) -> [Role] { Role.allCases.filter { allows([$0], permission) } }
}

/// The authenticated sender of a request.
public struct Identity: Sendable, Equatable {
    enum Proof: Sendable, Equatable {
        /// The control socket.
        case local
        case token(id: String)
        case session(id: String)
    }

    /// As the record and the log keep it: `cli:anna`, a token's name.
    public var name: String
    public var roles: Set<Role>
    /// `nil`: every hall.
    public var halls: Set<String>?
    var proof: Proof

    static func local(user: String) -> Identity {
        Identity(name: "cli:\(user)", roles: Set(Role.allCases), halls: nil, proof: .local)
    }

    func mayEnter(_ hall: String) -> Bool { halls?.contains(hall) ?? true }
}
