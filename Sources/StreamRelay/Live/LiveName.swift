/// What an address below `/live/{hall}/` names, parsed and printed in one place.
package enum LiveName: Sendable, Equatable {
    case multivariant
    case playlist(rendition: Int)
    case initialization(number: Int, rendition: Int)
    case segment(mediaSequence: Int, rendition: Int)
    case part(PartName, rendition: Int)

    package var text: String {
        switch self {
        case .multivariant: "index.m3u8"
        case .playlist(0): "main.m3u8"
        case .playlist(let rendition): "audio\(rendition).m3u8"
        case .initialization(let number, 0): "i\(number).mp4"
        case .initialization(let number, let rendition): "i\(number).a\(rendition).mp4"
        case .segment(let sequence, let rendition): "\(Self.prefix(rendition))s\(sequence).mp4"
        case .part(let name, let rendition): "\(Self.prefix(rendition))s\(name.mediaSequence).\(name.index).mp4"
        }
    }

    private static func prefix(_ rendition: Int) -> String { rendition == 0 ? "" : "a\(rendition)-" }

    /// `nil` when it is no name of ours. Only the printed form of a name is that name: no leading zeros, no signs.
    package init?(_ text: Substring) {
        guard text.utf8.count <= 64, let parsed = Self.parse(text), parsed.text == text else { return nil }
        self = parsed
    }

    private static func parse(_ text: Substring) -> LiveName? {
        if text == "index.m3u8" { return .multivariant }
        if text == "main.m3u8" { return .playlist(rendition: 0) }
        if text.hasSuffix(".m3u8") {
            return text.hasPrefix("audio") ? number(text.dropFirst(5).dropLast(5)).map { .playlist(rendition: $0) } : nil
        }
        guard text.hasSuffix(".mp4") else { return nil }
        let stem = text.dropLast(4)
        if stem.hasPrefix("i") {
            let fields = stem.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
            guard let first = fields.first.flatMap({ number($0) }), fields.count <= 2 else { return nil }
            guard fields.count == 2 else { return .initialization(number: first, rendition: 0) }
            guard fields[1].hasPrefix("a"), let rendition = number(fields[1].dropFirst()) else { return nil }
            return .initialization(number: first, rendition: rendition)
        }
        if stem.hasPrefix("a") {
            let fields = stem.dropFirst().split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            guard fields.count == 2, let rendition = number(fields[0]) else { return nil }
            return media(fields[1], rendition: rendition)
        }
        return media(stem, rendition: 0)
    }

    private static func media(_ stem: Substring, rendition: Int) -> LiveName? {
        guard stem.hasPrefix("s") else { return nil }
        let fields = stem.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(fields.count), let sequence = number(fields[0]) else { return nil }
        guard fields.count == 2 else { return .segment(mediaSequence: sequence, rendition: rendition) }
        return number(fields[1]).map { .part(PartName(mediaSequence: sequence, index: $0), rendition: rendition) }
    }

    /// Up to 15 decimal digits, so that no sum with it overflows.
    static func number(_ text: Substring) -> Int? {
        guard (1...15).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }
}
