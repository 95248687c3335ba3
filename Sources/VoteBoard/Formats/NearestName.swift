/// Finds the deputy whose name somebody meant.
struct NearestName {
    private let names: [(deputy: Deputy, folded: [String])]

    init(_ deputies: [Deputy]) {
        names = deputies.map { deputy in
            // “Шевченко Тарас Григорович”, “Шевченко Тарас”, “Шевченко Т. Г.”, “Шевченко Т.Г.”
            let short = deputy.name.short
            let forms = [deputy.name.full, "\(deputy.name.family) \(deputy.name.given)", short, short.replacing(". ", with: ".")]
            return (deputy, forms.map(Self.folded))
        }
    }

    enum Match: Hashable, Sendable {
        case one(Deputy)
        /// The name could be any of them.
        case several([Deputy])
        /// None; those whose names are nearest, nearest first.
        case none(nearest: [Deputy])
    }

    func match(_ name: String) -> Match {
        let wanted = Self.folded(name)
        let found = names.filter { $0.folded.contains(wanted) }.map(\.deputy)
        switch found.count {
        case 1: return .one(found[0])
        case 2...: return .several(found)
        default: return .none(nearest: nearest(to: wanted))
        }
    }

    /// The deputy, or what to tell the author of the file.
    func deputy(called name: String) -> Result<Deputy, NameProblem> {
        switch match(name) {
        case .one(let deputy): .success(deputy)
        case .several(let deputies): .failure(NameProblem(sentence: "“\(name)” could be \(Self.list(deputies)); write the full name"))
        case .none(let nearest) where nearest.isEmpty: .failure(NameProblem(sentence: "“\(name)” is not in the roster; import it first"))
        case .none(let nearest): .failure(NameProblem(sentence: "“\(name)” is not in the roster; nearest: \(Self.list(nearest))"))
        }
    }

    struct NameProblem: Error { var sentence: String }

    private static func list(_ deputies: [Deputy]) -> String { deputies.map { "\($0.name.full) (\($0.id))" }.joined(separator: ", ") }

    private func nearest(to wanted: String) -> [Deputy] {
        let letters = Array(wanted.unicodeScalars.prefix(Limits.name))
        let distances = names.map { entry in
            (entry.deputy, entry.folded.map { Self.distance(Array($0.unicodeScalars), letters) }.min() ?? .max)
        }
        return distances.sorted { $0.1 < $1.1 }.prefix(3).filter { $0.1 <= max(3, letters.count / 2) }.map(\.0)
    }

    /// Also the letters that two alphabets share in looks are one: a Latin “i” in a Cyrillic name.
    private static func folded(_ text: String) -> String {
        let plain = PlainText.folded(text)
        guard plain.unicodeScalars.contains(where: { (0x400...0x4FF).contains($0.value) }) else { return plain }
        let twins: [Character: Character] = ["a": "а", "e": "е", "i": "і", "o": "о", "p": "р", "c": "с", "x": "х", "y": "у", "ё": "е"]
        return String(plain.map { twins[$0] ?? $0 })
    }

    /// Levenshtein's distance.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var row = Array(0...right.count)
        for (index, scalar) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let above = row[column + 1]
                row[column + 1] = min(above + 1, row[column] + 1, diagonal + (scalar == right[column] ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}
