import Commons
import NIOCore

/// How numbers and dates are printed in playlists.
enum PlaylistText {
    /// 90 kHz ticks in 1/100,000 s, rounded down.
    static func floorDecimal(_ ticks: Int64) -> Int { Int(ticks * 10 / 9) }
    /// 90 kHz ticks in 1/100,000 s, rounded up: what a target promises.
    static func ceilDecimal(_ ticks: Int64) -> Int { Int((ticks * 10 + 8) / 9) }

    /// 1/100,000 s as a decimal-floating-point with five digits (RFC 8216bis §4.2).
    static func decimal(_ value: Int) -> String {
        let fraction = String(value % 100_000)
        return "\(value / 100_000).\(String(repeating: "0", count: 5 - fraction.utf8.count))\(fraction)"
    }

    /// UTC microseconds as ISO 8601 with milliseconds (§4.4.4.6).
    static func date(_ microseconds: Int64) -> String {
        let milliseconds = microseconds >= 0 ? microseconds / 1000 : 0
        let seconds = milliseconds / 1000
        let day = civil(days: Int(seconds / 86_400))
        let time = Int(seconds % 86_400)
        let clock = "\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60)).\(three(Int(milliseconds % 1000)))"
        return "\(day.year)-\(two(day.month))-\(two(day.day))T\(clock)Z"
    }

    /// The value without what would end a quoted-string (§4.2).
    static func quoted(_ text: String) -> String {
        "\"" + String(text.unicodeScalars.filter { $0 != "\"" && $0.value >= 0x20 && $0.value != 0x7F }.map(Character.init)) + "\""
    }

    /// A strong entity tag over the bytes.
    static func etag(_ bytes: ByteBuffer) -> String { bytes.withUnsafeReadableBytes(FNV1a.entityTag) }

    private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    private static func three(_ value: Int) -> String { value < 10 ? "00\(value)" : value < 100 ? "0\(value)" : "\(value)" }

    /// Days since 1970-01-01 as a date of the Gregorian calendar.
    private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }
}
