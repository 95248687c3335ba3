/// A hall's stream at a moment, as CLI, metrics and pages show it.
public struct StreamStatus: Sendable, Equatable, Codable {
    public enum State: String, Sendable, Codable {
        case stopped, starting
        /// Waits for an encoder to push.
        case waiting
        case live
        /// The camera is lost; GAP or the card is on air and the relay tries again.
        case lost
        case stopping
    }
    /// What the viewers see.
    public enum OnAir: String, Sendable, Codable { case nothing, camera, gap, slate, hidden }

    public var hall: String
    public var state: State
    public var onAir: OnAir
    /// Without secrets.
    public var camera: String
    public var source: SourceDescription?
    public var vitals: WorkerVitals
    /// UTC milliseconds of the last change of state.
    public var since: Int64
    /// The last failure, until the stream is live again.
    public var failure: RelayFailure?
    /// How often the stream failed since the daemon began, by `RelayFailure.Kind`; a kind that has not occurred is absent.
    public var failures: [String: Int]
    /// How often the camera was reached again since the stream was started.
    public var reconnects: Int
    /// Seconds until the next try, when lost.
    public var retryIn: Double?
    public var mediaSequence: Int
    /// Parts of the camera that went on air since the daemon began.
    public var parts: Int
    /// The same for GAP and for the card.
    public var gapParts: Int
    public var slateParts: Int
    /// Parts of the camera that were not shown: hidden, or before a keyframe.
    public var droppedParts: Int
    /// How often a relay worker was started since the daemon began.
    public var workerStarts: Int
    public var discontinuitySequence: Int
    /// Seconds.
    public var partTarget: Double?
    public var targetDuration: Int
    /// Seconds of video in the window.
    public var windowSeconds: Double
    public var windowBytes: Int
    /// The slate was asked for by the operator.
    public var slateOn: Bool
    /// A closed session: hidden since, UTC milliseconds.
    public var hiddenSince: Int64?
    public var workerPID: Int32?

    public init(hall: String, state: State, onAir: OnAir, camera: String, targetDuration: Int, since: Int64) {
        self.hall = hall
        self.state = state
        self.onAir = onAir
        self.camera = camera
        self.source = nil
        self.vitals = WorkerVitals()
        self.since = since
        self.failure = nil
        self.failures = [:]
        self.reconnects = 0
        self.retryIn = nil
        self.mediaSequence = 0
        self.parts = 0
        self.gapParts = 0
        self.slateParts = 0
        self.droppedParts = 0
        self.workerStarts = 0
        self.discontinuitySequence = 0
        self.partTarget = nil
        self.targetDuration = targetDuration
        self.windowSeconds = 0
        self.windowBytes = 0
        self.slateOn = false
        self.hiddenSince = nil
        self.workerPID = nil
    }
}
