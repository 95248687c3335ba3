/// What happened, as the record keeps it. A fact's JSON form is pinned by golden files: it is read back for decades.
package struct Event: Hashable, Sendable {
    /// The sitting it happened in; `nil` for the council's own affairs.
    package var sitting: SittingID?
    package var fact: Fact

    package init(_ fact: Fact, in sitting: SittingID? = nil) {
        self.sitting = sitting
        self.fact = fact
    }
}

/// The facts. Cases are added, never renamed; their order below is the order of a sitting.
package enum Fact: Hashable, Sendable, Codable {
    case rosterImported(roster: Roster)
    case rulesSet(rules: RuleBook)
    /// Running countdowns move by as much as the wall clock was set.
    case clockStepped(milliseconds: Int64)

    case sittingScheduled(plan: SittingPlan)
    case sittingOpened
    case sittingSuspended(until: UTCMilliseconds?)
    case sittingResumed
    case sittingClosed
    case noticePosted(notice: Notice)
    case noticeCleared

    case agendaReplaced(items: [AgendaItem])
    case itemAdded(item: AgendaItem, index: Int)
    case itemEdited(item: AgendaItem)
    case itemMoved(item: ItemID, index: Int)
    case itemTakenUp(item: ItemID)
    case itemStateChanged(item: ItemID, state: AgendaItem.State, reason: String?, round: RoundID?)

    case speakerQueued(entry: SpeakerEntry, index: Int)
    case speakerRemoved(entry: SpeakerID)
    case speechStarted(entry: SpeakerID, seconds: Int)
    case speechPaused
    case speechResumed
    case speechExtended(seconds: Int)
    case speechEnded

    case deputiesArrived(deputies: [DeputyID], round: RoundID?)
    case deputiesLeft(deputies: [DeputyID])
    case recusalDeclared(item: ItemID, deputy: DeputyID, reason: String)
    case recusalWithdrawn(item: ItemID, deputy: DeputyID)

    case roundPlanned(plan: RoundPlan)
    case roundOpened(round: RoundID, terms: RoundTerms)
    /// `choice` is `nil` in a secret round: that somebody voted, not how.
    case ballotCast(round: RoundID, deputy: DeputyID, choice: Choice?)
    /// `cites` is the event of the ballot that is corrected.
    case ballotCorrected(round: RoundID, deputy: DeputyID, from: Choice, to: Choice, reason: String, cites: Int64, result: RoundResult?)
    case ballotRefused(round: RoundID, deputy: DeputyID, code: String)
    case secretTotalsRecorded(round: RoundID, totals: SecretTally)
    case roundClosed(round: RoundID, result: RoundResult)
    case chairVoteCast(round: RoundID, deputy: DeputyID, choice: Choice, result: RoundResult)
    case roundAnnounced(round: RoundID)
    case roundAnnulled(round: RoundID, reason: String)

    enum CodingKeys: String, CodingKey, CaseIterable {
        case rosterImported = "roster_imported"
        case rulesSet = "rules_set"
        case clockStepped = "clock_stepped"
        case sittingScheduled = "sitting_scheduled"
        case sittingOpened = "sitting_opened"
        case sittingSuspended = "sitting_suspended"
        case sittingResumed = "sitting_resumed"
        case sittingClosed = "sitting_closed"
        case noticePosted = "notice_posted"
        case noticeCleared = "notice_cleared"
        case agendaReplaced = "agenda_replaced"
        case itemAdded = "item_added"
        case itemEdited = "item_edited"
        case itemMoved = "item_moved"
        case itemTakenUp = "item_taken_up"
        case itemStateChanged = "item_state_changed"
        case speakerQueued = "speaker_queued"
        case speakerRemoved = "speaker_removed"
        case speechStarted = "speech_started"
        case speechPaused = "speech_paused"
        case speechResumed = "speech_resumed"
        case speechExtended = "speech_extended"
        case speechEnded = "speech_ended"
        case deputiesArrived = "deputies_arrived"
        case deputiesLeft = "deputies_left"
        case recusalDeclared = "recusal_declared"
        case recusalWithdrawn = "recusal_withdrawn"
        case roundPlanned = "round_planned"
        case roundOpened = "round_opened"
        case ballotCast = "ballot_cast"
        case ballotCorrected = "ballot_corrected"
        case ballotRefused = "ballot_refused"
        case secretTotalsRecorded = "secret_totals_recorded"
        case roundClosed = "round_closed"
        case chairVoteCast = "chair_vote_cast"
        case roundAnnounced = "round_announced"
        case roundAnnulled = "round_annulled"
    }

    /// The type column of the record: `ballot_cast`.
    package var type: String { key.rawValue }

    private var key: CodingKeys {
        switch self {
        case .rosterImported: .rosterImported
        case .rulesSet: .rulesSet
        case .clockStepped: .clockStepped
        case .sittingScheduled: .sittingScheduled
        case .sittingOpened: .sittingOpened
        case .sittingSuspended: .sittingSuspended
        case .sittingResumed: .sittingResumed
        case .sittingClosed: .sittingClosed
        case .noticePosted: .noticePosted
        case .noticeCleared: .noticeCleared
        case .agendaReplaced: .agendaReplaced
        case .itemAdded: .itemAdded
        case .itemEdited: .itemEdited
        case .itemMoved: .itemMoved
        case .itemTakenUp: .itemTakenUp
        case .itemStateChanged: .itemStateChanged
        case .speakerQueued: .speakerQueued
        case .speakerRemoved: .speakerRemoved
        case .speechStarted: .speechStarted
        case .speechPaused: .speechPaused
        case .speechResumed: .speechResumed
        case .speechExtended: .speechExtended
        case .speechEnded: .speechEnded
        case .deputiesArrived: .deputiesArrived
        case .deputiesLeft: .deputiesLeft
        case .recusalDeclared: .recusalDeclared
        case .recusalWithdrawn: .recusalWithdrawn
        case .roundPlanned: .roundPlanned
        case .roundOpened: .roundOpened
        case .ballotCast: .ballotCast
        case .ballotCorrected: .ballotCorrected
        case .ballotRefused: .ballotRefused
        case .secretTotalsRecorded: .secretTotalsRecorded
        case .roundClosed: .roundClosed
        case .chairVoteCast: .chairVoteCast
        case .roundAnnounced: .roundAnnounced
        case .roundAnnulled: .roundAnnulled
        }
    }
}

/// An event with its place and time in the record.
package struct RecordedEvent: Hashable, Sendable {
    /// From 1, without gaps; the order of everything.
    package var sequence: Int64
    package var at: UTCMilliseconds
    package var event: Event

    package init(sequence: Int64, at: UTCMilliseconds, event: Event) {
        self.sequence = sequence
        self.at = at
        self.event = event
    }
}
