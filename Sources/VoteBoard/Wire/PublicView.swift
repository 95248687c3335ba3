import Commons

/// What everybody may see, as the wire writes it. The names here are the wire's own and are pinned by golden files.
///
/// Keeps what it rendered last, so that a ballot does not render an agenda of two thousand items again.
package struct PublicView: Sendable {
    private var council: (roster: Roster, day: CivilDate, rules: RuleBook?, json: JSONValue)?
    private var agenda: (items: [AgendaItem], recusals: [ItemID: [DeputyID: String]], json: JSONValue)?
    private var rounds: [RoundID: (round: VoteRound, json: JSONValue)] = [:]
    private var sitting: SittingID?

    package init() {}

    /// `now` only decides which mandates run.
    package mutating func render(_ state: CouncilState, at now: UTCMilliseconds) -> JSONValue {
        let day = state.day(at: now)
        let sitting = state.sittingOnShow
        if sitting?.id != self.sitting {
            rounds = [:]
            self.sitting = sitting?.id
        }
        return .fields([
            "council": councilJSON(state, day),
            "sitting": sitting.map(Self.sittingJSON),
            "notice": sitting?.notice.map { .fields(["text": .string($0.text), "until": .time($0.until)]) },
            "agenda": sitting.map { agendaJSON($0) },
            "current_item": .text(sitting?.currentItem?.text),
            "current_item_since": .time(sitting?.currentItemSince),
            "presence": sitting.map { Self.presenceJSON($0, state, day) },
            "speakers": sitting.map(Self.speakersJSON),
            "rounds": sitting.map { roundsJSON($0) },
            "open_round": .text(sitting?.openRound?.id.text),
        ])
    }

    // MARK: council

    private mutating func councilJSON(_ state: CouncilState, _ day: CivilDate) -> JSONValue {
        if let council, council.roster == state.roster, council.day == day, council.rules == state.rules { return council.json }
        var factions: [String: JSONValue] = [:]
        for (index, faction) in state.roster.factions.enumerated() {
            factions[faction.id.text] = .fields(["name": .string(faction.name), "color": .text(faction.color), "order": .number(index)])
        }
        var deputies: [String: JSONValue] = [:]
        for (index, deputy) in state.roster.serving(on: day).enumerated() {
            deputies[deputy.id.text] = .fields([
                "family": .string(deputy.name.family), "given": .string(deputy.name.given), "patronymic": .text(deputy.name.patronymic),
                "gender": .text(deputy.gender?.rawValue), "role": .string(deputy.role.rawValue), "seat": deputy.seat.map(JSONValue.number),
                "faction": .text(deputy.faction(on: day)?.text), "order": .number(index),
                "place": deputy.place.map { .fields(["x": .number($0.x), "y": .number($0.y)]) },
            ])
        }
        let json = JSONValue.fields([
            "name": .string(state.roster.council), "seats": .number(state.roster.seats), "factions": .object(factions),
            "deputies": .object(deputies), "language": .text(state.rules?.language.rawValue), "country": .text(state.rules?.country),
            "time_zone": .text(state.rules?.timeZone),
        ])
        council = (state.roster, day, state.rules, json)
        return json
    }

    // MARK: sitting

    private static func sittingJSON(_ sitting: Sitting) -> JSONValue {
        .fields([
            "id": .string(sitting.id.text), "title": .string(sitting.plan.title), "status": .string(sitting.status.rawValue),
            "scheduled_for": .time(sitting.plan.scheduledFor), "place": .text(sitting.plan.place), "term": .text(sitting.plan.term),
            "session": .text(sitting.plan.session), "opened_at": .time(sitting.openedAt), "closed_at": .time(sitting.closedAt),
        ])
    }

    private mutating func agendaJSON(_ sitting: Sitting) -> JSONValue {
        if let agenda, agenda.items == sitting.agenda, agenda.recusals == sitting.recusals { return agenda.json }
        var items: [String: JSONValue] = [:]
        for item in sitting.agenda {
            let recused = sitting.recusals[item.id].map { $0.keys.sorted().map { JSONValue.string($0.text) } } ?? []
            let links = item.links.map { JSONValue.fields(["title": .string($0.title), "url": .string($0.url)]) }
            items[item.id.text] = .fields([
                "number": .string(item.number), "title": .string(item.title), "rapporteur": .text(item.rapporteur),
                "draft": .text(item.draft), "links": links.isEmpty ? nil : .array(links), "parent": .text(item.parent?.text),
                "state": .string(item.state.rawValue), "added_by": .text(item.addedBy?.text),
                "recused": recused.isEmpty ? nil : .array(recused),
            ])
        }
        let json = JSONValue.fields(["order": .array(sitting.agenda.map { .string($0.id.text) }), "items": .object(items)])
        agenda = (sitting.agenda, sitting.recusals, json)
        return json
    }

    private static func presenceJSON(_ sitting: Sitting, _ state: CouncilState, _ day: CivilDate) -> JSONValue {
        let serving = state.roster.serving(on: day)
        let present = serving.filter { sitting.present.contains($0.id) }
        let count = present.count { $0.role == .deputy }
        var quorum: JSONValue?
        if let rules = state.rules, let name = rules.kinds[.whole]?.rule, let rule = rules.rules[name]?.quorum {
            let base = rule.base == .seats ? state.roster.seats : state.roster.filled(on: day)
            let needed = rule.share.threshold(of: base)
            quorum = .fields(["needed": .number(needed), "base": .number(base), "met": .bool(count >= needed)])
        }
        return .fields([
            "present": .object(Dictionary(present.map { ($0.id.text, .bool(true)) }, uniquingKeysWith: { first, _ in first })),
            "count": .number(count),
            "quorum": quorum,
        ])
    }

    private static func speakersJSON(_ sitting: Sitting) -> JSONValue {
        let speech = sitting.speech.map { speech in
            JSONValue.fields([
                "entry": entryJSON(speech.entry), "allotted": .integer(speech.allotted), "spent": .integer(speech.spent),
                "running_since": .time(speech.runningSince),
            ])
        }
        return .fields(["queue": .array(sitting.speakers.map(entryJSON)), "speech": speech])
    }

    private static func entryJSON(_ entry: SpeakerEntry) -> JSONValue {
        .fields([
            "id": .string(entry.id.text), "deputy": .text(entry.deputy?.text), "guest": .text(entry.guest),
            "kind": .string(entry.kind.rawValue), "item": .text(entry.item?.text), "seconds": entry.seconds.map(JSONValue.number),
        ])
    }

    private mutating func roundsJSON(_ sitting: Sitting) -> JSONValue {
        var entries: [String: JSONValue] = [:]
        for round in sitting.rounds {
            if let known = rounds[round.id], known.round == round, round.status != .open {
                entries[round.id.text] = known.json
            } else {
                let json = RoundView.json(of: round, in: sitting)
                rounds[round.id] = (round, json)
                entries[round.id.text] = json
            }
        }
        return .fields(["order": .array(sitting.rounds.map { .string($0.id.text) }), "by_id": .object(entries)])
    }
}
