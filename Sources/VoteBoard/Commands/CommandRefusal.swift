/// Why a command was not done. Nothing of it was: a refused command leaves the record as it was.
///
/// `code` is stable and machine-readable (the problem type of RFC 9457), `sentence` says the remedy, `field` names the input.
package enum CommandRefusal: Error, Hashable, Sendable {
    // What does not exist, or exists already.
    case unknownSitting(SittingID?)
    case unknownItem(ItemID)
    case unknownRound(RoundID)
    case unknownDeputy(DeputyID)
    case unknownSpeaker(SpeakerID)
    case unknownRule(String, known: [String])
    case taken(field: String, id: String)

    // What is not the right moment.
    case sittingIs(Sitting.Status, needs: String)
    case anotherSittingOpen(SittingID)
    case roundStillOpen(RoundID)
    case roundIs(RoundID, VoteRound.Status, needs: String)
    case itemIs(ItemID, AgendaItem.State, needs: String)
    case speechRunning(SpeakerID)
    case noSpeech
    case speechIs(paused: Bool)
    case noRoster
    case noRules
    case noQuorum(present: Int, needed: Int)

    // Ballots.
    case notEntitled(DeputyID, RoundID)
    case notRegistered(DeputyID)
    case recused(DeputyID, ItemID)
    case ballotTwice(DeputyID, RoundID)
    case ballotAfterClose(DeputyID, RoundID)
    case noBallot(DeputyID, RoundID)
    case sameChoice(DeputyID)
    case secretRound(RoundID)
    case notSecret(RoundID)
    case secretInterrupted(RoundID, voted: Int, counted: Int)
    case totals(cast: Int, mayVote: Int)
    case onlyYesRegisters
    case noTie(RoundID)
    case chairMissing(RoundID)
    case chairChoice
    case supersedes(RoundID, VoteRound.Status)

    // Bad input.
    case text(field: String, PlainText.Fault)
    case number(field: String, Int, ClosedRange<Int>)
    case empty(field: String)
    case tooMany(field: String, count: Int, limit: Int)
    case link(field: String)
    case roster([RosterFault])
    case rule(field: String, RuleFault)
    case secrecy
    case parent(ItemID)
    case nothingToChange(field: String)

    // The command itself.
    case conflict(expected: Int64, current: Int64, since: [ChangeSummary])
    case commandReused
    case storageFull
    case storageFailed(String)
    case busy
}

/// One line of what happened since the sequence a client expected.
package struct ChangeSummary: Hashable, Sendable {
    package var sequence: Int64
    package var type: String

    package init(sequence: Int64, type: String) {
        self.sequence = sequence
        self.type = type
    }
}
