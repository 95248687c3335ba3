import Commons
import Foundation

/// Makes a `SittingView` of the public state.
struct SittingViewMaker {
    let state: PublicState
    let words: PageWords
    /// UTC milliseconds.
    let today: Int64
    let zone: TimeZone

    init(state: PublicState, words: PageWords, now: Int64) {
        self.state = state
        self.words = words
        today = now
        zone = state.timeZone
    }

    // MARK: now

    var now: SittingView.Now? {
        guard let sitting = state.sitting else { return nil }
        let presence = sitting.status == "open" || sitting.status == "suspended" ? state.presence : nil
        return SittingView.Now(
            state: words.say("sitting.\(sitting.status)"), status: sitting.status, title: sitting.title, begins: begins(sitting),
            notice: state.notice.map { joined([$0.text, $0.until.map { words.say("now.until", ["time": moment($0)]) }]) },
            item: state.currentItem.flatMap(item), speakers: speakers, presence: presence.map(text),
            met: presence?.quorum?.met == false ? "no" : nil)
    }

    private func begins(_ sitting: PublicState.Sitting) -> String? {
        guard sitting.status == "scheduled" else { return nil }
        return nonEmpty(joined([sitting.scheduledFor.map { words.say("now.begins", ["time": moment($0)]) }, sitting.place]))
    }

    private func text(_ presence: PublicState.Presence) -> String {
        joined([
            words.say("now.present", ["count": String(presence.count)]),
            presence.quorum.map { words.say($0.met ? "now.quorum" : "now.noQuorum", ["needed": String($0.needed)]) },
        ])
    }

    private var speakers: SittingView.Speakers? {
        let (speech, queue) = (state.speakers?.speech, state.speakers?.queue ?? [])
        if speech == nil && queue.isEmpty { return nil }
        let names = queue.prefix(words.conventions.queued).map(name).joined(separator: ", ")
        let more = queue.count > words.conventions.queued ? "…" : ""
        return SittingView.Speakers(
            speaker: speech.map { name(of: $0.entry) },
            speakerKind: speech.map { joined([words.say("speech.\($0.entry.kind)"), faction(of: $0.entry)]) },
            next: names.isEmpty ? nil : words.say("now.next", ["names": names + more]))
    }

    private func name(of entry: PublicState.Entry) -> String {
        if let guest = entry.guest { return guest }
        guard let id = entry.deputy else { return "" }
        return state.council.deputies[id].map { words.name($0, in: state.council.language, hasPatronymic: false) } ?? id
    }

    private func faction(of entry: PublicState.Entry) -> String? {
        guard let id = entry.deputy, let faction = state.council.deputies[id]?.faction else { return nil }
        return state.council.factions[faction]?.name
    }

    // MARK: agenda

    func item(_ id: String) -> SittingView.Item? {
        guard let item = state.agenda?.items[id] else { return nil }
        let facts = joined([
            item.rapporteur.map { words.say("now.rapporteur", ["name": $0]) }, item.draft.map { words.say("now.draft", ["number": $0]) },
        ])
        return SittingView.Item(
            id: id, label: words.say("now.itemNumber", ["number": item.number]), number: item.number, title: item.title, state: item.state,
            stateWord: words.say("item.\(item.state)"), isCurrent: id == state.currentItem, facts: nonEmpty(facts),
            links: (item.links ?? []).filter(\.isOfTheWeb), rounds: rounds(of: id))
    }

    /// The rounds of an item, or those of none, in the order they were held.
    func rounds(of item: String?) -> [SittingView.Round] {
        guard let rounds = state.rounds else { return [] }
        return rounds.order.compactMap { rounds.byID[$0] }.filter { $0.item == item }.compactMap(line)
    }

    private func line(_ round: PublicState.Round) -> SittingView.Round? {
        guard let opened = round.openedAt else { return nil }
        let yes = round.status == "annulled" ? nil : round.result.map { "\(words.say("count.yes")) \($0.counts.yes)" }
        return SittingView.Round(
            question: question(round), verdict: joined([words.verdict(round) ?? words.say("round.\(round.status)"), yes]),
            outcome: outcome(round), reason: words.reason(round), time: CivilTime(opened, in: zone).hourAndMinute,
            iso: Date(timeIntervalSince1970: Double(opened) / 1000).formatted(.iso8601))
    }

    // MARK: texts

    func question(_ round: PublicState.Round) -> String { round.question.isEmpty ? words.say("kind.\(round.kind)") : round.question }

    func outcome(_ round: PublicState.Round) -> String { round.status == "annulled" ? "annulled" : round.result?.outcome ?? round.status }

    func joined(_ parts: [String?]) -> String { parts.compactMap { $0.flatMap(nonEmpty) }.joined(separator: " · ") }

    private func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

    private func moment(_ at: Int64) -> String { words.moment(at, now: today, in: zone) }
}

extension PublicState {
    /// The council's.
    var timeZone: TimeZone { council.timeZone.flatMap(TimeZone.init(identifier:)) ?? .gmt }
}

extension PublicState.Link {
    /// Only such an address becomes a link.
    var isOfTheWeb: Bool { url.lowercased().hasPrefix("https://") || url.lowercased().hasPrefix("http://") }
}
