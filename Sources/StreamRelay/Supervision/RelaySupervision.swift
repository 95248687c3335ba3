import NIOCore

/// The rules of one hall's stream, as a state machine: events in, actions out; no thread, no process, no clock.
///
/// It owns the live window, so that every part, filler and number has one place where it is decided. `RelaySupervision+Camera` holds
/// what follows from the worker, `+Filler` what is shown instead, `+Commands` what the operator asks.
package struct RelaySupervision: Sendable {
    /// The two children a hall may have.
    package enum Role: Sendable, Equatable { case camera, card }

    package enum Action: Sendable, Equatable {
        case spawn(Role, id: Int, WorkerOrder)
        /// To the camera's worker.
        case send(WorkerCommand)
        case kill(Role, id: Int)
        /// Notify the observers: the window or the state has changed.
        case publish
        /// Send to the viewers of single frames.
        case picture(PictureUpdate)
        /// Before anything after it in the list is published.
        case save(HallRecord)
        /// The encoder that pushes is no longer accepted.
        case disconnectEncoder
        /// A log line that may repeat without end: it is written once and counted.
        case log(WorkerLogLine)
        /// A log line about a change in the stream's life: always written.
        case announce(String)
        /// The stream has ended; nothing will follow before the next start.
        case stopped
    }

    enum Phase: Equatable {
        case stopped, running
        /// Kill the worker when `deadline` (monotonic) has passed.
        case stopping(deadline: Int64)
    }

    /// The relay worker, as its last report described it.
    struct Camera {
        var id: Int
        var pid: Int32?
        /// Monotonic, of the last report.
        var lastReportAt: Int64
        /// From its first report on its silence is a hang.
        var hasReported = false
        var orderedPartTarget: Int64?
        var firstPartAt: Int64?
        var initialization: StreamInitialization?
        /// Added to the worker's decode times, 90 kHz ticks.
        var base: Int64 = 0
        /// Drop its parts until one starts a segment with a keyframe.
        var awaitsKeyframe = true
        /// Its stdout has ended or it was ordered to finish: kill it at this moment.
        var killAt: Int64?
        /// A new one follows at once, and this one's exit is not a failure.
        var isReplaced = false
        /// Its further reports are ignored.
        var isMuted = false
        var failure: RelayFailure?
        var ended = false

        var silenceLimit: Int64 { hasReported ? heartbeatLimit : startupLimit }
        var silenceDeadline: Int64 { lastReportAt + silenceLimit }
    }

    enum Card {
        case none
        case making(id: Int, deadline: Int64)
        case ready(SlateCard)
        case failed(reason: String)
    }

    /// After so long on air the failures before it no longer count.
    static let settled = Int64.seconds(10)
    /// A worker that sends no report for so long has hung.
    static let heartbeatLimit = Int64.seconds(5)
    /// Before its first report: on a busy machine a process may be slow to start.
    static let startupLimit = Int64.seconds(15)
    static let finishLimit = Int64.seconds(2)
    static let closeLimit = Int64.seconds(1)
    static let cardLimit = Int64.seconds(30)
    /// Longer holes of the camera's clock are not filled.
    static let longestHole: Int64 = 30 * 90_000

    package let hall: String
    package internal(set) var settings: StreamSettings
    let resources: String

    var phase = Phase.stopped
    package internal(set) var window: LiveWindow?
    /// The sitting's marks on the stream; they outlive the window.
    package var dateRanges: [DateRange] = [] { didSet { window?.dateRanges = dateRanges } }
    /// While there is no window.
    var idleNumbers: LiveNumbers
    var targets: LiveTargets?
    /// The numbers that are on disk.
    var reservation: LiveNumbers
    var wasServed: Bool

    var camera: Camera?
    var nextID = 0
    var backoff: Backoff
    var retryAt: Int64?
    var feedPeer: String?
    /// The camera's last initialization: what the multivariant playlist describes, whatever is on air.
    package internal(set) var cameraInitialization: StreamInitialization?
    /// Monotonic; when the camera's last part came and when the next was due.
    var lastPartAt: Int64 = 0
    var lastPartDue: Int64 = 0

    var card = Card.none
    var composer: SlateComposer?
    var air = StreamStatus.OnAir.nothing
    /// When the next filler part is due (monotonic); `nil` while the camera is on air.
    var fillerDue: Int64?
    var fillerPartsInSegment = 0
    /// The filler on air is the card, not GAP.
    var isCardOnAir = false
    var slateOn: Bool
    var hiddenSince: Int64?
    /// Of the camera, and of the card.
    var still: Still?
    var cardStill: Still?
    /// Monotonic: no still of an earlier frame is taken.
    var stillsFrom = Int64.min
    /// Monotonic: since when a request waits for a newer one, and when the worker was asked for it.
    var stillWantedSince: Int64?
    var stillAskedAt: Int64?

    /// The picture frame by frame, where the hall's settings want it.
    package internal(set) var picture = PictureLine()

    var wasLive = false
    var source: SourceDescription?
    var vitals = WorkerVitals()
    var failure: RelayFailure?
    var since: Int64
    var shownState = StreamStatus.State.stopped
    var counters = RelayCounters()

    /// - Parameters:
    ///   - resources: folder of the shipped pictures.
    ///   - seed: for the backoff's jitter.
    package init(settings: StreamSettings, record: HallRecord, resources: String, now: Moment, seed: UInt64) {
        hall = settings.hall
        self.settings = settings
        self.resources = resources
        idleNumbers = record.numbers
        reservation = record.numbers
        targets = record.targets
        wasServed = record.wasServed
        slateOn = record.slateOn
        hiddenSince = record.hiddenSince
        backoff = Backoff(seed: seed)
        since = now.utc / 1000
        // Other settings make other targets: a new life, in which the numbers go on.
        if record.partDuration != settings.partDuration || record.segmentMaximum != settings.segmentMaximum { targets = nil }
    }

    var numbers: LiveNumbers { window?.numbers ?? idleNumbers }
    /// The operator wants the card instead of the camera.
    var wantsCard: Bool { slateOn || hiddenSince != nil }
    var waitsForPush: Bool { settings.camera.scheme == .rtmpPush }

    package var isStopped: Bool { phase == .stopped }

    /// What the record on disk must say now.
    func record(_ numbers: LiveNumbers) -> HallRecord {
        HallRecord(
            numbers: numbers, targets: targets, partDuration: settings.partDuration, segmentMaximum: settings.segmentMaximum,
            hiddenSince: hiddenSince, slateOn: slateOn, wasServed: wasServed || phase != .stopped)
    }

    mutating func reserve() -> Action {
        reservation = numbers.reserved
        return .save(record(reservation))
    }

    func log(_ level: WorkerLogLine.Level, _ text: String) -> Action { .log(WorkerLogLine(level: level, text: text)) }

    /// Ends every event: publishes a change of state, renews the reservation.
    mutating func settle(_ actions: inout [Action], now: Moment) {
        let state = state
        if state != shownState {
            shownState = state
            since = now.utc / 1000
            if !actions.contains(.publish) { actions.append(.publish) }
        }
        if phase != .stopped, numbers.isHalfThrough(reservation) { actions.append(reserve()) }
        settlePicture(&actions)
    }

    /// When `tick` must be called next (monotonic), whatever else happens.
    package var nextDeadline: Int64? {
        var deadlines: [Int64?] = [retryAt, fillerDue, stallDeadline]
        if case .stopping(let deadline) = phase { deadlines.append(deadline) }
        if let camera { deadlines.append(camera.killAt ?? camera.silenceDeadline) }
        if case .making(_, let deadline) = card { deadlines.append(deadline) }
        return deadlines.compactMap { $0 }.min()
    }

    /// Time has passed.
    package mutating func tick(_ now: Moment) -> [Action] {
        var actions: [Action] = []
        watchChildren(&actions, now: now)
        if let retryAt, now.monotonic >= retryAt, phase == .running, camera == nil {
            self.retryAt = nil
            spawnCamera(&actions, now: now)
        }
        if let stallDeadline, now.monotonic >= stallDeadline { cameraStalled(&actions, now: now) }
        fill(&actions, now: now)
        settle(&actions, now: now)
        return actions
    }

    private mutating func watchChildren(_ actions: inout [Action], now: Moment) {
        if case .making(let id, let deadline) = card, now.monotonic >= deadline {
            cardFailed("it was not made within 30 s", &actions)
            actions.append(.kill(.card, id: id))
        }
        if case .stopping(let deadline) = phase, now.monotonic >= deadline, let camera {
            actions.append(.kill(.camera, id: camera.id))
            phase = .stopping(deadline: now.monotonic + Self.finishLimit)
        }
        guard let camera else { return }
        if let killAt = camera.killAt {
            guard now.monotonic >= killAt else { return }
            actions.append(.kill(.camera, id: camera.id))
            self.camera?.killAt = now.monotonic + Self.finishLimit
        } else if now.monotonic >= camera.silenceDeadline {
            let silence = camera.silenceLimit / 1_000_000_000
            self.camera?.failure = RelayFailure(
                kind: .worker, message: "the relay worker sent no heartbeat for \(silence) s and was killed")
            endWorker(&actions, now: now, gently: false)
        }
    }
}

/// What was counted since the daemon began.
package struct RelayCounters: Sendable, Equatable {
    package var parts = 0
    package var gapParts = 0
    package var slateParts = 0
    package var droppedParts = 0
    package var reconnects = 0
    package var workerStarts = 0
    package var failures: [RelayFailure.Kind: Int] = [:]
}
