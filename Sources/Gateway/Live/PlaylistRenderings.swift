import NIOCore
import NIOHTTP1
import StreamRelay

/// One playlist as this loop sends it: header fields made once, bytes shared.
final class Rendering {
    let fields: HTTPHeaders
    let chunks: [ByteBuffer]
    let count: Int
    private var whole: (date: String, bytes: ByteBuffer)?

    init(fields: HTTPHeaders, chunks: [ByteBuffer], count: Int) {
        self.fields = fields
        self.chunks = chunks
        self.count = count
    }

    /// Header and body as they go out over plain HTTP/1.1 on a connection that stays, to everybody who waited: one buffer for all, made
    /// once a second at most.
    /// - Parameter cors: the fields that every answer of the live path gets, whoever asks.
    func whole(date: String, cors: HTTPHeaders) -> ByteBuffer {
        if let whole, whole.date == date { return whole.bytes }
        var fields = fields
        fields.add(contentsOf: cors)
        var bytes = ByteBufferAllocator().buffer(capacity: 1_024 + count)
        HTTP1Text.head(status: 200, fields: fields, date: date, length: count, closes: false, into: &bytes)
        for chunk in chunks { bytes.writeImmutableBuffer(chunk) }
        whole = (date, bytes)
        return bytes
    }
}

/// The loop's own cache of ready playlists, in front of the shared one. Two generations: what was not asked for lately is forgotten.
final class PlaylistRenderings {
    private struct Pair {
        var resource: LiveResource
        var plain: Rendering
        var gzip: Rendering??
    }
    /// The same bytes are kept by caches for a moment or for long, as they were asked for: two renderings.
    private struct Key: Hashable {
        let playlist: PlaylistKey
        let maxAge: Int
    }
    private let cache: GzipCache
    private var young: [Key: Pair] = [:]
    private var old: [Key: Pair] = [:]
    /// What was asked for last, as mostly many ask for the same; with the resource, for the key is an address of its bytes.
    private var last: (key: Key, resource: LiveResource, gzip: Bool, rendering: Rendering)?

    init(cache: GzipCache) { self.cache = cache }

    func rendering(_ resource: LiveResource, gzip: Bool) -> Rendering {
        let key = Key(playlist: PlaylistKey(resource), maxAge: resource.maxAge)
        if let last, last.gzip == gzip, last.key == key { return last.rendering }
        let found = find(key, resource, gzip: gzip)
        last = (key, resource, gzip, found)
        return found
    }

    private func find(_ key: Key, _ resource: LiveResource, gzip: Bool) -> Rendering {
        var pair = young[key] ?? old[key] ?? Pair(resource: resource, plain: Self.plain(resource), gzip: nil)
        if gzip, pair.gzip == nil { pair.gzip = .some(Self.compressed(resource, by: cache)) }
        if young[key] == nil || gzip {
            if young.count >= 64 {
                old = young
                young = [:]
            }
            young[key] = pair
        }
        return gzip ? (pair.gzip ?? nil) ?? pair.plain : pair.plain
    }

    private static func plain(_ resource: LiveResource) -> Rendering {
        var fields = LiveFields.common(resource)
        fields.add(name: "etag", value: resource.etag)
        fields.add(name: "vary", value: "accept-encoding")
        return Rendering(fields: fields, chunks: resource.chunks, count: resource.byteCount)
    }

    private static func compressed(_ resource: LiveResource, by cache: GzipCache) -> Rendering? {
        guard let bytes = cache.compressed(resource) else { return nil }
        var fields = LiveFields.common(resource)
        fields.add(name: "etag", value: LiveFields.gzipTag(resource.etag))
        fields.add(name: "content-encoding", value: "gzip")
        fields.add(name: "vary", value: "accept-encoding")
        return Rendering(fields: fields, chunks: [bytes], count: bytes.readableBytes)
    }
}

/// Fields of media that differ by kind only, made once per loop: there are two or three kinds.
final class MediaFields {
    /// What the header of a whole answer depends on.
    private struct Key: Equatable {
        let count: Int
        let maxAge: Int
        let isImmutable: Bool
        let etag: String
        let date: String
        let kind: LiveResource.Kind
    }
    private var kinds: [(kind: LiveResource.Kind, maxAge: Int, fields: HTTPHeaders)] = []
    /// The last one, as mostly many ask for the newest part.
    private var last: (key: Key, head: ByteBuffer)?

    /// The header of a whole answer over plain HTTP/1.1 on a connection that stays.
    func head(_ resource: LiveResource, date: String, cors: HTTPHeaders) -> ByteBuffer {
        let key = Key(
            count: resource.byteCount, maxAge: resource.maxAge, isImmutable: resource.immutable, etag: resource.etag, date: date,
            kind: resource.kind)
        if let last, last.key == key { return last.head }
        var head = ByteBuffer()
        HTTP1Text.head(
            status: 200, fields: fields(resource, cors: cors), etag: key.etag, date: date, length: key.count, closes: false, into: &head)
        last = (key, head)
        return head
    }

    /// All fields of a whole answer but its tag, its length and the date.
    private func fields(_ resource: LiveResource, cors: HTTPHeaders) -> HTTPHeaders {
        for known in kinds where known.maxAge == resource.maxAge && known.kind == resource.kind { return known.fields }
        var fields = LiveFields.common(resource)
        fields.add(name: "accept-ranges", value: "bytes")
        fields.add(contentsOf: cors)
        if kinds.count >= 8 { kinds = [] }
        kinds.append((resource.kind, resource.maxAge, fields))
        return fields
    }
}

/// Header fields of the live path.
enum LiveFields {
    /// All but the tag.
    static func common(_ resource: LiveResource) -> HTTPHeaders {
        var fields = HTTPHeaders()
        fields.reserveCapacity(10)
        fields.add(name: "content-type", value: contentType(resource.kind))
        fields.add(name: "cache-control", value: cacheControl(resource))
        return fields
    }

    static func contentType(_ kind: LiveResource.Kind) -> String {
        switch kind {
        case .playlist: "application/vnd.apple.mpegurl"
        case .media(let type): type
        }
    }

    static func cacheControl(_ resource: LiveResource) -> String {
        if resource.maxAge <= 0 { return "no-cache" }
        return resource.immutable ? "public, max-age=\(resource.maxAge), immutable" : "public, max-age=\(resource.maxAge)"
    }

    /// A strong tag names one coding's bytes: `"x"` gzipped is `"x-gz"` (RFC 9110 §8.8.3.3).
    static func gzipTag(_ etag: String) -> String { etag.hasSuffix("\"") ? etag.dropLast() + "-gz\"" : etag + "-gz" }
}
