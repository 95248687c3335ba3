import NIOCore
import Testing

@testable import StreamRelay

@Suite struct SupervisionTests {
    private func live(parts: Int = 9, _ settings: StreamSettings? = nil) throws -> SupervisionHarness {
        var harness = try SupervisionHarness(settings)
        try harness.start()
        harness.open()
        harness.stream(parts: parts)
        return harness
    }

    @Test func `a start makes the card and opens the camera, and nothing is on air before the first part`() throws {
        var harness = try SupervisionHarness()
        try harness.start()
        #expect(harness.spawned == [.card, .camera])
        #expect(harness.status.state == .starting)
        harness.open()
        #expect(harness.supervision.window == nil)
        #expect(harness.status.onAir == .nothing)
    }

    @Test func `the first part puts the camera on air behind seven gaps`() throws {
        let harness = try live(parts: 1)
        #expect(harness.status.state == .live)
        #expect(harness.status.onAir == .camera)
        #expect(harness.window.segments.count == 8)
        #expect(harness.playlist.components(separatedBy: "#EXT-X-GAP\n").count == 8)
        #expect(!harness.playlist.contains("#EXT-X-DISCONTINUITY\n"))
    }

    @Test func `a second start is refused and changes nothing`() throws {
        var harness = try live()
        let before = harness.window.numbers
        #expect(throws: StreamCommandRefusal.alreadyRunning(hall: "rada")) { try harness.start() }
        #expect(harness.window.numbers == before)
    }

    @Test func `parts before a keyframe are not shown`() throws {
        var harness = try SupervisionHarness()
        try harness.start()
        harness.open()
        harness.sendPart(starts: false)
        #expect(harness.supervision.window == nil)
        harness.sendPart(starts: true)
        #expect(harness.status.parts == 1)
    }

    // MARK: Loss

    @Test func `a dead worker becomes GAP within a part and is started again after a moment`() throws {
        var harness = try live()
        _ = harness.takeActions()
        harness.pass(0.1)
        harness.childExits()
        #expect(harness.status.state == .lost)
        harness.pass(0.5)
        #expect(harness.status.onAir == .gap)
        #expect(harness.status.gapParts >= 1)
        #expect(harness.spawned == [.camera])
        #expect(harness.playlist.contains("GAP=YES"))
    }

    @Test func `gaps keep pace with the clock`() throws {
        var harness = try live()
        harness.childExits()
        let end = harness.window.end
        harness.pass(60)
        let filled = Double(harness.window.end - end) / 90_000
        #expect(abs(filled - 60) < 1.1)
    }

    @Test func `a camera that is back begins at a keyframe, after a DISCONTINUITY, where the gaps ended`() throws {
        var harness = try live()
        harness.childExits()
        harness.pass(3)
        let end = harness.window.end
        harness.open()
        harness.sendPart(starts: false)
        #expect(harness.window.end == end)
        harness.sendPart(starts: true)
        let segment = harness.window.segments.last!
        #expect(segment.discontinuity)
        #expect(segment.start == end)
        #expect(segment.initialization == 7)
        #expect(harness.status.reconnects == 1)
        #expect(harness.status.state == .live)
        // tfdt is the timeline's, though the worker's clock began anew
        let fragment = segment.parts[0].fragments[0]
        #expect(fragment.getInteger(at: fragment.readerIndex + 24 + 36, as: Int64.self) == end)
    }

    @Test func `other parameters get another init, the same ones the same`() throws {
        var harness = try live()
        harness.childExits()
        harness.pass(1)
        harness.open("other")
        harness.sendPart(starts: true)
        #expect(harness.window.segments.last!.initialization == 8)
        harness.childExits()
        harness.pass(3)
        harness.open("camera")
        harness.sendPart(starts: true)
        #expect(harness.window.segments.last!.initialization == 7)
    }

    @Test func `a silent camera counts as lost two part targets and a fifth of a second after its part was due`() throws {
        var harness = try live()
        harness.pass(0.5 + 2 * 0.525 + 0.19)
        #expect(harness.status.onAir == .camera)
        harness.pass(0.02)
        #expect(harness.status.onAir == .gap)
        #expect(harness.actions.contains(.send(.resumeAtKeyframe)))
        #expect(harness.status.state == .lost)
        #expect(harness.status.failure?.kind == .unreachable)
        harness.report(.heartbeat(WorkerVitals()))
        harness.sendPart(starts: false)
        #expect(harness.status.onAir == .gap)
        harness.sendPart(starts: true, discontinuity: true)
        #expect(harness.status.onAir == .camera)
        #expect(harness.status.failure == nil)
    }

    @Test func `a hole in the camera's own clock becomes GAP, then DISCONTINUITY`() throws {
        var harness = try live()
        let before = harness.window.end
        harness.sendPart(starts: true, discontinuity: true, hole: 100_000)
        let segments = harness.window.segments.suffix(2)
        #expect(segments.first!.isGap(0))
        #expect(segments.first!.duration == 100_000)
        #expect(segments.last!.discontinuity)
        #expect(segments.last!.start == before + 100_000)
    }

    @Test(arguments: [-40_000_000, Int64(40_000_000)])
    func `a worker whose clock jumps goes on at the end of the time line`(jump: Int64) throws {
        var harness = try live()
        let before = harness.window.end
        harness.workerTime += 50_000_000
        harness.sendPart(starts: true, discontinuity: true, hole: jump)
        #expect(harness.window.segments.last!.start == before)
        #expect(harness.window.segments.last!.discontinuity)
    }

    @Test func `a worker that hangs is killed after five seconds and another one started`() throws {
        var harness = try live()
        _ = harness.takeActions()
        harness.pass(4.9)
        #expect(harness.killed.isEmpty)
        harness.pass(0.2)
        #expect(harness.killed == [.camera])
        harness.actions += harness.supervision.exited(.camera, id: harness.cameraID, code: -9, now: harness.now)
        #expect(harness.status.failure?.message.contains("no heartbeat for 5 s") == true)
        harness.pass(0.3)
        #expect(harness.spawned == [.camera])
    }

    @Test func `failures wait longer and longer, refusals at once the longest`() {
        var backoff = Backoff(seed: 1)
        let waits = (0..<8).map { _ in Double(backoff.delay(after: .unreachable, at: 0)) / 1e9 }
        for (wait, most) in zip(waits, [0.25, 0.5, 1, 2, 4, 5, 5, 5]) { #expect(wait <= most && wait >= most * 0.8) }
        var refused = Backoff(seed: 2)
        #expect(refused.delay(after: .unauthorized, at: 0) >= .seconds(4))
    }

    @Test func `for a minute after a stream was lost its camera is tried at a short pace`() {
        var backoff = Backoff(seed: 3)
        backoff.lost(at: 0, settled: true)
        for second in 0..<60 {
            let wait = backoff.delay(after: .unreachable, at: .seconds(Double(second)))
            #expect(wait >= .seconds(0.25) && wait <= .seconds(0.4))
        }
        #expect(backoff.delay(after: .unauthorized, at: 0) >= .seconds(4), "a camera that locks out is not retried quickly")
        #expect(backoff.recency(at: .seconds(60)) == 0)
        let waits = (0..<8).map { _ in backoff.delay(after: .unreachable, at: .seconds(61)) }
        #expect(waits.last! >= .seconds(4))
    }

    @Test func `the worker that follows a loss retries by itself, and each miss is reported and counted`() throws {
        var harness = try live(parts: 22)
        _ = harness.takeActions()
        harness.childExits()
        harness.pass(0.5)
        let order = harness.actions.compactMap { if case .spawn(.camera, _, let order) = $0 { order } else { nil } }.last
        #expect(order?.persistence ?? 0 > 59)
        for _ in 0..<3 { harness.report(.missed(RelayFailure(kind: .unreachable, message: "connection refused"))) }
        #expect(harness.status.state == .lost)
        #expect(harness.status.failure?.message == "connection refused")
        #expect(harness.status.failures["unreachable"] == 3)
        #expect(harness.spawned == [.camera], "one process, however often it retries")
        harness.open()
        harness.sendPart(starts: true)
        #expect(harness.status.state == .live)
        #expect(harness.status.failure == nil)
    }

    @Test func `a first start tries once, and a camera that never settles is retried at the short pace for one minute in all`() throws {
        var harness = try live(parts: 4)
        for _ in 0..<16 {
            harness.childExits()
            harness.pass(5)
            harness.open()
            harness.stream(parts: 2)
        }
        let persistence = harness.actions.compactMap { if case .spawn(.camera, _, let order) = $0 { order.persistence } else { nil } }
        #expect(persistence.first == 0)
        #expect(persistence.dropFirst().prefix(5).allSatisfy { $0 > 0 })
        #expect(persistence.suffix(3) == [0, 0, 0])
    }

    @Test func `ten seconds on air make failures forgotten`() throws {
        var harness = try SupervisionHarness()
        try harness.start()
        for _ in 0..<6 {
            harness.childExits()
            harness.pass(5)
        }
        #expect(harness.supervision.backoff.attempts == 6)
        harness.open()
        harness.stream(parts: 22)
        harness.childExits()
        #expect(harness.supervision.backoff.attempts == 1)
    }

    @Test func `a refusal is in the status until the camera is live`() throws {
        var harness = try SupervisionHarness()
        try harness.start()
        harness.report(.failed(RelayFailure(kind: .unauthorized, message: "wrong password")))
        harness.childExits()
        #expect(harness.status.state == .lost)
        #expect(harness.status.failure?.message == "wrong password")
        #expect(harness.status.retryIn ?? 0 >= 4)
        harness.pass(5)
        harness.open()
        harness.sendPart(starts: true)
        #expect(harness.status.failure == nil)
        #expect(harness.status.failures == ["unauthorized": 1])
    }

    @Test func `failures are counted by kind, and stay counted`() throws {
        var harness = try live()
        harness.pass(2)
        harness.childExits(-9)
        harness.pass(5)
        for kind in [RelayFailure.Kind.unusable, .unusable, .forbidden] {
            harness.report(.failed(RelayFailure(kind: kind, message: "no")))
            harness.childExits()
            harness.pass(5.1)
        }
        harness.open()
        harness.sendPart(starts: true)
        #expect(harness.status.failures == ["unreachable": 1, "worker": 1, "unusable": 2, "forbidden": 1])
    }

    @Test func `bytes that are not a message end the worker, not the stream`() throws {
        var harness = try live()
        harness.actions += harness.supervision.garbled(.badLength(0), from: .camera, id: harness.cameraID, now: harness.now)
        #expect(harness.killed == [.camera])
        harness.sendPart(starts: true)
        #expect(harness.status.parts == 9)
    }

    @Test func `a part before its description ends the worker`() throws {
        var harness = try SupervisionHarness()
        try harness.start()
        harness.sendPart(starts: true)
        #expect(harness.killed == [.camera])
    }

    @Test func `a file that was played once ends the stream`() throws {
        var harness = try live(parts: 5, SupervisionHarness.settings(camera: "/sitting.mp4?loop=no"))
        harness.report(.ended)
        harness.childExits(0)
        #expect(harness.status.state == .stopped)
        #expect(harness.playlist.hasSuffix("#EXT-X-ENDLIST\n"))
        #expect(harness.actions.contains(.stopped))
    }

    // MARK: Stop

    @Test func `a stop lets the worker flush, then ends the playlist`() throws {
        var harness = try live()
        _ = harness.takeActions()
        harness.actions = try harness.supervision.stop(harness.now)
        #expect(harness.actions.contains(.send(.finish)))
        #expect(harness.status.state == .stopping)
        harness.sendPart(starts: false)
        #expect(harness.status.parts == 10)
        harness.report(.ended)
        harness.childExits(0)
        #expect(harness.status.state == .stopped)
        #expect(harness.playlist.hasSuffix("#EXT-X-ENDLIST\n"))
        let saved = harness.actions.compactMap { if case .save(let record) = $0 { record } else { nil } }
        #expect(saved.last?.numbers == harness.window.numbers)
    }

    @Test func `a worker that does not exit is killed`() throws {
        var harness = try live()
        harness.actions = try harness.supervision.stop(harness.now)
        harness.pass(2)
        #expect(harness.killed.contains(.camera))
    }

    @Test func `a stop while starting ends at once`() throws {
        var harness = try SupervisionHarness()
        try harness.start()
        harness.actions = try harness.supervision.stop(harness.now)
        #expect(harness.killed.contains(.camera))
        harness.childExits(-9)
        #expect(harness.status.state == .stopped)
        #expect(harness.actions.contains(.stopped))
        #expect(throws: StreamCommandRefusal.notRunning(hall: "rada")) { try harness.supervision.stop(harness.now) }
    }

    @Test func `a start after a stop goes on counting, with DISCONTINUITY first`() throws {
        var harness = try live()
        _ = try harness.supervision.stop(harness.now)
        harness.childExits(0)
        let numbers = harness.window.numbers
        try harness.start()
        #expect(harness.supervision.window == nil)
        harness.open()
        harness.sendPart(starts: true)
        #expect(harness.window.segments.first!.mediaSequence == numbers.mediaSequence)
        #expect(harness.window.segments.first!.discontinuity)
        #expect(harness.window.segments.first!.start == numbers.timeline)
        #expect(harness.window.discontinuitySequence == numbers.discontinuity)
        #expect(harness.window.segments.last!.initialization == numbers.initialization)
    }

    @Test func `a restart has no ENDLIST and viewers stay`() throws {
        var harness = try live()
        harness.actions = try harness.supervision.restart(harness.now)
        harness.childExits(0)
        #expect(harness.spawned == [.camera])
        harness.pass(1)
        harness.open()
        harness.sendPart(starts: true)
        #expect(!harness.playlist.contains("ENDLIST"))
        #expect(harness.window.segments.last!.discontinuity)
        #expect(harness.status.onAir == .camera)
    }

    // MARK: The card

    @Test func `the card goes on air at once and the camera comes back at its keyframe`() throws {
        var harness = try live()
        harness.cardArrives()
        _ = harness.takeActions()
        harness.actions = try harness.supervision.setSlate(true, harness.now)
        #expect(harness.status.onAir == .slate)
        #expect(harness.actions.contains(.publish))
        #expect(harness.window.segments.last!.discontinuity)
        #expect(harness.window.segments.last!.initialization == 8)
        harness.stream(parts: 8)
        #expect(harness.status.parts == 9)
        #expect(harness.status.state == .live)
        _ = try harness.supervision.setSlate(false, harness.now)
        #expect(harness.status.onAir == .slate)
        harness.pass(0.5)
        harness.sendPart(starts: false)
        #expect(harness.status.onAir == .slate)
        harness.sendPart(starts: true)
        #expect(harness.status.onAir == .camera)
        #expect(harness.window.segments.last!.discontinuity)
        #expect(harness.window.segments.last!.initialization == 7)
    }

    @Test func `without a card GAP is on air and the log says why`() throws {
        var harness = try live()
        guard case .making(let id, _) = harness.supervision.card else { return }
        harness.actions = harness.supervision.exited(.card, id: id, code: 1, now: harness.now)
        harness.actions += try harness.supervision.setSlate(true, harness.now)
        #expect(harness.status.onAir == .gap)
        #expect(
            harness.actions.contains { if case .log(let line) = $0 { line.level == .error && line.text.contains("GAP") } else { false } })
    }

    @Test func `a loss shows the card where the settings ask for it`() throws {
        var harness = try live(SupervisionHarness.settings(slateOnLoss: true))
        harness.cardArrives()
        harness.childExits()
        harness.pass(1)
        #expect(harness.status.onAir == .slate)
        #expect(harness.status.gapParts == 0)
    }

    @Test func `a card that comes late takes over from GAP`() throws {
        var harness = try live(SupervisionHarness.settings(slateOnLoss: true))
        harness.childExits()
        harness.pass(1)
        #expect(harness.status.onAir == .gap)
        harness.cardArrives()
        harness.pass(1)
        #expect(harness.status.onAir == .slate)
    }

    @Test func `a closed session keeps nothing of what the camera sends`() throws {
        var harness = try live()
        harness.cardArrives()
        harness.actions = try harness.supervision.hide(harness.now)
        #expect(harness.status.onAir == .hidden)
        let camera = harness.window.segments.flatMap(\.parts).filter { $0.fragments.first?.readableBytes == 100 + 100 }.count
        let bytes = harness.status.parts
        harness.stream(parts: 20)
        #expect(harness.status.parts == bytes)
        #expect(harness.status.droppedParts == 20)
        #expect(harness.window.segments.flatMap(\.parts).filter { $0.fragments.first?.readableBytes == 200 }.count <= camera)
        #expect(throws: StreamCommandRefusal.alreadyHidden(hall: "rada")) { try harness.supervision.hide(harness.now) }
        _ = try harness.supervision.show(harness.now)
        harness.sendPart(starts: true)
        #expect(harness.status.onAir == .camera)
        #expect(harness.status.hiddenSince == nil)
    }

    @Test func `a closed session stays closed over a crash`() throws {
        var harness = try live()
        harness.actions = try harness.supervision.hide(harness.now)
        let saved = harness.actions.compactMap { if case .save(let record) = $0 { record } else { nil } }.last!
        var after = try SupervisionHarness(record: saved)
        try after.start()
        after.cardArrives()
        after.open()
        after.stream(parts: 8)
        #expect(after.status.onAir == .hidden)
        #expect(after.status.parts == 0)
        #expect(after.window.segments.first!.mediaSequence >= harness.window.numbers.mediaSequence)
        #expect(after.window.segments.first!.discontinuity)
    }

    @Test func `a card that is asked for before any camera fixes PART-TARGET for 25 frames a second`() throws {
        var harness = try SupervisionHarness()
        try harness.start()
        harness.cardArrives()
        harness.actions = try harness.supervision.setSlate(true, harness.now)
        #expect(harness.status.onAir == .slate)
        #expect(harness.supervision.targets?.partTarget == 49_140)
        // The worker measured another target meanwhile: it begins anew with ours.
        harness.open()
        harness.sendPart(starts: true)
        #expect(harness.killed == [.camera])
        harness.actions += harness.supervision.exited(.camera, id: harness.cameraID, code: -9, now: harness.now)
        let order = harness.actions.compactMap { if case .spawn(.camera, _, let order) = $0 { order } else { nil } }.last
        #expect(order?.partTarget == 49_140)
    }

    // MARK: Push

    @Test func `an encoder that pushes is waited for, relayed, and waited for again`() throws {
        var harness = try SupervisionHarness(SupervisionHarness.settings(camera: "rtmp-push:12345678"))
        try harness.start()
        #expect(harness.spawned == [.card])
        #expect(harness.status.state == .waiting)
        let first = harness.supervision.pushBegan(from: "10.0.0.9", now: harness.now)
        #expect(first.accepted)
        #expect(!harness.supervision.pushBegan(from: "10.0.0.8", now: harness.now).accepted)
        harness.open()
        harness.stream(parts: 4)
        #expect(harness.status.state == .live)
        #expect(harness.supervision.pushEnded(now: harness.now) == [.send(.endOfFeed)])
        harness.report(.ended)
        harness.childExits(0)
        harness.pass(1)
        #expect(harness.status.state == .waiting)
        #expect(harness.status.onAir == .gap)
        #expect(harness.status.failure == nil && harness.status.failures.isEmpty)
        #expect(harness.supervision.pushBegan(from: "10.0.0.9", now: harness.now).accepted)
    }

    @Test func `when a worker dies its encoder is disconnected`() throws {
        var harness = try SupervisionHarness(SupervisionHarness.settings(camera: "rtmp-push:12345678"))
        try harness.start()
        _ = harness.supervision.pushBegan(from: "10.0.0.9", now: harness.now)
        harness.childExits(-9)
        #expect(harness.actions.contains(.disconnectEncoder))
    }

    // MARK: Settings

    @Test func `a longer window needs no new worker, another camera does, other parts are a new life`() throws {
        var harness = try live()
        _ = harness.takeActions()
        harness.actions = try harness.supervision.update(SupervisionHarness.settings(liveWindow: 600), harness.now)
        #expect(harness.killed.isEmpty)
        harness.actions = try harness.supervision.update(
            SupervisionHarness.settings(camera: "rtsp://camera/2", liveWindow: 600), harness.now)
        #expect(harness.killed == [.camera])
        #expect(harness.supervision.targets != nil)
        harness.actions += harness.supervision.exited(.camera, id: harness.cameraID, code: -9, now: harness.now)
        let numbers = harness.window.numbers
        harness.actions = try harness.supervision.update(SupervisionHarness.settings(segmentMaximum: 6), harness.now)
        #expect(harness.supervision.targets == nil)
        harness.actions += harness.supervision.exited(.camera, id: harness.cameraID, code: -9, now: harness.now)
        harness.open()
        harness.sendPart(starts: true)
        #expect(harness.window.targets.targetDuration == 6)
        #expect(harness.window.segments.first!.mediaSequence == numbers.mediaSequence)
    }

    @Test func `numbers on disk are always ahead of those on air`() throws {
        var harness = try live(parts: 0)
        var saved = harness.actions.compactMap { if case .save(let record) = $0 { record.numbers } else { nil } }.last!
        for index in 0..<2000 {
            harness.pass(0.5)
            harness.sendPart(starts: index % 4 == 0)
            for case .save(let record) in harness.takeActions() { saved = record.numbers }
            let numbers = harness.window.numbers
            #expect(saved.mediaSequence > numbers.mediaSequence && saved.timeline > numbers.timeline && saved.fragment > numbers.fragment)
        }
    }

    @Test func `a part is moved in time without being copied`() throws {
        var harness = try live()
        var decoder = WorkerReportDecoder()
        let fragment = SupervisionHarness.fragment(at: harness.workerTime, duration: 45_000)
        let part = RelayedPart(
            startsSegment: true, independent: true, discontinuity: false, decodeTime: harness.workerTime, duration: 45_000,
            partTarget: 47_250, programDateTime: harness.now.utc, fragments: [fragment])
        for chunk in WorkerReport.part(part).encoded() { decoder.append(chunk) }
        var report = try decoder.next()
        var before: UnsafeRawPointer?
        if case .part(let part)? = report { before = part.fragments[0].withUnsafeReadableBytes { $0.baseAddress } }
        harness.actions = harness.supervision.received(report.take()!, from: .camera, id: harness.cameraID, now: harness.now)
        let after = harness.window.segments.last!.parts[0].fragments[0].withUnsafeReadableBytes { $0.baseAddress }
        #expect(before == after)
    }
}
