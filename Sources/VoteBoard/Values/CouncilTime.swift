import Commons
import Foundation

// The council's own clock: a moment of the record as a day and a time of day, and back.

extension TimeZone {
    /// Seconds east of Greenwich at an instant, in UTC seconds since 1970.
    func offset(at seconds: Int64) -> Int { secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))) }
}

extension CivilTime {
    init(at: UTCMilliseconds, in zone: TimeZone) {
        let seconds = at.value >= 0 ? at.value / 1000 : (at.value - 999) / 1000
        self.init(secondsSince1970: seconds + Int64(zone.offset(at: seconds)))
    }
}

extension UTCMilliseconds {
    /// A moment as a file writes it: `22.11.2026 14:05:30` and `2026-11-22T14:05` in `zone`; `…Z` and `…+02:00` as they say. `nil` when it is none.
    init?(written text: String, in zone: TimeZone) {
        guard let seconds = WrittenTime(text)?.instant(today: nil, zone: zone.offset(at:)) else { return nil }
        self.init(seconds * 1000)
    }

    /// `2026-11-22T14:05:30Z`.
    var utcText: String { CivilTime(at: self, in: .gmt).text + "Z" }

    /// `2026-11-22T14:05:30` on the clock of `zone`.
    func text(in zone: TimeZone) -> String { CivilTime(at: self, in: zone).text }
}
