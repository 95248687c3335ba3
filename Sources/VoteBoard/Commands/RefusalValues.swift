import Commons

extension CommandRefusal {
    /// What the sentence names, each by itself, so that a page can say it in its reader's language: ids, states, figures. Nothing
    /// that the sentence keeps to itself.
    package var values: [String: JSONValue] {
        switch self {
        case .unknownSitting(let id): id.map { ["sitting": .string($0.text)] } ?? [:]
        case .unknownItem(let id), .parent(let id): ["item": .string(id.text)]
        case .unknownRound(let id), .roundStillOpen(let id), .secretRound(let id), .notSecret(let id), .noTie(let id),
            .chairMissing(let id):
            ["round": .string(id.text)]
        case .unknownDeputy(let id), .notRegistered(let id), .sameChoice(let id): ["deputy": .string(id.text)]
        case .unknownSpeaker(let id), .speechRunning(let id): ["speaker": .string(id.text)]
        case .unknownRule(let name, let known): ["name": .string(name), "known": .string(known.joined(separator: ", "))]
        case .taken(_, let id): ["id": .string(id)]
        case .sittingIs(let status, _): ["state": .string(status.rawValue)]
        case .anotherSittingOpen(let id): ["sitting": .string(id.text)]
        case .roundIs(let id, let status, _), .supersedes(let id, let status):
            ["round": .string(id.text), "state": .string(status.rawValue)]
        case .itemIs(let id, let state, _): ["item": .string(id.text), "state": .string(state.rawValue)]
        case .speechIs(let paused): ["state": .string(paused ? "paused" : "running")]
        case .noQuorum(let present, let needed): ["present": .number(present), "needed": .number(needed)]
        case .notEntitled(let id, let round), .ballotTwice(let id, let round), .ballotAfterClose(let id, let round),
            .noBallot(let id, let round):
            ["deputy": .string(id.text), "round": .string(round.text)]
        case .recused(let id, let item): ["deputy": .string(id.text), "item": .string(item.text)]
        case .secretInterrupted(let id, let voted, let counted):
            ["round": .string(id.text), "voted": .number(voted), "counted": .number(counted)]
        case .totals(let cast, let mayVote): ["cast": .number(cast), "may_vote": .number(mayVote)]
        case .text(_, let fault): fault.values
        case .number(_, let value, let range):
            ["value": .number(value), "least": .number(range.lowerBound), "most": .number(range.upperBound)]
        case .tooMany(_, let count, let limit): ["count": .number(count), "limit": .number(limit)]
        case .roster(let faults): ["count": .number(faults.count)]
        case .noSpeech, .noRoster, .noRules, .onlyYesRegisters, .chairChoice, .empty, .link, .rule, .secrecy, .nothingToChange, .conflict,
            .commandReused, .storageFull, .storageFailed, .busy:
            [:]
        }
    }
}

extension PlainText.Fault {
    fileprivate var values: [String: JSONValue] {
        switch self {
        case .empty: ["fault": .string("empty")]
        case .tooLong(let limit): ["fault": .string("too_long"), "limit": .number(limit)]
        case .control: ["fault": .string("control")]
        }
    }
}
