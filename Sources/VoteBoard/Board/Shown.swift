import Commons

/// What has been shown to everybody, and what waits to be: bursts become one delta.
struct Shown: Sendable {
    let epoch: String
    private(set) var state: CouncilState
    private(set) var ring = DeltaRing()
    /// The sequence that the last published delta ends in.
    private(set) var published: Int64
    var observers: [Board.Observer] = []

    private var marks: RecentMarks
    private var view = PublicView()
    private var rendering: PublicView.Rendering
    private var what: [String] = []
    private var lastSteady: Int64?
    private var isScheduled = false

    init(epoch: String, state: CouncilState, marks: RecentMarks, now: UTCMilliseconds) {
        self.epoch = epoch
        self.state = state
        self.marks = marks
        published = state.sequence
        rendering = view.render(state, at: now)
    }

    /// Takes in what happened. Returns in how many milliseconds to publish, `nil` when that is arranged already.
    mutating func take(_ state: CouncilState, _ happened: [RecordedEvent], steady: Int64) -> Int64? {
        self.state = state
        marks.take(happened, state)
        what += happened.map(\.event.fact.type)
        guard !isScheduled else { return nil }
        isScheduled = true
        return lastSteady.map { max(0, $0 + Board.pace - steady) } ?? 0
    }

    /// The delta from what was published to the state; `nil` when nothing happened.
    mutating func publish(_ reading: ClockReading) -> EncodedMessage? {
        isScheduled = false
        let next = view.render(state, at: reading.wall)
        let patch = rendering.json.mergePatch(to: next.json)
        guard state.sequence > published || patch != nil else { return nil }
        // A new day alone has no event: such a delta leads from a sequence to itself and is not for those who come back.
        let at = state.sequence > published ? state.lastAt : reading.wall
        let message = DeltaMessage(
            epoch: epoch, after: published, sequence: state.sequence, at: at.value, what: Array(what.suffix(100)),
            patch: patch ?? .object([:])
        ).encoded
        if state.sequence > published { ring.append(message) } else { ring = DeltaRing() }
        rendering = next
        what = []
        published = state.sequence
        lastSteady = reading.steady
        return message
    }

    func marks(now: UTCMilliseconds) -> [SittingMark] { marks.marks(now: now) }

    func snapshot(now: UTCMilliseconds) -> EncodedMessage {
        SnapshotMessage(epoch: epoch, sequence: published, now: now.value, state: rendering.json).encoded
    }

    /// As above, for who reads it in this program.
    func publicState(now: UTCMilliseconds) -> SnapshotMessage<PublicState> {
        SnapshotMessage(epoch: epoch, sequence: published, now: now.value, state: rendering.value)
    }

    func tick(now: UTCMilliseconds) -> EncodedMessage {
        TickMessage(epoch: epoch, sequence: published, now: now.value).encoded
    }
}
