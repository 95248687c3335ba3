import Commons
import Testing

@testable import VoteBoard

struct StrictJSONTests {
    @Test(arguments: [
        "{\"a\":1,\"a\":2}", String(repeating: "[", count: 10_000), "1e999", "-", "01", "1.", "[1,]", "{,}", "\"\\ud800\"", "\"\\x\"",
        "tru", "\"a\nb\"", "[1] 2", "{\"a\" 1}", "\"\\u12\"", "nul", "+1", "NaN", "'a'",
    ])
    func `what readers disagree about is refused`(_ text: String) {
        #expect(throws: ImportFaults.self) { try StrictJSON.parse(text) }
    }

    @Test func `what is JSON is read`() throws {
        let node = try StrictJSON.parse(" {\"a\": [1, -2.5e3, true, null, \"\\u0456\\ud83d\\ude00\\n\"]} ")
        let items = try #require(node.object?["a"]?.array)
        #expect(items.map { $0.cell?.text } == ["1", "-2.5e3", "true", "", "і😀\n"])
    }

    @Test func `a fault says where`() throws {
        let fault = try #require(throws: ImportFaults.self) { try StrictJSON.parse("{\n  \"a\": 1,\n  \"b\" 2\n}") }.faults.first
        #expect(fault == ImportFault(line: 3, column: 7, problem: "a colon is expected after the key"))
    }

    @Test func `a merge patch leads from one value to the other`() throws {
        var random = SeededGenerator(1)
        func any(_ depth: Int) -> JSONValue {
            guard depth > 0, Int.random(in: 0...2, using: &random) > 0 else { return .integer(Int64.random(in: 0...3, using: &random)) }
            var object: [String: JSONValue] = [:]
            for key in ["a", "b", "c"] where Bool.random(using: &random) { object[key] = any(depth - 1) }
            return .object(object)
        }
        for _ in 0..<2000 {
            let (from, to) = (any(3), any(3))
            #expect(from.merging(from.mergePatch(to: to) ?? .object([:])) == to || from == to)
            #expect((from.mergePatch(to: to) == nil) == (from == to))
        }
    }
}
