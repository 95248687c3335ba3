import Commons

extension CommandRefusal {
    /// Stable name, the last part of the problem's type.
    package var code: String { problemCode.rawValue }

    package var problemCode: ProblemCode {
        switch self {
        case .unknownSitting: .unknownSitting
        case .unknownItem: .unknownItem
        case .unknownRound: .unknownRound
        case .unknownDeputy: .unknownDeputy
        case .unknownSpeaker: .unknownSpeaker
        case .unknownRule: .unknownRule
        case .taken: .idTaken
        case .sittingIs: .sittingState
        case .anotherSittingOpen: .anotherSittingOpen
        case .roundStillOpen: .roundOpen
        case .roundIs: .roundState
        case .itemIs: .itemState
        case .speechRunning: .speechRunning
        case .noSpeech: .noSpeech
        case .speechIs: .speechState
        case .noRoster: .noRoster
        case .noRules: .noRules
        case .noQuorum: .noQuorum
        case .notEntitled: .notEntitled
        case .notRegistered: .notRegistered
        case .recused: .recused
        case .ballotTwice: .ballotTwice
        case .ballotAfterClose: .ballotAfterClose
        case .noBallot: .noBallot
        case .sameChoice: .sameChoice
        case .secretRound: .secretRound
        case .notSecret: .notSecret
        case .secretInterrupted: .secretInterrupted
        case .totals: .totals
        case .onlyYesRegisters: .onlyYesRegisters
        case .noTie: .noTie
        case .chairMissing: .chairMissing
        case .chairChoice: .chairChoice
        case .supersedes: .supersedes
        case .text: .badText
        case .number: .badNumber
        case .empty: .empty
        case .tooMany: .tooMany
        case .link: .badLink
        case .roster: .badRoster
        case .rule: .badRule
        case .secrecy: .secrecy
        case .parent: .badParent
        case .nothingToChange: .nothingToChange
        case .conflict: .conflict
        case .commandReused: .commandReused
        case .storageFull: .storageFull
        case .storageFailed: .storageFailed
        case .busy: .busy
        }
    }

    /// The input to look at; `nil` when it is the moment that is wrong.
    package var field: String? {
        switch self {
        case .unknownSitting: "sitting"
        case .unknownItem, .itemIs: "item"
        case .unknownRound, .roundIs, .secretRound, .notSecret, .noTie: "round"
        case .unknownDeputy, .notEntitled, .notRegistered, .recused, .ballotTwice, .ballotAfterClose, .noBallot: "deputy"
        case .unknownSpeaker: "speaker"
        case .unknownRule: "rule"
        case .sameChoice, .onlyYesRegisters, .chairChoice: "choice"
        case .totals: "totals"
        case .supersedes: "supersedes"
        case .secrecy: "reveal"
        case .parent: "parent"
        case .roster: "roster"
        case .conflict: "expected"
        case .commandReused: "command"
        case .taken(let field, _), .text(let field, _), .number(let field, _, _), .empty(let field), .tooMany(let field, _, _),
            .link(let field), .rule(let field, _), .nothingToChange(let field):
            field
        default: nil
        }
    }

    /// What is the matter and what to do.
    package var sentence: String {
        switch self {
        case .unknownSitting(let id?): "There is no sitting \(id); schedule it first or correct its id."
        case .unknownSitting(nil): "No sitting is open; name the sitting, or open one."
        case .unknownItem(let id): "There is no item \(id) on this agenda; add it first or correct its id."
        case .unknownRound(let id): "There is no round \(id) in this sitting; plan it first or correct its id."
        case .unknownDeputy(let id): "There is no deputy \(id) in the roster; correct the id or import the roster."
        case .unknownSpeaker(let id): "There is no turn \(id) in the list of speakers; correct its id."
        case .unknownRule(let name, let known): "There is no rule “\(name)”; use one of \(known.joined(separator: ", "))."
        case .taken(let field, let id): "\(field) \(id) is there already; choose another id."
        case .sittingIs(let status, let needs): "The sitting is \(status.rawValue); it must be \(needs) for this."
        case .anotherSittingOpen(let id): "Sitting \(id) is not closed yet; close it first."
        case .roundStillOpen(let id): "Round \(id) is open; close it first."
        case .roundIs(let id, let status, let needs): "Round \(id) is \(status.rawValue); it must be \(needs) for this."
        case .itemIs(let id, let state, let needs): "Item \(id) is \(state.rawValue); it must be \(needs) for this."
        case .speechRunning(let id): "Turn \(id) has the floor; end it first."
        case .noSpeech: "Nobody has the floor; start a speech first."
        case .speechIs(let paused): paused ? "The speech is paused already; resume it." : "The speech is running already; pause it."
        case .noRoster: "The council has no roster; import one first."
        case .noRules: "The council has no rules; import a file of config/rules first."
        case .noQuorum(let present, let needed): "\(present) deputies are here, \(needed) make a quorum; register who is here first."
        case .notEntitled(let id, let round): "\(id) is not entitled in round \(round); the list was fixed when it opened."
        case .notRegistered(let id): "\(id) is not registered; register them before the round closes."
        case .recused(let id, let item): "\(id) is recused from item \(item) and does not vote; withdraw the recusal if it is wrong."
        case .ballotTwice(let id, let round): "\(id) has voted in round \(round); a ballot is changed by a correction with its reason."
        case .ballotAfterClose(let id, let round): "Round \(round) is over; the ballot of \(id) came too late and is not counted."
        case .noBallot(let id, let round): "\(id) has no ballot in round \(round) to correct; cast one while it is open."
        case .sameChoice(let id): "The ballot of \(id) says this already; there is nothing to correct."
        case .secretRound(let id): "Round \(id) is secret; its ballots have no names and cannot be corrected: annul it and vote again."
        case .notSecret(let id): "Round \(id) is not secret; cast its ballots by name."
        case .secretInterrupted(let id, let voted, let counted):
            "Secret round \(id) was interrupted: \(voted) voted, \(counted) are counted. Annul it and vote again."
        case .totals(let cast, let mayVote): "The totals add up to \(cast), but \(mayVote) could vote; correct the totals."
        case .onlyYesRegisters: "In a registration only yes can be pressed."
        case .noTie(let id): "Round \(id) waits for no casting vote; it did not end in a tie that the chair decides."
        case .chairMissing(let id): "Round \(id) ended in a tie; enter the chair's casting vote first."
        case .chairChoice: "The casting vote is yes or no."
        case .supersedes(let id, let status):
            "Round \(id) is \(status.rawValue); only a closed, announced or annulled round of this sitting can be held again."
        case .text(let field, let fault): "\(field) \(fault.sentence)."
        case .number(let field, let value, let range): "\(field) is \(value); give \(range.lowerBound) to \(range.upperBound)."
        case .empty(let field): "\(field) is empty; name at least one."
        case .tooMany(let field, let count, let limit): "\(field) has \(count) entries; at most \(limit) are allowed."
        case .link(let field): "\(field) is no web address; write one that begins with https:// or http://."
        case .roster(let faults): "The roster has faults: \(faults.prefix(20).map(\.sentence).joined(separator: "; "))."
        case .rule(let field, let fault): "\(field): \(fault.sentence)."
        case .secrecy: "method and reveal are secret together or not at all; change one of them."
        case .parent(let id): "Item \(id) cannot be the parent: sub-items go one level deep, below an item of the same agenda."
        case .nothingToChange(let field): "\(field) is as it should be already; nothing was changed."
        case .conflict(let expected, let current, _):
            "You expected event \(expected) to be the last, it is \(current); look at what changed and send again."
        case .commandReused: "This command id was used for another command; make a new one for every command."
        case .storageFull: "The disk that holds the record is full; free some space and send again."
        case .storageFailed(let words): "The record could not be written (\(words)); look at the disk and send again."
        case .busy: "Too many commands wait for the disk; send again in a second."
        }
    }
}
