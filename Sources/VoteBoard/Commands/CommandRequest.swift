import Commons
import Foundation

/// A command as JSON: `{"command":"cast_ballot","id":"…uuid…","sitting":"s1","round":"r1","deputy":"d7","choice":"yes"}`.
///
/// Fields that the command does not take are faults: a misspelt field is never ignored.
package struct CommandRequest: Sendable {
    package var name: CommandName
    package var id: UUID
    package var expected: Int64?
    package var command: Command

    package init(_ bytes: [UInt8]) throws(ImportFaults) { try self.init(JSONNode(reading: SourceText.decode(bytes))) }

    init(_ node: JSONNode) throws(ImportFaults) {
        var reader = FieldReader(node)
        guard let name: CommandName = reader.choice("command") else { throw ImportFaults(reader.faults) }
        let id = reader.uuid("id")
        let expected = reader.optionalNumber("expected")
        reader.allow(["command", "id", "expected", "sitting"] + name.fields)
        let command = reader.command(name)
        guard reader.faults.isEmpty, let command else { throw ImportFaults(reader.faults) }
        self.name = name
        self.id = id ?? UUID()
        self.expected = expected.map(Int64.init)
        self.command = command
    }

    init(_ name: CommandName, _ command: Command) {
        self.name = name
        self.command = command
        id = UUID()
    }

    package func envelope(by: String) -> CommandEnvelope { CommandEnvelope(id: id, expected: expected, by: by, command: command) }
}

/// Reads the fields of one object, collecting faults.
struct FieldReader {
    private let node: JSONNode
    private let fields: [String: JSONNode]
    private(set) var faults: [ImportFault] = []

    init(_ node: JSONNode) {
        self.node = node
        fields = node.object ?? [:]
        if node.object == nil { faults.append(node.fault("an object in braces is expected")) }
    }

    mutating func allow(_ names: [String]) {
        let known = names.map { $0.hasSuffix("?") ? String($0.dropLast()) : $0 }
        for (key, value) in fields.sorted(by: { ($0.value.line, $0.value.column) < ($1.value.line, $1.value.column) })
        where !known.contains(key) {
            faults.append(value.fault("“\(key.prefix(60))” is not a field here; use \(known.joined(separator: ", "))"))
        }
    }

    mutating func text(_ name: String) -> String? {
        guard let value = optionalText(name) else {
            if fields[name] == nil { faults.append(node.fault("\(name) is missing; give it")) }
            return nil
        }
        return value
    }

    mutating func optionalText(_ name: String) -> String? {
        guard let field = fields[name], field.value != .null else { return nil }
        guard case .string(let text) = field.value else {
            faults.append(field.fault("\(name) is not text; put it in quotes"))
            return nil
        }
        return text
    }

    mutating func identifier<Subject>(_ name: String) -> Identifier<Subject>? { text(name).flatMap { checked($0, name) } }
    mutating func optionalIdentifier<Subject>(_ name: String) -> Identifier<Subject>? {
        optionalText(name).flatMap { checked($0, name) }
    }

    private mutating func checked<Subject>(_ text: String, _ name: String) -> Identifier<Subject>? {
        if let id = Identifier<Subject>(text) { return id }
        faults.append((fields[name] ?? node).fault("\(name): write \(Identifier<Subject>.requirement)"))
        return nil
    }

    mutating func number(_ name: String) -> Int? {
        if fields[name] == nil { faults.append(node.fault("\(name) is missing; give a whole number")) }
        return optionalNumber(name)
    }

    mutating func optionalNumber(_ name: String) -> Int? {
        guard let field = fields[name], field.value != .null else { return nil }
        guard case .number(let text) = field.value, let number = Int(text), abs(number) < 1 << 53 else {
            faults.append(field.fault("\(name) is no whole number; write digits without quotes"))
            return nil
        }
        return number
    }

    mutating func time(_ name: String) -> UTCMilliseconds? { optionalNumber(name).map { UTCMilliseconds(Int64($0)) } }

    mutating func choice<Value: RawRepresentable & CaseIterable>(_ name: String) -> Value? where Value.RawValue == String {
        if fields[name] == nil { faults.append(node.fault("\(name) is missing; give one of \(Self.allowed(Value.self))")) }
        return optionalChoice(name)
    }

    mutating func optionalChoice<Value: RawRepresentable & CaseIterable>(_ name: String) -> Value? where Value.RawValue == String {
        guard let text = optionalText(name) else { return nil }
        if let value = Value(rawValue: text) { return value }
        faults.append((fields[name] ?? node).fault("\(name) is not one of \(Self.allowed(Value.self))"))
        return nil
    }

    private static func allowed<Value: RawRepresentable & CaseIterable>(_ type: Value.Type) -> String where Value.RawValue == String {
        Value.allCases.map(\.rawValue).joined(separator: ", ")
    }

    mutating func uuid(_ name: String) -> UUID? {
        guard let text = optionalText(name) else { return nil }
        if let id = UUID(uuidString: text) { return id }
        faults.append((fields[name] ?? node).fault("\(name) is no UUID; make a new one for every command"))
        return nil
    }

    mutating func identifiers<Subject>(_ name: String) -> [Identifier<Subject>]? {
        guard let items = list(name, limit: Limits.deputies) else { return nil }
        var ids: [Identifier<Subject>] = []
        for item in items {
            guard case .string(let text) = item.value, let id = Identifier<Subject>(text) else {
                faults.append(item.fault("\(name): write \(Identifier<Subject>.requirement)"))
                return nil
            }
            ids.append(id)
        }
        return ids
    }

    mutating func list(_ name: String, limit: Int) -> [JSONNode]? {
        guard let items = fields[name]?.array else {
            faults.append((fields[name] ?? node).fault("\(name) is missing or no list; write it in brackets"))
            return nil
        }
        guard items.count <= limit else {
            faults.append((fields[name] ?? node).fault("\(name) has \(items.count) entries; at most \(limit) are taken"))
            return nil
        }
        return items
    }

    func has(_ name: String) -> Bool { fields[name].map { $0.value != .null } ?? false }

    mutating func add(_ more: [ImportFault]) { faults += more }
}
