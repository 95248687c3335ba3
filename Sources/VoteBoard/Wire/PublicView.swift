import Commons

/// What everybody may see of the state, as the wire's value and as its JSON.
///
/// Keeps what it rendered last, so that a ballot does not render an agenda of two thousand items again.
package struct PublicView: Sendable {
    /// What one rendering shows. Its value is put together when somebody asks: most changes only need the JSON.
    package struct Rendering: Sendable {
        package let json: JSONValue
        private let rest: PublicState
        private let council: Part<PublicState.Council>
        private let agenda: Part<PublicState.Agenda>?
        private let rounds: [String: Part<PublicState.Round>]

        /// - Parameter rest: the state without the parts that follow.
        fileprivate init(
            rest: PublicState, council: Part<PublicState.Council>, agenda: Part<PublicState.Agenda>?,
            rounds: [String: Part<PublicState.Round>]
        ) {
            var json = JSONValue(encoding: rest)
            json[PublicState.CodingKeys.council] = council.json
            json[PublicState.CodingKeys.agenda] = agenda?.json
            json[PublicState.CodingKeys.rounds]?[PublicState.Rounds.CodingKeys.byID] = .object(rounds.mapValues(\.json))
            self.json = json
            self.rest = rest
            self.council = council
            self.agenda = agenda
            self.rounds = rounds
        }

        package var value: PublicState {
            var value = rest
            value.council = council.value
            value.agenda = agenda?.value
            value.rounds?.byID = rounds.mapValues(\.value)
            return value
        }
    }

    /// A part of the state that seldom changes, encoded once.
    fileprivate final class Part<Value: Encodable & Sendable>: Sendable {
        let value: Value
        let json: JSONValue

        init(_ value: Value) {
            self.value = value
            json = JSONValue(encoding: value)
        }

        /// - Parameter json: what `value` encodes.
        init(_ value: Value, json: JSONValue) {
            self.value = value
            self.json = json
        }
    }
    private typealias ItemPart = (item: AgendaItem, recused: [DeputyID], part: Part<PublicState.Item>)

    private var council: (roster: Roster, day: CivilDate, rules: RuleBook?, part: Part<PublicState.Council>)?
    private var agenda: (items: [AgendaItem], recusals: [ItemID: [DeputyID: String]], part: Part<PublicState.Agenda>)?
    private var items: [ItemID: ItemPart] = [:]
    private var rounds: [RoundID: (round: VoteRound, part: Part<PublicState.Round>)] = [:]
    private var sitting: SittingID?

    package init() {}

    /// `now` only decides which mandates run.
    package mutating func render(_ state: CouncilState, at now: UTCMilliseconds) -> Rendering {
        let day = state.day(at: now)
        let sitting = state.sittingOnShow
        if sitting?.id != self.sitting {
            items = [:]
            rounds = [:]
            self.sitting = sitting?.id
        }
        let rest = PublicState(
            council: .empty, sitting: sitting.map(PublicState.Sitting.init), notice: sitting?.notice.map(PublicState.Notice.init),
            currentItem: sitting?.currentItem?.text, currentItemSince: sitting?.currentItemSince?.value,
            presence: sitting.map { PublicState.Presence($0, state, day) }, speakers: sitting.map(PublicState.Speakers.init),
            rounds: sitting.map { PublicState.Rounds(order: $0.rounds.map(\.id.text), byID: [:]) }, openRound: sitting?.openRound?.id.text)
        return Rendering(
            rest: rest, council: councilPart(state, day), agenda: sitting.map { agendaPart($0) },
            rounds: sitting.map { roundParts($0) } ?? [:])
    }

    private mutating func councilPart(_ state: CouncilState, _ day: CivilDate) -> Part<PublicState.Council> {
        if let council, council.roster == state.roster, council.day == day, council.rules == state.rules { return council.part }
        let part = Part(PublicState.Council(state, day))
        council = (state.roster, day, state.rules, part)
        return part
    }

    private mutating func agendaPart(_ sitting: Sitting) -> Part<PublicState.Agenda> {
        if let agenda, agenda.items == sitting.agenda, agenda.recusals == sitting.recusals { return agenda.part }
        var parts: [ItemID: ItemPart] = [:]
        for item in sitting.agenda {
            let recused = sitting.recusals[item.id]?.keys.sorted() ?? []
            if let known = items[item.id], known.item == item, known.recused == recused {
                parts[item.id] = known
            } else {
                parts[item.id] = (item, recused, Part(PublicState.Item(item, recused: recused.map(\.text))))
            }
        }
        items = parts
        var value = PublicState.Agenda(order: sitting.agenda.map(\.id.text), items: [:])
        var json = JSONValue(encoding: value)
        json[PublicState.Agenda.CodingKeys.items] = .object(Self.byText(parts.map { ($0.key.text, $0.value.part.json) }))
        value.items = Self.byText(parts.map { ($0.key.text, $0.value.part.value) })
        let part = Part(value, json: json)
        agenda = (sitting.agenda, sitting.recusals, part)
        return part
    }

    private static func byText<Value>(_ entries: [(String, Value)]) -> [String: Value] { Dictionary(uniqueKeysWithValues: entries) }

    private mutating func roundParts(_ sitting: Sitting) -> [String: Part<PublicState.Round>] {
        var parts: [String: Part<PublicState.Round>] = [:]
        for round in sitting.rounds {
            // An open one shows also what the sitting knows of its voters.
            if let known = rounds[round.id], known.round == round, round.status != .open {
                parts[round.id.text] = known.part
            } else {
                let part = Part(PublicState.Round(round, in: sitting))
                rounds[round.id] = (round, part)
                parts[round.id.text] = part
            }
        }
        return parts
    }
}
