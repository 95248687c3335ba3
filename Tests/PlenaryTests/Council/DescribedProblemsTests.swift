import Commons
import Foundation
import Testing

/// docs/http.md is where a program's author looks a refusal up.
@Suite struct `The table of problems` {
    private static func rows() throws -> [Substring] {
        let page = try String(contentsOfFile: CouncilDoor.root + "/docs/http.md", encoding: .utf8)
        let section = try #require(page.components(separatedBy: "## Problems").last?.components(separatedBy: "\n## ").first)
        return section.split(separator: "\n").filter { $0.firstMatch(of: /^\| \d/) != nil }
    }

    private static func codes(_ row: Substring) -> [String] { row.matches(of: /`([a-z_]+)`/).map { String($0.1) } }

    @Test func `the page names every code, and no other`() throws {
        let described = Set(try Self.rows().flatMap(Self.codes)).subtracting(["faults"])
        #expect(described == Set(ProblemCode.allCases.map(\.rawValue)))
    }

    @Test func `the page has every code at its status`() throws {
        for row in try Self.rows() {
            let status = try #require(Int(row.dropFirst(2).prefix(3)))
            // A query's field, the rules that are asked for.
            for code in Self.codes(row).compactMap(ProblemCode.init) where !(status == 400 && code == .badField) {
                #expect(code.status == status, "\(code) stands at \(status)")
            }
        }
    }
}
