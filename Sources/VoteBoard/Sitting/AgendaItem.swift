/// A document that belongs to an item.
public struct DocumentLink: Codable, Hashable, Sendable {
    public var title: String
    /// `https://…` or `http://…`.
    public var url: String

    public init(title: String, url: String) {
        self.title = title
        self.url = url
    }
}

/// One question on the agenda. The order is the sitting's list; a sub-item names its parent.
public struct AgendaItem: Codable, Hashable, Sendable {
    public enum State: String, Codable, Sendable, CaseIterable {
        case pending
        case underDiscussion = "under_discussion"
        case voting, adopted, rejected, postponed, withdrawn
    }

    public var id: ItemID
    /// As printed: “7”, “7.1”, “12а”.
    public var number: String
    public var title: String
    public var rapporteur: String?
    /// Number of the draft decision.
    public var draft: String?
    public var links: [DocumentLink]
    public var parent: ItemID?
    public var state: State
    /// The procedural round that put the item on the agenda during the sitting.
    public var addedBy: RoundID?

    public init(
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

    public init(from decoder: any Decoder) throws {
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
