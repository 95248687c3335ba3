import Commons
import Foundation
import NIOCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A file of the pages, in memory: its bytes, gzipped when that pays, and a tag over the bytes.
struct Asset: Sendable {
    var bytes: ByteBuffer
    var gzip: ByteBuffer?
    var contentType: String
    /// Strong, quoted.
    var etag: String
    /// Its name holds a hash of its bytes: it may be kept for ever.
    var isHashed: Bool
}

/// The files below the pages' directory. Each is read once and again when it changed; nothing outside the directory is ever read.
final class AssetStore: Sendable {
    private struct Entry {
        var asset: Asset
        var stamp: FileStamp
    }
    private let root: String?
    private let entries = Mutex<[String: Entry]>([:])
    private static let largest = 8 * 1024 * 1024
    private static let most = 500

    init(directory: String) { root = Self.real(directory) }

    /// - Parameter path: relative, of clean segments (`RequestTarget` saw to that).
    /// - Returns: `nil` when there is no such file, or it is of a kind that is not shown.
    func asset(_ path: String) -> Asset? {
        guard let root, let contentType = Self.contentType(path), Self.isShown(path) else { return nil }
        // A symbolic link may lead anywhere: what counts is where it ends.
        guard let place = Self.real(root + "/" + path), place.hasPrefix(root + "/"), let stamp = FileStamp(place) else {
            entries.withLock { $0[path] = nil }
            return nil
        }
        if let entry = entries.withLock({ $0[path] }), entry.stamp == stamp { return entry.asset }
        guard stamp.size <= Self.largest, let bytes = Self.read(place, count: Int(stamp.size)) else { return nil }
        let gzip = Self.isText(contentType) && bytes.readableBytes > 256 ? Gzip.compress([bytes], level: 9) : nil
        let asset = Asset(
            bytes: bytes, gzip: gzip.flatMap { $0.readableBytes < bytes.readableBytes ? $0 : nil }, contentType: contentType,
            etag: Self.tag(bytes), isHashed: Self.isHashed(path))
        entries.withLock { entries in
            if entries.count >= Self.most { entries.removeAll() }
            entries[path] = Entry(asset: asset, stamp: stamp)
        }
        return asset
    }

    /// The files that are shown of one folder, not of those below it; in no order.
    func paths(in folder: String) -> [String] {
        guard let root, let names = try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder) else { return [] }
        return names.map { folder + "/" + $0 }.filter { asset($0) != nil }
    }

    /// A strong entity tag over the bytes: a change of the file changes it; nobody needs to be kept from forging it.
    static func tag(_ bytes: ByteBuffer) -> String { bytes.withUnsafeReadableBytes(FNV1a.entityTag) }

    /// `player.3f9a1c2e.js`: eight hexadecimal digits or more between dots.
    static func isHashed(_ path: String) -> Bool {
        let name = path[(path.lastIndex(of: "/") ?? path.startIndex)...]
        let pieces: [Substring] = name.split(separator: ".")
        return pieces.dropFirst().dropLast().contains { $0.count >= 8 && $0.allSatisfy(\.isHexDigit) }
    }

    static func contentType(_ path: String) -> String? {
        let ending = path.lastIndex(of: ".").map { path[path.index(after: $0)...].lowercased() }
        return switch ending {
        case "html": "text/html; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "json", "map": "application/json"
        case "webmanifest": "application/manifest+json"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "jpg", "jpeg": "image/jpeg"
        case "webp": "image/webp"
        case "ico": "image/x-icon"
        case "woff2": "font/woff2"
        case "txt": "text/plain; charset=utf-8"
        case "mp4": "video/mp4"
        case "vtt": "text/vtt; charset=utf-8"
        default: nil
        }
    }

    private static func isText(_ contentType: String) -> Bool {
        contentType.hasPrefix("text/") || contentType.hasPrefix("application/") || contentType == "image/svg+xml"
    }

    /// Not dot files, nor what only the pages' makers need.
    private static func isShown(_ path: String) -> Bool {
        !path.hasPrefix(".") && !path.contains("/.") && !path.hasPrefix("tests/") && !path.hasPrefix("media/source/")
    }

    private static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    static func read(_ path: String, count: Int) -> ByteBuffer? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = ByteBuffer()
        buffer.reserveCapacity(count)
        while buffer.readableBytes < count {
            var got = 0
            let offset = buffer.readableBytes
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count - buffer.readableBytes) { room in
                got = pread(descriptor, room.baseAddress, min(count - offset, room.count), off_t(offset))
                return max(0, got)
            }
            if got <= 0 { break }
        }
        return buffer
    }
}
