/// The known name that a misspelt one most likely means, or `nil` when none is near.
func nearestName(to name: String, among known: [String]) -> String? {
    let limit = max(1, min(3, name.count / 3))
    let lowered = name.lowercased()
    let begun = known.filter { $0.lowercased().hasPrefix(lowered) }
    if begun.count == 1, lowered.count >= 3 { return begun[0] }
    let ranked = known.map { (name: $0, distance: editDistance(lowered, $0.lowercased())) }
    guard let best = ranked.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }), best.distance <= limit else { return nil }
    return best.name
}

/// Insertions, deletions, replacements and swaps of neighbours between two texts (optimal string alignment).
func editDistance(_ a: String, _ b: String) -> Int {
    let a = Array(a.unicodeScalars), b = Array(b.unicodeScalars)
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
        var row = [i] + Array(repeating: 0, count: b.count)
        for j in 1...b.count {
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], beforeLast[j - 2] + 1) }
        }
        beforeLast = last
        last = row
    }
    return last[b.count]
}
