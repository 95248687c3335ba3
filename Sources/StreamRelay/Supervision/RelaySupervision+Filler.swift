import NIOCore

/// What is on air instead of the camera: GAP, or the card.
extension RelaySupervision {
    /// Appends the filler parts that are due, paced by the clock at PART-TARGET.
    mutating func fill(_ actions: inout [Action], now: Moment) {
        guard phase == .running else { return }
        if wantsCard, fillerDue == nil { beginWantedCard(&actions, now: now) }
        guard var due = fillerDue, let targets else { return }
        if window == nil {
            guard wantsCard else { return }
            beginWindow(targets, firstDate: now.utc)
        }
        // After a pause of the whole machine, not every part of it is made up for.
        due = max(due, now.monotonic - 16 * .nanoseconds(ticks: targets.partTarget))
        while now.monotonic >= due {
            due += .nanoseconds(ticks: appendFiller(targets, due: now.utc - (now.monotonic - due) / 1000))
            if !actions.contains(.publish) { actions.append(.publish) }
        }
        fillerDue = due
    }

    /// The operator's card goes on air at once, even before a camera was ever seen: then PART-TARGET is that of 25 frames a second.
    private mutating func beginWantedCard(_ actions: inout [Action], now: Moment) {
        if targets == nil {
            let frames = max(1, (settings.partDuration * 25).rounded())
            fixTargets(partTarget: Int64(frames) * 3600 * 105 / 100, &actions)
        }
        if air == .camera { camera?.awaitsKeyframe = true }
        fillerDue = now.monotonic
    }

    /// - Parameter due: UTC microseconds at which the part is due; like a camera's, it shows the time before that.
    /// - Returns: the part's duration, 90 kHz ticks.
    private mutating func appendFiller(_ targets: LiveTargets, due: Int64) -> Int64 {
        // A card that is on air stays until the camera is back, though the operator no longer wants it.
        let showsCard = wantsCard || settings.slateOnLoss || isCardOnAir
        if showsCard, composer == nil, case .ready(let made) = card {
            composer = SlateComposer(card: made, targets: targets, segmentDuration: settings.segmentDuration)
        }
        let wasCard = isCardOnAir
        let wall = due - targets.partTarget * 100 / 9
        if showsCard, composer != nil {
            if !wasCard {
                composer?.rewind()
                if air != .nothing { window?.breakTimeline() }
            }
            isCardOnAir = true
            air = hiddenSince != nil ? .hidden : .slate
            return appendCard(date: wasCard ? fillerDate(wall, continues: true) : wall)
        }
        let startsSegment =
            wasCard || !(air == .gap || air == .hidden && !isCardOnAir) || fillerPartsInSegment >= gapPartsPerSegment(targets)
        let date = fillerDate(wall, continues: !wasCard && (air == .gap || air == .hidden))
        isCardOnAir = false
        air = hiddenSince != nil ? .hidden : .gap
        fillerPartsInSegment = startsSegment ? 1 : fillerPartsInSegment + 1
        let endsSegment = fillerPartsInSegment >= gapPartsPerSegment(targets)
        window?.appendGap(duration: targets.partTarget, startsSegment: startsSegment, endsSegment: endsSegment, date: date)
        counters.gapParts += 1
        return targets.partTarget
    }

    /// Dates go on from what is there; only when the clock has left them by five seconds (after a pause of the machine) they jump.
    /// A filler's first part ends now, never in the future, though it may overlap what was before it (§6.2.1 allows less than a second).
    private func fillerDate(_ wall: Int64, continues: Bool) -> Int64 {
        guard let end = window?.endDate, end > 0, abs(wall - end) < 5_000_000 else { return wall }
        return continues ? end : min(end, wall)
    }

    private mutating func appendCard(date: Int64) -> Int64 {
        let (time, sequence) = (numbers.timeline, numbers.fragment)
        guard let initialization = composer?.initialization, let part = composer?.next(at: time, sequence: sequence) else {
            preconditionFailure("a card is on air only when it is there")
        }
        window?.use(initialization)
        window?.append(
            fragments: [part.fragment], duration: part.duration, independent: part.startsSegment, startsSegment: part.startsSegment,
            endsSegment: part.endsSegment, discontinuity: false, date: date)
        counters.slateParts += 1
        return part.duration
    }

    private func gapPartsPerSegment(_ targets: LiveTargets) -> Int {
        max(1, Int(min(Int64(settings.segmentDuration * 90_000), targets.targetTicks) / targets.partTarget))
    }

    /// Fills a hole of the camera's own clock with gaps, in segments of their own.
    mutating func fillHole(_ hole: Int64, targets: LiveTargets) {
        var rest = hole
        var count = 0
        let perSegment = gapPartsPerSegment(targets)
        window?.closeSegment()
        while rest > 0 {
            let duration = min(rest, targets.partTarget)
            let date = window?.endDate ?? 0
            window?.appendGap(duration: duration, startsSegment: count % perSegment == 0, date: date)
            counters.gapParts += 1
            rest -= duration
            count += 1
        }
    }

    // MARK: The card

    /// Has the card made, once; again when its picture changed.
    mutating func makeCard(_ actions: inout [Action], now: Moment) {
        guard case .none = card else { return }
        nextID += 1
        card = .making(id: nextID, deadline: now.monotonic + Self.cardLimit)
        let order = WorkerOrder(
            job: .slate, address: "", segmentDuration: settings.segmentDuration, segmentMaximum: settings.segmentMaximum,
            partDuration: settings.partDuration, partTarget: nil, captureDelay: 0, memoryLimit: settings.workerMemory, resources: resources)
        actions.append(.spawn(.card, id: nextID, order))
    }

    /// Pictures the card may be made of, best first.
    package static func cardPictures(_ settings: StreamSettings, resources: String) -> [String] {
        let language = settings.language.lowercased()
        let short = language.split(separator: "-").first.map(String.init) ?? ""
        return (settings.slateImage.map { [$0] } ?? [])
            + [language, short, "en"].filter { !$0.isEmpty }.map { "\(resources)/card-\($0).png" }
    }

    mutating func cardReported(_ report: consuming WorkerReport, id: Int, _ actions: inout [Action]) {
        guard case .making(let making, _) = card, making == id else { return }
        switch consume report {
        case .slate(let made):
            cardStill = Still(made.still, takenAt: 0)
            card = .ready(made)
            composer = nil
        case .failed(let failure): cardFailed(failure.message, &actions)
        case .log(let line): actions.append(.log(line))
        case .opened, .initialization, .part, .picture, .frame, .poster, .heartbeat, .ended, .missed: return
        }
    }

    mutating func cardFailed(_ reason: String, _ actions: inout [Action]) {
        card = .failed(reason: reason)
        cardStill = nil
        actions.append(log(.error, "the card cannot be shown, GAP takes its place: \(reason)"))
    }
}
