extension SittingDecider {
    /// Until the sitting opens; an agenda that is still empty may also be given afterwards, for nothing is replaced.
    func replaceAgenda(_ items: [AgendaItem]) throws(CommandRefusal) -> [Event] {
        try needsNotClosed()
        guard sitting.status == .scheduled || sitting.agenda.isEmpty else { throw .sittingIs(sitting.status, needs: "scheduled") }
        try Check.count(items.count, "items", limit: Limits.items)
        var seen: [ItemID: AgendaItem] = [:]
        var checked: [AgendaItem] = []
        checked.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            guard seen[item.id] == nil else { throw .taken(field: "items[\(index)].id", id: item.id.text) }
            if let parent = item.parent, seen[parent].map({ $0.parent != nil }) ?? true { throw .parent(parent) }
            let kept = try self.checked(item, path: "items[\(index)].")
            seen[item.id] = kept
            checked.append(kept)
        }
        return [Event(.agendaReplaced(items: checked))]
    }

    func add(_ item: AgendaItem, at index: Int?) throws(CommandRefusal) -> [Event] {
        try needsNotClosed()
        try Check.count(sitting.agenda.count + 1, "agenda", limit: Limits.items)
        guard sitting.item(item.id) == nil else { throw .taken(field: "item", id: item.id.text) }
        try needsParent(item.parent)
        if let round = item.addedBy { _ = try self.round(round) }
        if let index { try Check.number(index, "index", 0...sitting.agenda.count) }
        return [Event(.itemAdded(item: try checked(item), index: index ?? sitting.agenda.count))]
    }

    /// Everything but the state, which has a command of its own.
    func edit(_ item: AgendaItem) throws(CommandRefusal) -> [Event] {
        try needsNotClosed()
        let old = try self.item(item.id)
        if item.parent != old.parent {
            guard item.parent != item.id, !sitting.agenda.contains(where: { $0.parent == item.id }) else {
                throw .parent(item.parent ?? item.id)
            }
            try needsParent(item.parent)
        }
        var kept = try checked(item)
        kept.state = old.state
        kept.addedBy = old.addedBy
        return try facts(kept == old ? nil : .itemEdited(item: kept), else: .nothingToChange(field: "item"))
    }

    func move(_ id: ItemID, to index: Int) throws(CommandRefusal) -> [Event] {
        try needsNotClosed()
        _ = try item(id)
        try Check.number(index, "index", 0...max(0, sitting.agenda.count - 1))
        return try facts(
            sitting.agenda[index].id == id ? nil : .itemMoved(item: id, index: index), else: .nothingToChange(field: "index"))
    }

    func takeUp(_ id: ItemID) throws(CommandRefusal) -> [Event] {
        try needsOpen()
        try needsNoOpenRound()
        let item = try item(id)
        guard sitting.currentItem != id else { throw .nothingToChange(field: "item") }
        var events = [Event(.itemTakenUp(item: id))]
        if item.state == .pending || item.state == .postponed { events.append(stateChange(of: id, to: .underDiscussion)) }
        return events
    }

    func setState(_ state: AgendaItem.State, of id: ItemID, reason: String?) throws(CommandRefusal) -> [Event] {
        try needsNotClosed()
        let item = try item(id)
        let reason = try Check.optionalLine(reason, "reason", Limits.reason)
        guard state != .voting else { throw .itemIs(id, item.state, needs: "put to the vote by opening a round") }
        if let round = sitting.openRound, round.plan.item == id { throw .roundStillOpen(round.id) }
        guard item.state != state else { throw .nothingToChange(field: "state") }
        return [Event(.itemStateChanged(item: id, state: state, reason: reason, round: nil))]
    }

    func stateChange(of id: ItemID, to state: AgendaItem.State, by round: RoundID? = nil) -> Event {
        Event(.itemStateChanged(item: id, state: state, reason: nil, round: round))
    }

    private func needsParent(_ id: ItemID?) throws(CommandRefusal) {
        guard let id else { return }
        guard let parent = sitting.item(id), parent.parent == nil else { throw .parent(id) }
    }

    private func checked(_ item: AgendaItem, path: String = "") throws(CommandRefusal) -> AgendaItem {
        var item = item
        item.number = try Check.optionalLine(item.number, "\(path)number", 20) ?? ""
        item.title = try Check.line(item.title, "\(path)title", Limits.title)
        item.rapporteur = try Check.optionalLine(item.rapporteur, "\(path)rapporteur", Limits.name)
        item.draft = try Check.optionalLine(item.draft, "\(path)draft", Limits.name)
        item.state = .pending
        try Check.count(item.links.count, "\(path)links", limit: Limits.linksPerItem)
        for index in item.links.indices {
            let url = try Check.line(item.links[index].url, "\(path)links[\(index)].url", Limits.link)
            // Anything else in a link (javascript:, data:) would run in a reader's browser.
            guard url.hasPrefix("https://") || url.hasPrefix("http://") else { throw .link(field: "\(path)links[\(index)].url") }
            let title = try Check.optionalLine(item.links[index].title, "\(path)links[\(index)].title", Limits.title)
            item.links[index] = DocumentLink(title: title ?? url, url: url)
        }
        return item
    }
}
