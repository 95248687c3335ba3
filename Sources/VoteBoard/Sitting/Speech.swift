public enum SpeechKind: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
    case report, question, debate, reply
}

/// A turn in the list of speakers: a deputy, or a guest by name.
public struct SpeakerEntry: Codable, Hashable, Sendable {
    public var id: SpeakerID
    public var deputy: DeputyID?
    /// Of a guest; for a deputy the roster has it.
    public var guest: String?
    public var kind: SpeechKind
    public var item: ItemID?
    /// Seconds of floor; `nil` takes the rule book's for the kind.
    public var seconds: Int?

    public init(
        id: SpeakerID, deputy: DeputyID? = nil, guest: String? = nil, kind: SpeechKind, item: ItemID? = nil, seconds: Int? = nil
    ) {
        self.id = id
        self.deputy = deputy
        self.guest = guest
        self.kind = kind
        self.item = item
        self.seconds = seconds
    }
}

/// The speech that has the floor, with its countdown.
public struct Speech: Hashable, Sendable {
    public var entry: SpeakerEntry
    /// Milliseconds of floor.
    public var allotted: Int64
    /// Milliseconds spoken before the last pause.
    public var spent: Int64
    /// When it last began to run; `nil` while paused.
    public var runningSince: UTCMilliseconds?

    /// Milliseconds left, negative when over time.
    public func remaining(at now: UTCMilliseconds) -> Int64 {
        allotted &- spent &- (runningSince.map { max(0, now - $0) } ?? 0)
    }
}
