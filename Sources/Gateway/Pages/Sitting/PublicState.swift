import Foundation

/// As much of the wire's snapshot (docs/protocol.md) as a page without a script shows.
struct PublicSnapshot: Decodable {
    var seq: Int64
    var state: PublicState
}

struct PublicState: Decodable {
    var council: Council?
    var sitting: Sitting?
    var notice: Notice?
    var agenda: Agenda?
    var currentItem: String?
    var presence: Presence?
    var speakers: Speakers?
    var rounds: Rounds?
    var openRound: String?

    enum CodingKeys: String, CodingKey {
        case council, sitting, notice, agenda, presence, speakers, rounds
        case currentItem = "current_item"
        case openRound = "open_round"
    }

    struct Council: Decodable {
        var name: String
        var seats: Int?
        var language: String?
        var timeZone: String?
        var factions: [String: Faction]?
        var deputies: [String: Deputy]?

        enum CodingKeys: String, CodingKey {
            case name, seats, language, factions, deputies
            case timeZone = "time_zone"
        }
    }

    struct Faction: Decodable {
        var name: String
        var order: Int
    }

    struct Deputy: Decodable {
        var family: String
        var given: String?
        var patronymic: String?
        var gender: String?
        var role: String?
        var seat: Int?
        var faction: String?
        var order: Int
    }

    struct Sitting: Decodable {
        var id: String
        var title: String
        var status: String
        var scheduledFor: Int64?
        var openedAt: Int64?
        var closedAt: Int64?
        var place: String?

        enum CodingKeys: String, CodingKey {
            case id, title, status, place
            case scheduledFor = "scheduled_for"
            case openedAt = "opened_at"
            case closedAt = "closed_at"
        }
    }

    struct Notice: Decodable {
        var text: String
        var until: Int64?
    }

    struct Agenda: Decodable {
        var order: [String]
        var items: [String: Item]
    }

    struct Item: Decodable {
        var number: String
        var title: String
        var state: String
        var rapporteur: String?
        var draft: String?
        var links: [Link]?
        var recused: [String]?
    }

    struct Link: Decodable {
        var title: String
        var url: String

        /// Only such an address becomes a link.
        var isOfTheWeb: Bool { url.lowercased().hasPrefix("https://") || url.lowercased().hasPrefix("http://") }
    }

    struct Presence: Decodable {
        var count: Int
        var present: [String: Bool]?
        var quorum: Quorum?
    }

    struct Quorum: Decodable {
        var needed: Int
        var met: Bool
    }

    struct Speakers: Decodable {
        var queue: [Entry]?
        var speech: Speech?
    }

    struct Speech: Decodable {
        var entry: Entry
    }

    struct Entry: Decodable {
        var deputy: String?
        var guest: String?
        var kind: String
    }

    struct Rounds: Decodable {
        var order: [String]
        var byID: [String: Round]

        enum CodingKeys: String, CodingKey {
            case order
            case byID = "by_id"
        }
    }

    struct Round: Decodable {
        var item: String?
        var kind: String
        var question: String
        var status: String
        var supersedes: String?
        var supersededBy: String?
        var method: String?
        var reveal: String?
        var openedAt: Int64?
        var entitled: [String: String]?
        var voted: Int?
        var ballots: [String: String]?
        var counts: [String: Int]?
        var positions: [String: String]?
        var result: Result?
        var annulment: String?

        enum CodingKeys: String, CodingKey {
            case item, kind, question, status, supersedes, method, reveal, entitled, voted, ballots, counts, positions, result, annulment
            case supersededBy = "superseded_by"
            case openedAt = "opened_at"
        }
    }

    struct Result: Decodable {
        var outcome: String
        var reason: String
        var counts: [String: Int]
        var sentences: [String: String]
    }
}
