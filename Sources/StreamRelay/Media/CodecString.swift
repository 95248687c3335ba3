/// RFC 6381 names of what is in an init segment, read from its own boxes.
package enum CodecString {
    /// From an `avcC` record (ISO/IEC 14496-15 §5.3.3.1).
    package static func avc(_ record: some Collection<UInt8>) -> String? {
        let bytes = Array(record.prefix(4))
        guard bytes.count == 4, bytes[0] == 1 else { return nil }
        return "avc1." + bytes[1...3].map(hex).joined()
    }

    /// From an `hvcC` record (ISO/IEC 14496-15 §8.3.3.1, Annex E).
    package static func hevc(_ record: some Collection<UInt8>) -> String? {
        let bytes = Array(record.prefix(13))
        guard bytes.count == 13 else { return nil }
        let space = ["", "A", "B", "C"][Int(bytes[1] >> 6)]
        let tier = bytes[1] & 0x20 == 0 ? "L" : "H"
        var compatibility = bytes[2...5].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        var reversed: UInt32 = 0
        for _ in 0..<32 {
            reversed = reversed << 1 | compatibility & 1
            compatibility >>= 1
        }
        var text = "hvc1.\(space)\(bytes[1] & 0x1F).\(String(reversed, radix: 16, uppercase: true)).\(tier)\(bytes[12])"
        var constraints = Array(bytes[6...11])
        while constraints.last == 0 { constraints.removeLast() }
        for byte in constraints { text += "." + String(byte, radix: 16, uppercase: true) }
        return text
    }

    /// The payload of the first box of this type anywhere in the bytes; enough for an init segment of our own making.
    package static func payload(of type: String, in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let name = Array(type.utf8)
        guard bytes.count > 8 else { return nil }
        for index in 4..<bytes.count - 4 where bytes[index] == name[0] && Array(bytes[index..<index + 4]) == name {
            let size = bytes[index - 4..<index].reduce(0) { $0 << 8 | Int($1) }
            if size >= 8, index - 4 + size <= bytes.count { return bytes[index + 4..<index - 4 + size] }
        }
        return nil
    }

    private static func hex(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
    }
}
