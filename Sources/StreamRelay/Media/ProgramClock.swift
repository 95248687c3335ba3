/// The stream's clock on the wall clock: what EXT-X-PROGRAM-DATE-TIME says (RFC 8216bis §4.4.4.6).
///
/// Packets come late, never early, so the least `arrival − timestamp` of the last minute is the true offset; the date moves to it
/// slowly, so that the timeline never jumps under 5 s and is never in the future.
package struct ProgramClock: Sendable {
    /// Microseconds per second by which dates may move later, and earlier: a date in the future is the worse error.
    package static let slewPerSecond: Int64 = 1_000
    package static let slewEarlierPerSecond: Int64 = 40_000
    /// Microseconds; an error beyond this is a jump of the wall clock or the stream, followed at once.
    package static let jump: Int64 = 5_000_000

    private static let bucketLength: Int64 = 10_000_000
    private static let bucketCount = 6

    /// Microseconds from the lens to the packet, subtracted from every date.
    private let captureDelay: Int64
    /// Least offsets of the last buckets, oldest first.
    private var buckets: [(begin: Int64, least: Int64)] = []
    private var offset: Int64?
    private var slewedAt: Int64 = 0
    private var drift = DriftMeter()

    /// - Parameter captureDelay: seconds.
    package init(captureDelay: Double) { self.captureDelay = Int64(captureDelay * 1_000_000) }

    /// Parts per million by which the stream's clock runs fast against the wall clock; 0 until a minute was seen.
    package var driftPPM: Double { drift.partsPerMillion }

    /// Notes that a packet of stream time `time` came at `arrival` (both microseconds).
    package mutating func observe(time: Int64, arrival: Int64) {
        let sample = arrival - time
        if let last = buckets.last, arrival - last.begin < Self.bucketLength, arrival >= last.begin {
            buckets[buckets.count - 1].least = min(last.least, sample)
        } else {
            if let last = buckets.last {
                drift.note(at: last.begin, offset: last.least)
                if abs(sample - last.least) > Self.jump { forget() }
            }
            buckets.append((arrival, sample))
            if buckets.count > Self.bucketCount { buckets.removeFirst() }
        }
        if let offset, abs(sample - offset) > Self.jump {
            // the stream's time line or the wall clock has jumped
            forget()
            buckets = [(arrival, sample)]
            self.offset = sample
        }
        slew(now: arrival)
    }

    /// Starts over, as after a discontinuity.
    package mutating func forget() {
        buckets = []
        offset = nil
        drift = DriftMeter()
    }

    /// The first date is about to be given: packets that waited while the input was probed came late, and none of them counts any more.
    package mutating func settle() {
        if let least = buckets.map(\.least).min() { offset = least }
    }

    /// UTC microseconds at which stream time `time` was in front of the lens; never later than `now`.
    package func programDateTime(of time: Int64, now: Int64) -> Int64 {
        min(time + (offset ?? now - time), now) - captureDelay
    }

    private mutating func slew(now: Int64) {
        guard let least = buckets.map(\.least).min() else { return }
        guard let current = offset else {
            offset = least
            slewedAt = now
            return
        }
        let elapsed = max(0, now - slewedAt)
        guard elapsed > 0 else { return }
        let (earlier, later) = (elapsed * Self.slewEarlierPerSecond / 1_000_000, elapsed * Self.slewPerSecond / 1_000_000)
        guard earlier > 0, later > 0 else { return }
        offset = current + min(max(least - current, -earlier), later)
        slewedAt = now
    }
}

/// Parts per million between two clocks, from pairs (time, offset) at least a minute apart.
package struct DriftMeter: Sendable {
    private var points: [(at: Int64, offset: Int64)] = []

    package init() {}

    /// Both microseconds; call about every ten seconds.
    package mutating func note(at: Int64, offset: Int64) {
        points.append((at, offset))
        if points.count > 31 { points.removeFirst() }
    }

    package var partsPerMillion: Double {
        guard let first = points.first, let last = points.last, last.at - first.at >= 60_000_000 else { return 0 }
        return Double(first.offset - last.offset) / Double(last.at - first.at) * 1_000_000
    }
}
