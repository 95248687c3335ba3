import Commons
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
        let milliseconds = String(Int(at % 1000))
        let zeros = String(repeating: "0", count: 3 - milliseconds.count)
        return "\(CivilTime(secondsSince1970: at / 1000).text).\(zeros)\(milliseconds)Z"
    }
}
