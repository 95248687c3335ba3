/// A span of a sitting on the clock of the picture: an item or a round. What EXT-X-DATERANGE and chapters are made of.
package struct SittingMark: Hashable, Sendable {
    package enum Kind: String, Sendable {
        case item, round
    }

    package var kind: Kind
    /// The item's or the round's id.
    package var id: String
    package var title: String
    package var from: UTCMilliseconds
    /// `nil` while it lasts.
    package var until: UTCMilliseconds?
}

extension SittingMark {
    /// The marks of a sitting, in order, folded from its events. An item that is taken up twice has two marks.
    package static func marks(of sitting: SittingID, in events: some Sequence<RecordedEvent>) -> [SittingMark] {
        var fold = MarkFold()
        for record in events where record.event.sitting == sitting { fold.take(record) }
        return fold.marks
    }
}

struct MarkFold: Sendable {
    private(set) var marks: [SittingMark] = []
    private var titles: [ItemID: String] = [:]
    private var questions: [RoundID: String] = [:]
    /// Places in `marks` of what lasts.
    private var running: [SittingMark.Kind: Int] = [:]

    init() {}

    /// Begins with what is planned.
    init(_ sitting: Sitting) {
        for item in sitting.agenda { titles[item.id] = Self.title(item) }
        for round in sitting.rounds { questions[round.plan.id] = round.plan.question }
    }

    mutating func take(_ record: RecordedEvent) {
        switch record.event.fact {
        case .agendaReplaced(let items): for item in items { titles[item.id] = Self.title(item) }
        case .itemAdded(let item, _), .itemEdited(let item): titles[item.id] = Self.title(item)
        case .itemTakenUp(let id):
            end(.item, at: record.at)
            running[.item] = marks.count
            marks.append(SittingMark(kind: .item, id: id.text, title: titles[id] ?? id.text, from: record.at))
        case .roundPlanned(let plan): questions[plan.id] = plan.question
        case .roundOpened(let id, _):
            running[.round] = marks.count
            marks.append(SittingMark(kind: .round, id: id.text, title: questions[id] ?? id.text, from: record.at))
        case .roundClosed: end(.round, at: record.at)
        case .roundAnnulled(let id, _) where running[.round].map({ marks[$0].id == id.text }) ?? false: end(.round, at: record.at)
        case .sittingClosed:
            end(.item, at: record.at)
            end(.round, at: record.at)
        default: break
        }
    }

    private static func title(_ item: AgendaItem) -> String { item.number.isEmpty ? item.title : "\(item.number). \(item.title)" }

    private mutating func end(_ kind: SittingMark.Kind, at: UTCMilliseconds) {
        if let index = running.removeValue(forKey: kind) { marks[index].until = at }
    }
}

/// The marks of the sitting in session, and of what ended lately: as far back as a live picture can be wound.
struct RecentMarks: Sendable {
    /// Milliseconds that a mark is kept after its end; the longest live window is four hours.
    static let age: Int64 = 5 * 3_600_000
    static let limit = 512

    private var past: [SittingMark] = []
    private var sitting: SittingID?
    private var fold = MarkFold()

    /// - Parameter events: all of the sitting in session, when there is one.
    init(_ sitting: SittingID?, _ events: [RecordedEvent]) {
        self.sitting = sitting
        for record in events { fold.take(record) }
    }

    /// - Parameter state: after all that happened. Only one sitting is in session at a time.
    mutating func take(_ happened: [RecordedEvent], _ state: CouncilState) {
        for record in happened {
            if record.event.fact == .sittingOpened, let opened = record.event.sitting.flatMap(state.sitting) {
                past = marks(now: record.at)
                sitting = opened.id
                fold = MarkFold(opened)
            }
            if record.event.sitting == sitting { fold.take(record) }
        }
    }

    /// In the order of their beginning.
    func marks(now: UTCMilliseconds) -> [SittingMark] {
        Array((past + fold.marks).filter { $0.until.map { now - $0 < Self.age } ?? true }.suffix(Self.limit))
    }
}
