import Foundation
import Gateway

/// A log line as text.
enum LogText {
    /// `2026-11-22T14:30:05.123Z warning council  the camera is lost`
    static func human(_ line: LogLine) -> String {
        "\(timestamp(line.at)) \(line.level.padded(to: 7)) \(line.hall.map { "\($0): " } ?? "")\(line.message)"
    }

    static func json(_ line: LogLine) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(line)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// RFC 3339, milliseconds, UTC.
    static func timestamp(_ at: Int64) -> String {
        let seconds = Int(at / 1000)
        let milliseconds = String(Int(at % 1000))
        let clock = "\(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        return "\(CivilDate(day: seconds / 86400))T\(clock).\(String(repeating: "0", count: 3 - milliseconds.count))\(milliseconds)Z"
    }
}
