import Commons

extension JSONValue {
    /// An object of the entries that are there.
    static func fields(_ entries: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        var object: [String: JSONValue] = [:]
        object.reserveCapacity(entries.count)
        for (key, value) in entries { object[key] = value }
        return .object(object)
    }

    static func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
    static func text(_ value: String?) -> JSONValue? { value.map(JSONValue.string) }
}
