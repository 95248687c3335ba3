import Commons
import Testing

@Suite struct `JSON, read strictly` {
    @Test(arguments: [
        "{\"a\":1,\"a\":2}", String(repeating: "[", count: 10_000), "1e999", "-", "01", "1.", "[1,]", "{,}", "\"\\ud800\"", "\"\\x\"",
        "tru", "\"a\nb\"", "[1] 2", "{\"a\" 1}", "\"\\u12\"", "nul", "+1", "NaN", "'a'", "", "\"\\ud83d\\u0041\"",
    ])
    func `what readers disagree about is refused`(_ text: String) {
        #expect(throws: StrictJSON.Fault.self) { try StrictJSON.parse(text) }
    }

    @Test func `what is JSON is read`() throws {
        let node = try StrictJSON.parse(" {\"a\": [1, -2.5e3, true, null, \"\\u0456\\ud83d\\ude00\\n\"]} ")
        let items = try #require(node.object?["a"]?.array)
        #expect(items.map(\.value) == [.number("1"), .number("-2.5e3"), .bool(true), .null, .string("і😀\n")])
        #expect(items.map(\.column) == [9, 12, 20, 26, 32] && items.allSatisfy { $0.line == 1 })
    }

    @Test func `a fault says where`() {
        #expect(throws: StrictJSON.Fault(line: 3, column: 7, problem: "a colon is expected after the key")) {
            try StrictJSON.parse("{\n  \"a\": 1,\n  \"b\" 2\n}")
        }
    }
}
