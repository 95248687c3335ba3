import NIOCore

/// The name under which a part was announced before it existed (EXT-X-PRELOAD-HINT): the segment that was open then, and the index in it.
///
/// Whether a part continues its segment or starts the next is only known when it comes, so the first part of a segment is mostly
/// listed under the name that was hinted, one past the end of the segment before.
package struct PartName: Sendable, Equatable, Hashable {
    package var mediaSequence: Int
    package var index: Int
}

/// A partial segment in the window.
package struct LivePart: Sendable, Equatable {
    var name: PartName
    /// 90 kHz ticks.
    var duration: Int64
    /// The duration as it is printed, in 1/100,000 s. The sum over a segment is exactly its EXTINF.
    var printed: Int
    var independent: Bool
    /// Bytes by rendition; empty or absent is a gap in that rendition.
    var fragments: [ByteBuffer]

    func fragment(_ rendition: Int) -> ByteBuffer? {
        guard rendition < fragments.count, fragments[rendition].readableBytes > 0 else { return nil }
        return fragments[rendition]
    }
}

/// A media segment in the window: its parts, or time without media.
package struct LiveSegment: Sendable, Equatable {
    var mediaSequence: Int
    /// EXT-X-DISCONTINUITY precedes it.
    var discontinuity: Bool
    /// Its discontinuity sequence number: that of the playlist's head plus the tags up to it.
    var discontinuitySequence: Int
    /// Number of its initialization segments; `nil` before the first (a gap).
    var initialization: Int?
    /// UTC microseconds of its first frame.
    var programDateTime: Int64
    /// Decode time of its start, 90 kHz ticks.
    var start: Int64
    var duration: Int64 = 0
    /// The sum of its parts' printed durations, 1/100,000 s.
    var printed = 0
    var parts: [LivePart] = []
    /// No part will follow in it.
    var isComplete = false

    var end: Int64 { start + duration }

    func isGap(_ rendition: Int) -> Bool { !parts.contains { $0.fragment(rendition) != nil } }

    func chunks(_ rendition: Int) -> [ByteBuffer] { parts.compactMap { $0.fragment(rendition) } }

    func bytes(_ rendition: Int) -> Int { parts.reduce(0) { $0 + ($1.fragment(rendition)?.readableBytes ?? 0) } }

    var bytes: Int { parts.reduce(0) { $0 + $1.fragments.reduce(0) { $0 + $1.readableBytes } } }

    /// Adds a part; printed durations are differences of floors, so none exceeds the printed PART-TARGET (its ceiling).
    mutating func append(_ part: consuming LivePart) {
        duration += part.duration
        let total = PlaylistText.floorDecimal(duration)
        part.printed = total - printed
        printed = total
        parts.append(part)
    }
}
