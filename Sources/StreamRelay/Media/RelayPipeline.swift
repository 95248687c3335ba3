import NIOCore

/// The relay as a function of frames and time: frames of a source in, parts and single frames out. No libav, no clock, no pipe.
///
/// Frames are repaired as they come and queued; the queue is held until `Preroll` lets the stream begin, and for a file until each frame's
/// time has come. What leaves the queue is cut into parts.
struct RelayPipeline {
    /// What the session does, in this order.
    enum Action: Equatable {
        /// Describe the picture and these sound tracks to the daemon (init segments): the parts that follow hold them.
        case describe(sound: [Int])
        case part(RelayedPart)
        case frame(RelayedFrame)
    }

    /// What to do with the head of the queue.
    enum Step: Equatable {
        /// Nothing is due before another packet comes.
        case read
        /// The file's next frame is due in so many microseconds.
        case wait(Int64)
        case perform([Action])
    }

    private enum Queued {
        case picture(VideoFrame, changesParameters: Bool)
        case sound(track: Int, AudioFrame, time: Int64)

        var time: Int64 {
            switch self {
            case .picture(let frame, _): frame.decodeTime
            case .sound(_, _, let time): time
            }
        }
    }

    /// Frames that wait in the queue of a file at most, whatever their times say.
    private static let queueLimit = 4_000

    private let hasVideo: Bool
    private let isPaced: Bool
    private var repair: TimestampRepair
    private var queue = CircularBuffer<Queued>()
    private var preroll: Preroll
    private var keyframes: KeyframeWait
    private var pacer = FilePacer()
    private var sound: SoundSelection
    private var assembler: PartAssembler
    /// Only where single frames are asked for.
    private var cutter: FrameCutter?
    private var programClock: ProgramClock
    private var meter: RelayMeter

    /// The first parts may be cut.
    private(set) var hasBegun = false

    /// - Parameters:
    ///   - frameRate: frames per second; 0 when the source does not say.
    ///   - soundRates: samples per second of each sound track; `nil` where the source has not said it yet.
    ///   - isPaced: a file, read in its own time.
    ///   - now: microseconds of the steady clock.
    init(_ order: WorkerOrder, hasVideo: Bool, frameRate: Double, soundRates: [Int?], isPaced: Bool, at now: Int64) {
        self.hasVideo = hasVideo
        self.isPaced = isPaced
        repair = TimestampRepair(tracks: 1 + soundRates.count)
        preroll = Preroll(isPaced: isPaced, at: now)
        keyframes = KeyframeWait(at: now)
        sound = SoundSelection(hasVideo: hasVideo, sampleRates: soundRates)
        let policy = CutPolicy(
            segmentDuration: order.segmentDuration, segmentMaximum: order.segmentMaximum, partDuration: order.partDuration,
            partTarget: order.partTarget)
        assembler = PartAssembler(policy: policy, hasVideo: hasVideo, audioTimescales: [])
        if order.sendsFrames, hasVideo { cutter = FrameCutter(frameRate: frameRate) }
        programClock = ProgramClock(captureDelay: order.captureDelay)
        meter = RelayMeter(frameRateHint: frameRate)
    }

    // MARK: Frames in

    mutating func received(bytes: Int, isCorrupt: Bool, at now: Clock.Instant) {
        meter.note(bytes: bytes, isCorrupt: isCorrupt, at: now.steady)
    }

    /// - Parameters:
    ///   - decode, presentation: 90 kHz ticks as the camera gave them; `nil` when missing.
    ///   - now: when its packet came.
    /// - Throws: when no keyframe has come for too long.
    mutating func picture(
        _ unit: VideoTrack.Unit, decode: Int64?, presentation: Int64?, at now: Clock.Instant
    ) throws(RelayFailure) {
        let times = repair.repair(track: 0, decode: decode, presentation: presentation, duration: 0, arrival: now.steady)
        meter.notePicture(at: now.steady, decodeTime: times.decode, isKeyframe: unit.isKeyframe)
        try keyframes.received(isKeyframe: unit.isKeyframe, at: now.steady)
        arrived(times.decode, at: now)
        let frame = VideoFrame(
            decodeTime: times.decode, presentationTime: times.presentation, isKeyframe: unit.isKeyframe, payload: unit.payload)
        queue.append(.picture(frame, changesParameters: unit.changesParameters))
    }

    /// Frames of a sound track, out of one packet.
    /// - Parameters:
    ///   - sampleRate: of the track as it is now; `nil` when the source has not said it yet.
    ///   - changed: its parameters are others than before.
    mutating func sound(_ frames: [AudioFrame], track: Int, sampleRate: Int?, changed: Bool, at now: Clock.Instant) {
        for frame in frames {
            let times = repair.repair(
                track: track + 1, decode: frame.time, presentation: frame.time,
                duration: frame.samples * 90_000 / Int64(sampleRate ?? 48_000), arrival: now.steady)
            if !hasVideo, track == 0 { arrived(times.decode, at: now) }
            meter.noteSound()
            queue.append(.sound(track: track, frame, time: times.decode))
        }
        sound.configure(track, sampleRate: sampleRate, changed: changed)
    }

    /// The looped file begins again from its start.
    mutating func expectJump() { repair.expectJump() }

    /// The daemon has filled the time with something else: drops what is held and goes on at the next keyframe.
    mutating func resumeAtKeyframe(at now: Int64) {
        queue.removeAll()
        assembler.resumeAtKeyframe()
        keyframes.restart(at: now)
        preroll.restart(at: now)
    }

    private mutating func arrived(_ media: Int64, at now: Clock.Instant) {
        guard !isPaced else { return }
        programClock.observe(time: Self.microseconds(media), arrival: now.wall)
        if !hasBegun { preroll.arrived(media, at: now.steady) }
    }

    private static func microseconds(_ ticks: Int64) -> Int64 { ticks * 100 / 9 }

    // MARK: Parts out

    /// Begins when the preroll is over.
    /// - Parameter isDrained: the source has no packet ready.
    mutating func beginWhenReady(isDrained: Bool) -> [Action] {
        guard !hasBegun, let first = queue.first, let last = queue.last else { return [] }
        let span = last.time - first.time
        guard preroll.isOver(span: span, soundIsMissing: soundIsMissing, isDrained: isDrained) else { return [] }
        return begin()
    }

    private var soundIsMissing: Bool {
        sound.tracks.contains { track in
            !queue.contains { if case .sound(track, _, _) = $0 { true } else { false } }
        }
    }

    private mutating func begin() -> [Action] {
        hasBegun = true
        programClock.settle()
        for case .sound(let track, _, let time) in queue { sound.sound(track, at: time) }
        return [describe()]
    }

    /// What is to be done next with the queue.
    /// - Parameter isEnding: a file's last frames go out without others behind them.
    mutating func next(isEnding: Bool = false, at now: Clock.Instant) -> Step {
        guard hasBegun, let first = queue.first, let last = queue.last else { return .read }
        if isPaced {
            guard isEnding || last.time - first.time >= Preroll.readAhead || queue.count > Self.queueLimit else { return .read }
            let wait = pacer.wait(for: first.time, at: now.steady)
            if wait > 0 { return .wait(wait) }
        }
        queue.removeFirst()
        return .perform(deliver(first, at: now))
    }

    /// The source has ended: begins with what there is, if need be; to be followed by `next(isEnding:)` and `flush`.
    mutating func beginAtEnd() -> [Action] { hasBegun || queue.isEmpty ? [] : begin() }

    /// The frames that were held back for their durations.
    mutating func flush(at now: Clock.Instant) -> [Action] {
        let cuts = assembler.flush()
        return dated(cuts, at: now)
    }

    private mutating func deliver(_ queued: Queued, at now: Clock.Instant) -> [Action] {
        switch queued {
        case .picture(let frame, let changesParameters):
            if isPaced { programClock.observe(time: Self.microseconds(frame.decodeTime), arrival: now.wall) }
            sound.picture(at: frame.decodeTime)
            var actions: [Action] = []
            if frame.isKeyframe, changesParameters || sound.isStale { actions = rearrange(at: now) }
            let cuts = assembler.video(frame)
            // ahead of the part that it ends: single frames are for those who cannot wait
            if cutter != nil, let newest = assembler.newest, let cut = cutter?.cut(newest) { actions.append(.frame(cut)) }
            return actions + dated(cuts, at: now)
        case .sound(let track, let frame, let time):
            if isPaced, !hasVideo, track == 0 { programClock.observe(time: Self.microseconds(time), arrival: now.wall) }
            sound.sound(track, at: time)
            let actions = !hasVideo && sound.isStale ? rearrange(at: now) : []
            guard let lane = sound.active.firstIndex(of: track) else { return actions }
            let cuts = assembler.audio(lane: lane, time: time, samples: frame.samples, payload: frame.payload)
            return actions + dated(cuts, at: now)
        }
    }

    /// Ends the time line and begins another one with the tracks that send now.
    private mutating func rearrange(at now: Clock.Instant) -> [Action] {
        let cuts = assembler.breakTimeline()
        return dated(cuts, at: now) + [describe()]
    }

    private mutating func describe() -> Action {
        _ = assembler.breakTimeline(audioTimescales: sound.renew())
        return .describe(sound: sound.active)
    }

    private func dated(_ cuts: [CutPart], at now: Clock.Instant) -> [Action] {
        cuts.map { cut in
            var part = cut.part
            part.programDateTime = programClock.programDateTime(of: Self.microseconds(cut.cameraTime), now: now.wall)
            return .part(part)
        }
    }

    // MARK: Figures

    /// Frames per second: what the source says of itself, else what was counted.
    var frameRate: Double { meter.knownFrameRate }

    /// What the next heartbeat says; `nil` while the last is recent enough.
    mutating func vitals(brokenKeyframes: Int, at now: Int64) -> WorkerVitals? {
        guard meter.isDue(at: now) else { return nil }
        return meter.vitals(
            at: now, repaired: repair.repaired, jumps: repair.jumps, dropped: assembler.droppedFrames + assembler.audioDropped,
            brokenKeyframes: brokenKeyframes, drift: programClock.driftPPM, audioDrift: audioDrift)
    }

    private var audioDrift: Double {
        guard let lane = assembler.audioLanes.first, lane.carried > Int64(lane.timescale) * 10 else { return 0 }
        return Double(lane.slewed) / Double(lane.carried) * 1_000_000
    }
}
