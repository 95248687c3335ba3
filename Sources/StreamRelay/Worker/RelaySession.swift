internal import CFFmpeg
import NIOCore

/// The relay itself: packets of a source through repair, tracks and cut policy into parts for the daemon. One thread, one source.
final class RelaySession {
    /// 90 kHz ticks of a file that are read ahead of their time, so that every track shows itself before the first part.
    private static let readAhead: Int64 = 90_000
    /// The packets that waited while the input was probed are through when so many 90 kHz ticks took so many microseconds.
    private static let liveSpan: (media: Int64, wall: Int64) = (13_500, 120_000)
    /// Microseconds after which a source that bursts for ever is taken as it is.
    private static let livePatience: Int64 = 3_000_000
    /// 90 kHz ticks the first part may wait for a sound track that was announced and has not come.
    private static let soundPatience: Int64 = 63_000
    /// 90 kHz ticks without sound, beside a picture that goes on, after which the track is taken off: players stall on it.
    private static let soundLoss: Int64 = 180_000
    /// Frames that wait in the queue at most, whatever their times say.
    private static let queueLimit = 4_000
    /// Microseconds to wait for a keyframe.
    private static let keyframePatience: Int64 = 25_000_000

    private enum Incoming {
        case video(VideoFrame, changesParameters: Bool)
        case audio(track: Int, AudioFrame, time: Int64)
    }

    private let link: DaemonLink
    private let order: WorkerOrder
    private let source: any PacketSource
    private let video: VideoTrack?
    private let audio: [AudioTrack]
    private var repair: TimestampRepair
    private var assembler: PartAssembler
    /// Only where frames are asked for.
    private var frames: FrameCutter?
    private var picture: RenditionInitialization?
    private var clock: ProgramClock
    private var meter: RelayMeter
    private let posters: PosterMaker?

    private var queue: [Incoming] = []
    private var isPrimed = false
    /// When the first packets came, microseconds, and their times, 90 kHz ticks; of the picture, or of the sound when there is none.
    private var arrivals: [(wall: Int64, media: Int64)] = []
    /// Sound tracks that have sent something, and those that are in the init segment now.
    private var heard: [Bool]
    private var active: [Int] = []
    private var lastSound: [Int64]
    private var lastPicture: Int64 = 0
    private var rearrange = false
    private var beganAt = Clock.steady()
    private var sawKeyframe = false
    private var pace: (media: Int64, wall: Int64)?

    init(source: any PacketSource, order: WorkerOrder, link: DaemonLink) throws {
        self.source = source
        self.order = order
        self.link = link
        let tracks = source.tracks
        video = tracks.video.map { VideoTrack(codec: tracks.videoCodec ?? .h264, parameters: $0.parameters) }
        audio = try tracks.audio.map { try AudioTrack($0) }
        posters = tracks.video != nil && order.job == .relay ? PosterMaker(memoryLimit: order.memoryLimit) : nil
        repair = TimestampRepair(tracks: 1 + audio.count)
        clock = ProgramClock(captureDelay: order.captureDelay)
        heard = audio.map { _ in false }
        lastSound = audio.map { _ in 0 }
        assembler = PartAssembler(policy: Self.policy(order, partTarget: order.partTarget), hasVideo: video != nil, audioTimescales: [])
        if order.sendsFrames, video != nil { frames = FrameCutter(frameRate: tracks.frameRate) }
        meter = RelayMeter(frameRateHint: tracks.frameRate)
    }

    private static func policy(_ order: WorkerOrder, partTarget: Int64?) -> CutPolicy {
        CutPolicy(
            segmentDuration: order.segmentDuration, segmentMaximum: order.segmentMaximum, partDuration: order.partDuration,
            partTarget: partTarget)
    }

    /// What the source sends, for people.
    var description: SourceDescription {
        let tracks = source.tracks
        let picture = tracks.video.map { track -> SourceDescription.Video in
            let parameters = track.parameters.pointer.pointee
            let profile = avcodec_profile_name(parameters.codec_id, parameters.profile).map { String(cString: $0) } ?? ""
            return .init(
                codec: (tracks.videoCodec ?? .h264).rawValue, profile: profile, width: Int(parameters.width),
                height: Int(parameters.height),
                frameRate: tracks.frameRate, hasBFrames: parameters.video_delay > 0)
        }
        let sound = audio.map { track in
            SourceDescription.Audio(
                codec: track.codecName, sampleRate: track.sourceSampleRate, channels: track.sourceChannels, language: track.language,
                transcodedBecause: track.transcodedBecause)
        }
        return SourceDescription(format: source.format, video: picture, audio: sound, ignored: tracks.ignored)
    }

    // MARK: The loop

    /// Relays until the source ends, the daemon says finish, or something fails.
    /// - Parameter limit: microseconds after which to stop by itself, as for a probe.
    func run(limit: Int64 = .max) throws {
        link.send(.opened(description))
        beganAt = Clock.steady()
        do {
            try relay(limit: limit)
        } catch {
            // what came before the failure belongs to the viewers
            try? endOfSource()
            throw error
        }
        try endOfSource()
    }

    private func relay(limit: Int64) throws {
        let packet = Packet()
        while !link.turn(), Clock.steady() - beganAt < limit {
            if link.takeResume() { resume() }
            if link.takePosterRequest() { posters?.renew() }
            let result = try source.read(into: packet)
            switch result {
            case .packet(let track):
                let arrival = Clock.steady()
                if let track { try take(packet, track: track, arrival: arrival) }
                try settle(isLive: isLive)
            case .nothing: try settle(isLive: true)
            case .restarted: repair.expectLeap()
            case .end: return
            }
        }
    }

    private func endOfSource() throws {
        // What was held when the camera fell silent is old: the daemon has filled its time.
        if link.takeResume() { resume() }
        if !isPrimed, !queue.isEmpty { try prime() }
        try deliverQueue(all: true)
        emit(assembler.flush())
        report()
    }

    private func resume() {
        queue = []
        assembler.resumeAtKeyframe()
        sawKeyframe = false
        beganAt = Clock.steady()
    }

    // MARK: Packets in

    private func take(_ packet: borrowing Packet, track: Int, arrival: Int64) throws {
        meter.note(bytes: Int(packet.pointer.pointee.size), isCorrupt: packet.pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0, at: arrival)
        if track == 0, let video {
            try takePicture(packet, video: video, arrival: arrival)
        } else if track >= 1 {
            try takeSound(packet, index: track - 1, arrival: arrival)
        }
    }

    private func takePicture(_ packet: borrowing Packet, video: VideoTrack, arrival: Int64) throws {
        guard packet.pointer.pointee.size > 0, let base = source.tracks.video?.timeBase else { return }
        let unit = try video.unit(from: packet)
        guard unit.payload.readableBytes > 0 else { return }
        let times = repair.repair(
            track: 0, decode: base.ticks(packet.pointer.pointee.dts), presentation: base.ticks(packet.pointer.pointee.pts),
            duration: 0, arrival: arrival)
        meter.notePicture(at: arrival, decodeTime: times.decode, isKeyframe: unit.isKeyframe)
        sawKeyframe = sawKeyframe || unit.isKeyframe
        if unit.isKeyframe { posters?.offer(packet, parameters: video.parameters, arrival: arrival) }
        if !sawKeyframe, arrival - beganAt > Self.keyframePatience {
            throw RelayFailure(
                kind: .unusable,
                message:
                    "the picture came without a keyframe for \(Self.keyframePatience / 1_000_000) s: set the camera's keyframe interval (GOP) to 2 s"
            )
        }
        if !source.isPaced { clock.observe(time: microseconds(times.decode), arrival: Clock.wall()) }
        noteArrival(arrival, media: times.decode)
        let frame = VideoFrame(
            decodeTime: times.decode, presentationTime: times.presentation, isKeyframe: unit.isKeyframe, payload: unit.payload)
        queue.append(.video(frame, changesParameters: unit.changesParameters))
    }

    private func takeSound(_ packet: borrowing Packet, index: Int, arrival: Int64) throws {
        let track = audio[index]
        for frame in try track.frames(from: packet) {
            let rate = Int64(track.config?.sampleRate ?? 48_000)
            let times = repair.repair(
                track: index + 1, decode: frame.time, presentation: frame.time, duration: frame.samples * 90_000 / rate, arrival: arrival)
            if video == nil, index == 0 { noteArrival(arrival, media: times.decode) }
            if video == nil, index == 0, !source.isPaced { clock.observe(time: microseconds(times.decode), arrival: Clock.wall()) }
            meter.noteSound()
            queue.append(.audio(track: index, frame, time: times.decode))
        }
        if track.changed { rearrange = true }
    }

    private func microseconds(_ ticks: Int64) -> Int64 { ticks * 100 / 9 }

    // MARK: Parts out

    /// The camera's packets come at the pace of their times.
    private var isLive: Bool {
        guard let last = arrivals.last else { return false }
        if last.wall - beganAt > Self.livePatience { return true }
        guard let earlier = arrivals.last(where: { $0.media <= last.media - Self.liveSpan.media }) else { return false }
        return last.wall - earlier.wall >= Self.liveSpan.wall
    }

    private func noteArrival(_ wall: Int64, media: Int64) {
        guard !isPrimed, !source.isPaced else { return }
        arrivals.append((wall, media))
        if arrivals.count > 256 { arrivals.removeFirst(128) }
    }

    /// Decides after a read whether what is queued may go out.
    private func settle(isLive: @autoclosure () -> Bool) throws {
        if !isPrimed {
            let span = queueSpan
            let enough = source.isPaced ? span >= Self.readAhead : isLive()
            let soundMissing = audio.indices.contains { index in
                !queue.contains { if case .audio(index, _, _) = $0 { true } else { false } }
            }
            guard enough, !soundMissing || span >= Self.soundPatience, !queue.isEmpty else { return }
            try prime()
        }
        try deliverQueue(all: false)
        report()
    }

    /// 90 kHz ticks between the first and the last of the queue.
    private var queueSpan: Int64 {
        guard let first = queue.first, let last = queue.last else { return 0 }
        return time(of: last) - time(of: first)
    }

    private func time(of incoming: Incoming) -> Int64 {
        switch incoming {
        case .video(let frame, _): frame.decodeTime
        case .audio(_, _, let time): time
        }
    }

    private func prime() throws {
        isPrimed = true
        arrivals = []
        clock.settle()
        for case .audio(let index, _, let time) in queue {
            heard[index] = true
            lastSound[index] = time
        }
        try arrange()
    }

    private func deliverQueue(all: Bool) throws {
        var done = 0
        while done < queue.count {
            if source.isPaced {
                let ahead = time(of: queue[queue.count - 1]) - time(of: queue[done])
                guard all || ahead >= Self.readAhead || queue.count - done > Self.queueLimit else { break }
                if waitForPace(time(of: queue[done])) { break }
            }
            let next = queue[done]
            done += 1
            try deliver(next)
        }
        queue.removeFirst(min(done, queue.count))
    }

    /// Waits until a file's media time has come. `true`: leave.
    private func waitForPace(_ media: Int64) -> Bool {
        let now = Clock.steady()
        guard let begun = pace else {
            pace = (media, now)
            return false
        }
        let due = begun.wall + microseconds(media - begun.media)
        if now - due > 2_000_000 { pace = (media, now) }
        var left = due - now
        while left > 0 {
            if link.turn(waitMilliseconds: Int32(min(100, (left + 999) / 1_000))) { return true }
            left = due - Clock.steady()
        }
        return false
    }

    private func deliver(_ incoming: Incoming) throws {
        switch incoming {
        case .video(let frame, let changesParameters):
            if source.isPaced { clock.observe(time: microseconds(frame.decodeTime), arrival: Clock.wall()) }
            lastPicture = frame.decodeTime
            if frame.isKeyframe, changesParameters || needsRearranging { try rearrangeTracks() }
            let cuts = assembler.video(frame)
            sendNewestFrame()
            emit(cuts)
        case .audio(let index, let frame, let time):
            if source.isPaced, video == nil, index == 0 { clock.observe(time: microseconds(time), arrival: Clock.wall()) }
            heard[index] = true
            lastSound[index] = time
            if video == nil, needsRearranging { try rearrangeTracks() }
            guard let lane = active.firstIndex(of: index) else { return }
            emit(assembler.audio(lane: lane, time: time, samples: frame.samples, payload: frame.payload))
        }
    }

    // MARK: Which tracks are in the stream

    /// The sound tracks that can be in the init segment now.
    private var wanted: [Int] {
        audio.indices.filter { index in
            heard[index] && audio[index].config != nil && (video == nil || lastPicture - lastSound[index] < Self.soundLoss)
        }
    }

    private var needsRearranging: Bool { rearrange || wanted != active }

    private func rearrangeTracks() throws {
        emit(assembler.breakTimeline())
        try arrange()
    }

    /// Takes the tracks that are there into a new init segment and tells the daemon.
    private func arrange() throws {
        rearrange = false
        active = wanted
        let scales = active.compactMap { audio[$0].config?.sampleRate }
        _ = assembler.breakTimeline(audioTimescales: scales)
        link.send(.initialization(try initialization()))
        try describePicture()
    }

    /// Other sound changes nothing for those who see frames alone.
    private func describePicture() throws {
        guard frames != nil, let video else { return }
        let made = try RenditionInitialization.make(
            video: (video.parameters, video.codec), frameRate: meter.knownFrameRate, audio: nil, language: "")
        guard made != picture else { return }
        picture = made
        link.send(.picture(made))
    }

    private func initialization() throws -> StreamInitialization {
        let outputs = active.map { (audio[$0].outputParameters(), audio[$0].config, audio[$0].language) }
        var renditions: [RenditionInitialization] = []
        let first = outputs.first.flatMap { output in output.0.flatMap { parameters in output.1.map { (parameters, $0) } } }
        renditions.append(
            try .make(
                video: video.map { ($0.parameters, $0.codec) }, frameRate: video == nil ? 0 : meter.knownFrameRate,
                audio: first.map { ($0.0, $0.1) }, language: outputs.first?.2 ?? ""))
        for output in outputs.dropFirst() {
            guard let parameters = output.0, let config = output.1 else { continue }
            renditions.append(try .make(video: nil, frameRate: 0, audio: (parameters, config), language: output.2))
        }
        return StreamInitialization(renditions: renditions)
    }

    private func emit(_ cuts: [CutPart]) {
        for cut in cuts {
            var part = cut.part
            part.programDateTime = clock.programDateTime(of: microseconds(cut.cameraTime), now: Clock.wall())
            link.send(.part(part))
        }
    }

    /// Ahead of the part that it ends: whoever looks at single frames is in a hurry.
    private func sendNewestFrame() {
        guard frames != nil, let frame = assembler.newest, let cut = frames?.cut(frame) else { return }
        link.send(.frame(cut))
    }

    private func report() {
        if let poster = posters?.take() { link.send(.poster(poster)) }
        guard meter.isDue(at: Clock.steady()) else { return }
        link.vitals = meter.vitals(
            at: Clock.steady(), repaired: repair.repaired, leaps: repair.leaps, dropped: assembler.droppedFrames + assembler.audioDropped,
            brokenKeyframes: posters?.broken ?? 0, drift: clock.driftPPM, audioDrift: audioDrift)
    }

    private var audioDrift: Double {
        guard let lane = assembler.audioLanes.first, lane.carried > Int64(lane.timescale) * 10 else { return 0 }
        return Double(lane.slewed) / Double(lane.carried) * 1_000_000
    }
}
