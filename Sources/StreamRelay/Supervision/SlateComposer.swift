import NIOCore

/// Writes the card as parts of any PART-TARGET: a keyframe and frames that repeat it, over silence.
package struct SlateComposer: Sendable {
    package struct Part: Sendable {
        package var fragment: ByteBuffer
        /// 90 kHz ticks.
        package var duration: Int64
        package var startsSegment: Bool
        package var endsSegment: Bool
    }

    package let initialization: StreamInitialization
    private let card: SlateCard
    /// 90 kHz ticks of one frame.
    private let frameDuration: Int64
    private let framesPerPart: Int
    private let framesPerSegment: Int
    /// The next frame of the segment.
    private var frame = 0
    /// Samples of sound written so far on the timeline; `nil` where the card starts over.
    private var samples: Int64?

    private static let samplesPerFrame: UInt32 = 1024

    /// - Returns: `nil` when the card has no picture that could be written.
    package init?(card: SlateCard, targets: LiveTargets, segmentDuration: Double) {
        guard !card.frames.isEmpty, !card.initialization.timescales.isEmpty else { return nil }
        self.card = card
        initialization = StreamInitialization(renditions: [card.initialization])
        // A whole number of frames of about 40 ms fills a part to 95 %, as a camera's would (segmenter rule 2).
        let usable = max(1, targets.partTarget * 100 / 105)
        let count = max(1, (usable + 1800) / 3600)
        framesPerPart = Int(count)
        frameDuration = max(1, usable / count)
        let longest = max(1, Int(targets.targetTicks / frameDuration))
        let wanted = max(framesPerPart, Int(segmentDuration * 90_000) / Int(frameDuration))
        framesPerSegment = min(card.frames.count, longest, wanted)
    }

    /// Starts over with the keyframe and the sound, after something else was on air.
    package mutating func rewind() {
        frame = 0
        samples = nil
    }

    /// The next part, from `time` (90 kHz ticks) on.
    package mutating func next(at time: Int64, sequence: Int) -> Part {
        let first = frame
        let count = min(framesPerPart, framesPerSegment - first)
        frame = first + count == framesPerSegment ? 0 : first + count
        let duration = frameDuration * Int64(count)
        var runs = [picture(first..<(first + count), at: time)]
        if let sound = sound(from: time, to: time + duration) { runs.append(sound) }
        let fragment = FragmentWriter.write(sequence: UInt32(truncatingIfNeeded: sequence), runs: runs)
        return Part(fragment: fragment, duration: duration, startsSegment: first == 0, endsSegment: frame == 0)
    }

    private func picture(_ frames: Range<Int>, at time: Int64) -> FragmentWriter.TrackRun {
        let scale = card.initialization.timescales[0]
        let samples = frames.enumerated().map { index, frame in
            // Differences of rounded times: no drift on any timescale.
            let start = FragmentWriter.scale(time + Int64(index) * frameDuration, to: scale)
            let end = FragmentWriter.scale(time + Int64(index + 1) * frameDuration, to: scale)
            return FragmentWriter.Sample(
                duration: UInt32(max(1, end - start)), compositionOffset: 0, isSync: frame == 0, payload: card.frames[frame])
        }
        return FragmentWriter.TrackRun(
            trackID: 1, baseDecodeTime: UInt64(max(0, FragmentWriter.scale(time, to: scale))), samples: samples)
    }

    private mutating func sound(from start: Int64, to end: Int64) -> FragmentWriter.TrackRun? {
        guard card.initialization.timescales.count > 1, card.audioSampleRate > 0, card.silence.readableBytes > 0 else { return nil }
        let rate = card.initialization.timescales[1]
        let length = UInt32(max(1, Int(Self.samplesPerFrame) * rate / card.audioSampleRate))
        let begin = samples ?? FragmentWriter.scale(start, to: rate)
        let limit = FragmentWriter.scale(end, to: rate)
        let count = max(0, Int((limit - begin + Int64(length) - 1) / Int64(length)))
        samples = begin + Int64(count) * Int64(length)
        guard count > 0 else { return nil }
        let frame = FragmentWriter.Sample(duration: length, compositionOffset: 0, isSync: true, payload: card.silence)
        return FragmentWriter.TrackRun(
            trackID: 2, baseDecodeTime: UInt64(max(0, begin)), samples: Array(repeating: frame, count: count))
    }
}
