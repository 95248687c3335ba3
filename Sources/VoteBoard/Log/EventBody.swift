import Foundation

/// The bytes that are hashed, stored and exported: JSON with sorted keys on one line.
package struct EventBody: Codable, Hashable, Sendable {
    package var sequence: Int64
    package var at: UTCMilliseconds
    package var sitting: SittingID?
    package var fact: Fact
    /// The command that led here, in lower case.
    package var command: String
    /// A digest of the command's words, so that a command id is not used for two; a secret ballot's choice is not in it.
    package var digest: String
    /// Who asked: a token's name, `cli:anna`, a terminal.
    package var by: String
    /// The leaf before, in hexadecimal.
    package var previous: String

    enum CodingKeys: String, CodingKey {
        case sequence = "seq"
        case at, sitting, fact, command, digest, by
        case previous = "prev"
    }

    package var record: RecordedEvent { RecordedEvent(sequence: sequence, at: at, event: Event(fact, in: sitting)) }

    package func bytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    package init(bytes: [UInt8]) throws {
        self = try JSONDecoder().decode(EventBody.self, from: Data(bytes))
    }

    init(
        sequence: Int64, at: UTCMilliseconds, sitting: SittingID?, fact: Fact, command: String, digest: String, by: String,
        previous: String
    ) {
        self.sequence = sequence
        self.at = at
        self.sitting = sitting
        self.fact = fact
        self.command = command
        self.digest = digest
        self.by = by
        self.previous = previous
    }
}
