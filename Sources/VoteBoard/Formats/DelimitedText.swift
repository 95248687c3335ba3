/// A table as spreadsheets write it (RFC 4180, with `;` or tabs as well): cells with the line they began on.
enum DelimitedText {
    static let rowLimit = 20_000
    static let columnLimit = 200

    /// Rows of cells; empty rows are left out.
    static func rows(_ text: String) throws(ImportFaults) -> [[Cell]] {
        var reader = Reader(separator: separator(of: text))
        for scalar in text.unicodeScalars { try reader.take(scalar) }
        return try reader.finish()
    }

    /// The separator that the heading uses most, outside quotes. Excel's own `sep=;` line is believed.
    private static func separator(of text: String) -> Unicode.Scalar {
        if text.hasPrefix("sep="), let named = text.unicodeScalars.dropFirst(4).first { return named }
        var counts: [Unicode.Scalar: Int] = [";": 0, ",": 0, "\t": 0]
        var quoted = false
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted.toggle() }
            if quoted { continue }
            if scalar == "\n" || scalar == "\r" { break }
            counts[scalar]? += 1
        }
        return [";", ",", "\t"].max { (counts[$0] ?? 0) < (counts[$1] ?? 0) } ?? ","
    }

    private struct Reader {
        private enum Place { case start, plain, quoted, afterQuote }

        let separator: Unicode.Scalar
        private var rows: [[Cell]] = []
        private var row: [Cell] = []
        private var text = String.UnicodeScalarView()
        private var place = Place.start
        private var line = 1
        private var cellLine = 1
        private var afterReturn = false

        init(separator: Unicode.Scalar) { self.separator = separator }

        mutating func take(_ scalar: Unicode.Scalar) throws(ImportFaults) {
            // "\r\n" is one end of line.
            let endsReturn = afterReturn && scalar == "\n"
            afterReturn = scalar == "\r" && place != .quoted
            if endsReturn { return }
            switch place {
            case .quoted: takeQuoted(scalar)
            case .afterQuote where scalar == "\"":
                text.append(scalar)
                place = .quoted
            case .start where scalar == "\"": place = .quoted
            case _ where scalar == separator: try endCell()
            case _ where scalar == "\n" || scalar == "\r": try endRow()
            case .afterQuote where scalar == " ": break
            case .afterQuote: throw fault("there is text after the closing quote; double the quotes inside a cell")
            default:
                text.append(scalar)
                place = .plain
            }
        }

        private mutating func takeQuoted(_ scalar: Unicode.Scalar) {
            if scalar == "\"" {
                place = .afterQuote
                return
            }
            if scalar == "\n" { line += 1 }
            text.append(scalar)
        }

        private mutating func endCell() throws(ImportFaults) {
            guard row.count < columnLimit else { throw fault("the row has more than \(columnLimit) cells; choose the right separator") }
            row.append(Cell(text: String(text), line: cellLine, column: row.count + 1))
            text = String.UnicodeScalarView()
            place = .start
            cellLine = line
        }

        private mutating func endRow() throws(ImportFaults) {
            try endCell()
            line += 1
            cellLine = line
            if row.contains(where: { !$0.text.isEmpty }) { rows.append(row) }
            row = []
            guard rows.count <= rowLimit else { throw fault("there are more than \(rowLimit) rows; split the file") }
        }

        mutating func finish() throws(ImportFaults) -> [[Cell]] {
            if place == .quoted { throw fault("a quote is opened and never closed; close it") }
            if place != .start || !row.isEmpty { try endRow() }
            if let first = rows.first?.first?.text, first.hasPrefix("sep=") || first == "sep=" { rows.removeFirst() }
            return rows
        }

        private func fault(_ problem: String) -> ImportFaults {
            ImportFaults([ImportFault(line: cellLine, column: row.count + 1, problem: problem)])
        }
    }
}
