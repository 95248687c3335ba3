/// Bytes as an operator writes them: `512MiB`, `1GiB`, `300MB`, `1048576`.
public enum ByteCount {
    private static let units: [(String, Int)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000),
    ]

    public static func parse(_ text: String) -> Int? {
        for (unit, factor) in units where text.hasSuffix(unit) {
            let number = text.dropLast(unit.count).trimmingSuffix(while: { $0 == " " })
            guard let value = Double(number), value >= 0, value * Double(factor) < 1e15 else { return nil }
            return Int(value * Double(factor))
        }
        guard let value = Int(text), value >= 0 else { return nil }
        return value
    }

    /// The shortest exact form in binary units, else bytes.
    public static func text(_ bytes: Int) -> String {
        for (unit, factor) in units.prefix(3).reversed() where bytes >= factor && bytes % factor == 0 {
            return "\(bytes / factor)\(unit)"
        }
        return String(bytes)
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        var result = self
        while let last = result.last, predicate(last) { result.removeLast() }
        return result
    }
}
