/// What a command or a file is answered when it was refused: `application/problem+json` (RFC 9457). Of other requests the first four fields.
package struct CommandProblem: Codable, Error, Equatable, Sendable {
    package static let contentType = "application/problem+json"

    /// `urn:plenary:` and the code.
    package var type: String
    package var title: String
    package var status: Int
    /// The sentence that names the remedy.
    package var detail: String
    /// Stable and for programs: `ballot_twice`.
    package var code: String?
    /// The input that is at fault.
    package var field: String?
    /// What the sentence names, each by itself, so that a page can say it in its reader's language.
    package var values: [String: JSONValue]?
    /// After a conflict: the last event of the record, and what happened since the one that was expected.
    package var current: Int64?
    package var since: [Change]?
    /// Of a file or a body that could not be read.
    package var faults: [Fault]?

    package init(
        _ status: Int, code: String, detail: String, field: String? = nil, values: [String: JSONValue]? = nil, current: Int64? = nil,
        since: [Change]? = nil, faults: [Fault]? = nil
    ) {
        type = "urn:plenary:\(code)"
        title = String(code.map { $0 == "_" ? " " : $0 })
        self.status = status
        self.detail = detail
        self.code = code
        self.field = field
        self.values = values
        self.current = current
        self.since = since
        self.faults = faults
    }

    /// An event.
    package struct Change: Codable, Equatable, Sendable {
        package var sequence: Int64
        package var type: String

        package init(sequence: Int64, type: String) {
            self.sequence = sequence
            self.type = type
        }

        enum CodingKeys: String, CodingKey {
            case type
            case sequence = "seq"
        }
    }

    /// One fault, where an editor finds it: line and column from 1.
    package struct Fault: Codable, Equatable, Sendable {
        package var line: Int
        package var column: Int
        package var message: String

        package init(line: Int, column: Int, message: String) {
            self.line = line
            self.column = column
            self.message = message
        }
    }
}
