import Commons
import Foundation
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(5))) struct `The sitting in a page` {
    private static let state = """
        {"council":{"name":"Рада","seats":2,"time_zone":"Europe/Kyiv","factions":{"a":{"name":"Громада","order":0}},
        "deputies":{"d1":{"family":"Білик","given":"Ганна","gender":"feminine","role":"deputy","faction":"a","order":0},
        "d2":{"family":"Вовк","given":"Іван","gender":"masculine","role":"deputy","order":1}}},
        "sitting":{"id":"s1","title":"<img src=x onerror=alert(1)>","status":"open","opened_at":1795341605000},
        "agenda":{"order":["i1"],"items":{"i1":{"number":"7","title":"Про </script><b>бюджет</b>","state":"rejected",
        "links":[{"title":"Проєкт","url":"https://rada.example/7"},{"title":"Зле","url":"javascript:alert(1)"}]}}},
        "current_item":"i1","presence":{"present":{"d1":true,"d2":true},"count":2,"quorum":{"needed":2,"base":2,"met":true}},
        "rounds":{"order":["r1","r2"],"by_id":{"r1":{"item":"i1","kind":"whole","question":"В цілому","status":"announced","opened_at":1795341616000,
        "positions":{"d1":"abstain","d2":"yes"},"result":{"outcome":"rejected","reason":"not_enough_votes",
        "counts":{"yes":1,"no":0,"abstain":1,"not_voting":0,"absent":0,"recused":0},
        "base":2,"base_kind":"seats","needed":2,"present":2,"quorum_needed":2,"quorum_base":2,
        "sentences":{"uk":"1 за, потрібно 2 з 2: рішення не прийнято","en":"1 for"}}},"r2":{"kind":"procedural","question":"Далі","status":"scheduled"}}}}
        """
    private static let conventions = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../web/council/conventions.js")
    private static let template = """
        <body{{#council}} data-council{{/council}}><h2 data-text="agendaList.title">Agenda</h2>{{#council}}{{#now}}<p>{{title}}</p>{{#item}}<h3>{{title}}</h3>{{/item}}{{/now}}
        {{#items}}<li>{{stateWord}}{{#links}}<a href="{{url}}">{{title}}</a>{{/links}}{{#rounds}}<b>{{verdict}}: {{reason}} {{time}}</b>{{/rounds}}</li>{{/items}}
        {{#rows}}<tr>{{name}}={{word}}</tr>{{/rows}}{{/council}}<script type="application/ld+json">{{{metadata}}}</script>
        """
    private static let words = """
        {"agendaList.title":"Порядок денний","item.rejected":"не прийнято","outcome.rejected":"Не прийнято","vote.abstain.f":"утрималася","vote.yes.m":"за","count.yes":"За",
        "sitting.open":"Триває","now.itemNumber":"Питання {number}"}
        """

    /// The page of a hall whose public state is `state`.
    private func page(_ state: String, origin: String = "https://rada.example", hasPoster: Bool = false) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("plenary-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder.appendingPathComponent("languages"), withIntermediateDirectories: true)
        try Data(Self.template.utf8).write(to: folder.appendingPathComponent("index.html"))
        try Data(Self.words.utf8).write(to: folder.appendingPathComponent("languages/uk.json"))
        let council = folder.appendingPathComponent("council")
        try FileManager.default.createDirectory(at: council, withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: Self.conventions, to: council.appendingPathComponent("conventions.js"))
        let assets = AssetStore(directory: folder.path)
        let template = try #require(assets.asset("index.html"))
        let snapshot = "{\"type\":\"snapshot\",\"epoch\":\"e\",\"seq\":7,\"now\":1,\"state\":\(state)}"
        return try SittingPages(assets: assets).html(
            template, hall: HallSummary(name: "demo", title: "Рада", language: "uk"),
            record: FixedRecord(json: Data(snapshot.utf8)), origin: origin, address: "/halls/demo", hasPoster: hasPoster)
    }

    @Test func `agenda and results are there without a script, in the council's words`() throws {
        let html = try page(Self.state)
        #expect(html.contains("<body data-council><h2 data-text=\"agendaList.title\">Порядок денний</h2>"))
        #expect(html.contains("<b>Не прийнято · За 1: 1 за, потрібно 2 з 2: рішення не прийнято 12:00</b>"))
        #expect(html.contains("<tr>Білик Ганна=утрималася</tr><tr>Вовк Іван=за</tr>"), "each with the right ending, in the roster's order")
    }

    @Test func `a title is text, whatever it says`() throws {
        let html = try page(Self.state)
        #expect(html.contains("<p>&lt;img src=x onerror=alert(1)&gt;</p>"))
        #expect(!html.contains("<img") && !html.contains("<b>бюджет"))
        #expect(html.components(separatedBy: "</script>").count == 2, "nothing ends the script of the metadata early")
        #expect(html.contains("https://rada.example/7") && !html.contains("javascript:"))
    }

    @Test func `search engines read what the sitting is`() throws {
        let html = try page(Self.state)
        let begin = try #require(html.range(of: "ld+json\">"))
        let end = try #require(html.range(of: "</script>"))
        let bytes = Data(html[begin.upperBound..<end.lowerBound].utf8)
        let json = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        #expect(json["@type"] as? String == "Event" && json["@context"] as? String == "https://schema.org")
        #expect(json["startDate"] as? String == "2026-11-22T10:00:05Z" && json["url"] as? String == "https://rada.example/halls/demo")
        let organizer = try #require((json["organizer"] as? [[String: Any]])?.first)
        #expect(organizer["@type"] as? String == "GovernmentOrganization" && organizer["name"] as? String == "Рада")
    }

    @Test func `the picture of the page is what is on air, else the council's card`() throws {
        func pictures(hasPoster: Bool) throws -> [String?] {
            let html = try page(Self.state, hasPoster: hasPoster)
            let begin = try #require(html.range(of: "ld+json\">"))
            let end = try #require(html.range(of: "</script>"))
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(html[begin.upperBound..<end.lowerBound].utf8)) as? [String: Any])
            let video = try #require((json["video"] as? [[String: Any]])?.first)
            let broadcast = try #require((video["publication"] as? [[String: Any]])?.first)
            #expect(video["@type"] as? String == "VideoObject" && broadcast["@type"] as? String == "BroadcastEvent")
            #expect(video["embedUrl"] as? String == "https://rada.example/embed/demo")
            return [json["image"] as? String, video["thumbnailUrl"] as? String, broadcast["image"] as? String]
        }
        let card = "https://rada.example/assets/media/card-uk.png"
        let poster = "https://rada.example/live/demo/poster.jpg"
        #expect(try pictures(hasPoster: false) == [card, card, card])
        #expect(try pictures(hasPoster: true) == [poster, poster, poster])
    }

    @Test func `a hall without a council is a hall with a picture`() throws {
        let html = try page("{\"council\":{\"name\":\"\",\"seats\":0,\"factions\":{},\"deputies\":{}}}")
        #expect(html.hasPrefix("<body><h2"))
        #expect(html.contains("\"@type\":\"WebPage\""))
    }
}

/// A record that never changes.
final class FixedRecord: EventSource {
    private let shown: SnapshotMessage<PublicState>
    var epoch: String { shown.epoch }

    /// - Parameter json: its snapshot.
    init(json: Data) throws { shown = try JSONDecoder().decode(SnapshotMessage<PublicState>.self, from: json) }

    func snapshot() -> EncodedMessage { shown.encoded }
    func publicState() -> SnapshotMessage<PublicState> { shown }
    func tick() -> EncodedMessage { snapshot() }
    func deltas(epoch: String, after sequence: Int64) -> [EncodedMessage]? { nil }
    func observe(_ observer: @escaping @Sendable (EncodedMessage) -> Void) -> UInt64 { 0 }
    func cancelObservation(_ observation: UInt64) {}
}
