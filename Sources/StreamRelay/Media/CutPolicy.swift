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

    /// What no part and no frame may pass: before PART-TARGET is fixed, a little more than it can become.
    package var limit: Int64 { partTarget ?? wanted * 120 / 100 }

    /// Whether to cut before a frame that begins `inPart` after the part's start and `inSegment` after the segment's, when it is
    /// expected to last `duration`.
    package func cut(inPart: Int64, inSegment: Int64, duration: Int64, isKeyframe: Bool) -> Cut {
        if isKeyframe, inSegment >= segmentMinimum - duration / 2 { return .segment }
        if inSegment > 0, inSegment + duration > segmentMaximum { return .segment }
        if inPart > 0, inPart + duration > (partTarget ?? target(frameTime: duration)) { return .part }
        return .none
    }

    /// Fixes PART-TARGET from the usual frame time, rounded up to a millisecond. Never less than `first`, the part that is out already.
    package mutating func fixPartTarget(frameTime: Int64, first: Int64) {
        guard partTarget == nil else { return }
        let target = min(max(target(frameTime: frameTime), first), max(segmentMaximum, frameTime))
        partTarget = (target + 89) / 90 * 90
    }

    /// The wanted duration in whole frames, and a little slack for timestamps that are rounded to milliseconds. Rounded up from a quarter of a frame,
    /// unless that makes a part more than 10 % too long: a part of 12 frames, where 25 a second are 12.5, leaves two frames at the end of each GOP
    /// of 2 s, and all viewers ask twice within 80 ms.
    private func target(frameTime: Int64) -> Int64 {
        let frame = max(1, frameTime)
        let frames = max(1, min((4 * wanted + 3 * frame) / (4 * frame), wanted * 110 / 100 / frame))
        return frames * frame * (frames < 3 ? 115 : 105) / 100
    }
}
