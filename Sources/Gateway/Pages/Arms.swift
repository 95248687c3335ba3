import NIOCore
import Synchronization

/// The council's arms, a picture of its own for the head of its pages: PNG or SVG.
public enum Arms {
    /// Bytes; every page carries it.
    public static let largest = 256 * 1024

    /// Why a file cannot be shown.
    public enum Fault: Error, Equatable, Sendable {
        case unreadable
        case tooLarge(bytes: Int64)
        case unknownKind

        /// Continues “the arms FILE …”.
        public var sentence: String {
            switch self {
            case .unreadable: "cannot be read: is the file there, and may this user read it?"
            case .tooLarge(let bytes): "have \(bytes) bytes, more than 256 KiB: save them smaller"
            case .unknownKind: "are neither PNG nor SVG: save them as one of these"
            }
        }
    }

    /// What is wrong with the file at `path`; `nil`: nothing.
    public static func fault(at path: String) -> Fault? {
        do throws(Fault) {
            _ = try read(path)
            return nil
        } catch {
            return error
        }
    }

    static func read(_ path: String) throws(Fault) -> Asset {
        guard let stamp = FileStamp(path) else { throw .unreadable }
        guard stamp.size <= largest else { throw .tooLarge(bytes: stamp.size) }
        guard let bytes = AssetStore.read(path, count: Int(stamp.size)) else { throw .unreadable }
        guard let contentType = contentType(Array(bytes.readableBytesView)) else { throw .unknownKind }
        return Asset(
            bytes: bytes, gzip: contentType == svg ? Gzip.compress([bytes]) : nil, contentType: contentType, etag: AssetStore.tag(bytes),
            isHashed: false)
    }

    static let svg = "image/svg+xml"
    /// A drawing opened by itself runs nothing and loads nothing.
    static let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

    /// By what is in it, whatever it is called; `nil`: neither PNG nor SVG.
    static func contentType(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        return root(of: text) == "svg" ? svg : nil
    }

    /// The name of an XML document's first element, past declaration, comments and document type.
    private static func root(of text: String) -> Substring? {
        var rest = text[...].unicodeScalars.drop { $0 == "\u{FEFF}" }
        while true {
            rest = rest.drop { $0.properties.isWhitespace }
            let end: String
            switch Substring(rest) {
            case let text where text.hasPrefix("<?"): end = "?>"
            case let text where text.hasPrefix("<!--"): end = "-->"
            case let text where text.hasPrefix("<!DOCTYPE"): end = text.prefix { $0 != ">" }.contains("[") ? "]>" : ">"
            case let text where text.hasPrefix("<"):
                return Substring(rest.dropFirst().prefix { !$0.properties.isWhitespace && $0 != ">" && $0 != "/" })
            default: return nil
            }
            guard let found = Substring(rest).firstRange(of: end) else { return nil }
            rest = rest[found.upperBound...]
        }
    }
}

/// The halls' arms in memory; each is read again when its file changed.
final class ArmsCache: Sendable {
    private let entries = Mutex<[String: (stamp: FileStamp, asset: Asset?)]>([:])
    private static let most = 64

    /// `nil`: there is no such picture; the page then does without.
    func picture(_ path: String?) -> Asset? {
        guard let path, let stamp = FileStamp(path) else { return nil }
        if let entry = entries.withLock({ $0[path] }), entry.stamp == stamp { return entry.asset }
        let asset = try? Arms.read(path)
        entries.withLock { entries in
            if entries.count >= Self.most { entries.removeAll() }
            entries[path] = (stamp, asset)
        }
        return asset
    }
}

/// The picture in the head of a hall's pages: the council's arms, else the neutral emblem.
struct PageEmblem: Equatable {
    static let neutral = PageEmblem(address: "/assets/page/icon.svg", word: "", text: "")

    var address: String
    /// Key of its name among the pages' words; empty for what is mere ornament.
    var word: String
    /// Its name in the hall's language.
    var text: String

    static func arms(of hall: String, _ words: PageWords) -> PageEmblem {
        PageEmblem(address: "/halls/\(hall)/arms", word: "page.arms", text: words.say("page.arms"))
    }
}
