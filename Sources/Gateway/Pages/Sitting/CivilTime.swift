import Foundation

/// A date and a time of day to the minute, as a town's clocks show them.
struct CivilTime {
    let year, month, day: Int
    /// `18:05`
    let time: String

    /// - Parameter at: UTC milliseconds.
    init(_ at: Int64, in zone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: Date(timeIntervalSince1970: Double(at) / 1000))
        (year, month, day) = (parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
        let two = { (number: Int?) in (number ?? 0) < 10 ? "0\(number ?? 0)" : String(number ?? 0) }
        time = "\(two(parts.hour)):\(two(parts.minute))"
    }

    func isSameDay(as other: CivilTime) -> Bool { (year, month, day) == (other.year, other.month, other.day) }
}
