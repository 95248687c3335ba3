import Foundation
import Testing

@testable import Gateway

/// What the server writes into a hall's page is what the scripts would write: the same states and the same texts as in
/// `web/tests/pages.test.js`, which writes the texts anew after a change that was meant.
@Suite(.timeLimit(.minutes(5))) struct `The texts of a hall's page` {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")

    private static func json(_ path: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(contentsOf: root.appendingPathComponent(path)))
    }

    /// A state of the wire in which a page is looked at.
    private struct Case {
        var name: String
        /// UTC milliseconds.
        var now: Int64
        var state: [String: Any]

        /// The record's snapshot, its council of `language`.
        func record(_ language: String) throws -> FixedRecord {
            var state = state
            var council = try #require(state["council"] as? [String: Any])
            council["language"] = language
            state["council"] = council
            let snapshot: [String: Any] = ["type": "snapshot", "epoch": "\(name) \(language)", "seq": 7, "now": now, "state": state]
            return try FixedRecord(json: JSONSerialization.data(withJSONObject: snapshot))
        }
    }

    private static func cases() throws -> [Case] {
        let fixtures = try #require(try json("web/tests/fixtures/pages.json") as? [String: Any])
        let council = try #require(fixtures["council"])
        return try #require(fixtures["cases"] as? [[String: Any]]).map { one in
            var state = ["council": council]
            if let wire = one["wire"] as? String {
                let snapshot = try json("Tests/VoteBoardTests/Fixtures/wire/\(wire).json") as? [String: Any]
                state = try #require(snapshot?["state"] as? [String: Any])
            } else {
                state.merge(try #require(one["state"] as? [String: Any])) { _, new in new }
            }
            return Case(name: try #require(one["name"] as? String), now: try #require(one["now"] as? Int64), state: state)
        }
    }

    @Test(arguments: ["uk", "lt", "ka", "en"])
    func `are those that the scripts write, in every state`(language: String) throws {
        let assets = AssetStore(directory: Self.root.appendingPathComponent("web").path)
        let written = try #require(try Self.json("web/tests/fixtures/pages-text.json") as? [String: [String: [String: [String]]]])
        let pages = SittingPages(assets: assets)
        let cases = try Self.cases()
        #expect(cases.count == written.count && cases.count > 40)
        for one in cases {
            let texts = try #require(written[one.name]?[language])
            for (isEmbedded, parts) in [(false, ["now", "agenda", "vote", "rows"]), (true, ["now", "vote"])] {
                let html = try pages.html(
                    try #require(assets.asset("index.html")), isEmbedded: isEmbedded,
                    hall: HallSummary(name: "demo", title: "Рада", language: language), record: one.record(language),
                    origin: "https://rada.example", address: "/halls/demo", hasPoster: false,
                    now: Date(timeIntervalSince1970: Double(one.now) / 1000))
                for part in parts {
                    #expect(try PageTexts.of(part, in: html) == texts[part], "\(one.name), \(language), embedded: \(isEmbedded), \(part)")
                }
            }
        }
    }

    @Test func `a page says today of a day only while it is that day`() throws {
        let assets = AssetStore(directory: Self.root.appendingPathComponent("web").path)
        let pages = SittingPages(assets: assets)
        let one = try #require(try Self.cases().first { $0.name == "planned for today" })
        let record = try one.record("en")
        func now(afterHours hours: Double) throws -> [String] {
            let html = try pages.html(
                try #require(assets.asset("index.html")), hall: HallSummary(name: "demo", title: "Рада", language: "en"),
                record: record, origin: "https://rada.example", address: "/halls/demo", hasPoster: false,
                now: Date(timeIntervalSince1970: Double(one.now) / 1000 + hours * 3600))
            return try PageTexts.of("now", in: html)
        }
        #expect(try now(afterHours: 0).contains("Begins: 18:05"))
        #expect(try now(afterHours: -16.1).contains("Begins: 22 November, 18:05"), "the town's midnight lies between")
    }
}

/// Reads the texts of a page as `web/tests/support/document.js` does: each as long as no tag comes between.
private enum PageTexts {
    /// - Parameter part: the element's `data-part`. It has no void elements.
    static func of(_ part: String, in html: String) throws -> [String] {
        let name = try #require(html.range(of: "data-part=\"\(part)\""))
        let begin = try #require(html[name.upperBound...].firstIndex(of: ">"))
        var (texts, rest, depth, hidden) = ([String](), html[begin...].dropFirst(), 0, Int?.none)
        while depth >= 0, let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
            let (text, tag) = (rest[..<open].trimmingCharacters(in: .whitespacesAndNewlines), rest[open...close])
            if !text.isEmpty, hidden == nil { texts.append(plain(text)) }
            depth += tag.hasPrefix("</") ? -1 : 1
            // A script's page tells why on the board that the line leads to.
            if tag.hasPrefix("<span class=\"why\"") { hidden = depth }
            if let level = hidden, depth < level { hidden = nil }
            rest = rest[close...].dropFirst()
        }
        return texts
    }

    private static func plain(_ text: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(text) {
            $0.replacingOccurrences(of: $1.0, with: $1.1)
        }
    }
}
