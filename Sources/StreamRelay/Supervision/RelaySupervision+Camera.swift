import NIOCore

/// What follows from the relay worker: its start, its parts, its silence, its end.
extension RelaySupervision {
    mutating func spawnCamera(_ actions: inout [Action], now: Moment) {
        nextID += 1
        camera = Camera(id: nextID, pid: nil, lastReportAt: now.monotonic, orderedPartTarget: targets?.partTarget)
        counters.workerStarts += 1
        vitals = WorkerVitals()
        let order = WorkerOrder(
            job: .relay, address: settings.camera.raw, segmentDuration: settings.segmentDuration, segmentMaximum: settings.segmentMaximum,
            partDuration: settings.partDuration, partTarget: targets?.partTarget, captureDelay: settings.captureDelay,
            memoryLimit: settings.workerMemory, resources: resources, persistence: Double(backoff.recency(at: now.monotonic)) / 1e9,
            sendsFrames: settings.picture)
        actions.append(.spawn(.camera, id: nextID, order))
    }

    package mutating func spawned(_ role: Role, id: Int, pid: Int32) {
        if role == .camera, camera?.id == id { camera?.pid = pid }
    }

    package mutating func received(_ report: consuming WorkerReport, from role: Role, id: Int, now: Moment) -> [Action] {
        var actions: [Action] = []
        switch role {
        case .card: cardReported(consume report, id: id, &actions)
        case .camera:
            guard camera?.id == id else { return [] }
            camera?.lastReportAt = now.monotonic
            camera?.hasReported = true
            cameraReported(consume report, &actions, now: now)
        }
        settle(&actions, now: now)
        return actions
    }

    private mutating func cameraReported(_ report: consuming WorkerReport, _ actions: inout [Action], now: Moment) {
        switch consume report {
        case .opened(let description):
            source = description
            actions.append(.announce("the camera is open: \(Self.summary(description))"))
        case .initialization(let initialization):
            camera?.initialization = initialization
        case .part(let part):
            take(consume part, &actions, now: now)
        case .poster(let poster): take(poster)
        case .picture(let initialization): picture.describe(initialization)
        case .frame(let frame): take(frame, &actions, now: now)
        case .heartbeat(let vitals): self.vitals = vitals
        case .log(let line): actions.append(.log(line))
        case .failed(let failure): camera?.failure = failure
        case .missed(let failure): missed(failure, &actions)
        case .ended: camera?.ended = true
        case .slate: misbehaved("it sent a card while it relays", &actions, now: now)
        }
    }

    static func summary(_ source: SourceDescription) -> String {
        var facts = [source.format]
        if let video = source.video { facts.append("\(video.codec) \(video.width)×\(video.height)") }
        facts += source.audio.map { "\($0.codec) \($0.sampleRate) Hz\($0.transcodedBecause.map { " → AAC: \($0)" } ?? "")" }
        return (facts + source.ignored).joined(separator: ", ")
    }

    // MARK: Parts

    private mutating func take(_ part: consuming RelayedPart, _ actions: inout [Action], now: Moment) {
        guard phase != .stopped, let camera, !camera.isMuted else { return }
        guard let initialization = camera.initialization, part.fragments.count <= initialization.renditions.count else {
            return misbehaved("it sent a part before what describes it", &actions, now: now)
        }
        guard agreeOnTarget(part, &actions, now: now) else { return }
        arrived(part.duration, now: now)
        guard !wantsCard, let targets else {
            // A closed session: what comes is dropped here, before anything keeps it.
            self.camera?.awaitsKeyframe = true
            counters.droppedParts += 1
            return
        }
        if camera.awaitsKeyframe {
            guard part.startsSegment, part.independent else {
                counters.droppedParts += 1
                return
            }
            join(part, targets: targets, &actions, now: now)
        } else if camera.base + part.decodeTime != numbers.timeline || part.discontinuity {
            bridge(part, targets: targets)
        }
        cameraInitialization = initialization
        window?.use(initialization)
        append(consume part, initialization, &actions, now: now)
    }

    /// PART-TARGET is fixed by the first part of the stream's life; a worker that measured another one begins anew with ours.
    private mutating func agreeOnTarget(_ part: borrowing RelayedPart, _ actions: inout [Action], now: Moment) -> Bool {
        guard let targets else {
            fixTargets(partTarget: part.partTarget, &actions)
            return true
        }
        guard part.partTarget != targets.partTarget else { return true }
        if camera?.orderedPartTarget == nil {
            camera?.isReplaced = true
            endWorker(&actions, now: now, gently: false)
        } else {
            misbehaved("its parts follow another PART-TARGET than it was ordered to", &actions, now: now)
        }
        return false
    }

    mutating func fixTargets(partTarget: Int64, _ actions: inout [Action]) {
        targets = LiveTargets(targetDuration: max(1, Int(settings.segmentMaximum.rounded(.up))), partTarget: partTarget)
        actions.append(reserve())
    }

    private mutating func arrived(_ duration: Int64, now: Moment) {
        lastPartAt = now.monotonic
        lastPartDue = now.monotonic + .nanoseconds(ticks: duration)
        guard camera?.firstPartAt == nil else { return }
        camera?.firstPartAt = now.monotonic
        if wasLive { counters.reconnects += 1 }
        wasLive = true
        failure = nil
    }

    /// The camera comes on air, at the start or after a filler.
    private mutating func join(_ part: borrowing RelayedPart, targets: LiveTargets, _ actions: inout [Action], now: Moment) {
        if window == nil { beginWindow(targets, firstDate: part.programDateTime) }
        if air != .nothing { window?.breakTimeline() }
        camera?.awaitsKeyframe = false
        let base = numbers.timeline - part.decodeTime
        camera?.base = base
        fillerDue = nil
        isCardOnAir = false
        failure = nil
        if air != .camera { actions.append(.announce("the camera is on air")) }
        air = .camera
    }

    mutating func beginWindow(_ targets: LiveTargets, firstDate: Int64) {
        var fresh = LiveWindow(targets: targets, numbers: idleNumbers, length: Int64(settings.liveWindow * 90_000), continues: wasServed)
        fresh.begin(segmentDuration: Int64(settings.segmentDuration * 90_000), firstDate: firstDate)
        fresh.dateRanges = dateRanges
        window = fresh
        wasServed = true
    }

    /// The worker's timeline is broken: a hole becomes GAP, then the part follows a DISCONTINUITY.
    private mutating func bridge(_ part: borrowing RelayedPart, targets: LiveTargets) {
        let hole = (camera?.base ?? 0) + part.decodeTime - numbers.timeline
        if hole >= targets.partTarget / 10, hole <= Self.longestHole { fillHole(hole, targets: targets) }
        window?.breakTimeline()
        let base = numbers.timeline - part.decodeTime
        camera?.base = base
    }

    private mutating func append(
        _ part: consuming RelayedPart, _ initialization: StreamInitialization, _ actions: inout [Action], now: Moment
    ) {
        let (duration, independent) = (part.duration, part.independent)
        let (startsSegment, endsSegment) = (part.startsSegment, part.endsSegment)
        let date = part.programDateTime
        var fragments = (consume part).fragments
        let base = camera?.base ?? 0
        let sequence = UInt32(truncatingIfNeeded: numbers.fragment)
        for index in fragments.indices where fragments[index].readableBytes > 0 {
            let timescales = initialization.renditions[index].timescales
            guard FragmentWriter.rebase(&fragments[index], sequence: sequence, offset: base, timescales: timescales) else {
                return misbehaved("it sent a fragment that cannot be parsed", &actions, now: now)
            }
        }
        window?.append(
            fragments: fragments, duration: duration, independent: independent, startsSegment: startsSegment, endsSegment: endsSegment,
            discontinuity: false, date: date)
        counters.parts += 1
        actions.append(.publish)
    }

    // MARK: Silence and end

    /// Two PART-TARGETs and 0.2 s after a part was due, the camera counts as lost, though its worker lives.
    var stallDeadline: Int64? {
        guard phase == .running, air == .camera, fillerDue == nil, let targets, camera != nil else { return nil }
        return lastPartDue + 2 * .nanoseconds(ticks: targets.partTarget) + .seconds(0.2)
    }

    mutating func cameraStalled(_ actions: inout [Action], now: Moment) {
        let silence = "nothing has come from the camera for \((now.monotonic - lastPartDue) / 1_000_000) ms since it was due"
        failure = RelayFailure(kind: .unreachable, message: silence)
        counters.failures[.unreachable, default: 0] += 1
        actions.append(log(.warning, silence))
        loseCamera(now: now)
        actions.append(.send(.resumeAtKeyframe))
    }

    /// The filler goes on air from the end of the camera's last part.
    mutating func loseCamera(now: Moment) {
        camera?.awaitsKeyframe = true
        picture.lose()
        guard air == .camera, fillerDue == nil else { return }
        // A part is listed when its time has passed, so no date is in the future.
        fillerDue = lastPartAt + .nanoseconds(ticks: targets?.partTarget ?? 0)
    }

    mutating func misbehaved(_ what: String, _ actions: inout [Action], now: Moment) {
        camera?.failure = RelayFailure(kind: .worker, message: "the relay worker misbehaved: \(what)")
        endWorker(&actions, now: now, gently: false)
    }

    /// The worker's pipe carried bytes that are not a message.
    package mutating func garbled(_ fault: WireFault, from role: Role, id: Int, now: Moment) -> [Action] {
        var actions: [Action] = []
        switch role {
        case .camera where camera?.id == id: misbehaved(fault.description, &actions, now: now)
        case .card: actions.append(.kill(.card, id: id))
        default: return []
        }
        settle(&actions, now: now)
        return actions
    }

    /// Ends the worker; `exited` reports it.
    mutating func endWorker(_ actions: inout [Action], now: Moment, gently: Bool) {
        guard let camera else { return }
        if gently {
            actions.append(.send(.finish))
            self.camera?.killAt = now.monotonic + Self.finishLimit
        } else {
            self.camera?.isMuted = true
            self.camera?.killAt = now.monotonic + Self.finishLimit
            actions.append(.kill(.camera, id: camera.id))
        }
        if phase == .running { loseCamera(now: now) }
    }

    /// The worker's stdout has ended: nothing more will come, even if the process is still there.
    package mutating func closed(_ role: Role, id: Int, now: Moment) -> [Action] {
        guard role == .camera, camera?.id == id else { return [] }
        var actions: [Action] = []
        if camera?.killAt == nil { camera?.killAt = now.monotonic + Self.closeLimit }
        if phase == .running {
            loseCamera(now: now)
            fill(&actions, now: now)
        }
        settle(&actions, now: now)
        return actions
    }

    /// A child has exited. `code`: exit status, or minus the signal.
    package mutating func exited(_ role: Role, id: Int, code: Int32, now: Moment) -> [Action] {
        var actions: [Action] = []
        switch role {
        case .card:
            if case .making(let making, _) = card, making == id { cardFailed("its worker ended (\(Self.spell(code)))", &actions) }
        case .camera:
            guard let camera, camera.id == id else { return [] }
            self.camera = nil
            cameraExited(camera, code: code, &actions, now: now)
        }
        settle(&actions, now: now)
        return actions
    }

    private mutating func cameraExited(_ camera: Camera, code: Int32, _ actions: inout [Action], now: Moment) {
        guard phase == .running else { return finishStop(&actions, now: now) }
        loseCamera(now: now)
        if feedPeer != nil {
            feedPeer = nil
            actions.append(.disconnectEncoder)
        }
        if let firstPartAt = camera.firstPartAt {
            backoff.lost(at: now.monotonic, settled: now.monotonic - firstPartAt >= Self.settled)
        }
        if camera.isReplaced {
            if !waitsForPush { spawnCamera(&actions, now: now) }
        } else if camera.ended || camera.failure?.kind == .ended, settings.camera.scheme == .file {
            actions.append(.announce("the file has been played"))
            return finishStop(&actions, now: now)
        } else {
            failed(camera, code: code, &actions, now: now)
        }
        fill(&actions, now: now)
    }

    private mutating func failed(_ camera: Camera, code: Int32, _ actions: inout [Action], now: Moment) {
        let reason =
            camera.failure
            ?? (camera.ended
                ? RelayFailure(kind: .ended, message: "the camera ended the stream")
                : RelayFailure(kind: .worker, message: "the relay worker ended unexpectedly (\(Self.spell(code)))"))
        let isPushOver = waitsForPush && reason.kind == .ended
        guard !waitsForPush else {
            failure = isPushOver ? nil : reason
            if !isPushOver { counters.failures[reason.kind, default: 0] += 1 }
            actions.append(isPushOver ? .announce("the encoder has disconnected") : log(.warning, reason.message))
            return
        }
        retryAt = now.monotonic + backoff.delay(after: reason.kind, at: now.monotonic)
        missed(reason, &actions)
    }

    /// A try failed, and another one follows.
    private mutating func missed(_ reason: RelayFailure, _ actions: inout [Action]) {
        failure = reason
        counters.failures[reason.kind, default: 0] += 1
        // Without the seconds until the retry, which the status shows: so the lines of a night are equal, and the throttle counts them.
        actions.append(log(.warning, "\(reason.message); it is tried again"))
    }

    static func spell(_ code: Int32) -> String { code < 0 ? "signal \(-code)" : "status \(code)" }

    // MARK: Encoders that push

    /// An encoder has sent the right stream key. `false`: another one is sending, or the stream is not running.
    package mutating func pushBegan(from peer: String, now: Moment) -> (accepted: Bool, actions: [Action]) {
        guard phase == .running, waitsForPush, feedPeer == nil, camera == nil else { return (false, []) }
        var actions: [Action] = [.announce("an encoder pushes from \(peer)")]
        feedPeer = peer
        spawnCamera(&actions, now: now)
        settle(&actions, now: now)
        return (true, actions)
    }

    package mutating func pushEnded(now: Moment) -> [Action] {
        guard feedPeer != nil else { return [] }
        feedPeer = nil
        guard let camera, camera.killAt == nil else { return [] }
        self.camera?.killAt = now.monotonic + Self.finishLimit
        self.camera?.ended = true
        return [.send(.endOfFeed)]
    }
}
