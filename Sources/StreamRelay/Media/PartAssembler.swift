import NIOCore

/// A coded picture with its place on the repaired time line.
package struct VideoFrame: Sendable, Equatable {
    /// 90 kHz ticks.
    package var decodeTime: Int64
    package var presentationTime: Int64
    package var isKeyframe: Bool
    /// Length-prefixed NAL units.
    package var payload: ByteBuffer

    package init(decodeTime: Int64, presentationTime: Int64, isKeyframe: Bool, payload: ByteBuffer) {
        self.decodeTime = decodeTime
        self.presentationTime = presentationTime
        self.isKeyframe = isKeyframe
        self.payload = payload
    }
}

/// A part that is complete except for its date.
package struct CutPart: Sendable, Equatable {
    /// `programDateTime` is still 0.
    package var part: RelayedPart
    /// Decode time of the first frame, 90 kHz ticks of the repaired time line: dates follow it, because
    /// presentation times are not in order.
    package var cameraTime: Int64
}

/// Frames in, parts out. Holds back one frame of each track, so that every sample has its true duration.
///
/// The time line of the parts starts at 0 with the first keyframe; sound before it is dropped. Decode times follow the camera's,
/// except that no frame is made to last past PART-TARGET: a late frame's lateness is caught up by the next ones (presentation
/// times stay true), and a hole of more than a quarter second beyond it breaks the time line.
package struct PartAssembler: Sendable {
    /// 90 kHz ticks of lateness that are caught up without a break.
    private static let patience: Int64 = 22_500
    /// 90 kHz ticks by which the sound of several tracks may lag behind the picture: MPEG-TS packs a third of a second of sound into one PES.
    private static let soundPatience: Int64 = 63_000

    private var policy: CutPolicy
    private let hasVideo: Bool
    private var lanes: [AudioLane]
    private var sequence: UInt32 = 0

    /// Repaired time of the time line's 0.
    private var origin: Int64?
    private var held: VideoFrame?
    /// Where `held` begins on the parts' time line.
    private var clock: Int64 = 0
    private var samples: [FragmentWriter.Sample] = []
    /// Parts that wait for the sound of their time; only where further sound tracks are renditions of their own (see `release`).
    private var waiting: [WaitingPart] = []
    private var start = PartStart()
    private var segmentStart: Int64 = 0
    private var breaksNext = false
    private var frameTimes = RecentMedian()

    private struct PartStart: Sendable {
        var time: Int64 = 0
        var cameraTime: Int64 = 0
        var startsSegment = true
        var independent = true
        var discontinuity = false
    }

    private struct WaitingPart: Sendable {
        var start: PartStart
        var endsSegment: Bool
        var end: Int64
        var sequence: UInt32
        var samples: [FragmentWriter.Sample]
    }

    /// Frames that could not be used: before a keyframe, or too late.
    package private(set) var droppedFrames = 0
    package var audioDropped: Int { lanes.reduce(0) { $0 + $1.dropped } }
    package var audioLanes: [AudioLane] { lanes }

    /// - Parameter audioTimescales: one for each audio track; the first shares rendition 0 with the picture.
    package init(policy: CutPolicy, hasVideo: Bool, audioTimescales: [Int]) {
        self.policy = policy
        self.hasVideo = hasVideo
        lanes = audioTimescales.map(AudioLane.init(timescale:))
    }

    package var partTarget: Int64? { policy.partTarget }

    /// The frame that came last, with its place on the parts' time line, though its duration is still open; `nil` when it was dropped.
    package var newest: VideoFrame? {
        held.map { frame in
            var placed = frame
            placed.decodeTime = clock
            placed.presentationTime = frame.presentationTime - (origin ?? 0)
            return placed
        }
    }

    // MARK: Frames

    package mutating func video(_ frame: VideoFrame) -> [CutPart] {
        guard let previous = held else {
            guard frame.isKeyframe else {
                droppedFrames += 1
                return []
            }
            return begin(with: frame)
        }
        let time = frame.decodeTime - (origin ?? 0)
        let step = time - clock
        let usual = frameTimes.median ?? 3_600
        var cuts: [CutPart] = []
        if step > policy.limit + Self.patience, step > 3 * usual {
            cuts += append(previous, duration: min(usual, policy.limit))
            finishPart(endsSegment: true)
            lanes.indices.forEach { lanes[$0].flush() }
            cuts += release(all: true)
            breaksNext = true
            // Behind a break nothing can be decoded before a keyframe.
            guard frame.isKeyframe else {
                held = nil
                droppedFrames += 1
                return cuts
            }
            startPart(with: frame, at: time, startsSegment: true)
        } else {
            let duration = min(max(1, step), policy.limit)
            frameTimes.note(duration)
            cuts += append(previous, duration: duration)
            let cut = policy.cut(
                inPart: clock - start.time, inSegment: clock - segmentStart, duration: usual, isKeyframe: frame.isKeyframe)
            if cut != .none {
                finishPart(endsSegment: cut == .segment)
                startPart(with: frame, at: clock, startsSegment: cut == .segment)
            }
            cuts += release()
        }
        held = frame
        return cuts
    }

    /// - Parameters:
    ///   - time: 90 kHz ticks of the repaired time line.
    ///   - samples: the frame's nominal duration on the track's own scale.
    package mutating func audio(lane: Int, time: Int64, samples: Int64, payload: ByteBuffer) -> [CutPart] {
        if !hasVideo, origin == nil, lane == 0 {
            origin = time
            start = PartStart(cameraTime: time, discontinuity: breaksNext)
            breaksNext = false
        }
        guard let origin else { return [] }
        let local = FragmentWriter.scale(time - origin, to: lanes[lane].timescale)
        lanes[lane].append(payload: payload, time: local, samples: samples)
        if !hasVideo, lane == 0 { cutAudioOnly(frame: samples) }
        return release()
    }

    /// The last frames, as if the next came on time.
    package mutating func flush() -> [CutPart] {
        lanes.indices.forEach { lanes[$0].flush() }
        var cuts: [CutPart] = []
        if let last = held {
            cuts += append(last, duration: min(frameTimes.median ?? 3_600, policy.limit))
            held = nil
        } else if !hasVideo, let lane = lanes.first {
            clock = max(clock, lane.readyEnd)
        }
        finishPart(endsSegment: true)
        return cuts + release(all: true)
    }

    /// Ends the time line before new parameters; the next keyframe goes on behind a discontinuity.
    package mutating func breakTimeline(audioTimescales: [Int]? = nil) -> [CutPart] {
        let cuts = flush()
        if let audioTimescales { lanes = audioTimescales.map(AudioLane.init(timescale:)) } else { clearLanes() }
        breaksNext = origin != nil
        if !hasVideo { restartAudioOnly() }
        return cuts
    }

    /// Drops what is held and waits for the next keyframe: the daemon has filled the time with something else.
    package mutating func resumeAtKeyframe() {
        held = nil
        samples = []
        waiting = []
        clearLanes()
        if !hasVideo { restartAudioOnly() }
    }

    // MARK: Parts

    private mutating func begin(with frame: VideoFrame) -> [CutPart] {
        let base = origin ?? frame.decodeTime
        origin = base
        held = frame
        startPart(with: frame, at: max(clock, frame.decodeTime - base), startsSegment: true)
        for index in lanes.indices {
            lanes[index].discard(before: FragmentWriter.scale(clock, to: lanes[index].timescale))
        }
        return []
    }

    private mutating func startPart(with frame: VideoFrame, at time: Int64, startsSegment: Bool) {
        clock = time
        start = PartStart(
            time: time, cameraTime: frame.decodeTime, startsSegment: startsSegment, independent: frame.isKeyframe,
            discontinuity: breaksNext)
        breaksNext = false
        if startsSegment { segmentStart = time }
    }

    /// Appends a frame whose duration is known now; cuts before it when it turned out too long for the part or the segment.
    private mutating func append(_ frame: VideoFrame, duration: Int64) -> [CutPart] {
        let tooLongForSegment = clock > segmentStart && clock - segmentStart + duration > policy.segmentMaximum
        if !samples.isEmpty, tooLongForSegment || clock - start.time + duration > policy.limit {
            finishPart(endsSegment: tooLongForSegment)
            startPart(with: frame, at: clock, startsSegment: tooLongForSegment)
        }
        // the first cut fixes PART-TARGET, perhaps below what this frame was allowed before
        let duration = min(duration, policy.limit)
        let offset = frame.presentationTime - (origin ?? 0) - clock
        samples.append(
            .init(
                duration: UInt32(duration), compositionOffset: Int32(truncatingIfNeeded: offset), isSync: frame.isKeyframe,
                payload: frame.payload))
        clock += duration
        return release()
    }

    private mutating func finishPart(endsSegment: Bool) {
        let duration = clock - start.time
        guard duration > 0, !samples.isEmpty || !hasVideo else { return }
        if policy.partTarget == nil {
            policy.fixPartTarget(frameTime: hasVideo ? frameTimes.median ?? duration : audioFrameTicks, first: duration)
        }
        sequence &+= 1
        waiting.append(WaitingPart(start: start, endsSegment: endsSegment, end: clock, sequence: sequence, samples: samples))
        samples.removeAll(keepingCapacity: true)
        start.time = clock
        start.discontinuity = false
    }

    /// Releases the parts whose sound has come. A single sound track beside the picture does not hold a part back: players wait for the later of the two
    /// themselves. Further tracks are renditions of their own; each must be as long as its part's DURATION (RFC 8216bis §4.4.4.9), and one
    /// that has no sound yet would have to be a GAP: so all wait for the latest, for `soundPatience` at most.
    private mutating func release(all: Bool = false) -> [CutPart] {
        var cuts: [CutPart] = []
        while let part = waiting.first {
            guard all || lanes.count < 2 || clock - part.end > Self.soundPatience || lanes.allSatisfy({ $0.readyEnd >= part.end }) else {
                break
            }
            waiting.removeFirst()
            cuts.append(write(part))
        }
        return cuts
    }

    private mutating func write(_ waiting: WaitingPart) -> CutPart {
        let start = waiting.start
        var runs = [[FragmentWriter.TrackRun]](repeating: [], count: max(1, lanes.count))
        if hasVideo {
            runs[0].append(.init(trackID: 1, baseDecodeTime: UInt64(bitPattern: start.time), samples: waiting.samples))
        }
        for index in lanes.indices {
            let end = FragmentWriter.scale(waiting.end, to: lanes[index].timescale)
            runs[index].append(lanes[index].take(before: end, trackID: hasVideo && index == 0 ? 2 : 1))
        }
        let duration = waiting.end - start.time
        let part = RelayedPart(
            startsSegment: start.startsSegment, endsSegment: waiting.endsSegment, independent: start.independent,
            discontinuity: start.discontinuity, decodeTime: start.time, duration: duration, partTarget: policy.partTarget ?? duration,
            programDateTime: 0, fragments: runs.map { FragmentWriter.write(sequence: waiting.sequence, runs: $0) })
        return CutPart(part: part, cameraTime: start.cameraTime)
    }

    // MARK: Sound alone

    private var audioFrameTicks: Int64 { lanes.first.map { 1_024 * 90_000 / Int64($0.timescale) } ?? 1_920 }

    private mutating func cutAudioOnly(frame: Int64) {
        let end = lanes[0].readyEnd
        let frameTicks = frame * 90_000 / Int64(lanes[0].timescale)
        let cut = policy.cut(inPart: end - start.time, inSegment: end - segmentStart, duration: frameTicks, isKeyframe: true)
        guard cut != .none, end > start.time else { return }
        clock = end
        finishPart(endsSegment: cut == .segment)
        start = PartStart(time: end, cameraTime: end + (origin ?? 0), startsSegment: cut == .segment)
        if cut == .segment { segmentStart = end }
    }

    private mutating func restartAudioOnly() {
        // the next frame opens the time line where this one ended
        start = PartStart(time: clock, startsSegment: true, discontinuity: breaksNext)
        segmentStart = clock
    }

    private mutating func clearLanes() { lanes.indices.forEach { lanes[$0].clear() } }
}

/// The median of the last frame times: one late frame or a burst does not move it.
package struct RecentMedian: Sendable {
    private var values: [Int64] = []
    private var next = 0
    private static let size = 25

    package init() {}

    package mutating func note(_ value: Int64) {
        if values.count < Self.size {
            values.append(value)
        } else {
            values[next] = value
            next = (next + 1) % Self.size
        }
    }

    package var median: Int64? {
        guard !values.isEmpty else { return nil }
        return values.sorted()[values.count / 2]
    }
}
