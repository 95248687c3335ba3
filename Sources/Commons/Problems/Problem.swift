/// Why a request was refused or failed, for programs and for people: RFC 9457.
package struct Problem: Error, Hashable, Sendable {
    package static let contentType = "application/problem+json"

    /// `nil`: the status says all there is to say (`about:blank`).
    package var code: ProblemCode?
    package var status: Int
    /// A sentence: what is the matter and what to do.
    package var detail: String
    /// The input to look at.
    package var field: String?

    // Further members (§3.2), of a command or a file that was refused.

    /// What the sentence names, each by itself, so that a page can say it in its reader's language.
    package var values: [String: JSONValue]?
    /// After a conflict: the last event of the record, and what happened since the one that was expected.
    package var current: Int64?
    package var since: [Change]?
    /// Of a file or a body that could not be read.
    package var faults: [Fault]?

    /// - Parameter status: where it is not the usual one of the code.
    package init(_ code: ProblemCode, status: Int? = nil, detail: String, field: String? = nil) {
        self.code = code
        self.status = status ?? code.status
        self.detail = detail
        self.field = field
    }

    package init(status: Int, detail: String) {
        self.status = status
        self.detail = detail
    }

    package var type: String { code?.type ?? "about:blank" }
    package var title: String { code?.title ?? HTTPStatus.phrase(status) }

    /// The body, without a line feed; keys are sorted.
    package func json() -> [UInt8] { JSONValue(encoding: self).bytes }

    /// An event.
    package struct Change: Codable, Hashable, Sendable {
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
    package struct Fault: Codable, Hashable, Sendable {
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

extension Problem: Codable {
    private enum CodingKeys: String, CodingKey { case type, title, status, detail, code, field, values, current, since, faults }

    /// Takes a code that is not in the table, of a newer daemon, for none. `type` and `title` follow from the code and the status.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        code = try container.decodeIfPresent(String.self, forKey: .code).flatMap(ProblemCode.init)
        status = try container.decode(Int.self, forKey: .status)
        detail = try container.decode(String.self, forKey: .detail)
        field = try container.decodeIfPresent(String.self, forKey: .field)
        values = try container.decodeIfPresent([String: JSONValue].self, forKey: .values)
        current = try container.decodeIfPresent(Int64.self, forKey: .current)
        since = try container.decodeIfPresent([Change].self, forKey: .since)
        faults = try container.decodeIfPresent([Fault].self, forKey: .faults)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        try container.encode(title, forKey: .title)
        try container.encode(status, forKey: .status)
        try container.encode(detail, forKey: .detail)
        try container.encodeIfPresent(code?.rawValue, forKey: .code)
        try container.encodeIfPresent(field, forKey: .field)
        try container.encodeIfPresent(values, forKey: .values)
        try container.encodeIfPresent(current, forKey: .current)
        try container.encodeIfPresent(since, forKey: .since)
        try container.encodeIfPresent(faults, forKey: .faults)
    }
}
