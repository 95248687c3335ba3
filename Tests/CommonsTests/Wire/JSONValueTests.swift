import Commons
import Testing

@Suite struct `JSON of the wire` {
    private struct Part: Encodable {
        enum Kind: String, Encodable { case one = "first" }

        var kind = Kind.one
        var text: String?
        var number: Int64 = -7
        var flag = true
        var list: [[Int]] = [[1], []]
        var texts = ["b": "<", "a": "\u{7}"]
        var json = JSONValue.object(["x": .null])
    }

    @Test func `keys are sorted, what is nil is left out, and no tag can begin in a text`() {
        #expect(
            String(decoding: JSONValue(encoding: Part()).bytes, as: UTF8.self)
                == #"{"flag":true,"json":{"x":null},"kind":"first","list":[[1],[]],"number":-7,"texts":{"a":"\u0007","b":"\u003c"}}"#)
    }

    @Test func `a patch leads from one value to the other`() {
        let old = JSONValue.object(["a": .integer(1), "b": .object(["c": .string("x"), "d": .bool(true)])])
        let new = JSONValue.object(["b": .object(["c": .string("y"), "d": .bool(true)]), "e": .array([])])
        let patch = old.mergePatch(to: new)
        #expect(patch == .object(["a": .null, "b": .object(["c": .string("y")]), "e": .array([])]))
        #expect(patch.map(old.merging) == new)
        #expect(old.mergePatch(to: old) == nil)
    }
}
