/// One thing that is wrong with the configuration, as a sentence that names the place, what was found and what is allowed.
public struct ConfigFault: Error, Sendable, Equatable {
    /// Where the value came from.
    public enum Place: Sendable, Equatable {
        /// Counted from 1, columns in Unicode scalars.
        case line(Int, column: Int)
        /// A flag or an environment variable: `--listen`, `PLENARY_LISTEN`.
        case given(String)
        case file
    }

    public var place: Place
    /// The key's path: `halls[1].partDuration`; empty for the whole document.
    public var key: String
    public var message: String

    public init(place: Place, key: String, message: String) {
        self.place = place
        self.key = key
        self.message = message
    }

    /// `plenary.yaml:12:5: halls[0].partDuration: 9 is out of range: …`
    public func line(of file: String) -> String {
        let start: String
        switch place {
        case .line(let line, let column): start = "\(file):\(line):\(column)"
        case .given(let name): start = name
        case .file: start = file
        }
        return key.isEmpty ? "\(start): \(message)" : "\(start): \(key): \(message)"
    }
}

/// Every fault of a configuration, in the order of its lines.
public struct ConfigFaults: Error, Sendable, Equatable, CustomStringConvertible {
    public var file: String
    public var faults: [ConfigFault]

    public init(file: String, faults: [ConfigFault]) {
        self.file = file
        self.faults = faults.enumerated().sorted { Self.order($0.element, $0.offset) < Self.order($1.element, $1.offset) }.map(\.element)
    }

    private static func order(_ fault: ConfigFault, _ index: Int) -> (Int, Int, Int) {
        if case .line(let line, let column) = fault.place { return (line, column, index) }
        return (.max, 0, index)
    }

    public var lines: [String] { faults.map { $0.line(of: file) } }

    public var description: String {
        let count = faults.count == 1 ? "1 fault" : "\(faults.count) faults"
        return (lines + ["\(file): \(count); nothing was started or changed"]).joined(separator: "\n")
    }
}
