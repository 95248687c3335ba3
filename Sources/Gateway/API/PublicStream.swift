import StreamRelay

/// What everybody may know of a hall: an element of `GET /api/v1/halls` and the body of `GET /api/v1/halls/{hall}/stream/public`.
public struct PublicStream: Sendable, Equatable, Codable {
    public var hall: String
    public var title: String
    public var language: String
    public var state: StreamStatus.State
    public var onAir: StreamStatus.OnAir
    /// UTC milliseconds of the last change of state.
    public var since: Int64

    public init(_ summary: HallSummary, _ status: StreamStatus?) {
        hall = summary.name
        title = summary.title
        language = summary.language
        state = status?.state ?? .stopped
        onAir = status?.onAir ?? .nothing
        since = status?.since ?? 0
    }
}

/// The body of `GET /api/v1/version`.
public struct VersionReport: Sendable, Equatable, Codable {
    public var version: String
    public init(version: String) { self.version = version }
}
