/// Checks incrementally whether bytes are UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
struct UTF8Check: Equatable {
    private var needed = 0
    private var range: ClosedRange<UInt8> = 0x80...0xBF

    /// Whether the text may end here.
    var isBetweenCharacters: Bool { needed == 0 }

    /// Returns `false` at the first byte that cannot stand where it is.
    mutating func take(_ byte: UInt8) -> Bool {
        guard needed == 0 else {
            guard range.contains(byte) else { return false }
            needed -= 1
            range = 0x80...0xBF
            return true
        }
        switch byte {
        case 0...0x7F: return true
        case 0xC2...0xDF: needed = 1
        case 0xE0: (needed, range) = (2, 0xA0...0xBF)
        case 0xED: (needed, range) = (2, 0x80...0x9F)
        case 0xE1...0xEF: needed = 2
        case 0xF0: (needed, range) = (3, 0x90...0xBF)
        case 0xF1...0xF3: needed = 3
        case 0xF4: (needed, range) = (3, 0x80...0x8F)
        default: return false
        }
        return true
    }

    static func isValid(_ bytes: some Sequence<UInt8>) -> Bool {
        var check = UTF8Check()
        for byte in bytes where !check.take(byte) { return false }
        return check.isBetweenCharacters
    }
}
