import Testing

@testable import StreamRelay

/// A camera is cut and comes back, as a function of time: what viewers see meanwhile, and how the stream goes on.
@Suite struct `A camera that is lost and comes back` {
    enum Cut: CaseIterable {
        /// The connection breaks: the worker reports it and retries.
        case broken
        /// The connection stands and nothing comes: the worker notices after `InputDeadline.silenceLimit`.
        case frozen
    }

    private static let cases: [(cut: Cut, seconds: Double, card: Bool, other: Bool)] = Cut.allCases.flatMap { cut in
        [1.0, 10, 15, 60].flatMap { seconds in
            [false, true].flatMap { card in [false, true].map { (cut, seconds, card, $0) } }
        }
    }

    /// What was seen every tenth of a second.
    private struct Viewer {
        var harness: SupervisionHarness
        /// Seconds from the cut.
        var noticedAfter: Double?
        var longestWait = 0.0
        private var cutAt: Int64 = 0
        private var lastPartAt: Int64 = 0
        private var end: Int64 = 0

        init(card: Bool) throws {
            harness = try SupervisionHarness(SupervisionHarness.settings(slateOnLoss: card))
            try harness.start()
            if card { harness.cardArrives() }
            harness.open()
            for index in 0..<24 { part(starts: index % 4 == 0) }
            cutAt = harness.now.monotonic
            longestWait = 0
        }

        mutating func pass(_ seconds: Double) {
            for _ in 0..<Int((seconds * 10).rounded()) {
                harness.pass(0.1)
                harness.report(.heartbeat(WorkerVitals()))
                look()
            }
        }

        mutating func part(starts: Bool) {
            pass(0.5)
            harness.sendPart(starts: starts)
            look()
        }

        private mutating func look() {
            guard let window = harness.supervision.window else { return }
            let now = harness.now.monotonic
            if window.end != end {
                end = window.end
                lastPartAt = now
            }
            longestWait = max(longestWait, Double(now - lastPartAt) / 1e9)
            if cutAt > 0, noticedAfter == nil, harness.status.onAir != .camera { noticedAfter = Double(now - cutAt) / 1e9 }
        }
    }

    private func cut(_ cut: Cut, _ seconds: Double, _ viewer: inout Viewer) {
        let unreachable = RelayFailure(kind: .unreachable, message: "nobody there")
        switch cut {
        case .broken:
            viewer.harness.report(.failed(unreachable))
            viewer.harness.childExits()
            viewer.pass(seconds)
        case .frozen:
            let silence = Double(InputDeadline.silenceLimit) / 1e6
            viewer.pass(min(seconds, silence))
            guard seconds > silence else { return }
            viewer.harness.report(.failed(unreachable))
            viewer.harness.childExits()
            viewer.pass(seconds - silence)
        }
    }

    @Test(arguments: cases)
    func `the stream goes on without a hole, with what was to be shown meanwhile`(
        kind: Cut, seconds: Double, card: Bool, other: Bool
    ) throws {
        var viewer = try Viewer(card: card)
        let (before, restarts) = (viewer.harness.window.end, viewer.harness.status.workerStarts)
        cut(kind, seconds, &viewer)
        let isNewWorker = viewer.harness.status.workerStarts > restarts
        if isNewWorker { viewer.harness.open(other ? "other" : "camera") }
        for index in 0..<12 { viewer.part(starts: index % 4 == 0) }

        let status = viewer.harness.status
        #expect(status.state == .live && status.onAir == .camera && status.failure == nil)
        #expect(status.reconnects == (isNewWorker ? 1 : 0))
        #expect(status.workerStarts <= restarts + 1, "one worker does all the retries")
        #expect(card ? status.gapParts == 0 : status.slateParts == 0)
        if kind == .broken || seconds > 2 { #expect(card ? status.slateParts > 0 : status.gapParts > 0) }

        let segments = viewer.harness.window.segments
        for (segment, next) in zip(segments, segments.dropFirst()) { #expect(segment.end == next.start) }
        let isCut = status.gapParts + status.slateParts > 0
        #expect(segments.contains { $0.start >= before && $0.discontinuity } == isCut)
        let shown = try #require(segments.last?.initialization)
        let expected = SupervisionHarness.initialization(isNewWorker && other ? "other" : "camera")
        #expect(viewer.harness.window.initializations[shown] == expected, "other parameters bring a new map, the same ones do not")
        if !other { #expect(shown == 7) }
    }

    @Test(arguments: cases)
    func `a loss is shown within two seconds, and no viewer waits longer than that for a part`(
        kind: Cut, seconds: Double, card: Bool, other: Bool
    ) throws {
        var viewer = try Viewer(card: card)
        cut(kind, seconds, &viewer)
        if kind == .broken || seconds > 2 { #expect(try #require(viewer.noticedAfter) <= (kind == .broken ? 0.7 : 2)) }
        #expect(viewer.longestWait <= 2)
    }
}

@Suite struct `The pace of retries` {
    @Test func `a camera that is away for a day is tried every 4 to 5 s after its first minute`() {
        var backoff = Backoff(seed: 7)
        backoff.lost(at: 0, settled: true)
        var now = Int64.seconds(60)
        var tries = 0
        while now < .seconds(86_400) {
            now += backoff.delay(after: .unreachable, at: now)
            tries += 1
        }
        #expect((86_340 / 5...86_340 / 4 + 5).contains(tries))
    }

    @Test func `halls that lose their cameras together do not retry in step`() {
        let delays = (1...20).map { seed -> Int64 in
            var backoff = Backoff(seed: UInt64(seed))
            return backoff.delay(after: .unauthorized, at: 0)
        }
        #expect(Set(delays).count == 20)
        #expect(delays.max()! - delays.min()! > .seconds(0.3))
    }

    @Test(arguments: RelayFailure.Kind.allCases)
    func `a wrong password, and what is forbidden, is tried every 4 to 5 s at most, even when the stream was live a moment ago`(
        kind: RelayFailure.Kind
    ) {
        var backoff = Backoff(seed: 5)
        backoff.lost(at: 0, settled: true)
        let delay = backoff.delay(after: kind, at: .seconds(1))
        switch kind {
        case .unauthorized, .forbidden: #expect(delay >= .seconds(4) && delay <= .seconds(5))
        case .unreachable, .ended, .unusable: #expect(delay >= .seconds(0.25) && delay <= .seconds(0.4))
        case .worker: #expect(delay >= .seconds(0.2) && delay <= .seconds(0.25))
        }
    }
}
