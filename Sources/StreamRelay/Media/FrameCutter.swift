import NIOCore

/// Single frames for viewers with the least delay: each a fragment of its own, cut the moment its frame comes.
///
/// No look-ahead, unlike the parts: waiting for the next frame only to learn this one's duration would cost a frame time. Instead each
/// fragment says it lasts twice the usual time. A browser's source buffer tolerates no gaps: a frame that starts more than twice the last one's
/// duration after it counts as lost, and everything up to the next keyframe is thrown away (MSE §3.5.8). Frames that overlap the next one
/// are shown until it starts. So an exact duration guessed too short freezes the picture, and one too long costs nothing. A frame
/// that comes later still is given an earlier decode time; its presentation time stays true.
package struct FrameCutter: Sendable {
    /// Usual frame times that a fragment says it lasts.
    private static let reach: Int64 = 2
    /// Frame times after which a keyframe begins a new time line.
    private static let jump: Int64 = 8

    private var frameTimes = RecentMedian()
    private let hint: Int64
    private var sequence: UInt32 = 0
    /// Decode time of the last frame as it came and as it was sent, 90 kHz ticks.
    private var last: (given: Int64, sent: Int64)?

    /// - Parameter frameRate: what the source says of itself; 0 when it does not.
    package init(frameRate: Double) {
        hint = frameRate >= 1 && frameRate <= 1_000 ? Int64(90_000 / frameRate) : 3_600
    }

    /// - Parameter frame: with its place on the parts' time line.
    /// - Returns: `nil` before the first keyframe.
    package mutating func cut(_ frame: VideoFrame) -> RelayedFrame? {
        guard let last else {
            return frame.isKeyframe ? write(frame, at: frame.decodeTime, startsAnew: true) : nil
        }
        let step = frame.decodeTime - last.given
        let isJump = step <= 0 || step > Self.jump * usual
        if step > 0 { frameTimes.note(step) }
        if frame.isKeyframe, isJump { return write(frame, at: max(frame.decodeTime, last.sent + 1), startsAnew: true) }
        return write(frame, at: max(last.sent + 1, min(frame.decodeTime, last.sent + 2 * duration)), startsAnew: false)
    }

    private var usual: Int64 { frameTimes.median ?? hint }
    private var duration: Int64 { Self.reach * usual }

    private mutating func write(_ frame: VideoFrame, at time: Int64, startsAnew: Bool) -> RelayedFrame {
        last = (frame.decodeTime, time)
        sequence &+= 1
        let sample = FragmentWriter.Sample(
            duration: UInt32(duration), compositionOffset: Int32(truncatingIfNeeded: frame.presentationTime - time),
            isSync: frame.isKeyframe, payload: frame.payload)
        let run = FragmentWriter.TrackRun(trackID: 1, baseDecodeTime: UInt64(bitPattern: time), samples: [sample])
        return RelayedFrame(
            isKeyframe: frame.isKeyframe, startsAnew: startsAnew, decodeTime: time, duration: duration,
            fragment: FragmentWriter.write(sequence: sequence, runs: [run]))
    }
}
