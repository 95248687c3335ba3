/// A vote that another system held, matched with the roster.
public struct ImportedVote: Hashable, Sendable {
    /// The other system's id.
    public var id: String?
    public var organization: String?
    public var session: String?
    /// When the vote was held.
    public var at: UTCMilliseconds?
    /// The system's word for the kind of vote: «Поіменне», «Сигнальне», «За основу».
    public var typeLabel: String?
    /// The item's number.
    public var number: String?
    public var title: String
    public var question: String?
    /// What the system says the result was; the board counts for itself.
    public var adopted: Bool?
    public var positions: [DeputyID: Position]

    public init(
        id: String? = nil, organization: String? = nil, session: String? = nil, at: UTCMilliseconds? = nil, typeLabel: String? = nil,
        number: String? = nil, title: String, question: String? = nil, adopted: Bool? = nil, positions: [DeputyID: Position]
    ) {
        self.id = id
        self.organization = organization
        self.session = session
        self.at = at
        self.typeLabel = typeLabel
        self.number = number
        self.title = title
        self.question = question
        self.adopted = adopted
        self.positions = positions
    }

    /// The ballots to cast for it: those who pressed something.
    public var ballots: [(deputy: DeputyID, choice: Choice)] {
        positions.compactMap { deputy, position in Choice(rawValue: position.rawValue).map { (deputy, $0) } }
            .sorted { $0.deputy < $1.deputy }
    }

    /// Those who were in the hall.
    public var present: [DeputyID] {
        positions.filter { $0.value != .absent && $0.value != .excused }.keys.sorted()
    }
}
