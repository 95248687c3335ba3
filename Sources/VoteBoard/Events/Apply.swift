extension CouncilState {
    /// The state after one more event. Total: a fact about something unknown changes nothing.
    package func applying(_ record: RecordedEvent) -> CouncilState {
        var next = self
        next.apply(record)
        return next
    }

    package mutating func apply(_ record: RecordedEvent) {
        sequence = record.sequence
        lastAt = record.at
        switch record.event.fact {
        case .rosterImported(let roster): self.roster = roster
        case .rulesSet(let rules): self.rules = rules
        case .sittingScheduled(let plan): sittings.append(Sitting(plan: plan))
        case .clockStepped(let milliseconds):
            for index in sittings.indices where sittings[index].status != .closed { sittings[index].shiftCountdowns(by: milliseconds) }
        default:
            if case .sittingOpened = record.event.fact { archiveClosedSittings() }
            guard let index = sittings.lastIndex(where: { $0.id == record.event.sitting }) else { return }
            sittings[index].apply(record.event.fact, at: record.at, sequence: record.sequence)
        }
    }
}

extension CouncilState {
    /// Closed sittings that are still known by name without asking the log: forty years of a council, a week of a demo.
    static let archiveLimit = 2000

    /// Once the next sitting opens, a closed one's details are for the archive: the log has them, memory has not.
    private mutating func archiveClosedSittings() {
        let closed = sittings.count { $0.status == .closed }
        if closed > Self.archiveLimit {
            var surplus = closed - Self.archiveLimit
            sittings.removeAll { sitting in
                guard surplus > 0, sitting.status == .closed else { return false }
                surplus -= 1
                return true
            }
        }
        for index in sittings.indices where sittings[index].status == .closed && !sittings[index].isArchived {
            sittings[index] = sittings[index].archived
        }
    }
}

extension Sitting {
    fileprivate var archived: Sitting {
        var kept = Sitting(plan: plan)
        kept.status = status
        kept.openedAt = openedAt
        kept.closedAt = closedAt
        kept.isArchived = true
        return kept
    }

    fileprivate mutating func apply(_ fact: Fact, at: UTCMilliseconds, sequence: Int64) {
        switch fact {
        case .sittingOpened:
            status = .open
            openedAt = at
        case .sittingSuspended:
            status = .suspended
            pauseSpeech(at: at)
        case .sittingResumed:
            status = .open
            notice = nil
        case .sittingClosed:
            status = .closed
            closedAt = at
            speech = nil
            notice = nil
            currentItem = nil
            currentItemSince = nil
        case .noticePosted(let notice): self.notice = notice
        case .noticeCleared: notice = nil
        case .deputiesArrived(let deputies, _): present.formUnion(deputies)
        case .deputiesLeft(let deputies): present.subtract(deputies)
        case .recusalDeclared(let item, let deputy, let reason): recusals[item, default: [:]][deputy] = reason
        case .recusalWithdrawn(let item, let deputy): recusals[item]?[deputy] = nil
        default:
            applyAgenda(fact, at: at)
            applySpeech(fact, at: at)
            applyRound(fact, at: at, sequence: sequence)
        }
    }

    private mutating func applyAgenda(_ fact: Fact, at: UTCMilliseconds) {
        switch fact {
        case .agendaReplaced(let items): agenda = items
        case .itemAdded(let item, let index): agenda.insert(item, at: min(max(0, index), agenda.count))
        case .itemEdited(let item):
            guard let place = agenda.firstIndex(where: { $0.id == item.id }) else { return }
            agenda[place] = item
        case .itemMoved(let id, let index):
            guard let place = agenda.firstIndex(where: { $0.id == id }) else { return }
            let item = agenda.remove(at: place)
            agenda.insert(item, at: min(max(0, index), agenda.count))
        case .itemTakenUp(let id):
            currentItem = id
            currentItemSince = at
        case .itemStateChanged(let id, let state, _, _):
            guard let place = agenda.firstIndex(where: { $0.id == id }) else { return }
            agenda[place].state = state
        default: break
        }
    }

    private mutating func applySpeech(_ fact: Fact, at: UTCMilliseconds) {
        switch fact {
        case .speakerQueued(let entry, let index): speakers.insert(entry, at: min(max(0, index), speakers.count))
        case .speakerRemoved(let id): speakers.removeAll { $0.id == id }
        case .speechStarted(let id, let seconds):
            guard let place = speakers.firstIndex(where: { $0.id == id }) else { return }
            speech = Speech(entry: speakers.remove(at: place), allotted: Int64(seconds) &* 1000, spent: 0, runningSince: at)
        case .speechPaused: pauseSpeech(at: at)
        case .speechResumed: speech?.runningSince = at
        case .speechExtended(let seconds): speech?.allotted &+= Int64(seconds) &* 1000
        case .speechEnded: speech = nil
        default: break
        }
    }

    private mutating func pauseSpeech(at: UTCMilliseconds) {
        guard let since = speech?.runningSince else { return }
        speech?.spent &+= max(0, at - since)
        speech?.runningSince = nil
    }

    fileprivate mutating func shiftCountdowns(by milliseconds: Int64) {
        if let since = speech?.runningSince { speech?.runningSince = since + milliseconds }
        currentItemSince = currentItemSince.map { $0 + milliseconds }
        for index in rounds.indices where rounds[index].status == .open {
            rounds[index].endsAt = rounds[index].endsAt.map { $0 + milliseconds }
        }
    }
}
