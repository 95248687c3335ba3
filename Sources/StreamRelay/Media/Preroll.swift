/// Decides when the first part may be cut: not before every track has shown itself, and for a live source not before the packets that
/// waited while it was probed are through, which would date the stream late.
///
/// Times are microseconds of a steady clock; media times and spans are 90 kHz ticks.
struct Preroll {
    /// What is read ahead of a file.
    static let readAhead: Int64 = 90_000
    /// Packets come live when so much media took so much time to arrive.
    static let liveSpan: (media: Int64, wall: Int64) = (13_500, 120_000)
    /// A source that only ever sends bursts is taken as it is after so long.
    static let livePatience: Int64 = 3_000_000
    /// How long the picture waits for a sound track that was announced and has not come.
    static let soundPatience: Int64 = 63_000
    private static let arrivalLimit = 256

    private let isPaced: Bool
    private var beganAt: Int64
    /// Of the picture, or of the sound when there is none.
    private var arrivals: [(wall: Int64, media: Int64)] = []

    /// - Parameter isPaced: a file, read in its own time.
    init(isPaced: Bool, at now: Int64) {
        self.isPaced = isPaced
        beganAt = now
    }

    mutating func restart(at now: Int64) { beganAt = now }

    mutating func arrived(_ media: Int64, at now: Int64) {
        guard !isPaced else { return }
        arrivals.append((now, media))
        if arrivals.count > Self.arrivalLimit { arrivals.removeFirst(Self.arrivalLimit / 2) }
    }

    /// - Parameters:
    ///   - span: from the first to the last frame that is queued.
    ///   - soundIsMissing: a sound track has sent nothing yet.
    ///   - isDrained: the source has no packet ready, so none that waited is left.
    func isOver(span: Int64, soundIsMissing: Bool, isDrained: Bool) -> Bool {
        let isReady = isPaced ? span >= Self.readAhead : isDrained || isLive
        return isReady && (!soundIsMissing || span >= Self.soundPatience)
    }

    /// Packets come at the pace of their times.
    private var isLive: Bool {
        guard let last = arrivals.last else { return false }
        if last.wall - beganAt > Self.livePatience { return true }
        guard let earlier = arrivals.last(where: { $0.media <= last.media - Self.liveSpan.media }) else { return false }
        return last.wall - earlier.wall >= Self.liveSpan.wall
    }
}
