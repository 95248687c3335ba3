internal import CFFmpeg
import NIOCore

/// One relay: reads packets of a source, carries them through its `RelayPipeline` and sends what comes out to the daemon. One thread.
final class RelaySession {
    private let link: DaemonLink
    private let source: any PacketSource
    private let video: VideoTrack?
    private let audio: [AudioTrack]
    private let posters: PosterMaker?
    private let sendsFrames: Bool
    private var pipeline: RelayPipeline
    /// What was last sent to those who see single frames.
    private var picture: RenditionInitialization?

    init(source: any PacketSource, order: WorkerOrder, link: DaemonLink) throws {
        self.source = source
        self.link = link
        let tracks = source.tracks
        video = tracks.video.map { VideoTrack(codec: tracks.videoCodec ?? .h264, parameters: $0.parameters) }
        audio = try tracks.audio.map { try AudioTrack($0) }
        posters = tracks.video != nil && order.job == .relay ? PosterMaker(memoryLimit: order.memoryLimit) : nil
        sendsFrames = order.sendsFrames && tracks.video != nil
        pipeline = RelayPipeline(
            order, hasVideo: tracks.video != nil, frameRate: tracks.frameRate, soundRates: audio.map { $0.config?.sampleRate },
            isPaced: source.isPaced, at: Clock.steady())
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
        do {
            try relay(limit: limit)
        } catch {
            // what came before the failure is still shown
            try? finish()
            throw error
        }
        try finish()
    }

    private func relay(limit: Int64) throws {
        let packet = Packet()
        let beganAt = Clock.steady()
        while !link.turn(), Clock.steady() - beganAt < limit {
            if link.takeResume() { pipeline.resumeAtKeyframe(at: Clock.steady()) }
            if link.takePosterRequest() { posters?.renew() }
            switch try source.read(into: packet) {
            case .packet(let track):
                let now = Clock.now()
                if let track { try take(packet, track: track, at: now) }
                try advance(isDrained: false)
            case .nothing: try advance(isDrained: true)
            case .restarted: pipeline.expectJump()
            case .end: return
            }
        }
    }

    private func finish() throws {
        // what was held when the camera fell silent is old: the daemon has filled its time
        if link.takeResume() { pipeline.resumeAtKeyframe(at: Clock.steady()) }
        try perform(pipeline.beginAtEnd())
        try deliver(isEnding: true)
        try perform(pipeline.flush(at: Clock.now()))
        report()
    }

    // MARK: Packets in

    private func take(_ packet: borrowing Packet, track: Int, at now: Clock.Instant) throws {
        let size = Int(packet.pointer.pointee.size)
        pipeline.received(bytes: size, isCorrupt: packet.pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0, at: now)
        if track == 0, let video {
            try takePicture(packet, video: video, at: now)
        } else if track >= 1 {
            let sound = audio[track - 1]
            let frames = try sound.frames(from: packet)
            pipeline.sound(frames, track: track - 1, sampleRate: sound.config?.sampleRate, changed: sound.changed, at: now)
        }
    }

    private func takePicture(_ packet: borrowing Packet, video: VideoTrack, at now: Clock.Instant) throws {
        guard packet.pointer.pointee.size > 0, let base = source.tracks.video?.timeBase else { return }
        let unit = try video.unit(from: packet)
        guard unit.payload.readableBytes > 0 else { return }
        if unit.isKeyframe { posters?.offer(packet, parameters: video.parameters, arrival: now.steady) }
        try pipeline.picture(
            unit, decode: base.ticks(packet.pointer.pointee.dts), presentation: base.ticks(packet.pointer.pointee.pts), at: now)
    }

    // MARK: Parts out

    private func advance(isDrained: Bool) throws {
        try perform(pipeline.beginWhenReady(isDrained: isDrained))
        guard pipeline.hasBegun else { return }
        try deliver(isEnding: false)
        report()
    }

    /// Does what is due, and waits for a file's frames. Returns early when the daemon wants the worker to finish.
    private func deliver(isEnding: Bool) throws {
        while true {
            switch pipeline.next(isEnding: isEnding, at: Clock.now()) {
            case .read: return
            case .wait(let microseconds):
                if link.turn(waitMilliseconds: Int32(min(100, (microseconds + 999) / 1_000))) { return }
            case .perform(let actions): try perform(actions)
            }
        }
    }

    private func perform(_ actions: [RelayPipeline.Action]) throws {
        for action in actions {
            switch action {
            case .describe(let sound):
                link.send(.initialization(try initialization(sound: sound)))
                try describePicture()
            case .part(let part): link.send(.part(part))
            case .frame(let frame): link.send(.frame(frame))
            }
        }
    }

    private func report() {
        if let poster = posters?.take() { link.send(.poster(poster)) }
        let vitals = pipeline.vitals(brokenKeyframes: posters?.broken ?? 0, at: Clock.steady())
        if let vitals { link.vitals = vitals }
    }

    // MARK: Init segments

    /// Other sound changes nothing for those who see single frames.
    private func describePicture() throws {
        guard sendsFrames, let video else { return }
        let made = try RenditionInitialization.make(
            video: (video.parameters, video.codec), frameRate: pipeline.frameRate, audio: nil, language: "")
        guard made != picture else { return }
        picture = made
        link.send(.picture(made))
    }

    private func initialization(sound: [Int]) throws -> StreamInitialization {
        let outputs = sound.map { (audio[$0].outputParameters(), audio[$0].config, audio[$0].language) }
        var renditions: [RenditionInitialization] = []
        let first = outputs.first.flatMap { output in output.0.flatMap { parameters in output.1.map { (parameters, $0) } } }
        renditions.append(
            try .make(
                video: video.map { ($0.parameters, $0.codec) }, frameRate: video == nil ? 0 : pipeline.frameRate,
                audio: first.map { ($0.0, $0.1) }, language: outputs.first?.2 ?? ""))
        for output in outputs.dropFirst() {
            guard let parameters = output.0, let config = output.1 else { continue }
            renditions.append(try .make(video: nil, frameRate: 0, audio: (parameters, config), language: output.2))
        }
        return StreamInitialization(renditions: renditions)
    }
}
