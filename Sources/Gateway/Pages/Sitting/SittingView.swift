import Foundation

/// A sitting as the page's template wants it: every text ready, nothing safe for HTML yet (the template sees to that).
struct SittingView {
    struct Now {
        var state: String
        var status: String
        var title: String
        var begins: String?
        var notice: String?
        var item: Item?
        var speaker: String?
        var speakerKind: String?
        var presence: String?
    }

    struct Item {
        var id: String
        var label: String
        var number: String
        var title: String
        var state: String
        var stateWord: String
        var facts: String?
        var links: [PublicState.Link]
        var rounds: [Round]
    }

    struct Round {
        var id: String
        var kind: String
        var question: String
        var verdict: String
        var outcome: String
        var reason: String?
        var time: String
        var iso: String
        var counts: [Count]
    }

    struct Count {
        var position: String
        var word: String
        var number: Int
    }

    struct Row {
        var name: String
        var faction: String
        var position: String
        var word: String
    }

    var now: Now?
    var vote: Round?
    var rows: [Row]
    var items: [Item]
    var others: [Round]
    var hasOthers: Bool

    /// Counted even when nobody took them.
    static let always: Set<String> = ["yes", "no", "abstain", "not_voting"]
    static let positions = ["yes", "no", "abstain", "not_voting", "absent", "recused"]

    init(_ state: PublicState, _ words: PageWords) {
        let maker = Maker(state: state, words: words)
        now = maker.now
        items = state.agenda?.order.compactMap(maker.item) ?? []
        others = maker.rounds { $0.item == nil }
        hasOthers = !others.isEmpty
        vote = maker.onShow.flatMap { maker.round($0) }
        rows = maker.onShow.map(maker.rows) ?? []
    }
}

private struct Maker {
    let state: PublicState
    let words: PageWords
    let hour: DateFormatter

    init(state: PublicState, words: PageWords) {
        self.state = state
        self.words = words
        hour = DateFormatter()
        hour.locale = Locale(identifier: words.language)
        hour.timeZone = state.council?.timeZone.flatMap(TimeZone.init(identifier:)) ?? .gmt
        hour.dateFormat = "HH:mm"
    }

    /// The last round that was opened.
    var onShow: String? {
        if let open = state.openRound { return open }
        guard let rounds = state.rounds else { return nil }
        let opened = rounds.order.compactMap { id in rounds.byID[id]?.openedAt.map { (id: id, at: $0) } }
        return opened.max { $0.at < $1.at }?.id
    }

    var now: SittingView.Now? {
        guard let sitting = state.sitting else { return nil }
        let speech = state.speakers?.speech
        return SittingView.Now(
            state: words.say("sitting.\(sitting.status)"), status: sitting.status, title: sitting.title,
            begins: sitting.status == "scheduled" ? sitting.scheduledFor.map { words.say("now.begins", ["time": moment($0)]) } : nil,
            notice: state.notice?.text, item: state.currentItem.flatMap(item), speaker: speech.map { name(of: $0.entry) },
            speakerKind: speech.map { words.say("speech.\($0.entry.kind)") },
            presence: sitting.status == "open" || sitting.status == "suspended" ? state.presence.map(presence) : nil)
    }

    private func presence(_ presence: PublicState.Presence) -> String {
        var parts = [words.say("now.present", ["count": String(presence.count)])]
        if let quorum = presence.quorum {
            parts.append(words.say(quorum.met ? "now.quorum" : "now.noQuorum", ["needed": String(quorum.needed)]))
        }
        return parts.joined(separator: " · ")
    }

    private func name(of entry: PublicState.Entry) -> String {
        entry.guest ?? entry.deputy.map { state.council?.deputies?[$0].map(Self.name) ?? $0 } ?? ""
    }

    static func name(_ deputy: PublicState.Deputy) -> String {
        [deputy.family, deputy.given, deputy.patronymic].compactMap(\.self).joined(separator: " ")
    }

    func item(_ id: String) -> SittingView.Item? {
        guard let item = state.agenda?.items[id] else { return nil }
        let facts = [
            item.rapporteur.map { words.say("now.rapporteur", ["name": $0]) }, item.draft.map { words.say("now.draft", ["number": $0]) },
        ].compactMap(\.self)
        return SittingView.Item(
            id: id, label: words.say("now.itemNumber", ["number": item.number]), number: item.number, title: item.title, state: item.state,
            stateWord: words.say("item.\(item.state)"), facts: facts.isEmpty ? nil : facts.joined(separator: " · "),
            links: (item.links ?? []).filter(\.isOfTheWeb),
            rounds: rounds { $0.item == id })
    }

    func rounds(_ isWanted: (PublicState.Round) -> Bool) -> [SittingView.Round] {
        guard let rounds = state.rounds else { return [] }
        return rounds.order.filter { rounds.byID[$0].map(isWanted) ?? false }.compactMap(round)
    }

    func round(_ id: String) -> SittingView.Round? {
        guard let round = state.rounds?.byID[id], let opened = round.openedAt else { return nil }
        let kind = words.say("kind.\(round.kind)")
        let counts = round.result?.counts ?? [:]
        return SittingView.Round(
            id: id, kind: kind, question: round.question.isEmpty ? kind : round.question,
            verdict: words.verdict(round) ?? words.say("round.\(round.status)"),
            outcome: round.status == "annulled" ? "annulled" : round.result?.outcome ?? round.status, reason: words.reason(round),
            time: moment(opened), iso: Date(timeIntervalSince1970: Double(opened) / 1000).formatted(.iso8601),
            counts: SittingView.positions.compactMap { position in
                guard let number = counts[position], number > 0 || SittingView.always.contains(position) else { return nil }
                return SittingView.Count(position: position, word: words.say("count.\(position)"), number: number)
            })
    }

    func rows(_ id: String) -> [SittingView.Row] {
        guard let positions = state.rounds?.byID[id]?.positions, let council = state.council else { return [] }
        let order = { (id: String) in council.deputies?[id]?.order ?? .max }
        return positions.sorted { order($0.key) < order($1.key) }.map { id, position in
            let deputy = council.deputies?[id]
            return SittingView.Row(
                name: deputy.map(Self.name) ?? id,
                faction: deputy?.role == "head" ? words.say("board.head") : deputy?.faction.flatMap { council.factions?[$0]?.name } ?? "",
                position: position, word: words.choice(position, gender: deputy?.gender))
        }
    }

    private func moment(_ at: Int64) -> String { hour.string(from: Date(timeIntervalSince1970: Double(at) / 1000)) }
}
