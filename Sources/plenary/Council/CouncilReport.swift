import Foundation
import NIOCore

/// The public state of a hall's council, as far as the command line reads it (`docs/protocol.md` has all of it).
struct CouncilReport: Decodable, Sendable {
    struct Faction: Decodable, Sendable {
        var name: String
        var order: Int
    }

    struct Deputy: Decodable, Sendable {
        var family: String
        var given: String
        var patronymic: String?
        var role: String
        var seat: Int?
        var faction: String?
        var order: Int

        var fullName: String { [family, given, patronymic ?? ""].filter { !$0.isEmpty }.joined(separator: " ") }
    }

    struct Council: Decodable, Sendable {
        var name: String
        var seats: Int
        var factions: [String: Faction]
        var deputies: [String: Deputy]
        var language: String?
        var country: String?
        var timeZone: String?
    }

    struct Sitting: Decodable, Sendable {
        var id: String
        var title: String
        var status: String
        var scheduledFor: Int64?
        var openedAt: Int64?
        var closedAt: Int64?
        var place: String?

        var isInSession: Bool { status == "open" || status == "suspended" }
    }

    struct Notice: Decodable, Sendable {
        var text: String
        var until: Int64?
    }

    struct Item: Decodable, Sendable {
        var number: String
        var title: String
        var state: String
        var rapporteur: String?
        var draft: String?
        var parent: String?
        var recused: [String]?
        var links: [Link]?
    }

    struct Link: Decodable, Sendable {
        var title: String
        var url: String
    }

    struct Agenda: Decodable, Sendable {
        var order: [String]
        var items: [String: Item]
    }

    struct Quorum: Decodable, Sendable {
        var needed: Int
        var base: Int
        var met: Bool
    }

    struct Presence: Decodable, Sendable {
        var present: [String: Bool]
        var count: Int
        var quorum: Quorum?
    }

    struct Entry: Decodable, Sendable {
        var id: String
        var deputy: String?
        var guest: String?
        var kind: String
        var item: String?
        var seconds: Int?
    }

    struct Speech: Decodable, Sendable {
        var entry: Entry
        var allotted: Int64
        var spent: Int64
        var runningSince: Int64?

        /// Milliseconds left, negative when over time.
        func remaining(at now: Int64) -> Int64 { allotted - spent - (runningSince.map { max(0, now - $0) } ?? 0) }
    }

    struct Speakers: Decodable, Sendable {
        var queue: [Entry]
        var speech: Speech?
    }

    struct Counts: Decodable, Sendable {
        var yes: Int
        var no: Int
        var abstain: Int
        var notVoting: Int
        var absent: Int
        var recused: Int
    }

    struct Result: Decodable, Sendable {
        var outcome: String
        var reason: String
        var counts: Counts
        var sentences: [String: String]
    }

    struct Round: Decodable, Sendable {
        var item: String?
        var kind: String
        var question: String
        var status: String
        var method: String?
        var reveal: String?
        var supersedes: String?
        var supersededBy: String?
        var endsAt: Int64?
        var entitled: [String: String]?
        var voted: Int?
        var ballots: [String: String]?
        var counts: Counts?
        var positions: [String: String]?
        var result: Result?
        var annulment: String?
    }

    struct Rounds: Decodable, Sendable {
        var order: [String]
        var byId: [String: Round]
    }

    var council: Council
    var sitting: Sitting?
    var notice: Notice?
    var agenda: Agenda?
    var currentItem: String?
    var presence: Presence?
    var speakers: Speakers?
    var rounds: Rounds?
    var openRound: String?

    /// A `snapshot` message.
    struct Message: Decodable, Sendable {
        var seq: Int64
        var state: CouncilReport

        init(_ message: Data) throws {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            self = try decoder.decode(Self.self, from: message)
        }
    }

    var timeZone: TimeZone { council.timeZone.flatMap { TimeZone(identifier: $0) } ?? .current }
}
