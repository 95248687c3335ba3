/// What is known of a sitting before it opens.
public struct SittingPlan: Codable, Hashable, Sendable {
    public var id: SittingID
    public var title: String
    public var scheduledFor: UTCMilliseconds?
    public var place: String?
    /// Term of the council: скликання, kadencija, მოწვევა.
    public var term: String?
    public var session: String?

    public init(
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
public struct Notice: Codable, Hashable, Sendable {
    public var text: String
    public var until: UTCMilliseconds?

    public init(text: String, until: UTCMilliseconds? = nil) {
        self.text = text
        self.until = until
    }
}

/// One sitting of the council: its agenda, who is here, who speaks, how they vote.
public struct Sitting: Hashable, Sendable {
    public enum Status: String, Codable, Sendable {
        case scheduled, open, suspended, closed
    }

    public var plan: SittingPlan
    public var status: Status = .scheduled
    /// Agenda, rounds and the rest are in the log only; `EventLog.sitting` reads them.
    public var isArchived = false
    public var openedAt: UTCMilliseconds?
    public var closedAt: UTCMilliseconds?
    public var notice: Notice?
    public var agenda: [AgendaItem] = []
    public var currentItem: ItemID?
    /// When the current item was taken up; moved when the clock is set, as every time that a screen counts from.
    public var currentItemSince: UTCMilliseconds?
    public var present: Set<DeputyID> = []
    public var recusals: [ItemID: [DeputyID: String]] = [:]
    public var speakers: [SpeakerEntry] = []
    public var speech: Speech?
    /// In the order they were planned.
    public var rounds: [VoteRound] = []

    public init(plan: SittingPlan) { self.plan = plan }

    public var id: SittingID { plan.id }
    public func item(_ id: ItemID) -> AgendaItem? { agenda.first { $0.id == id } }
    public func round(_ id: RoundID) -> VoteRound? { rounds.last { $0.id == id } }
    public var openRound: VoteRound? { rounds.last { $0.status == .open } }

    public func isRecused(_ deputy: DeputyID, from item: ItemID?) -> Bool {
        item.flatMap { recusals[$0]?[deputy] } != nil
    }
}
