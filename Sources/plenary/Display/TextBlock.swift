/// Names and values in two columns; a name that repeats is shown once.
struct TextBlock {
    var rows: [(name: String, value: String)]
    init(_ rows: [(String, String)]) { self.rows = rows.map { (name: $0.0, value: $0.1) } }

    var text: String {
        let width = (rows.map(\.name.count).max() ?? 0) + 2
        var last = ""
        return rows.map { row in
            defer { last = row.name }
            let name = row.name == last ? "" : row.name
            return "  \(name.padded(to: width))\(row.value)\n"
        }.joined()
    }
}

/// A table with a heading; columns as wide as their widest cell.
struct TextTable {
    var heading: [String]
    var rows: [[String]]

    var text: String {
        let widths = heading.indices.map { column in ([heading] + rows).map { $0[column].count }.max() ?? 0 }
        return ([heading] + rows).map { row in
            let line = zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
            return line.trimmingTrailingSpaces + "\n"
        }.joined()
    }
}

extension String {
    func padded(to width: Int) -> String { count >= width ? self : self + String(repeating: " ", count: width - count) }
    var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
