import NIOCore

/// One hall's stream for the HTTP server: requests answered from memory, at once.
public protocol LiveSource: Sendable {
    /// Answers a request below `/live/{hall}/`. Never blocks and never does I/O; safe on any thread.
    func answer(_ request: LiveRequest) -> LiveAnswer

    /// Calls `changed` after every change of the window (a part, a new playlist, the end), on the relay's own thread:
    /// it may only hop to the caller's event loop. Ends with `cancelObservation`.
    func observe(_ changed: @escaping @Sendable () -> Void) -> LiveObservation
    func cancelObservation(_ observation: LiveObservation)
}

/// Names one observer of a `LiveSource`.
public struct LiveObservation: Hashable, Sendable {
    public let id: UInt64
    public init(id: UInt64) { self.id = id }
}

/// A request for something of the live window: the path's last part (`index.m3u8`, `main.m3u8`, `s12.mp4`, `s12.3.mp4`) and the raw query.
public struct LiveRequest: Sendable, Equatable {
    public var name: Substring
    public var query: Substring

    public init(name: Substring, query: Substring = "") {
        self.name = name
        self.query = query
    }
}

extension LiveRequest {
    /// The still of the hall: a JPEG, or 404 while there is none to show.
    public static let poster = LiveRequest(name: "poster.jpg")
}

extension LiveSource {
    /// There is a still, or a newer one is about to come.
    public var hasPoster: Bool { if case .refused = answer(.poster) { false } else { true } }
}

public enum LiveAnswer: Sendable {
    case ready(LiveResource)
    /// Nothing yet: hold the request, ask again at each change, and answer 503 when `limit` has passed (RFC 8216bis §6.2.5.2).
    case hold(limit: TimeAmount)
    case refused(LiveRequestRefusal)
}

/// Why a live request is refused; `reason` is a sentence for the client's user.
public struct LiveRequestRefusal: Sendable, Equatable {
    /// 400, 404, 410 or 503.
    public var status: Int
    public var reason: String
    /// Seconds for `Retry-After`, when a retry makes sense.
    public var retryAfter: Int?

    public init(status: Int, reason: String, retryAfter: Int? = nil) {
        self.status = status
        self.reason = reason
        self.retryAfter = retryAfter
    }
}

/// Bytes of the window, shared and never copied: a segment is its parts, one after the other.
public struct LiveResource: Sendable {
    public enum Kind: Sendable, Equatable {
        /// `application/vnd.apple.mpegurl`
        case playlist
        /// `video/mp4` or `audio/mp4`
        case media(contentType: String)
    }

    public var chunks: [ByteBuffer]
    public var kind: Kind
    /// Strong, quoted; equal exactly when the bytes are equal.
    public var etag: String
    /// Seconds a cache may keep it; media is immutable and kept long, a playlist for less than a part unless it answers a blocking request.
    public var maxAge: Int
    public var immutable: Bool

    public init(chunks: [ByteBuffer], kind: Kind, etag: String, maxAge: Int, immutable: Bool) {
        self.chunks = chunks
        self.kind = kind
        self.etag = etag
        self.maxAge = maxAge
        self.immutable = immutable
    }

    public var byteCount: Int { chunks.reduce(0) { $0 + $1.readableBytes } }
}
