/// Which sound tracks are in the init segment: those that send, as long as they keep up with the picture. Times are 90 kHz ticks.
struct SoundSelection {
    /// Without sound for so long, beside a picture that goes on, a track is taken out: players would stall on it.
    static let lossLimit: Int64 = 180_000

    private struct Track {
        /// `nil` until the camera has said enough.
        var sampleRate: Int?
        /// `nil` until the first frame.
        var newest: Int64?
    }

    private let hasVideo: Bool
    private var known: [Track]
    private var newestPicture: Int64 = 0
    private var hasOtherParameters = false
    /// The tracks that are in the init segment now.
    private(set) var active: [Int] = []

    init(hasVideo: Bool, sampleRates: [Int?]) {
        self.hasVideo = hasVideo
        known = sampleRates.map { Track(sampleRate: $0) }
    }

    var tracks: Range<Int> { known.indices }

    /// - Parameter changed: other parameters than before, so that a new init segment is needed.
    mutating func configure(_ track: Int, sampleRate: Int?, changed: Bool) {
        known[track].sampleRate = sampleRate
        if changed { hasOtherParameters = true }
    }

    mutating func sound(_ track: Int, at time: Int64) { known[track].newest = time }
    mutating func picture(at time: Int64) { newestPicture = time }

    /// A new init segment is needed.
    var isStale: Bool { hasOtherParameters || present != active }

    private var present: [Int] {
        tracks.filter { index in
            guard known[index].sampleRate != nil, let newest = known[index].newest else { return false }
            return !hasVideo || newestPicture - newest < Self.lossLimit
        }
    }

    /// Selects the tracks that send now. - Returns: their time scales.
    mutating func renew() -> [Int] {
        hasOtherParameters = false
        active = present
        return active.compactMap { known[$0].sampleRate }
    }
}
