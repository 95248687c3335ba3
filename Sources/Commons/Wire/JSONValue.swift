/// A JSON value that is written the same way every time: keys sorted, no spaces, integers only.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
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
        // What did not change is mostly the same storage, which is compared at once, however large it is.
        if self == next { return nil }
        guard case .object(let old) = self, case .object(let new) = next else { return next }
        var patch: [String: JSONValue] = [:]
        for (key, value) in new {
            if let before = old[key] {
                if let change = before.mergePatch(to: value) { patch[key] = change }
            } else {
                patch[key] = value
            }
        }
        for key in old.keys where new[key] == nil { patch[key] = .null }
        return .object(patch)
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

extension JSONValue {
    /// A field of an object; `nil` where there is none, and in what is no object.
    package subscript(name: some CodingKey) -> JSONValue? {
        get { if case .object(let entries) = self { entries[name.stringValue] } else { nil } }
        set {
            guard case .object(var entries) = self else { return }
            self = .null
            entries[name.stringValue] = newValue
            self = .object(entries)
        }
    }
}

extension JSONValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let entries = try? container.decode([String: JSONValue].self) {
            self = .object(entries)
        } else if let values = try? container.decode([JSONValue].self) {
            self = .array(values)
        } else {
            self = .integer(try container.decode(Int64.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let flag): try container.encode(flag)
        case .integer(let number): try container.encode(number)
        case .string(let text): try container.encode(text)
        case .array(let values): try container.encode(values)
        case .object(let entries): try container.encode(entries)
        }
    }
}
