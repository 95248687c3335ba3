/// The stable name of a deputy, faction, sitting, item, speaker's turn or round: 1 to 64 of `A–Z a–z 0–9 . _ -`.
///
/// The subject only keeps one kind of identifier from being used as another.
public struct Identifier<Subject>: Hashable, Sendable, Codable, CodingKeyRepresentable, Comparable, CustomStringConvertible {
    public let text: String

    /// `nil` when the text is empty, too long or holds another character.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard (1...64).contains(bytes.count), bytes.allSatisfy(Self.isAllowed) else { return nil }
        self.text = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    public static var requirement: String { "1 to 64 of A–Z, a–z, 0–9, dot, underscore and hyphen" }

    public var description: String { text }
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let valid = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "an identifier is \(Self.requirement)")
        }
        self = valid
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    // Dictionaries keyed by an identifier are JSON objects.
    public var codingKey: any CodingKey { IdentifierKey(stringValue: text) }
    public init?<Key: CodingKey>(codingKey: Key) { self.init(codingKey.stringValue) }
}

extension Identifier: ExpressibleByStringLiteral, ExpressibleByUnicodeScalarLiteral, ExpressibleByExtendedGraphemeClusterLiteral {
    /// For literals in code and tests; a literal that is no identifier traps.
    public init(stringLiteral value: String) {
        guard let valid = Self(value) else { preconditionFailure("an identifier is \(Self.requirement)") }
        self = valid
    }
}

private struct IdentifierKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

public typealias DeputyID = Identifier<Deputy>
public typealias FactionID = Identifier<Faction>
public typealias SittingID = Identifier<Sitting>
public typealias ItemID = Identifier<AgendaItem>
public typealias SpeakerID = Identifier<SpeakerEntry>
public typealias RoundID = Identifier<VoteRound>
