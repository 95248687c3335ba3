/// A document that belongs to an item.
package struct DocumentLink: Codable, Hashable, Sendable {
    package var title: String
    /// `https://…` or `http://…`.
    package var url: String

    package init(title: String, url: String) {
        self.title = title
        self.url = url
    }
}

/// One question on the agenda. The order is the sitting's list; a sub-item names its parent.
package struct AgendaItem: Codable, Hashable, Sendable {
    package enum State: String, Codable, Sendable, CaseIterable {
        case pending
        case underDiscussion = "under_discussion"
        case voting, adopted, rejected, postponed, withdrawn
    }

    package var id: ItemID
    /// As printed: “7”, “7.1”, “12а”.
    package var number: String
    package var title: String
    package var rapporteur: String?
    /// Number of the draft decision.
    package var draft: String?
    package var links: [DocumentLink]
    package var parent: ItemID?
    package var state: State
    /// The procedural round that put the item on the agenda during the sitting.
    package var addedBy: RoundID?

    package init(
        id: ItemID, number: String, title: String, rapporteur: String? = nil, draft: String? = nil, links: [DocumentLink] = [],
        parent: ItemID? = nil, state: State = .pending, addedBy: RoundID? = nil
    ) {
        self.id = id
        self.number = number
        self.title = title
        self.rapporteur = rapporteur
        self.draft = draft
        self.links = links
        self.parent = parent
        self.state = state
        self.addedBy = addedBy
    }

    enum CodingKeys: String, CodingKey {
        case id, number, title, rapporteur, draft, links, parent, state
        case addedBy = "added_by"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(ItemID.self, forKey: .id)
        number = try container.decode(String.self, forKey: .number)
        title = try container.decode(String.self, forKey: .title)
        rapporteur = try container.decodeIfPresent(String.self, forKey: .rapporteur)
        draft = try container.decodeIfPresent(String.self, forKey: .draft)
        links = try container.decodeIfPresent([DocumentLink].self, forKey: .links) ?? []
        parent = try container.decodeIfPresent(ItemID.self, forKey: .parent)
        state = try container.decodeIfPresent(State.self, forKey: .state) ?? .pending
        addedBy = try container.decodeIfPresent(RoundID.self, forKey: .addedBy)
    }
}
