import Commons
import Testing

struct MergePatchTests {
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
