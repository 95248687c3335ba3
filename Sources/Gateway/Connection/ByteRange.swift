/// `Range: bytes=…` against a body of known length (RFC 9110 §14).
enum ByteRange: Equatable {
    /// No range, one we need not honour (several ranges, another unit, bad syntax): the whole body, 200.
    case whole
    case part(Range<Int>)
    /// 416
    case unsatisfiable

    init(_ field: String?, length: Int) {
        self = .whole
        guard let field, let equals = field.utf8.firstIndex(of: UInt8(ascii: "=")),
            field[..<equals].lowercased().trimmed == "bytes"
        else { return }
        let spec = field[field.utf8.index(after: equals)...].trimmed
        guard let dash = spec.utf8.firstIndex(of: UInt8(ascii: "-")), !spec.utf8.contains(UInt8(ascii: ",")) else { return }
        let first = spec[..<dash]
        let last = spec[spec.utf8.index(after: dash)...]
        if first.isEmpty {
            guard let suffix = Self.number(last) else { return }
            self = suffix == 0 || length == 0 ? .unsatisfiable : .part(max(0, length - suffix)..<length)
            return
        }
        guard let start = Self.number(first) else { return }
        if last.isEmpty {
            self = start < length ? .part(start..<length) : .unsatisfiable
            return
        }
        guard let end = Self.number(last), end >= start else { return }
        self = start < length ? .part(start..<min(length, end == .max ? end : end + 1)) : .unsatisfiable
    }

    /// Digits only; a number too big for the machine is as good as infinite.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(text) ?? .max
    }
}

extension StringProtocol {
    /// Without optional white space (RFC 9110 §5.6.3) at both ends.
    var trimmed: SubSequence {
        var rest = self[...]
        while rest.hasPrefix(" ") || rest.hasPrefix("\t") { rest = rest.dropFirst() }
        while rest.hasSuffix(" ") || rest.hasSuffix("\t") { rest = rest.dropLast() }
        return rest
    }
}
