/// Decides what is asked of one sitting. Events leave without the sitting's name; the caller writes it on them.
struct SittingDecider {
    let council: CouncilState
    let sitting: Sitting
    let now: UTCMilliseconds
    let secretTallies: [RoundID: SecretTally]

    func decide(_ command: SittingCommand) throws(CommandRefusal) -> Decision {
        switch command {
        case .open: Decision(try open())
        case .suspend(let until, let notice): Decision(try suspend(until: until, notice: notice))
        case .resume:
            Decision(try needs(.suspended, "suspended", then: .sittingResumed))
        case .close: Decision(try close())
        case .postNotice(let notice): Decision(try post(notice))
        case .clearNotice:
            Decision(try facts(sitting.notice == nil ? nil : .noticeCleared, else: .nothingToChange(field: "notice")))

        case .replaceAgenda(let items): Decision(try replaceAgenda(items))
        case .addItem(let item, let index): Decision(try add(item, at: index))
        case .editItem(let item): Decision(try edit(item))
        case .moveItem(let id, let index): Decision(try move(id, to: index))
        case .takeUpItem(let id): Decision(try takeUp(id))
        case .setItemState(let id, let state, let reason): Decision(try setState(state, of: id, reason: reason))

        case .queueSpeaker(let entry, let index): Decision(try queue(entry, at: index))
        case .removeSpeaker(let id): Decision(try removeSpeaker(id))
        case .startSpeech(let id): Decision(try startSpeech(id))
        case .pauseSpeech: Decision(try pauseSpeech())
        case .resumeSpeech: Decision(try resumeSpeech())
        case .extendSpeech(let seconds): Decision(try extendSpeech(by: seconds))
        case .endSpeech: Decision(try facts(sitting.speech == nil ? nil : .speechEnded, else: .noSpeech))

        case .register(let deputies): Decision(try register(deputies))
        case .depart(let deputies): Decision(try depart(deputies))
        case .declareRecusal(let item, let deputy, let reason): Decision(try declareRecusal(of: deputy, from: item, reason: reason))
        case .withdrawRecusal(let item, let deputy): Decision(try withdrawRecusal(of: deputy, from: item))

        case .planRound(let plan): Decision(try planRound(plan))
        case .openRound(let id): Decision(try openRound(id))
        case .castBallot(let round, let deputy, let choice): try castBallot(in: round, by: deputy, choice)
        case .correctBallot(let round, let deputy, let choice, let reason):
            Decision(try correctBallot(in: round, of: deputy, to: choice, reason: reason))
        case .recordSecretTotals(let round, let totals): Decision(try recordTotals(totals, of: round))
        case .closeRound(let id): Decision(try closeRound(id))
        case .castChairVote(let round, let deputy, let choice): Decision(try castChairVote(in: round, by: deputy, choice))
        case .announceRound(let id): Decision(try announceRound(id))
        case .annulRound(let id, let reason): Decision(try annulRound(id, reason: reason))
        }
    }

    // MARK: the sitting itself

    private func open() throws(CommandRefusal) -> [Event] {
        guard sitting.status == .scheduled else { throw .sittingIs(sitting.status, needs: "scheduled") }
        if let other = council.sittingInSession { throw .anotherSittingOpen(other.id) }
        guard council.roster != .empty else { throw .noRoster }
        guard council.rules != nil else { throw .noRules }
        return [Event(.sittingOpened)]
    }

    private func suspend(until: UTCMilliseconds?, notice: String?) throws(CommandRefusal) -> [Event] {
        try needsOpen()
        try needsNoOpenRound()
        try Check.time(until, "until")
        let text = try Check.optionalLine(notice, "notice", Limits.notice)
        var events = [Event(.sittingSuspended(until: until))]
        if let text { events.append(Event(.noticePosted(notice: Notice(text: text, until: until)))) }
        return events
    }

    private func close() throws(CommandRefusal) -> [Event] {
        guard sitting.status == .open || sitting.status == .suspended else { throw .sittingIs(sitting.status, needs: "open or suspended") }
        try needsNoOpenRound()
        return [Event(.sittingClosed)]
    }

    private func post(_ notice: Notice) throws(CommandRefusal) -> [Event] {
        guard sitting.status != .closed else { throw .sittingIs(.closed, needs: "scheduled, open or suspended") }
        let text = try Check.line(notice.text, "text", Limits.notice)
        try Check.time(notice.until, "until")
        return [Event(.noticePosted(notice: Notice(text: text, until: notice.until)))]
    }

    // MARK: what several decisions ask

    func needsOpen() throws(CommandRefusal) {
        guard sitting.status == .open else { throw .sittingIs(sitting.status, needs: "open") }
    }

    func needsNotClosed() throws(CommandRefusal) {
        guard sitting.status != .closed else { throw .sittingIs(.closed, needs: "scheduled, open or suspended") }
    }

    func needsNoOpenRound() throws(CommandRefusal) {
        if let round = sitting.openRound { throw .roundStillOpen(round.id) }
    }

    func item(_ id: ItemID) throws(CommandRefusal) -> AgendaItem {
        guard let item = sitting.item(id) else { throw .unknownItem(id) }
        return item
    }

    func round(_ id: RoundID) throws(CommandRefusal) -> VoteRound {
        guard let round = sitting.round(id) else { throw .unknownRound(id) }
        return round
    }

    func deputy(_ id: DeputyID) throws(CommandRefusal) -> Deputy {
        guard let deputy = council.roster.deputy(id) else { throw .unknownDeputy(id) }
        return deputy
    }

    func facts(_ fact: Fact?, else refusal: CommandRefusal) throws(CommandRefusal) -> [Event] {
        guard let fact else { throw refusal }
        return [Event(fact)]
    }

    private func needs(_ status: Sitting.Status, _ word: String, then fact: Fact) throws(CommandRefusal) -> [Event] {
        guard sitting.status == status else { throw .sittingIs(sitting.status, needs: word) }
        return [Event(fact)]
    }
}
