import NIOCore
import StreamRelay
import Synchronization

/// Identifies a playlist's bytes by address, length and tag. The owner of a key holds the bytes, so that the address stays valid.
struct PlaylistKey: Hashable {
    private let address: UInt
    private let count: Int
    private let etag: String

    init(_ resource: LiveResource) {
        address = resource.chunks.first?.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) } ?? 0
        count = resource.byteCount
        etag = resource.etag
    }
}

/// Playlists compressed once and shared by all loops; the oldest leaves first.
final class GzipCache: Sendable {
    private struct Entry {
        let resource: LiveResource
        let compressed: ByteBuffer?
    }
    private struct State {
        var entries: [PlaylistKey: Entry] = [:]
        var order: [PlaylistKey] = []
        var compressions = 0
    }
    private let state = Mutex(State())
    private static let capacity = 128
    /// Below this size gzip's own header outweighs the gain.
    private static let worthwhile = 256

    /// `nil` when compressing does not pay.
    func compressed(_ resource: LiveResource) -> ByteBuffer? {
        guard resource.byteCount >= Self.worthwhile else { return nil }
        let key = PlaylistKey(resource)
        return state.withLock { state in
            // Compressing under the lock (0.1 ms) is what makes it happen once.
            if let entry = state.entries[key] { return entry.compressed }
            let compressed = Gzip.compress(resource.chunks)
            state.compressions += 1
            state.entries[key] = Entry(resource: resource, compressed: compressed)
            state.order.append(key)
            if state.order.count > Self.capacity { state.entries[state.order.removeFirst()] = nil }
            return compressed
        }
    }

    var compressions: Int { state.withLock { $0.compressions } }
}
