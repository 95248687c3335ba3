extension FieldReader {
    /// `nil` after a fault.
    mutating func command(_ name: CommandName) -> Command? {
        if name == .scheduleSitting { return schedule() }
        let sitting: SittingID? = optionalIdentifier("sitting")
        return sittingCommand(name).map { .inSitting(sitting, $0) }
    }

    private mutating func schedule() -> Command? {
        let id: SittingID? = identifier("sitting")
        let title = text("title")
        let plan = (at: time("scheduled_for"), place: optionalText("place"), term: optionalText("term"), session: optionalText("session"))
        guard let id, let title else { return nil }
        return .scheduleSitting(
            SittingPlan(id: id, title: title, scheduledFor: plan.at, place: plan.place, term: plan.term, session: plan.session))
    }

    private mutating func sittingCommand(_ name: CommandName) -> SittingCommand? {
        switch name {
        case .scheduleSitting: nil
        case .openSitting: .open
        case .suspendSitting: .suspend(until: time("until"), notice: optionalText("notice"))
        case .resumeSitting: .resume
        case .closeSitting: .close
        case .postNotice: notice()
        case .clearNotice: .clearNotice
        case .replaceAgenda: agenda()
        case .addItem: item().map { .addItem($0, index: optionalNumber("index")) }
        case .editItem: item().map { .editItem($0) }
        case .moveItem: move()
        case .takeUpItem: (identifier("item") as ItemID?).map { .takeUpItem($0) }
        case .setItemState: itemState()
        case .queueSpeaker: speaker()
        case .removeSpeaker: (identifier("speaker") as SpeakerID?).map { .removeSpeaker($0) }
        case .startSpeech: (identifier("speaker") as SpeakerID?).map { .startSpeech($0) }
        case .pauseSpeech: .pauseSpeech
        case .resumeSpeech: .resumeSpeech
        case .extendSpeech: number("seconds").map { .extendSpeech(seconds: $0) }
        case .endSpeech: .endSpeech
        case .register: (identifiers("deputies") as [DeputyID]?).map { .register($0) }
        case .depart: (identifiers("deputies") as [DeputyID]?).map { .depart($0) }
        case .declareRecusal, .withdrawRecusal: recusal(name)
        case .planRound: plan()
        case .openRound: (identifier("round") as RoundID?).map { .openRound($0) }
        case .castBallot, .castChairVote, .correctBallot: ballot(name)
        case .recordSecretTotals: totals()
        case .closeRound: (identifier("round") as RoundID?).map { .closeRound($0) }
        case .announceRound: (identifier("round") as RoundID?).map { .announceRound($0) }
        case .annulRound: annul()
        }
    }

    private mutating func notice() -> SittingCommand? {
        let until = time("until")
        return text("text").map { .postNotice(Notice(text: $0, until: until)) }
    }

    private mutating func agenda() -> SittingCommand? {
        guard let nodes = list("items", limit: Limits.items) else { return nil }
        var items: [AgendaItem] = []
        for node in nodes {
            var reader = FieldReader(node)
            reader.allow(CommandName.editItem.fields)
            if let item = reader.item() { items.append(item) }
            add(reader.faults)
        }
        return items.count == nodes.count ? .replaceAgenda(items) : nil
    }

    mutating func item() -> AgendaItem? {
        let id: ItemID? = identifier("item")
        let (number, title) = (text("number"), text("title"))
        let (rapporteur, draft) = (optionalText("rapporteur"), optionalText("draft"))
        let parent: ItemID? = optionalIdentifier("parent")
        let addedBy: RoundID? = optionalIdentifier("added_by")
        var links: [DocumentLink] = []
        for node in has("links") ? list("links", limit: Limits.linksPerItem) ?? [] : [] {
            var reader = FieldReader(node)
            reader.allow(["title?", "url"])
            if let url = reader.text("url") { links.append(DocumentLink(title: reader.optionalText("title") ?? "", url: url)) }
            add(reader.faults)
        }
        guard let id, let number, let title else { return nil }
        return AgendaItem(
            id: id, number: number, title: title, rapporteur: rapporteur, draft: draft, links: links, parent: parent, addedBy: addedBy)
    }

    private mutating func move() -> SittingCommand? {
        let id: ItemID? = identifier("item")
        guard let index = number("index"), let id else { return nil }
        return .moveItem(id, index: index)
    }

    private mutating func itemState() -> SittingCommand? {
        let id: ItemID? = identifier("item")
        let state: AgendaItem.State? = choice("state")
        let reason = optionalText("reason")
        guard let id, let state else { return nil }
        return .setItemState(id, state, reason: reason)
    }

    private mutating func speaker() -> SittingCommand? {
        let id: SpeakerID? = identifier("speaker")
        let kind: SpeechKind? = choice("kind")
        let deputy: DeputyID? = optionalIdentifier("deputy")
        let item: ItemID? = optionalIdentifier("item")
        let (guest, seconds, index) = (optionalText("guest"), optionalNumber("seconds"), optionalNumber("index"))
        guard let id, let kind else { return nil }
        return .queueSpeaker(SpeakerEntry(id: id, deputy: deputy, guest: guest, kind: kind, item: item, seconds: seconds), index: index)
    }

    private mutating func recusal(_ name: CommandName) -> SittingCommand? {
        let item: ItemID? = identifier("item")
        let deputy: DeputyID? = identifier("deputy")
        let reason = name == .declareRecusal ? text("reason") : ""
        guard let item, let deputy, let reason else { return nil }
        return name == .declareRecusal
            ? .declareRecusal(item: item, deputy: deputy, reason: reason) : .withdrawRecusal(item: item, deputy: deputy)
    }

    private mutating func plan() -> SittingCommand? {
        let id: RoundID? = identifier("round")
        let kind: RoundKind? = choice("kind")
        let question = text("question")
        let item: ItemID? = optionalIdentifier("item")
        let method: RoundMethod? = optionalChoice("method")
        let reveal: Reveal? = optionalChoice("reveal")
        let supersedes: RoundID? = optionalIdentifier("supersedes")
        let (rule, seconds) = (optionalText("rule"), optionalNumber("seconds"))
        guard let id, let kind, let question else { return nil }
        return .planRound(
            RoundPlan(
                id: id, item: item, kind: kind, question: question, method: method, rule: rule, reveal: reveal, seconds: seconds,
                supersedes: supersedes))
    }

    private mutating func ballot(_ name: CommandName) -> SittingCommand? {
        let round: RoundID? = identifier("round")
        let deputy: DeputyID? = identifier("deputy")
        let choice: Choice? = choice("choice")
        let reason = name == .correctBallot ? text("reason") : ""
        guard let round, let deputy, let choice, let reason else { return nil }
        return switch name {
        case .correctBallot: .correctBallot(round: round, deputy: deputy, choice: choice, reason: reason)
        case .castChairVote: .castChairVote(round: round, deputy: deputy, choice: choice)
        default: .castBallot(round: round, deputy: deputy, choice: choice)
        }
    }

    private mutating func totals() -> SittingCommand? {
        let round: RoundID? = identifier("round")
        guard let yes = number("yes"), let no = number("no"), let abstain = number("abstain"), let round else { return nil }
        return .recordSecretTotals(round: round, SecretTally(yes: yes, no: no, abstain: abstain))
    }

    private mutating func annul() -> SittingCommand? {
        let round: RoundID? = identifier("round")
        guard let reason = text("reason"), let round else { return nil }
        return .annulRound(round, reason: reason)
    }
}
