import Commons
import Testing

@Suite struct `Comparison of secrets` {
    @Test func `equal are those whose every byte is the same`() {
        #expect(ConstantTime.areEqual("plenary_x", "plenary_x") && ConstantTime.areEqual("", ""))
        #expect(!ConstantTime.areEqual("plenary_x", "plenary_y") && !ConstantTime.areEqual("xlenary", "plenary"))
        #expect(!ConstantTime.areEqual("plenary", "plenary_") && !ConstantTime.areEqual("", "a"))
    }
}

@Suite struct `The hash FNV-1a` {
    /// Vectors of draft-eastlake-fnv, appendix C.
    @Test(arguments: [
        ("", 0x811C_9DC5 as UInt32, 0xCBF2_9CE4_8422_2325 as UInt64), ("a", 0xE40C_292C, 0xAF63_DC4C_8601_EC8C),
        ("foobar", 0xBF9C_F968, 0x8594_4171_F739_67E8),
    ])
    func `gives the draft's values`(_ text: String, _ short: UInt32, _ long: UInt64) {
        #expect(FNV1a.hash32(text) == short)
        #expect(Array(text.utf8).withUnsafeBytes { FNV1a.hash64($0) } == long)
    }

    @Test func `makes a strong entity tag with the count of bytes`() {
        #expect(
            Array("foobar".utf8).withUnsafeBytes { FNV1a.entityTag($0) } == "\"\(String(0x8594_4171_F739_67E8 as UInt64, radix: 36))-6\"")
    }
}

@Suite struct `Hexadecimal` {
    @Test func `one value has one spelling`() {
        #expect(Hex.text([0, 0x0F, 0xA5, 0xFF]) == "000fa5ff")
        #expect(Hex.bytes("000fa5ff") == [0, 0x0F, 0xA5, 0xFF] && Hex.bytes("") == [])
        for wrong in ["0", "0F", "0g", "0x00"] { #expect(Hex.bytes(wrong) == nil, "\(wrong)") }
    }
}
