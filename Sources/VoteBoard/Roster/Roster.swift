import Commons

/// The council: its seats, its factions in the order they sit, its deputies.
package struct Roster: Codable, Hashable, Sendable {
    package var council: String
    /// The legal full composition; the head is not counted.
    package var seats: Int
    package var factions: [Faction]
    package var deputies: [Deputy]

    package init(council: String, seats: Int, factions: [Faction] = [], deputies: [Deputy] = []) {
        self.council = council
        self.seats = seats
        self.factions = factions
        self.deputies = deputies
    }

    package static let empty = Roster(council: "", seats: 0)

    package func deputy(_ id: DeputyID) -> Deputy? { deputies.first { $0.id == id } }
    package func faction(_ id: FactionID) -> Faction? { factions.first { $0.id == id } }

    /// Everyone whose mandate runs on `day`, in the roster's order.
    package func serving(on day: CivilDate) -> [Deputy] { deputies.filter { $0.mandate.contains(day) } }
    package func filled(on day: CivilDate) -> Int { serving(on: day).count { $0.role == .deputy } }

    /// What is wrong with the seat plan of `day` without making the roster unusable: the hall is then drawn without it, or two seats as one.
    package func planWarnings(on day: CivilDate) -> [String] {
        let serving = serving(on: day)
        guard serving.contains(where: { $0.place != nil }) else { return [] }
        let without = serving.filter { $0.role == .deputy && $0.place == nil }.map(\.id.text)
        var warnings: [String] = []
        if !without.isEmpty {
            warnings.append("the seat plan is not drawn: without x and y are \(without.joined(separator: ", "))")
        }
        let sharing = Dictionary(grouping: serving.filter { $0.place != nil }, by: \.place).values.filter { $0.count > 1 }
        for sharing in sharing.sorted(by: { $0[0].id < $1[0].id }) {
            warnings.append("\(sharing.map(\.id.text).joined(separator: " and ")) have the same x and y")
        }
        return warnings
    }

    /// Every fault, not only the first.
    package var faults: [RosterFault] {
        var faults: [RosterFault] = []
        if !(1...Limits.seats).contains(seats) { faults.append(.seats(seats)) }
        if deputies.count > Limits.deputies { faults.append(.tooManyDeputies(deputies.count)) }
        if factions.count > Limits.factions { faults.append(.tooManyFactions(factions.count)) }
        faults += duplicates(of: deputies.map(\.id)).map(RosterFault.duplicateDeputy)
        faults += duplicates(of: factions.map(\.id)).map(RosterFault.duplicateFaction)
        let known = Set(factions.map(\.id))
        for deputy in deputies { faults += deputyFaults(deputy, factions: known) }
        return faults + overlapFaults()
    }

    private func deputyFaults(_ deputy: Deputy, factions: Set<FactionID>) -> [RosterFault] {
        var faults: [RosterFault] = []
        if let seat = deputy.seat, !(1...Limits.seats).contains(seat) { faults.append(.seatNumber(deputy.id, seat)) }
        if let place = deputy.place, !SeatPlace.range.contains(place.x) || !SeatPlace.range.contains(place.y) {
            faults.append(.place(deputy.id))
        }
        if let from = deputy.mandate.from, let until = deputy.mandate.until, until < from { faults.append(.mandateBackwards(deputy.id)) }
        for membership in deputy.memberships where !factions.contains(membership.faction) {
            faults.append(.unknownFaction(deputy.id, membership.faction))
        }
        let spans = deputy.memberships.map(\.span)
        for (index, span) in spans.enumerated() where spans[..<index].contains(where: span.overlaps) {
            faults.append(.factionsOverlap(deputy.id))
        }
        return faults
    }

    /// Two mandates may share a seat one after the other, never at once; one head at a time; no more mandates than seats.
    private func overlapFaults() -> [RosterFault] {
        var faults: [RosterFault] = []
        let seated = Dictionary(grouping: deputies.filter { $0.seat != nil && $0.role == .deputy }, by: \.seat)
        for (seat, holders) in seated.sorted(by: { ($0.key ?? 0) < ($1.key ?? 0) }) {
            for (index, holder) in holders.enumerated() {
                if let other = holders[..<index].first(where: { $0.mandate.overlaps(holder.mandate) }), let seat {
                    faults.append(.seatTaken(seat, by: other.id, and: holder.id))
                }
            }
        }
        let heads = deputies.filter { $0.role == .head }
        for (index, head) in heads.enumerated() where heads[..<index].contains(where: { $0.mandate.overlaps(head.mandate) }) {
            faults.append(.twoHeads(head.id))
        }
        let starts = deputies.compactMap(\.mandate.from)
        let most = starts.map { filled(on: $0) }.max() ?? deputies.count { $0.role == .deputy && $0.mandate == DateSpan() }
        if most > seats { faults.append(.moreDeputiesThanSeats(deputies: most, seats: seats)) }
        return faults
    }

    private func duplicates<ID: Hashable>(of ids: [ID]) -> [ID] {
        var seen: Set<ID> = []
        return ids.filter { !seen.insert($0).inserted }
    }
}

/// What makes a roster unusable.
package enum RosterFault: Error, Hashable, Sendable {
    case seats(Int)
    case tooManyDeputies(Int)
    case tooManyFactions(Int)
    case duplicateDeputy(DeputyID)
    case duplicateFaction(FactionID)
    case seatNumber(DeputyID, Int)
    case place(DeputyID)
    case mandateBackwards(DeputyID)
    case unknownFaction(DeputyID, FactionID)
    case factionsOverlap(DeputyID)
    case seatTaken(Int, by: DeputyID, and: DeputyID)
    case twoHeads(DeputyID)
    case moreDeputiesThanSeats(deputies: Int, seats: Int)

    package var sentence: String {
        switch self {
        case .seats(let seats): "seats is \(seats); give the council's full composition, 1 to \(Limits.seats)"
        case .tooManyDeputies(let count): "\(count) deputies; at most \(Limits.deputies) are kept"
        case .tooManyFactions(let count): "\(count) factions; at most \(Limits.factions) are kept"
        case .duplicateDeputy(let id): "the deputy id \(id) is there twice; every deputy needs an id of their own"
        case .duplicateFaction(let id): "the faction id \(id) is there twice; every faction needs an id of its own"
        case .seatNumber(let id, let seat): "seat of \(id) is \(seat); give a number from 1 to \(Limits.seats)"
        case .place(let id): "the place of \(id) lies outside the hall's plan; give x and y from 0 to 100"
        case .mandateBackwards(let id): "the mandate of \(id) ends before it begins; exchange the dates"
        case .unknownFaction(let id, let faction): "\(id) is in the faction \(faction), which is not listed; list it or correct the name"
        case .factionsOverlap(let id): "\(id) is in two factions at once; end the first before the second begins"
        case .seatTaken(let seat, let first, let second):
            "seat \(seat) belongs to \(first) and \(second) at once; end a mandate or change the seat"
        case .twoHeads(let id): "\(id) is head of the community while another is; end the earlier mandate"
        case .moreDeputiesThanSeats(let deputies, let seats):
            "\(deputies) mandates run at once for \(seats) seats; end mandates or correct seats"
        }
    }

    /// The deputy to look at, when the fault is one deputy's.
    package var deputy: DeputyID? {
        switch self {
        case .duplicateDeputy(let id), .seatNumber(let id, _), .place(let id), .mandateBackwards(let id),
            .unknownFaction(let id, _), .factionsOverlap(let id), .seatTaken(_, _, let id), .twoHeads(let id):
            id
        default: nil
        }
    }
}
