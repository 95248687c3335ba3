/// Milliseconds since 1970-01-01T00:00:00Z, on the clock of EXT-X-PROGRAM-DATE-TIME.
public struct UTCMilliseconds: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    public var value: Int64

    public init(_ value: Int64) { self.value = value }

    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
    public static func - (left: Self, right: Self) -> Int64 { left.value &- right.value }
    public static func + (left: Self, milliseconds: Int64) -> Self { Self(left.value &+ milliseconds) }

    public var description: String { String(value) }

    public init(from decoder: any Decoder) throws { value = try decoder.singleValueContainer().decode(Int64.self) }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}
