import Commons

/// A JSON value that is written the same way every time: keys sorted, no spaces, integers only.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// An object of the entries that are there.
    static func fields(_ entries: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        var object: [String: JSONValue] = [:]
        object.reserveCapacity(entries.count)
        for (key, value) in entries { object[key] = value }
        return .object(object)
    }

    static func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
    static func time(_ value: UTCMilliseconds?) -> JSONValue? { value.map { .integer($0.value) } }
    static func text(_ value: String?) -> JSONValue? { value.map(JSONValue.string) }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .string(let value): JSONText.append(value, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let entries):
            bytes.append(UInt8(ascii: "{"))
            for (index, key) in entries.keys.sorted().enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONText.append(key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                entries[key]?.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// The JSON Merge Patch (RFC 7396) that turns `self` into `next`; `nil` when they are the same. `null` is never a value here.
    package func mergePatch(to next: JSONValue) -> JSONValue? {
        guard case .object(let old) = self, case .object(let new) = next else { return self == next ? nil : next }
        var patch: [String: JSONValue] = [:]
        for (key, value) in new {
            if let before = old[key] {
                if let change = before.mergePatch(to: value) { patch[key] = change }
            } else {
                patch[key] = value
            }
        }
        for key in old.keys where new[key] == nil { patch[key] = .null }
        return patch.isEmpty ? nil : .object(patch)
    }

    /// Applies a JSON Merge Patch as RFC 7396 §2 says.
    package func merging(_ patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var object: [String: JSONValue] = if case .object(let old) = self { old } else { [:] }
        for (key, change) in changes {
            if change == .null {
                object[key] = nil
            } else {
                object[key] = (object[key] ?? .null).merging(change)
            }
        }
        return .object(object)
    }
}
