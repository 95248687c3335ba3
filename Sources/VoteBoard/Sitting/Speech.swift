package enum SpeechKind: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
    case report, question, debate, reply
}

/// A turn in the list of speakers: a deputy, or a guest by name.
package struct SpeakerEntry: Codable, Hashable, Sendable {
    package var id: SpeakerID
    package var deputy: DeputyID?
    /// Of a guest; for a deputy the roster has it.
    package var guest: String?
    package var kind: SpeechKind
    package var item: ItemID?
    /// Seconds of floor; `nil` takes the rule book's for the kind.
    package var seconds: Int?

    package init(
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
package struct Speech: Hashable, Sendable {
    package var entry: SpeakerEntry
    /// Milliseconds of floor.
    package var allotted: Int64
    /// Milliseconds spoken before the last pause.
    package var spent: Int64
    /// When it last began to run; `nil` while paused.
    package var runningSince: UTCMilliseconds?

    /// Milliseconds left, negative when over time.
    package func remaining(at now: UTCMilliseconds) -> Int64 {
        allotted &- spent &- (runningSince.map { max(0, now - $0) } ?? 0)
    }
}
