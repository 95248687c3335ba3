/// Where parts and segments end. All times are 90 kHz ticks of the decode time line.
///
/// A segment starts at the first keyframe at or past `segmentMinimum`, or without one at `segmentMaximum`. A part ends where one
/// more frame would carry it past PART-TARGET (RFC 8216bis §4.4.3.7), and PART-TARGET is fixed once, from the camera's own frame
/// time, so that whole frames fill it to more than the 85 % that §4.4.4.9 asks for.
package struct CutPolicy: Sendable {
    package enum Cut: Sendable, Equatable { case none, part, segment }

    package let segmentMinimum: Int64
    package let segmentMaximum: Int64
    private let wanted: Int64
    /// `nil` until the first part has shown the frame time.
    package private(set) var partTarget: Int64?

    /// - Parameters: seconds, but `partTarget`: ticks, when the stream's life has fixed it.
    package init(segmentDuration: Double, segmentMaximum: Double, partDuration: Double, partTarget: Int64?) {
        segmentMinimum = Self.ticks(segmentDuration)
        self.segmentMaximum = Self.ticks(segmentMaximum)
        wanted = max(1, Self.ticks(partDuration))
        self.partTarget = partTarget
    }

    package static func ticks(_ seconds: Double) -> Int64 { Int64((seconds * 90_000).rounded()) }

    /// PART-TARGET before it is fixed: what a first part may not pass.
    package var limit: Int64 { partTarget ?? wanted * 105 / 100 }

    /// Whether to cut before a frame that begins `inPart` after the part's start and `inSegment` after the segment's, when it is
    /// expected to last `duration`.
    package func cut(inPart: Int64, inSegment: Int64, duration: Int64, isKeyframe: Bool) -> Cut {
        if isKeyframe, inSegment >= segmentMinimum - duration / 2 { return .segment }
        if inSegment > 0, inSegment + duration > segmentMaximum { return .segment }
        if inPart > 0, inPart + duration > (partTarget ?? wanted) { return .part }
        return .none
    }

    /// Fixes PART-TARGET from the usual frame time: n frames and a little slack for timestamps that are rounded to milliseconds,
    /// rounded up to a millisecond. Never less than `first`, the part that is out already.
    package mutating func fixPartTarget(frameTime: Int64, first: Int64) {
        guard partTarget == nil else { return }
        let frame = max(1, frameTime)
        let frames = max(1, wanted / frame)
        let slack: Int64 = frames < 3 ? 115 : 105
        let target = min(max(frames * frame * slack / 100, first), max(segmentMaximum, frame))
        partTarget = (target + 89) / 90 * 90
    }
}
