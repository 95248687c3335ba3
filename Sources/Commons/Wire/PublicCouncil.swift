extension PublicState {
    /// The council on the day it is shown.
    package struct Council: Codable, Equatable, Sendable {
        package var name: String
        /// The full composition.
        package var seats: Int
        package var factions: [String: Faction]
        /// Those whose mandate runs today.
        package var deputies: [String: Deputy]
        package var language: String?
        package var country: String?
        /// `Europe/Kyiv`
        package var timeZone: String?

        package init(
            name: String, seats: Int, factions: [String: Faction], deputies: [String: Deputy], language: String? = nil,
            country: String? = nil, timeZone: String? = nil
        ) {
            self.name = name
            self.seats = seats
            self.factions = factions
            self.deputies = deputies
            self.language = language
            self.country = country
            self.timeZone = timeZone
        }

        enum CodingKeys: String, CodingKey {
            case name, seats, factions, deputies, language, country
            case timeZone = "time_zone"
        }
    }

    package struct Faction: Codable, Equatable, Sendable {
        package var name: String
        package var color: String?
        /// From left to right.
        package var order: Int

        package init(name: String, color: String? = nil, order: Int) {
            self.name = name
            self.color = color
            self.order = order
        }
    }

    package struct Deputy: Codable, Equatable, Sendable {
        package var family: String
        package var given: String
        package var patronymic: String?
        /// `masculine`, `feminine`
        package var gender: String?
        /// `deputy`, `head`
        package var role: String
        package var seat: Int?
        package var place: Place?
        package var faction: String?
        package var order: Int

        package init(
            family: String, given: String, patronymic: String? = nil, gender: String? = nil, role: String, seat: Int? = nil,
            place: Place? = nil, faction: String? = nil, order: Int
        ) {
            self.family = family
            self.given = given
            self.patronymic = patronymic
            self.gender = gender
            self.role = role
            self.seat = seat
            self.place = place
            self.faction = faction
            self.order = order
        }
    }

    /// Where a deputy sits: 0…100 of the hall’s plan, left to right, back to rostrum.
    package struct Place: Codable, Equatable, Sendable {
        package var x: Int
        package var y: Int

        package init(x: Int, y: Int) {
            self.x = x
            self.y = y
        }
    }
}
