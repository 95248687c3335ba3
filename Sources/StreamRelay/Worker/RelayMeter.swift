/// Counters of a relay for its heartbeats: totals since the start, and rates over the last seconds.
struct RelayMeter {
    /// Microseconds over which rates are taken.
    private static let window: Int64 = 5_000_000

    /// Frames per second as the input's headers say; 0 when they do not.
    private let frameRateHint: Double
    private var totals = WorkerVitals()
    /// Second by second: when it began, bytes, pictures.
    private var seconds: [(begin: Int64, bytes: Int, pictures: Int)] = []
    private var lastPacket: Int64 = 0
    private var lastKeyframe: Int64?
    private var lastReport: Int64 = 0

    init(frameRateHint: Double) { self.frameRateHint = frameRateHint }

    mutating func note(bytes: Int, isCorrupt: Bool, at now: Int64) {
        totals.bytesIn += bytes
        if isCorrupt { totals.corruptPackets += 1 }
        lastPacket = now
        roll(now)
        seconds[seconds.count - 1].bytes += bytes
    }

    mutating func notePicture(at now: Int64, decodeTime: Int64, isKeyframe: Bool) {
        totals.videoFrames += 1
        roll(now)
        seconds[seconds.count - 1].pictures += 1
        guard isKeyframe else { return }
        if let last = lastKeyframe, decodeTime > last { totals.gopSeconds = Double(decodeTime - last) / 90_000 }
        lastKeyframe = decodeTime
    }

    mutating func noteSound() { totals.audioFrames += 1 }

    private mutating func roll(_ now: Int64) {
        if let last = seconds.last, now - last.begin < 1_000_000 { return }
        seconds.append((now, 0, 0))
        while let first = seconds.first, now - first.begin > Self.window { seconds.removeFirst() }
    }

    /// The frame rate that the input's headers state, else the one that was counted.
    var knownFrameRate: Double { frameRateHint > 0 ? frameRateHint : totals.frameRate }

    func isDue(at now: Int64) -> Bool { now - lastReport >= 500_000 }

    mutating func vitals(
        at now: Int64, repaired: Int, jumps: Int, dropped: Int, brokenKeyframes: Int, drift: Double, audioDrift: Double
    ) -> WorkerVitals {
        lastReport = now
        totals.repairedTimestamps = repaired
        totals.clockJumps = jumps
        totals.droppedFrames = dropped
        totals.brokenKeyframes = brokenKeyframes
        totals.clockDriftPPM = drift
        totals.audioDriftPPM = audioDrift
        totals.idleMilliseconds = lastPacket == 0 ? 0 : Int(max(0, now - lastPacket) / 1_000)
        if let first = seconds.first, now - first.begin >= 1_000_000 {
            let span = Double(now - first.begin) / 1_000_000
            totals.bitRate = Int(Double(seconds.reduce(0) { $0 + $1.bytes }) * 8 / span)
            totals.frameRate = Double(seconds.reduce(0) { $0 + $1.pictures }) / span
        }
        return totals
    }
}
