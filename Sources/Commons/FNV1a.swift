/// The FNV-1a hash (draft-eastlake-fnv): quick, and the same in every run. It resists nobody who wants a collision.
package enum FNV1a {
    package static func hash64(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }

    package static func hash32(_ text: String) -> UInt32 {
        text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }

    /// A strong entity tag (RFC 9110 §8.8.3), quotes included: the 64-bit hash of the bytes, and their count.
    package static func entityTag(_ bytes: UnsafeRawBufferPointer) -> String {
        "\"\(String(hash64(bytes), radix: 36))-\(String(bytes.count, radix: 36))\""
    }
}
