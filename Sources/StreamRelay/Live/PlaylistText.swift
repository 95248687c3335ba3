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
        let fraction = String(milliseconds % 1000)
        let zeros = String(repeating: "0", count: 3 - fraction.utf8.count)
        return "\(CivilTime(secondsSince1970: milliseconds / 1000).text).\(zeros)\(fraction)Z"
    }

    /// The value without what would end a quoted-string (§4.2).
    static func quoted(_ text: String) -> String {
        "\"" + String(text.unicodeScalars.filter { $0 != "\"" && $0.value >= 0x20 && $0.value != 0x7F }.map(Character.init)) + "\""
    }

    /// A strong entity tag over the bytes.
    static func etag(_ bytes: ByteBuffer) -> String { bytes.withUnsafeReadableBytes(FNV1a.entityTag) }
}
