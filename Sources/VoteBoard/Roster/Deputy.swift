import Commons

/// A name in the council's own language, in the parts that the language uses.
public struct PersonName: Codable, Hashable, Sendable {
    public var family: String
    public var given: String
    public var patronymic: String?

    public init(family: String, given: String, patronymic: String? = nil) {
        self.family = family
        self.given = given
        self.patronymic = patronymic
    }

    /// Family name first, as on a ballot paper.
    public var full: String { [family, given, patronymic ?? ""].filter { !$0.isEmpty }.joined(separator: " ") }
    /// Family name and initials: “Шевченко Т. Г.”.
    public var short: String {
        let initials = [given, patronymic ?? ""].compactMap(\.first).map { "\($0)." }
        return ([family] + initials).joined(separator: " ")
    }
}

/// Which ending a vote word takes («утримався», «утрималась»).
public enum GrammaticalGender: String, Codable, Sendable, CaseIterable {
    case masculine, feminine
}

/// From the first day to the last, both included; no last day: still running.
public struct DateSpan: Codable, Hashable, Sendable {
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
public struct Membership: Codable, Hashable, Sendable {
    public var faction: FactionID
    public var span: DateSpan

    package init(faction: FactionID, span: DateSpan = DateSpan()) {
        self.faction = faction
        self.span = span
    }
}

/// Where somebody sits on the hall's plan: 0…100 from left to right and from the back of the hall to the rostrum, as it is drawn.
public struct SeatPlace: Codable, Hashable, Sendable {
    public static let range = 0...100

    public var x: Int
    public var y: Int

    public init(x: Int, y: Int) {
        self.x = x
        self.y = y
    }
}

/// A member of the council, or the head of the community.
public struct Deputy: Codable, Hashable, Sendable {
    public enum Role: String, Codable, Sendable, CaseIterable {
        case deputy
        /// Head of the community or mayor: holds no seat; votes where the rules say so.
        case head
    }

    public var id: DeputyID
    public var name: PersonName
    public var gender: GrammaticalGender?
    public var role: Role
    public var seat: Int?
    public var place: SeatPlace?
    public var mandate: DateSpan
    public var memberships: [Membership]

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

public struct Faction: Codable, Hashable, Sendable {
    public var id: FactionID
    public var name: String
    /// `#rrggbb`, for the hemicycle's sectors; never a choice's meaning.
    public var color: String?

    public init(id: FactionID, name: String, color: String? = nil) {
        self.id = id
        self.name = name
        self.color = color
    }
}
