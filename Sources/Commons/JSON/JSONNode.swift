/// A JSON value with its place in the text.
package struct JSONNode: Hashable, Sendable {
    package indirect enum Value: Hashable, Sendable {
        case null
        case bool(Bool)
        /// As written; finite.
        case number(String)
        case string(String)
        case array([JSONNode])
        case object([String: JSONNode])
    }

    package var value: Value
    /// From 1.
    package var line: Int
    /// Of a character, from 1.
    package var column: Int

    package init(value: Value, line: Int, column: Int) {
        self.value = value
        self.line = line
        self.column = column
    }

    package var object: [String: JSONNode]? { if case .object(let entries) = value { entries } else { nil } }
    package var array: [JSONNode]? { if case .array(let items) = value { items } else { nil } }
    package var string: String? { if case .string(let text) = value { text } else { nil } }
}
