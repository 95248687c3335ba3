import Commons
import Foundation

/// What search engines and other sites read of a hall's page: schema.org as JSON-LD, and a sentence.
struct SittingMetadata {
    let hall: HallSummary
    let state: PublicState?
    let origin: String
    let address: String
    /// There is a still of what is on air.
    let hasPoster: Bool

    /// Of the sitting, else of the hall.
    var description: String {
        guard let sitting = state?.sitting else { return hall.title }
        let item = state?.currentItem.flatMap { state?.agenda?.items[$0] }
        return [sitting.title, item.map { "\($0.number). \($0.title)" }].compactMap(\.self).joined(separator: " — ")
    }

    /// Safe inside a `<script>`: no `<` can be in it.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(thing) else { return "{}" }
        return String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "<", with: "\\u003c")
    }

    private var thing: Thing {
        let organizer = Thing(type: "GovernmentOrganization", name: state?.council.name.nonEmpty ?? hall.title, url: origin + "/")
        guard let sitting = state?.sitting else {
            return Thing(
                type: "WebPage", name: hall.title, url: origin + address, inLanguage: hall.language, publisher: [organizer], image: image,
                thumbnailUrl: image)
        }
        let begin = sitting.openedAt ?? sitting.scheduledFor
        let isLive = sitting.status == "open" || sitting.status == "suspended"
        let broadcast = Thing(
            type: "BroadcastEvent", name: sitting.title, startDate: Self.date(begin), endDate: Self.date(sitting.closedAt),
            image: image, isLiveBroadcast: isLive)
        let video = Thing(
            type: "VideoObject", name: sitting.title, url: origin + address, description: description,
            thumbnailUrl: image, uploadDate: Self.date(begin), embedUrl: "\(origin)/embed/\(hall.name)", publication: [broadcast])
        return Thing(
            type: "Event", name: sitting.title, url: origin + address, inLanguage: hall.language, description: description,
            startDate: Self.date(begin), endDate: Self.date(sitting.closedAt),
            eventStatus: "https://schema.org/EventScheduled",
            eventAttendanceMode: "https://schema.org/MixedEventAttendanceMode", organizer: [organizer],
            location: [Thing(type: "Place", name: sitting.place ?? organizer.name, address: organizer.name)],
            video: begin == nil ? nil : [video], image: image)
    }

    /// What the hall shows now, else the council's card; both in the size that other sites show.
    var image: String {
        if hasPoster { return "\(origin)/live/\(hall.name)/poster.jpg" }
        let language = ["uk", "lt", "ka", "en"].contains(hall.language) ? hall.language : "en"
        return "\(origin)/assets/media/card-\(language).png"
    }

    private static func date(_ at: Int64?) -> String? { at.map { Date(timeIntervalSince1970: Double($0) / 1000).formatted(.iso8601) } }

    /// A thing of schema.org; what is `nil` is not said. Things in things are lists of one.
    private struct Thing: Encodable {
        var type: String
        var name: String
        var url: String?
        var inLanguage: String?
        var description: String?
        var startDate: String?
        var endDate: String?
        var eventStatus: String?
        var eventAttendanceMode: String?
        var organizer: [Thing]?
        var publisher: [Thing]?
        var location: [Thing]?
        var address: String?
        var video: [Thing]?
        var image: String?
        var thumbnailUrl: String?
        var uploadDate: String?
        var embedUrl: String?
        var publication: [Thing]?
        var isLiveBroadcast: Bool?
        var context = "https://schema.org"

        enum CodingKeys: String, CodingKey {
            case type = "@type"
            case context = "@context"
            case name, url, inLanguage, description, startDate, endDate, eventStatus, eventAttendanceMode, organizer, publisher, location
            case address, video, image, thumbnailUrl, uploadDate, embedUrl, publication, isLiveBroadcast
        }
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
