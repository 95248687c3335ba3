/// What an address below `/live/{hall}/` names, parsed and printed in one place.
package enum LiveName: Sendable, Equatable {
    case multivariant
    case playlist(rendition: Int)
    case initialization(number: Int, rendition: Int)
    case segment(mediaSequence: Int, rendition: Int)
    case part(PartName, rendition: Int)
    /// The still of the hall.
    case poster

    package var text: String {
        switch self {
        case .multivariant: "index.m3u8"
        case .poster: "poster.jpg"
        case .playlist(0): "main.m3u8"
        case .playlist(let rendition): "audio\(rendition).m3u8"
        case .initialization(let number, 0): "i\(number).mp4"
        case .initialization(let number, let rendition): "i\(number).a\(rendition).mp4"
        // Concatenated without interpolation: every media request makes one.
        case .segment(let sequence, let rendition): Self.prefix(rendition) + "s" + String(sequence) + ".mp4"
        case .part(let name, let rendition): Self.prefix(rendition) + "s" + String(name.mediaSequence) + "." + String(name.index) + ".mp4"
        }
    }

    private static func prefix(_ rendition: Int) -> String { rendition == 0 ? "" : "a\(rendition)-" }

    /// `nil` when nothing has this name. Only the printed form of a name is accepted: no leading zeros, no signs, no rendition 0.
    package init?(_ text: Substring) {
        guard text.utf8.count <= 64 else { return nil }
        var text = text
        guard let name = text.withUTF8({ NameReader.read($0) }) else { return nil }
        self = name
    }

    /// Up to 15 decimal digits, so that no sum with it overflows.
    static func number(_ text: Substring) -> Int? {
        guard (1...15).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }
}

/// Reads a name byte by byte: every media request does.
private struct NameReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> LiveName? {
        var reader = NameReader(bytes: bytes)
        guard let name = reader.name(), reader.at == bytes.count else { return nil }
        return name
    }

    private mutating func name() -> LiveName? {
        switch bytes.first {
        case UInt8(ascii: "s"): return media(0)
        case UInt8(ascii: "p"): return take("poster.jpg") ? .poster : nil
        case UInt8(ascii: "m"): return take("main.m3u8") ? .playlist(rendition: 0) : nil
        case UInt8(ascii: "i"): return take("index.m3u8") ? .multivariant : initialization()
        case UInt8(ascii: "a"):
            if take("audio") {
                guard let rendition = rendition(), take(".m3u8") else { return nil }
                return .playlist(rendition: rendition)
            }
            guard take("a"), let rendition = rendition(), take("-") else { return nil }
            return media(rendition)
        default: return nil
        }
    }

    private mutating func initialization() -> LiveName? {
        guard take("i"), let number = number() else { return nil }
        guard take(".a") else { return take(".mp4") ? .initialization(number: number, rendition: 0) : nil }
        guard let rendition = rendition(), take(".mp4") else { return nil }
        return .initialization(number: number, rendition: rendition)
    }

    private mutating func media(_ rendition: Int) -> LiveName? {
        guard take("s"), let sequence = number() else { return nil }
        if take(".mp4") { return .segment(mediaSequence: sequence, rendition: rendition) }
        guard take("."), let index = number(), take(".mp4") else { return nil }
        return .part(PartName(mediaSequence: sequence, index: index), rendition: rendition)
    }

    /// Rendition 0 is not part of a name.
    private mutating func rendition() -> Int? { number().flatMap { $0 > 0 ? $0 : nil } }

    /// Up to 15 digits, as a number is printed.
    private mutating func number() -> Int? {
        let start = at
        var value = 0
        while at < bytes.count, at - start < 16, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) {
            value = value * 10 + Int(bytes[at] - UInt8(ascii: "0"))
            at += 1
        }
        let count = at - start
        return (1...15).contains(count) && (count == 1 || bytes[start] != UInt8(ascii: "0")) ? value : nil
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - at >= count else { return false }
        for index in 0..<count where bytes[at + index] != text.utf8Start[index] { return false }
        at += count
        return true
    }
}
