import Yams

/// What a documented example says about the keys: for the test that keeps it and the code together.
public struct ConfigExample {
    /// One key as the example has it.
    public struct Entry: Sendable, Equatable {
        /// `""`, `tls`, `halls`…
        public var section: String
        public var name: String
        /// The value as written, without quotes.
        public var value: String
        /// The comment's lines right above the key, without `#`.
        public var comment: String
    }

    public var entries: [Entry]

    /// Every key of the table, by section.
    public static var keys: [(section: String, key: KeyDocument)] {
        ConfigKeys.sections.flatMap { section in section.keys.map { (section.name, $0) } }
    }

    /// - Throws: `ConfigFault` when the text is not YAML.
    public init(_ text: String) throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        entries = []
        guard case .mapping(let root) = try ConfigDocument(text).root else { return }
        add(root, section: "", lines)
        for (key, value) in root {
            if case .mapping(let section) = value { add(section, section: key.string ?? "", lines) }
            guard case .sequence(let list) = value, case .mapping(let first)? = list.first else { continue }
            add(first, section: key.string ?? "", lines)
            for (inner, value) in first {
                if case .mapping(let section) = value { add(section, section: "\(key.string ?? "").\(inner.string ?? "")", lines) }
            }
        }
    }

    private mutating func add(_ mapping: Node.Mapping, section: String, _ lines: [Substring]) {
        for (key, value) in mapping {
            entries.append(
                Entry(
                    section: section, name: key.string ?? "", value: Self.text(value),
                    comment: Self.comment(above: key.mark?.line ?? 1, lines)))
        }
    }

    private static func text(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): scalar.string
        case .sequence(let list): "[" + list.map { "\"\($0.written ?? "")\"" }.joined(separator: ", ") + "]"
        default: ""
        }
    }

    private static func comment(above line: Int, _ lines: [Substring]) -> String {
        var found: [Substring] = []
        var index = line - 2
        while lines.indices.contains(index), let hash = lines[index].firstIndex(of: "#"), lines[index][..<hash].allSatisfy({ $0 == " " }) {
            found.insert(lines[index][lines[index].index(after: hash)...], at: 0)
            index -= 1
        }
        return found.joined(separator: "\n")
    }
}
