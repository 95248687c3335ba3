internal import CFFmpeg

/// A camera opened by libavformat: bounded, on allow-listed protocols and formats, with deadlines of our own.
final class CameraInput: PacketSource {
    private let address: CameraAddress
    private let plan: InputOptions
    private let watch: InputWatch
    private let link: DaemonLink
    private var context: UnsafeMutablePointer<AVFormatContext>?
    private var reader: UnsafeMutablePointer<AVIOContext>?

    private(set) var tracks = InputTracks()
    let format: String
    var isPaced: Bool { plan.isFile }

    /// Opens and probes; for `persistence` seconds again and again at a short pace, and reports each failure that is followed by another try.
    static func open(_ address: CameraAddress, persistence: Double, link: DaemonLink) throws -> CameraInput {
        var retries = ConnectionRetries(persistence: persistence, at: Clock.steady())
        while true {
            do {
                return try open(address, timeout: retries.timeout(at: Clock.steady()), link: link)
            } catch let failure as RelayFailure {
                guard !link.wantsFinish, !link.daemonIsGone,
                    let pause = retries.pause(after: failure.kind, at: Clock.steady(), jitter: .random(in: 0..<1))
                else { throw failure }
                link.send(.missed(failure))
                let next = Clock.steady() + pause
                while Clock.steady() < next, !link.turn(waitMilliseconds: 50) {}
            }
        }
    }

    /// RTSP is tried over TCP, then over UDP when the camera refuses TCP.
    private static func open(_ address: CameraAddress, timeout: Int64, link: DaemonLink) throws -> CameraInput {
        let fixed = address.raw.contains("transport=")
        do {
            return try CameraInput(address, plan: InputOptions(address), timeout: timeout, link: link)
        } catch let failure as RelayFailure
            where !fixed && (address.scheme == .rtsp || address.scheme == .rtsps) && failure.kind == .unusable
        {
            link.log(.info, "the camera refuses RTSP over TCP (\(failure.message)): trying UDP")
            return try CameraInput(address, plan: InputOptions(address, rtspTransport: "udp"), timeout: timeout, link: link)
        }
    }

    private init(_ address: CameraAddress, plan: InputOptions, timeout: Int64, link: DaemonLink) throws {
        self.address = address
        self.plan = plan
        self.link = link
        watch = InputWatch(
            link: link,
            deadline: InputDeadline(
                waitsForPeer: plan.listens || address.scheme == .rtmpPush,
                silence: address.scheme == .srt ? InputDeadline.silenceLimitOfSRT : InputDeadline.silenceLimit))
        guard let made = avformat_alloc_context() else { throw RelayFailure(kind: .worker, message: "out of memory for an input") }
        watch.observe(made)
        made.pointee.interrupt_callback = AVIOInterruptCB(
            callback: cameraInterrupt, opaque: Unmanaged.passUnretained(watch).toOpaque())
        if address.scheme == .rtmpPush {
            reader = cff_reader(Unmanaged.passUnretained(watch).toOpaque(), 32_768, cameraFeed)
            made.pointee.pb = reader
        }
        var options = Options(plan.options)
        context = made
        format = plan.format ?? "file"
        _ = LibavLog.takeErrors()
        watch.begin(limit: timeout)
        let began = Clock.steady()
        // on failure libavformat frees the context itself
        let opened = avformat_open_input(
            &context, plan.url ?? "", plan.format.flatMap { av_find_input_format($0) }, &options.dictionary)
        guard opened >= 0 else { throw failure(opened, attempt: "cannot open") }
        for key in options.leftover { link.log(.warning, "this libavformat does not know the option “\(key)”") }
        watch.begin()
        let connected = Clock.steady()
        try check(findStreams(), attempt: "cannot read")
        tracks = try InputProbe.tracks(of: context!, address: address)
        if watch.redirectedTo != nil { throw failure(CFF_ERROR_EXIT, attempt: "cannot open") }
        watch.opened()
        let known = Clock.steady()
        link.log(.debug, "connected in \((connected - began) / 1_000) ms, its tracks known \((known - connected) / 1_000) ms later")
    }

    /// Probing decodes pictures: none may be larger than what is relayed, or a few bytes that declare a huge size cost gigabytes and minutes.
    private func findStreams() -> Int32 {
        let count = Int(context?.pointee.nb_streams ?? 0)
        let side = Int(InputProbe.pictureLimit)
        var limits = [OpaquePointer?](repeating: nil, count: count)
        for index in limits.indices { av_dict_set_int(&limits[index], "max_pixels", Int64(side * side), 0) }
        defer { for index in limits.indices { av_dict_free(&limits[index]) } }
        return limits.withUnsafeMutableBufferPointer { avformat_find_stream_info(context, $0.baseAddress) }
    }

    deinit {
        avformat_close_input(&context)
        cff_free_reader(reader)
    }

    func read(into packet: borrowing Packet) throws -> ReadResult {
        av_packet_unref(packet.pointer)
        let code = av_read_frame(context, packet.pointer)
        if code >= 0 {
            watch.received()
            return .packet(track: tracks.index(ofStream: packet.pointer.pointee.stream_index))
        }
        if code == CFF_ERROR_EAGAIN {
            link.turn(waitMilliseconds: 10)
            return .nothing
        }
        if link.wantsFinish || link.daemonIsGone { return .end }
        if code == CFF_ERROR_EOF {
            guard plan.loops else { return .end }
            // before the first packet's time, which may be less than the start's: a seek into the first GOP would lose its keyframe
            let start = context.map { $0.pointee.start_time == CFF_NOPTS ? 0 : $0.pointee.start_time - 2_000_000 } ?? 0
            try check(avformat_seek_file(context, -1, .min, start, .max, 0), attempt: "cannot go back to the start of")
            return .restarted
        }
        throw failure(code, attempt: "lost")
    }

    private func check(_ code: Int32, attempt: String) throws {
        guard code < 0 else { return }
        throw failure(code, attempt: attempt)
    }

    private func failure(_ code: Int32, attempt: String) -> RelayFailure {
        InputFailure.describe(
            code: code, attempt: attempt, address: address, deadline: watch.deadline, redirectedTo: watch.redirectedTo,
            errors: LibavLog.takeErrors(), at: Clock.steady())
    }
}

/// libav's interrupt callback: the only way to end a blocking call. A C function, so it cannot be isolated to an actor.
private func cameraInterrupt(_ opaque: UnsafeMutableRawPointer?) -> Int32 {
    guard let opaque else { return 1 }
    return Unmanaged<InputWatch>.fromOpaque(opaque).takeUnretainedValue().isOver() ? 1 : 0
}

private func cameraFeed(_ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ size: Int32) -> Int32 {
    guard let opaque, let buffer else { return CFF_ERROR_EOF }
    let watch = Unmanaged<InputWatch>.fromOpaque(opaque).takeUnretainedValue()
    return watch.readFeed(into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(size)))
}
