/// What is known of a sitting before it opens.
package struct SittingPlan: Codable, Hashable, Sendable {
    package var id: SittingID
    package var title: String
    package var scheduledFor: UTCMilliseconds?
    package var place: String?
    /// Term of the council: скликання, kadencija, მოწვევა.
    package var term: String?
    package var session: String?

    package init(
        id: SittingID, title: String, scheduledFor: UTCMilliseconds? = nil, place: String? = nil, term: String? = nil,
        session: String? = nil
    ) {
        self.id = id
        self.title = title
        self.scheduledFor = scheduledFor
        self.place = place
        self.term = term
        self.session = session
    }

    enum CodingKeys: String, CodingKey {
        case id, title
        case scheduledFor = "scheduled_for"
        case place, term, session
    }
}

/// “Break until 14:00”.
package struct Notice: Codable, Hashable, Sendable {
    package var text: String
    package var until: UTCMilliseconds?

    package init(text: String, until: UTCMilliseconds? = nil) {
        self.text = text
        self.until = until
    }
}

/// One sitting of the council: its agenda, who is here, who speaks, how they vote.
package struct Sitting: Hashable, Sendable {
    package enum Status: String, Codable, Sendable {
        case scheduled, open, suspended, closed
    }

    package var plan: SittingPlan
    package var status: Status = .scheduled
    /// Agenda, rounds and the rest are in the log only; `EventLog.sitting` reads them.
    package var isArchived = false
    package var openedAt: UTCMilliseconds?
    package var closedAt: UTCMilliseconds?
    package var notice: Notice?
    package var agenda: [AgendaItem] = []
    package var currentItem: ItemID?
    /// When the current item was taken up; moved when the clock is set, as every time that a screen counts from.
    package var currentItemSince: UTCMilliseconds?
    package var present: Set<DeputyID> = []
    package var recusals: [ItemID: [DeputyID: String]] = [:]
    package var speakers: [SpeakerEntry] = []
    package var speech: Speech?
    /// In the order they were planned.
    package var rounds: [VoteRound] = []

    package init(plan: SittingPlan) { self.plan = plan }

    package var id: SittingID { plan.id }
    package func item(_ id: ItemID) -> AgendaItem? { agenda.first { $0.id == id } }
    package func round(_ id: RoundID) -> VoteRound? { rounds.last { $0.id == id } }
    package var openRound: VoteRound? { rounds.last { $0.status == .open } }

    package func isRecused(_ deputy: DeputyID, from item: ItemID?) -> Bool {
        item.flatMap { recusals[$0]?[deputy] } != nil
    }
}
