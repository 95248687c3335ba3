/// What the secretary, the chair or a voting system asks for.
package enum Command: Codable, Hashable, Sendable {
    case importRoster(Roster)
    case setRules(RuleBook)
    case scheduleSitting(SittingPlan)
    /// `sitting` is `nil` for the one that is open.
    case inSitting(_ sitting: SittingID?, SittingCommand)
    /// Sent by the daemon when its wall clock was set by more than a second.
    case clockStepped(milliseconds: Int64)
}

/// What is asked of one sitting.
package enum SittingCommand: Codable, Hashable, Sendable {
    case open
    case suspend(until: UTCMilliseconds?, notice: String?)
    case resume
    case close
    case postNotice(Notice)
    case clearNotice

    /// Puts these items in place of the whole agenda; only while the sitting is scheduled.
    case replaceAgenda([AgendaItem])
    /// `index` is the place in the list from 0; `nil` is the end.
    case addItem(AgendaItem, index: Int?)
    case editItem(AgendaItem)
    case moveItem(ItemID, index: Int)
    case takeUpItem(ItemID)
    case setItemState(ItemID, AgendaItem.State, reason: String?)

    case queueSpeaker(SpeakerEntry, index: Int?)
    case removeSpeaker(SpeakerID)
    case startSpeech(SpeakerID)
    case pauseSpeech
    case resumeSpeech
    case extendSpeech(seconds: Int)
    case endSpeech

    case register([DeputyID])
    case depart([DeputyID])
    case declareRecusal(item: ItemID, deputy: DeputyID, reason: String)
    case withdrawRecusal(item: ItemID, deputy: DeputyID)

    case planRound(RoundPlan)
    case openRound(RoundID)
    case castBallot(round: RoundID, deputy: DeputyID, choice: Choice)
    case correctBallot(round: RoundID, deputy: DeputyID, choice: Choice, reason: String)
    /// A counting commission's totals of a secret round on paper.
    case recordSecretTotals(round: RoundID, SecretTally)
    case closeRound(RoundID)
    case castChairVote(round: RoundID, deputy: DeputyID, choice: Choice)
    case announceRound(RoundID)
    case annulRound(RoundID, reason: String)
}
