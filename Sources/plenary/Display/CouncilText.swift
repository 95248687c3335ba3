import Commons
import Foundation

/// A council's sitting as text for a terminal. Pure: the clock is a parameter.
struct CouncilText {
    let report: PublicState
    let now: Int64

    // MARK: the sitting

    var sitting: String {
        guard let sitting = report.sitting else {
            let council = report.council.name.isEmpty ? "" : "\(report.council.name): "
            return "\(council)no sitting is scheduled (plenary sitting schedule)\n"
        }
        var rows: [(String, String)] = [("status", sitting.status)]
        if let at = sitting.scheduledFor { rows.append(("scheduled", time(at))) }
        if let at = sitting.openedAt { rows.append(("opened", time(at))) }
        if let at = sitting.closedAt { rows.append(("closed", time(at))) }
        if let place = sitting.place { rows.append(("place", place)) }
        if let notice = report.notice { rows.append(("notice", notice.text + (notice.until.map { " (until \(time($0)))" } ?? ""))) }
        if let presence = report.presence { rows.append(("present", present(presence))) }
        if let id = report.currentItem, let item = report.agenda?.items[id] { rows.append(("item", "\(item.number). \(item.title)")) }
        if let speech = report.speakers?.speech { rows.append(("speaks", self.speech(speech))) }
        if let queue = report.speakers?.queue, !queue.isEmpty { rows.append(("list", "\(queue.count) waiting")) }
        if let id = report.openRound, let round = report.rounds?.byID[id] {
            rows.append(("voting", "\(id): \(round.question), \(round.voted ?? 0) of \(round.entitled?.count ?? 0) voted"))
        }
        if let agenda = report.agenda, !agenda.order.isEmpty { rows.append(("agenda", progress(agenda))) }
        return "\(sitting.id): \(sitting.title)\n" + TextBlock(rows).text
    }

    private func present(_ presence: PublicState.Presence) -> String {
        guard let quorum = presence.quorum else { return "\(presence.count)" }
        return "\(presence.count), \(quorum.needed) of \(quorum.base) needed: \(quorum.met ? "quorum" : "no quorum")"
    }

    private func progress(_ agenda: PublicState.Agenda) -> String {
        let done = agenda.items.values.count { !["pending", "under_discussion", "voting"].contains($0.state) }
        return "\(agenda.order.count) items, \(done) done"
    }

    // MARK: lists

    var agenda: String {
        guard let agenda = report.agenda, !agenda.order.isEmpty else { return "the agenda is empty\n" }
        let rows = agenda.order.compactMap { id in agenda.items[id].map { (id, $0) } }.map { id, item in
            [id == report.currentItem ? "▶" : "", item.number, id, Self.words(item.state), item.title, item.rapporteur ?? ""]
        }
        return TextTable(heading: ["", "NO", "ID", "STATE", "TITLE", "RAPPORTEUR"], rows: rows).text
    }

    var speakers: String {
        guard let speakers = report.speakers else { return "no sitting is scheduled\n" }
        let now = speakers.speech.map { "speaks: \(speech($0))\n" } ?? "nobody speaks\n"
        if speakers.queue.isEmpty { return now + "nobody is waiting\n" }
        let rows = speakers.queue.enumerated().map { index, entry in
            ["\(index + 1)", entry.id, speaker(entry), entry.kind, entry.item ?? "", entry.seconds.map { "\($0) s" } ?? ""]
        }
        return now + TextTable(heading: ["", "ID", "SPEAKER", "KIND", "ITEM", "FLOOR"], rows: rows).text
    }

    var rounds: String {
        guard let rounds = report.rounds, !rounds.order.isEmpty else { return "no round is planned\n" }
        let rows = rounds.order.compactMap { id in rounds.byID[id].map { (id, $0) } }.map { id, round in
            [id, round.item ?? "", round.kind, round.status, round.question, Self.outcome(round)]
        }
        return TextTable(heading: ["ID", "ITEM", "KIND", "STATUS", "QUESTION", "RESULT"], rows: rows).text
    }

    var roster: String {
        let council = report.council
        let rows = council.deputies.sorted { ($0.value.order, $0.key) < ($1.value.order, $1.key) }.map { id, deputy in
            [
                id, deputy.seat.map(String.init) ?? "", deputy.fullName,
                deputy.faction.map { council.factions[$0]?.name ?? $0 } ?? "", deputy.role == "head" ? "head" : "",
                report.presence?.present[id] == true ? "here" : "",
            ]
        }
        let heading = "\(council.name): \(council.seats) seats, \(council.deputies.values.count { $0.role == "deputy" }) filled\n"
        return heading + (rows.isEmpty ? "" : TextTable(heading: ["ID", "SEAT", "NAME", "FACTION", "ROLE", ""], rows: rows).text)
    }

    // MARK: a round

    func round(_ id: String) -> String {
        guard let round = report.rounds?.byID[id] else { return "no round is called \(id)\n" }
        var rows: [(String, String)] = [("status", round.status)]
        if let item = round.item.flatMap({ report.agenda?.items[$0] }) { rows.append(("item", "\(item.number). \(item.title)")) }
        rows.append(
            (
                "kind",
                [round.kind, round.method, round.reveal.map { "reveal \($0)" }].compactMap { $0.map(Self.words) }.joined(separator: ", ")
            ))
        if let old = round.supersedes { rows.append(("supersedes", old)) }
        if let new = round.supersededBy { rows.append(("held again", "as \(new)")) }
        if let ends = round.endsAt { rows.append(("ends", "\(time(ends)) (\(Figures.duration(max(0, Double(ends - now) / 1000))) left)")) }
        if let voted = round.voted { rows.append(("voted", "\(voted)" + (round.entitled.map { " of \($0.count)" } ?? ""))) }
        if let counts = round.result?.counts ?? round.counts { rows.append(("counts", Self.counts(counts))) }
        if let result = round.result { rows.append(("result", result.sentences["en"] ?? result.outcome)) }
        if let reason = round.annulment { rows.append(("annulled", reason)) }
        for (choice, title) in Self.choices {
            let names = (round.positions ?? round.ballots ?? [:]).filter { $0.value == choice }.map { name($0.key) }.sorted()
            if !names.isEmpty { rows.append((title, names.joined(separator: ", "))) }
        }
        return "\(id): \(round.question)\n" + TextBlock(rows).text
    }

    private static let choices = [
        ("yes", "for"), ("no", "against"), ("abstain", "abstained"), ("not_voting", "not voting"), ("absent", "absent"),
        ("recused", "recused"),
    ]

    /// `17 for, 3 against, 5 abstained, 2 not voting, 8 absent`; what is nobody's is left out after the first three.
    static func counts(_ counts: PublicState.Counts) -> String {
        let rest = [(counts.notVoting, "not voting"), (counts.absent, "absent"), (counts.recused, "recused")].filter { $0.0 > 0 }
        return ([(counts.yes, "for"), (counts.no, "against"), (counts.abstain, "abstained")] + rest)
            .map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }

    static func outcome(_ round: PublicState.Round) -> String {
        if round.status == "annulled" { return round.annulment ?? "" }
        if let result = round.result { return result.sentences["en"] ?? result.outcome }
        return round.status == "open" ? "\(round.voted ?? 0) of \(round.entitled?.count ?? 0) voted" : ""
    }

    // MARK: words

    private func name(_ deputy: String) -> String { report.council.deputies[deputy]?.family ?? deputy }

    private func speaker(_ entry: PublicState.Entry) -> String {
        entry.guest ?? entry.deputy.map { report.council.deputies[$0]?.fullName ?? $0 } ?? entry.id
    }

    private func speech(_ speech: PublicState.Speech) -> String {
        let left = Double(speech.remaining(at: now)) / 1000
        let clock = left >= 0 ? "\(Figures.duration(left)) left" : "\(Figures.duration(-left)) over"
        return "\(speaker(speech.entry)) (\(speech.entry.kind)), \(clock)\(speech.runningSince == nil ? ", paused" : "")"
    }

    /// `not_voting` as people write it.
    static func words(_ word: String) -> String { word.replacing("_", with: " ") }

    /// On the council's clock: `14:05`, with the date when it is another day.
    func time(_ at: Int64) -> String {
        let (time, today) = (report.local(at), report.local(now).date)
        return time.date == today ? time.hourAndMinute : "\(time.date) \(time.hourAndMinute)"
    }
}
