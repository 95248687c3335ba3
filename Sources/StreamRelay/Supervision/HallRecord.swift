/// The state of a hall's stream that outlives the daemon.
package struct HallRecord: Sendable, Equatable, Codable {
    /// Where to begin: exact after a clean end, else past everything that may have been used.
    package var numbers: LiveNumbers
    /// Fixed by the stream's life; `nil` before the first part.
    package var targets: LiveTargets?
    /// The settings that the targets follow from: when they change, a new life begins.
    package var partDuration: Double
    package var segmentMaximum: Double
    /// UTC milliseconds; a closed session stays closed over a crash.
    package var hiddenSince: Int64?
    package var slateOn: Bool
    /// Something was served under these numbers before.
    package var wasServed: Bool

    package init(
        numbers: LiveNumbers, targets: LiveTargets?, partDuration: Double, segmentMaximum: Double, hiddenSince: Int64?, slateOn: Bool,
        wasServed: Bool
    ) {
        self.numbers = numbers
        self.targets = targets
        self.partDuration = partDuration
        self.segmentMaximum = segmentMaximum
        self.hiddenSince = hiddenSince
        self.slateOn = slateOn
        self.wasServed = wasServed
    }

    /// A hall that was never on air. Its numbers begin at the seconds since 2025, so that not even a lost state directory makes an
    /// address name other bytes than a cache still holds. Decode times begin at 10 s, for frames presented before their decode time.
    package static func fresh(_ settings: StreamSettings, utc: Int64) -> HallRecord {
        let seconds = Int(utc / 1_000_000) - 1_735_689_600
        let numbers = LiveNumbers(
            mediaSequence: max(0, seconds), discontinuity: 0, initialization: max(0, seconds), fragment: 1, timeline: 10 * 90_000)
        return HallRecord(
            numbers: numbers, targets: nil, partDuration: settings.partDuration, segmentMaximum: settings.segmentMaximum, hiddenSince: nil,
            slateOn: false, wasServed: false)
    }

    /// After the record was lost: every number is past what can have been used, for none grows by more than one a second.
    package static func afterLoss(_ settings: StreamSettings, utc: Int64) -> HallRecord {
        var record = fresh(settings, utc: utc)
        record.numbers.discontinuity = record.numbers.mediaSequence
        record.numbers.timeline = Int64(record.numbers.mediaSequence) * 90_000
        record.wasServed = true
        return record
    }
}
