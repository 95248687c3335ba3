import Commons
import Foundation
import HummingbirdCore
import Mustache
import NIOCore
import Synchronization

/// A hall's page with the sitting in it, for those without a script, search engines and previews. Made once for each event of the record.
final class SittingPages: Sendable {
    private struct Key: Hashable {
        var isEmbedded: Bool
        var hall: String
        var origin: String
    }
    private struct Page {
        /// What it was made from.
        var made: [String]
        var html: String
        /// It says “today” of moments of this day.
        var day: CivilDate
        var zone: TimeZone
    }

    private let assets: AssetStore
    private let pages = Mutex<[Key: Page]>([:])
    /// A client may claim any host: no more than so many pages are kept.
    private static let most = 64
    private static let conventions = "council/conventions.js"

    init(assets: AssetStore) { self.assets = assets }

    /// - Parameters:
    ///   - template: the page's file, Mustache.
    ///   - isEmbedded: as another site shows it in a frame.
    ///   - record: the hall's; `nil` when it has none.
    ///   - hasPoster: there is a still of what is on air.
    ///   - now: UTC.
    func html(
        _ template: Asset, isEmbedded: Bool = false, hall: HallSummary, emblem: PageEmblem = .neutral, record: (any EventSource)?,
        origin: String, address: String, hasPoster: Bool,
        now: Date = Date()
    ) throws -> String {
        let shown = record?.publicState()
        let words = assets.asset("languages/\(hall.language).json") ?? assets.asset("languages/en.json")
        let conventions = assets.asset(Self.conventions)
        let now = Int64(now.timeIntervalSince1970 * 1000)
        let made = [
            template.etag, words?.etag ?? "", conventions?.etag ?? "", hall.title, hall.language, address, emblem.address, emblem.text,
            record?.epoch ?? "", String(shown?.sequence ?? -1), String(hasPoster),
        ]
        let key = Key(isEmbedded: isEmbedded, hall: hall.name, origin: origin)
        if let page = pages.withLock({ $0[key] }), page.made == made, page.day == CivilTime(now, in: page.zone).date {
            return page.html
        }
        let metadata = SittingMetadata(hall: hall, state: shown?.state, origin: origin, address: address, hasPoster: hasPoster)
        let zone = shown?.state.timeZone ?? .gmt
        let html = try Self.render(
            template, pageWords(hall.language, words, conventions), metadata, emblem, isEmbedded: isEmbedded, now: now)
        pages.withLock { pages in
            if pages.count >= Self.most { pages.removeAll() }
            pages[key] = Page(made: made, html: html, day: CivilTime(now, in: zone).date, zone: zone)
        }
        return html
    }

    private func pageWords(_ language: String, _ words: Asset?, _ conventions: Asset?) -> PageWords {
        PageWords(
            language: language, json: words.map { Array($0.bytes.readableBytesView) } ?? [],
            conventions: conventions.flatMap { PageConventions(module: String(buffer: $0.bytes)) } ?? PageConventions())
    }

    private static func render(
        _ template: Asset, _ words: PageWords, _ metadata: SittingMetadata, _ emblem: PageEmblem, isEmbedded: Bool, now: Int64
    ) throws -> String {
        let (hall, state) = (metadata.hall, metadata.state)
        let isCouncil = state?.sitting != nil || !(state?.council.deputies ?? [:]).isEmpty
        var values: [String: Any] = [
            "hall": hall.name, "title": hall.title, "lang": hall.language, "page": metadata.address,
            "address": metadata.origin + metadata.address, "image": metadata.image,
            "description": metadata.description, "metadata": metadata.json,
            "emblem": emblem.address, "emblemText": emblem.text, "emblemWord": emblem.word,
            "embedded": isEmbedded,
        ]
        if isCouncil, let state {
            let view = SittingView(state, words, now: now)
            values["council"] = view
            values["hasNoRows"] = view.rows.isEmpty
            values["hasNoBoard"] = view.vote == nil && view.inHall == nil
            values["isHallShown"] = view.inHall != nil
        }
        return try MustacheTemplate(string: dressed(String(buffer: template.bytes), words)).render(values)
    }

    /// The words that the script would write into `data-text` elements, for those without one.
    static func dressed(_ template: String, _ words: PageWords) -> String {
        var out = ""
        var rest = template[...]
        while let mark = rest.firstRange(of: "data-text=\""), let quote = rest[mark.upperBound...].firstIndex(of: "\""),
            let open = rest[quote...].firstIndex(of: ">"), let end = rest[open...].firstIndex(of: "<")
        {
            out += rest[...open] + HTML.escaped(words.say(String(rest[mark.upperBound..<quote])))
            rest = rest[end...]
        }
        return out + rest
    }
}
