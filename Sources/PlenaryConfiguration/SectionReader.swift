import Yams

/// Reads the keys of one mapping and collects what is wrong with them; reading goes on after a fault, with the default.
struct SectionReader {
    /// `halls[1]`; empty for the document.
    let path: String
    let place: ConfigFault.Place
    private(set) var faults: [ConfigFault] = []
    private let values: [String: (value: Node, place: ConfigFault.Place)]

    /// - Parameter known: the names that may stand here; any other is a fault.
    init(_ node: Node?, path: String, known: [String], parent: ConfigFault.Place = .file) {
        self.path = path
        guard let node, !node.isEmptyScalar else {
            place = parent
            values = [:]
            return
        }
        place = ConfigDocument.place(node.mark)
        guard case .mapping(let mapping) = node else {
            values = [:]
            faults = [
                ConfigFault(
                    place: place, key: path,
                    message: "\(node.shown) is not allowed here: expected keys, one a line, such as “\(known[0]): …”")
            ]
            return
        }
        var values: [String: (value: Node, place: ConfigFault.Place)] = [:]
        for (key, value) in mapping {
            let place = ConfigDocument.place(key.mark)
            guard var name = key.written else {
                faults.append(ConfigFault(place: place, key: path, message: "\(key.shown) is not the name of a key"))
                continue
            }
            if name.unicodeScalars.first == ConfigDocument.repeatedMark {
                name.unicodeScalars.removeFirst()
                faults.append(ConfigFault(place: place, key: Self.join(path, name), message: "the key stands here twice: remove one"))
            } else if known.contains(name) {
                values[name] = (value, place)
            } else {
                let hint =
                    nearestName(to: name, among: known).map { "did you mean `\($0)`?" } ?? "allowed are \(known.joined(separator: ", "))"
                faults.append(ConfigFault(place: place, key: path, message: "unknown key `\(name)`: \(hint)"))
            }
        }
        self.values = values
    }

    /// The value of a key, or its default when it is absent or wrong.
    /// - Returns: `nil` only for a key without default.
    mutating func read<Value>(_ key: ConfigKey<Value>) -> Value? {
        guard let entry = values[key.name] else {
            if key.fallback == nil { fault(key.name, "must be given: \(key.allowed)") }
            return key.fallback
        }
        do {
            return try key.read(entry.value)
        } catch {
            fault(key.name, error.message)
            return key.fallback
        }
    }

    /// The value of a key that has a default.
    mutating func value<Value>(_ key: ConfigKey<Value>) -> Value {
        guard let value = read(key) else { preconditionFailure("the key \(key.name) has no default: use read") }
        return value
    }

    func node(_ name: String) -> Node? { values[name]?.value }
    func isGiven(_ name: String) -> Bool { values[name] != nil }
    func place(of name: String) -> ConfigFault.Place { values[name]?.place ?? place }

    /// Takes over what a section below found.
    mutating func add(_ below: SectionReader) { faults += below.faults }

    mutating func fault(_ name: String, _ message: String) {
        faults.append(ConfigFault(place: place(of: name), key: Self.join(path, name), message: message))
    }

    /// The reader of a section below this one.
    /// - Parameter keys: the section's name in the table of keys, when it is not its own.
    func section(_ name: String, keys: String? = nil) -> SectionReader {
        SectionReader(node(name), path: Self.join(path, name), known: ConfigKeys.names(in: keys ?? name), parent: place(of: name))
    }

    static func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
