import Commons
import Testing

@Suite struct `A hall's name` {
    @Test(arguments: ["council", "rada-2", "0", "a", String(repeating: "x", count: 32)])
    func `may be`(name: String) { #expect(HallName.isValid(name)) }

    @Test(arguments: ["", "-rada", "Rada", "рада", "a b", "a/b", "a.b", "a_b", String(repeating: "x", count: 33)])
    func `may not be`(name: String) { #expect(!HallName.isValid(name)) }
}
