/// The stable name of a deputy, faction, sitting, item, speaker's turn or round: 1 to 64 of `A–Z a–z 0–9 . _ -`.
///
/// The subject only keeps one kind of identifier from being used as another.
package struct Identifier<Subject>: Hashable, Sendable, Codable, CodingKeyRepresentable, Comparable, CustomStringConvertible {
    package let text: String

    /// `nil` when the text is empty, too long or holds another character.
    package init?(_ text: String) {
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

    package static var requirement: String { "1 to 64 of A–Z, a–z, 0–9, dot, underscore and hyphen" }

    package var description: String { text }
    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let valid = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "an identifier is \(Self.requirement)")
        }
        self = valid
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    // Dictionaries keyed by an identifier are JSON objects.
    package var codingKey: any CodingKey { IdentifierKey(stringValue: text) }
    package init?<Key: CodingKey>(codingKey: Key) { self.init(codingKey.stringValue) }
}

extension Identifier: ExpressibleByStringLiteral, ExpressibleByUnicodeScalarLiteral, ExpressibleByExtendedGraphemeClusterLiteral {
    /// For literals in code and tests; a literal that is no identifier traps.
    package init(stringLiteral value: String) {
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

package typealias DeputyID = Identifier<Deputy>
package typealias FactionID = Identifier<Faction>
package typealias SittingID = Identifier<Sitting>
package typealias ItemID = Identifier<AgendaItem>
package typealias SpeakerID = Identifier<SpeakerEntry>
package typealias RoundID = Identifier<VoteRound>
