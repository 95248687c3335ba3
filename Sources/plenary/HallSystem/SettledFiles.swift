/// Tells the files of a watched folder that nobody writes any more. Pure: it is shown one listing after the other.
struct SettledFiles {
    struct Entry: Hashable, Sendable {
        var name: String
        var size: Int64
        /// Nanoseconds.
        var modified: Int64
    }

    private var seen: Set<Entry> = []

    /// Files that look as they did in the listing before, the oldest first; what is empty is not written yet.
    mutating func settled(in listing: [Entry]) -> [Entry] {
        let wanted = listing.filter { Self.isWanted($0.name) && $0.size > 0 }
        defer { seen = Set(wanted) }
        return wanted.filter(seen.contains).sorted { ($0.modified, $0.name) < ($1.modified, $1.name) }
    }

    /// Programs write to hidden or temporary names and rename at the end.
    static func isWanted(_ name: String) -> Bool { !name.hasPrefix(".") && !name.hasPrefix("~") && name.lowercased().hasSuffix(".json") }
}
