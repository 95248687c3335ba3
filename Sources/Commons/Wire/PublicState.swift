/// What everybody may see of a council (docs/protocol.md, “The state”). The names of its fields stand here and nowhere else in Swift: the
/// record's side makes it, the page, the command line and the tests read it. Times are UTC milliseconds.
package struct PublicState: Codable, Equatable, Sendable {
    package var council: Council
    /// The one in session, else the next scheduled one, else the last. Without one, all that follows is `nil`.
    package var sitting: Sitting?
    package var notice: Notice?
    package var agenda: Agenda?
    /// The item before the council, and since when.
    package var currentItem: String?
    package var currentItemSince: Int64?
    package var presence: Presence?
    package var speakers: Speakers?
    package var rounds: Rounds?
    package var openRound: String?

    package init(
        council: Council, sitting: Sitting? = nil, notice: Notice? = nil, agenda: Agenda? = nil, currentItem: String? = nil,
        currentItemSince: Int64? = nil, presence: Presence? = nil, speakers: Speakers? = nil, rounds: Rounds? = nil,
        openRound: String? = nil
    ) {
        self.council = council
        self.sitting = sitting
        self.notice = notice
        self.agenda = agenda
        self.currentItem = currentItem
        self.currentItemSince = currentItemSince
        self.presence = presence
        self.speakers = speakers
        self.rounds = rounds
        self.openRound = openRound
    }

    package enum CodingKeys: String, CodingKey {
        case council, sitting, notice, agenda, presence, speakers, rounds
        case currentItem = "current_item"
        case currentItemSince = "current_item_since"
        case openRound = "open_round"
    }
}
