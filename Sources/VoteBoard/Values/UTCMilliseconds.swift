/// Milliseconds since 1970-01-01T00:00:00Z, on the clock of EXT-X-PROGRAM-DATE-TIME.
package struct UTCMilliseconds: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    package var value: Int64

    package init(_ value: Int64) { self.value = value }

    package static func < (left: Self, right: Self) -> Bool { left.value < right.value }
    package static func - (left: Self, right: Self) -> Int64 { left.value &- right.value }
    package static func + (left: Self, milliseconds: Int64) -> Self { Self(left.value &+ milliseconds) }

    package var description: String { String(value) }

    package init(from decoder: any Decoder) throws { value = try decoder.singleValueContainer().decode(Int64.self) }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}
