/// Measures the bit rates for EXT-X-STREAM-INF: the peak and the average bit rate of each rendition.
package struct BandwidthMeter: Sendable, Equatable {
    /// Bits per second over what was complete; 0 before anything was.
    private(set) var peaks: [Int] = []
    private var bytes: [Int] = []
    private var ticks: Int64 = 0
    /// Segments since the last gap, enough for half a target duration.
    private var recent: [(bytes: [Int], ticks: Int64)] = []

    package static func == (left: BandwidthMeter, right: BandwidthMeter) -> Bool {
        left.peaks == right.peaks && left.bytes == right.bytes && left.ticks == right.ticks
    }

    /// The peak is taken over contiguous segments of at least half a target duration (RFC 8216bis, “peak segment bit rate”), so that a
    /// short segment cut by a loss does not count for more than it is.
    mutating func add(_ segment: LiveSegment, renditions: Int, targets: LiveTargets) {
        guard !segment.isGap(0), segment.duration > 0 else {
            recent = []
            return
        }
        let sizes = (0..<renditions).map { segment.bytes($0) }
        while peaks.count < renditions {
            peaks.append(0)
            bytes.append(0)
        }
        for (index, size) in sizes.enumerated() { bytes[index] += size }
        ticks += segment.duration
        recent.append((sizes, segment.duration))
        var span = recent.reduce(0) { $0 + $1.ticks }
        while let first = recent.first, span - first.ticks >= targets.targetTicks / 2 {
            span -= first.ticks
            recent.removeFirst()
        }
        guard span >= targets.targetTicks / 2 else { return }
        for index in 0..<renditions {
            let sum = recent.reduce(0) { $0 + (index < $1.bytes.count ? $1.bytes[index] : 0) }
            peaks[index] = max(peaks[index], Self.rate(sum, span))
        }
    }

    /// Bits per second of rendition 0 with the heaviest of the others; `nil` before there was half a target duration.
    var peak: Int? { combine(peaks) }
    /// The same on average.
    var average: Int? { ticks > 0 && peak != nil ? combine(bytes.map { Self.rate($0, ticks) }) : nil }

    private func combine(_ rates: [Int]) -> Int? {
        guard let first = rates.first, first > 0 else { return nil }
        return first + (rates.dropFirst().max() ?? 0)
    }

    private static func rate(_ bytes: Int, _ ticks: Int64) -> Int { Int((Double(bytes) * 8 * 90_000 / Double(ticks)).rounded(.up)) }
}
