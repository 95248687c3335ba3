import Commons

/// A name in the council's own language, in the parts that the language uses.
package struct PersonName: Codable, Hashable, Sendable {
    package var family: String
    package var given: String
    package var patronymic: String?

    package init(family: String, given: String, patronymic: String? = nil) {
        self.family = family
        self.given = given
        self.patronymic = patronymic
    }

    /// Family name first, as on a ballot paper.
    package var full: String { [family, given, patronymic ?? ""].filter { !$0.isEmpty }.joined(separator: " ") }
    /// Family name and initials: “Шевченко Т. Г.”.
    package var short: String {
        let initials = [given, patronymic ?? ""].compactMap(\.first).map { "\($0)." }
        return ([family] + initials).joined(separator: " ")
    }
}

/// Which ending a vote word takes («утримався», «утрималась»).
package enum GrammaticalGender: String, Codable, Sendable, CaseIterable {
    case masculine, feminine
}

/// From the first day to the last, both included; no last day: still running.
package struct DateSpan: Codable, Hashable, Sendable {
    package var from: CivilDate?
    package var until: CivilDate?

    package init(from: CivilDate? = nil, until: CivilDate? = nil) {
        self.from = from
        self.until = until
    }

    package func contains(_ day: CivilDate) -> Bool {
        (from.map { $0 <= day } ?? true) && (until.map { day <= $0 } ?? true)
    }

    func overlaps(_ other: DateSpan) -> Bool {
        let startsAfterEnd = { (one: DateSpan, two: DateSpan) in
            if let start = one.from, let end = two.until { start > end } else { false }
        }
        return !startsAfterEnd(self, other) && !startsAfterEnd(other, self)
    }
}

/// A time in a faction.
package struct Membership: Codable, Hashable, Sendable {
    package var faction: FactionID
    package var span: DateSpan

    package init(faction: FactionID, span: DateSpan = DateSpan()) {
        self.faction = faction
        self.span = span
    }
}

/// Where somebody sits on the hall's plan: 0…100 from left to right and from the back of the hall to the rostrum, as it is drawn.
package struct SeatPlace: Codable, Hashable, Sendable {
    package static let range = 0...100

    package var x: Int
    package var y: Int

    package init(x: Int, y: Int) {
        self.x = x
        self.y = y
    }
}

/// A member of the council, or the head of the community.
package struct Deputy: Codable, Hashable, Sendable {
    package enum Role: String, Codable, Sendable, CaseIterable {
        case deputy
        /// Head of the community or mayor: holds no seat; votes where the rules say so.
        case head
    }

    package var id: DeputyID
    package var name: PersonName
    package var gender: GrammaticalGender?
    package var role: Role
    package var seat: Int?
    package var place: SeatPlace?
    package var mandate: DateSpan
    package var memberships: [Membership]

    package init(
        id: DeputyID, name: PersonName, gender: GrammaticalGender? = nil, role: Role = .deputy, seat: Int? = nil,
        place: SeatPlace? = nil, mandate: DateSpan = DateSpan(), memberships: [Membership] = []
    ) {
        self.id = id
        self.name = name
        self.gender = gender
        self.role = role
        self.seat = seat
        self.place = place
        self.mandate = mandate
        self.memberships = memberships
    }

    package func faction(on day: CivilDate) -> FactionID? {
        memberships.last { $0.span.contains(day) }?.faction
    }
}

package struct Faction: Codable, Hashable, Sendable {
    package var id: FactionID
    package var name: String
    /// `#rrggbb`, for the hemicycle's sectors; never a choice's meaning.
    package var color: String?

    package init(id: FactionID, name: String, color: String? = nil) {
        self.id = id
        self.name = name
        self.color = color
    }
}
