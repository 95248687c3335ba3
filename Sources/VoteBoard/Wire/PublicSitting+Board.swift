import Commons

// The council and its sitting as everybody may see them.

extension PublicState.Council {
    static let empty = Self(name: "", seats: 0, factions: [:], deputies: [:])

    init(_ state: CouncilState, _ day: CivilDate) {
        let factions = state.roster.factions.enumerated().map { index, faction in
            (faction.id.text, PublicState.Faction(name: faction.name, color: faction.color, order: index))
        }
        let deputies = state.roster.serving(on: day).enumerated().map { index, deputy in
            (deputy.id.text, PublicState.Deputy(deputy, on: day, order: index))
        }
        self.init(
            name: state.roster.council, seats: state.roster.seats, factions: Dictionary(factions, uniquingKeysWith: { _, last in last }),
            deputies: Dictionary(deputies, uniquingKeysWith: { _, last in last }), language: state.rules?.language.rawValue,
            country: state.rules?.country, timeZone: state.rules?.timeZone)
    }
}

extension PublicState.Deputy {
    init(_ deputy: Deputy, on day: CivilDate, order: Int) {
        self.init(
            family: deputy.name.family, given: deputy.name.given, patronymic: deputy.name.patronymic, gender: deputy.gender?.rawValue,
            role: deputy.role.rawValue, seat: deputy.seat, place: deputy.place.map { PublicState.Place(x: $0.x, y: $0.y) },
            faction: deputy.faction(on: day)?.text, order: order)
    }
}

extension PublicState.Sitting {
    init(_ sitting: Sitting) {
        self.init(
            id: sitting.id.text, title: sitting.plan.title, status: sitting.status.rawValue, scheduledFor: sitting.plan.scheduledFor?.value,
            openedAt: sitting.openedAt?.value, closedAt: sitting.closedAt?.value, place: sitting.plan.place, term: sitting.plan.term,
            session: sitting.plan.session)
    }
}

extension PublicState.Notice {
    init(_ notice: Notice) { self.init(text: notice.text, until: notice.until?.value) }
}

extension PublicState.Item {
    init(_ item: AgendaItem, recused: [String]) {
        let links = item.links.map { PublicState.Link(title: $0.title, url: $0.url) }
        self.init(
            number: item.number, title: item.title, state: item.state.rawValue, rapporteur: item.rapporteur, draft: item.draft,
            links: links.isEmpty ? nil : links, parent: item.parent?.text, addedBy: item.addedBy?.text,
            recused: recused.isEmpty ? nil : recused)
    }
}

extension PublicState.Presence {
    init(_ sitting: Sitting, _ state: CouncilState, _ day: CivilDate) {
        let present = state.roster.serving(on: day).filter { sitting.present.contains($0.id) }
        let count = present.count { $0.role == .deputy }
        self.init(
            present: Dictionary(present.map { ($0.id.text, true) }, uniquingKeysWith: { first, _ in first }), count: count,
            quorum: PublicState.Quorum(state, day, present: count))
    }
}

extension PublicState.Quorum {
    /// What a vote on an item as a whole needs; `nil` when the rules ask for no quorum.
    init?(_ state: CouncilState, _ day: CivilDate, present: Int) {
        guard let rules = state.rules, let name = rules.kinds[.whole]?.rule, let quorum = rules.rules[name]?.quorum else { return nil }
        let base = quorum.base == .seats ? state.roster.seats : state.roster.filled(on: day)
        let needed = quorum.share.threshold(of: base)
        self.init(needed: needed, base: base, met: present >= needed)
    }
}

extension PublicState.Speakers {
    init(_ sitting: Sitting) {
        let speech = sitting.speech.map { speech in
            PublicState.Speech(
                entry: PublicState.Entry(speech.entry), allotted: speech.allotted, spent: speech.spent,
                runningSince: speech.runningSince?.value)
        }
        self.init(queue: sitting.speakers.map(PublicState.Entry.init), speech: speech)
    }
}

extension PublicState.Entry {
    init(_ entry: SpeakerEntry) {
        self.init(
            id: entry.id.text, deputy: entry.deputy?.text, guest: entry.guest, kind: entry.kind.rawValue, item: entry.item?.text,
            seconds: entry.seconds)
    }
}
