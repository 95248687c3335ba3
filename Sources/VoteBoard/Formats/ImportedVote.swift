/// A vote that another system held, matched with the roster.
package struct ImportedVote: Hashable, Sendable {
    /// The other system's id.
    package var id: String?
    package var organization: String?
    package var session: String?
    /// When the vote was held.
    package var at: UTCMilliseconds?
    /// The system's word for the kind of vote: «Поіменне», «Сигнальне», «За основу».
    package var typeLabel: String?
    /// The item's number.
    package var number: String?
    package var title: String
    package var question: String?
    /// What the system says the result was; the board counts for itself.
    package var adopted: Bool?
    package var positions: [DeputyID: Position]

    package init(
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
    package var ballots: [(deputy: DeputyID, choice: Choice)] {
        positions.compactMap { deputy, position in Choice(rawValue: position.rawValue).map { (deputy, $0) } }
            .sorted { $0.deputy < $1.deputy }
    }

    /// Those who were in the hall.
    package var present: [DeputyID] {
        positions.filter { $0.value != .absent && $0.value != .excused }.keys.sorted()
    }
}
