/// One line of a dry run: what an import would change.
package enum RosterChange: Hashable, Sendable {
    case council(from: String, to: String)
    case seats(from: Int, to: Int)
    case factionAdded(Faction)
    case factionRemoved(Faction)
    case factionChanged(from: Faction, to: Faction)
    case deputyAdded(Deputy)
    case deputyRemoved(Deputy)
    case deputyChanged(from: Deputy, to: Deputy)

    package var sentence: String {
        switch self {
        case .council(let from, let to): "council: “\(from)” → “\(to)”"
        case .seats(let from, let to): "seats: \(from) → \(to)"
        case .factionAdded(let faction): "+ faction \(faction.id): \(faction.name)"
        case .factionRemoved(let faction): "− faction \(faction.id): \(faction.name)"
        case .factionChanged(let from, let to): "~ faction \(from.id): \(from.name) → \(to.name)"
        case .deputyAdded(let deputy): "+ \(deputy.id): \(deputy.name.full)"
        case .deputyRemoved(let deputy): "− \(deputy.id): \(deputy.name.full)"
        case .deputyChanged(let from, let to): "~ \(from.id): \(from.name.full): \(Self.differences(from, to).joined(separator: ", "))"
        }
    }

    private static func differences(_ from: Deputy, _ to: Deputy) -> [String] {
        var parts: [String] = []
        if from.name != to.name { parts.append("name → \(to.name.full)") }
        if from.gender != to.gender { parts.append("gender → \(to.gender?.rawValue ?? "none")") }
        if from.role != to.role { parts.append("role → \(to.role.rawValue)") }
        if from.seat != to.seat { parts.append("seat → \(to.seat.map(String.init) ?? "none")") }
        if from.place != to.place { parts.append("place → \(to.place.map { "\($0.x), \($0.y)" } ?? "none")") }
        if from.mandate != to.mandate { parts.append("mandate → \(span(to.mandate))") }
        if from.memberships != to.memberships {
            let factions = to.memberships.map { "\($0.faction) \(span($0.span))" }
            parts.append("faction → \(factions.isEmpty ? "none" : factions.joined(separator: "; "))")
        }
        return parts
    }

    private static func span(_ span: DateSpan) -> String {
        "\(span.from?.description ?? "")…\(span.until?.description ?? "")"
    }
}

extension Roster {
    /// What changes when this roster becomes `next`; empty when nothing does.
    package func changes(to next: Roster) -> [RosterChange] {
        var changes: [RosterChange] = []
        if council != next.council { changes.append(.council(from: council, to: next.council)) }
        if seats != next.seats { changes.append(.seats(from: seats, to: next.seats)) }
        for faction in next.factions {
            switch self.faction(faction.id) {
            case nil: changes.append(.factionAdded(faction))
            case let old? where old != faction: changes.append(.factionChanged(from: old, to: faction))
            default: break
            }
        }
        for faction in factions where next.faction(faction.id) == nil { changes.append(.factionRemoved(faction)) }
        let before = Dictionary(deputies.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let after = Set(next.deputies.map(\.id))
        for deputy in next.deputies {
            switch before[deputy.id] {
            case nil: changes.append(.deputyAdded(deputy))
            case let old? where old != deputy: changes.append(.deputyChanged(from: old, to: deputy))
            default: break
            }
        }
        for deputy in deputies where !after.contains(deputy.id) { changes.append(.deputyRemoved(deputy)) }
        return changes
    }
}
