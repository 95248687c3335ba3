import NIOCore

/// The operator's commands for a stream.
extension RelaySupervision {
    package mutating func start(_ now: Moment) throws(StreamCommandRefusal) -> [Action] {
        guard phase == .stopped else { throw .alreadyRunning(hall: hall) }
        var actions: [Action] = []
        phase = .running
        // The window that a stop left is dropped; its numbers go on.
        idleNumbers = numbers
        window = nil
        cameraInitialization = nil
        air = .nothing
        fillerDue = nil
        isCardOnAir = false
        composer = nil
        failure = nil
        wasLive = false
        forgetStill(now)
        counters.reconnects = 0
        backoff.forget()
        actions.append(reserve())
        if case .failed = card { card = .none }
        makeCard(&actions, now: now)
        if !waitsForPush { spawnCamera(&actions, now: now) }
        fill(&actions, now: now)
        settle(&actions, now: now)
        return actions
    }

    /// Asking again while it stops changes nothing; `.stopped` comes once.
    package mutating func stop(_ now: Moment) throws(StreamCommandRefusal) -> [Action] {
        switch phase {
        case .stopped: throw .notRunning(hall: hall)
        case .stopping: return []
        case .running: break
        }
        var actions: [Action] = []
        phase = .stopping(deadline: now.monotonic + Self.finishLimit)
        retryAt = nil
        fillerDue = nil
        if feedPeer != nil {
            feedPeer = nil
            actions.append(.disconnectEncoder)
        }
        if case .making(let id, _) = card {
            card = .none
            actions.append(.kill(.card, id: id))
        }
        if camera != nil { endWorker(&actions, now: now, gently: camera?.firstPartAt != nil) } else { finishStop(&actions, now: now) }
        settle(&actions, now: now)
        return actions
    }

    mutating func finishStop(_ actions: inout [Action], now: Moment) {
        phase = .stopped
        camera = nil
        retryAt = nil
        fillerDue = nil
        slateOn = false
        air = .nothing
        window?.finish()
        reservation = numbers
        if case .making(let id, _) = card {
            card = .none
            actions.append(.kill(.card, id: id))
        }
        if feedPeer != nil {
            feedPeer = nil
            actions.append(.disconnectEncoder)
        }
        actions += [.save(record(numbers)), .publish, .stopped]
    }

    /// A new worker at once; the playlist goes on without ENDLIST.
    package mutating func restart(_ now: Moment) throws(StreamCommandRefusal) -> [Action] {
        guard phase == .running else { throw .notRunning(hall: hall) }
        var actions: [Action] = []
        replaceCamera(&actions, now: now, gently: true)
        settle(&actions, now: now)
        return actions
    }

    private mutating func replaceCamera(_ actions: inout [Action], now: Moment, gently: Bool) {
        backoff.reset()
        if feedPeer != nil {
            feedPeer = nil
            actions.append(.disconnectEncoder)
        }
        guard let camera else {
            retryAt = nil
            if !waitsForPush { spawnCamera(&actions, now: now) }
            return
        }
        self.camera?.isReplaced = true
        endWorker(&actions, now: now, gently: gently && camera.firstPartAt != nil)
        self.camera?.isMuted = true
    }

    package mutating func setSlate(_ on: Bool, _ now: Moment) throws(StreamCommandRefusal) -> [Action] {
        guard phase == .running else { throw .notRunning(hall: hall) }
        guard slateOn != on else { return [] }
        slateOn = on
        return cardRequestChanged(on ? "the card goes on air" : "the camera comes back at its next keyframe", now)
    }

    package mutating func hide(_ now: Moment) throws(StreamCommandRefusal) -> [Action] {
        guard hiddenSince == nil else { throw .alreadyHidden(hall: hall) }
        hiddenSince = now.utc / 1000
        return cardRequestChanged("the sitting is hidden: what the camera sends is dropped", now)
    }

    package mutating func show(_ now: Moment) throws(StreamCommandRefusal) -> [Action] {
        guard hiddenSince != nil else { throw .notHidden(hall: hall) }
        hiddenSince = nil
        return cardRequestChanged("the sitting is shown again at the camera's next keyframe", now)
    }

    private mutating func cardRequestChanged(_ text: String, _ now: Moment) -> [Action] {
        forgetStill(now)
        var actions: [Action] = [.announce(text), .save(record(phase == .stopped ? numbers : reservation))]
        if phase == .running, wantsCard, case .failed(let reason) = card {
            actions.append(log(.error, "there is no card, GAP is on air instead: \(reason)"))
        }
        fill(&actions, now: now)
        if !wantsCard, camera != nil { actions.append(.send(.renewPoster)) }
        // Viewers must see the change even while the same filler goes on.
        if !actions.contains(.publish) { actions.append(.publish) }
        settle(&actions, now: now)
        return actions
    }

    /// Takes new settings: the worker begins anew only when they concern it; other targets begin a new life of the playlist.
    package mutating func update(_ new: StreamSettings, _ now: Moment) -> [Action] {
        let old = settings
        settings = new
        var actions: [Action] = []
        let isNewLife = old.partDuration != new.partDuration || old.segmentMaximum != new.segmentMaximum
        if isNewLife {
            idleNumbers = numbers
            window = nil
            targets = nil
            composer = nil
            air = .nothing
            fillerDue = nil
            isCardOnAir = false
            actions += [.save(record(phase == .stopped ? numbers : reservation)), .publish]
        }
        window?.length = Int64(new.liveWindow * 90_000)
        if old.camera != new.camera { forgetStill(now) }
        if old.slateImage != new.slateImage || old.language != new.language { renewCard(&actions, now: now) }
        let concernsWorker =
            isNewLife || old.camera != new.camera || old.segmentDuration != new.segmentDuration || old.captureDelay != new.captureDelay
            || old.workerMemory != new.workerMemory || old.picture != new.picture
        if phase == .running, concernsWorker {
            replaceCamera(&actions, now: now, gently: false)
            fill(&actions, now: now)
        }
        settle(&actions, now: now)
        return actions
    }

    private mutating func renewCard(_ actions: inout [Action], now: Moment) {
        if case .making(let id, _) = card { actions.append(.kill(.card, id: id)) }
        card = .none
        if phase == .running { makeCard(&actions, now: now) }
    }

    /// Releases a stopped stream's window; its numbers stay.
    package mutating func forget() {
        guard phase == .stopped else { return }
        idleNumbers = numbers
        window = nil
    }

    /// Answers viewers while there is no window: before the first part, or after it was released.
    package func answerWithoutWindow(_ name: LiveName) -> LiveAnswer {
        switch name {
        case .multivariant, .playlist: break
        case .initialization, .segment, .part, .poster:
            return .refused(LiveRequestRefusal(status: 404, reason: "there is no media under this name"))
        }
        switch state {
        case .starting, .waiting, .live: return .hold(limit: .seconds(5))
        case .lost:
            return .refused(LiveRequestRefusal(status: 503, reason: "the camera cannot be reached; the relay tries again", retryAfter: 2))
        case .stopped, .stopping: return .refused(LiveRequestRefusal(status: 404, reason: "the stream is not running"))
        }
    }

    // MARK: Status

    var state: StreamStatus.State {
        switch phase {
        case .stopped: .stopped
        case .stopping: .stopping
        case .running: runningState
        }
    }

    private var runningState: StreamStatus.State {
        if let camera, camera.firstPartAt != nil, camera.killAt == nil, !isOverdue { return .live }
        if waitsForPush, feedPeer == nil, failure == nil { return .waiting }
        return wasLive || failure != nil ? .lost : .starting
    }

    /// A live camera is silent: the filler has taken over without an operator's command.
    private var isOverdue: Bool { !wantsCard && fillerDue != nil && camera?.awaitsKeyframe == true && air != .camera }

    package func status(_ now: Moment) -> StreamStatus {
        var status = StreamStatus(
            hall: hall, state: state, onAir: air, camera: settings.camera.redacted,
            targetDuration: targets?.targetDuration ?? max(1, Int(settings.segmentMaximum.rounded(.up))), since: since)
        status.source = source
        status.vitals = vitals
        status.failure = failure
        status.failures = Dictionary(uniqueKeysWithValues: counters.failures.map { ($0.key.rawValue, $0.value) })
        status.reconnects = counters.reconnects
        status.retryIn = retryAt.map { Double(max(0, $0 - now.monotonic)) / 1e9 }
        status.mediaSequence = window?.segments.last?.mediaSequence ?? numbers.mediaSequence
        status.parts = counters.parts
        status.gapParts = counters.gapParts
        status.slateParts = counters.slateParts
        status.droppedParts = counters.droppedParts
        status.workerStarts = counters.workerStarts
        status.discontinuitySequence = numbers.discontinuity
        status.partTarget = targets.map { Double($0.partTarget) / 90_000 }
        if let window {
            status.windowSeconds = Double(window.segments.filter { !$0.parts.isEmpty }.reduce(0) { $0 + $1.duration }) / 90_000
            status.windowBytes = window.byteCount
        }
        status.slateOn = slateOn
        status.hiddenSince = hiddenSince
        status.workerPID = camera?.pid
        return status
    }
}
