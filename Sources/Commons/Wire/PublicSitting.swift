extension PublicState {
    package struct Sitting: Codable, Equatable, Sendable {
        package var id: String
        package var title: String
        /// `scheduled`, `open`, `suspended`, `closed`
        package var status: String
        package var scheduledFor: Int64?
        package var openedAt: Int64?
        package var closedAt: Int64?
        package var place: String?
        package var term: String?
        package var session: String?

        package init(
            id: String, title: String, status: String, scheduledFor: Int64? = nil, openedAt: Int64? = nil, closedAt: Int64? = nil,
            place: String? = nil, term: String? = nil, session: String? = nil
        ) {
            self.id = id
            self.title = title
            self.status = status
            self.scheduledFor = scheduledFor
            self.openedAt = openedAt
            self.closedAt = closedAt
            self.place = place
            self.term = term
            self.session = session
        }

        enum CodingKeys: String, CodingKey {
            case id, title, status, place, term, session
            case scheduledFor = "scheduled_for"
            case openedAt = "opened_at"
            case closedAt = "closed_at"
        }
    }

    package struct Notice: Codable, Equatable, Sendable {
        package var text: String
        package var until: Int64?

        package init(text: String, until: Int64? = nil) {
            self.text = text
            self.until = until
        }
    }

    package struct Agenda: Codable, Equatable, Sendable {
        package var order: [String]
        package var items: [String: Item]

        package init(order: [String], items: [String: Item]) {
            self.order = order
            self.items = items
        }

        package enum CodingKeys: String, CodingKey { case order, items }
    }

    package struct Item: Codable, Equatable, Sendable {
        package var number: String
        package var title: String
        /// `pending`, `under_discussion`, `voting`, `adopted`, `rejected`, `postponed`, `withdrawn`
        package var state: String
        package var rapporteur: String?
        package var draft: String?
        package var links: [Link]?
        package var parent: String?
        /// The round that put it on the agenda.
        package var addedBy: String?
        /// Deputies with a conflict of interest.
        package var recused: [String]?

        package init(
            number: String, title: String, state: String, rapporteur: String? = nil, draft: String? = nil, links: [Link]? = nil,
            parent: String? = nil, addedBy: String? = nil, recused: [String]? = nil
        ) {
            self.number = number
            self.title = title
            self.state = state
            self.rapporteur = rapporteur
            self.draft = draft
            self.links = links
            self.parent = parent
            self.addedBy = addedBy
            self.recused = recused
        }

        enum CodingKeys: String, CodingKey {
            case number, title, state, rapporteur, draft, links, parent, recused
            case addedBy = "added_by"
        }
    }

    package struct Link: Codable, Equatable, Sendable {
        package var title: String
        package var url: String

        package init(title: String, url: String) {
            self.title = title
            self.url = url
        }
    }

    package struct Presence: Codable, Equatable, Sendable {
        /// Deputies’ ids as keys, so that a delta names only who came or left.
        package var present: [String: Bool]
        /// Without the head.
        package var count: Int
        package var quorum: Quorum?

        package init(present: [String: Bool], count: Int, quorum: Quorum? = nil) {
            self.present = present
            self.count = count
            self.quorum = quorum
        }
    }

    package struct Quorum: Codable, Equatable, Sendable {
        package var needed: Int
        package var base: Int
        package var met: Bool

        package init(needed: Int, base: Int, met: Bool) {
            self.needed = needed
            self.base = base
            self.met = met
        }
    }

    package struct Speakers: Codable, Equatable, Sendable {
        package var queue: [Entry]
        package var speech: Speech?

        package init(queue: [Entry], speech: Speech? = nil) {
            self.queue = queue
            self.speech = speech
        }
    }

    package struct Entry: Codable, Equatable, Sendable {
        package var id: String
        package var deputy: String?
        package var guest: String?
        /// `report`, `question`, `debate`, `reply`
        package var kind: String
        package var item: String?
        package var seconds: Int?

        package init(id: String, deputy: String? = nil, guest: String? = nil, kind: String, item: String? = nil, seconds: Int? = nil) {
            self.id = id
            self.deputy = deputy
            self.guest = guest
            self.kind = kind
            self.item = item
            self.seconds = seconds
        }
    }

    /// Time left = `allotted` − `spent` − (now − `runningSince`), in milliseconds.
    package struct Speech: Codable, Equatable, Sendable {
        package var entry: Entry
        package var allotted: Int64
        package var spent: Int64
        /// `nil` while paused.
        package var runningSince: Int64?

        package init(entry: Entry, allotted: Int64, spent: Int64, runningSince: Int64? = nil) {
            self.entry = entry
            self.allotted = allotted
            self.spent = spent
            self.runningSince = runningSince
        }

        enum CodingKeys: String, CodingKey {
            case entry, allotted, spent
            case runningSince = "running_since"
        }
    }
}
