import Foundation
import Testing

/// docs/http.md is where a program's author looks a refusal up.
@Suite struct `The table of problems` {
    @Test func `it names every code that a refusal can have`() throws {
        let words = try String(contentsOfFile: CouncilDoor.root + "/Sources/VoteBoard/Commands/RefusalWords.swift", encoding: .utf8)
        let codes = try #require(words.split(separator: "public var field").first).matches(of: /case \.\w+: "([a-z_]+)"/).map {
            String($0.1)
        }
        #expect(codes.count > 40)
        let page = try String(contentsOfFile: CouncilDoor.root + "/docs/http.md", encoding: .utf8)
        for code in codes { #expect(page.contains("`\(code)`"), "\(code)") }
    }

    @Test func `it names every other code that the door gives`() throws {
        let page = try String(contentsOfFile: CouncilDoor.root + "/docs/http.md", encoding: .utf8)
        let folder = CouncilDoor.root + "/Sources/Gateway"
        var codes: Set<String> = []
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder) where file.hasSuffix(".swift") {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            codes.formUnion(text.matches(of: /"urn:plenary:([a-z_-]+)"/).map { String($0.1) })
        }
        #expect(codes.count > 15)
        for code in codes { #expect(page.contains("`\(code)`"), "\(code)") }
    }
}
