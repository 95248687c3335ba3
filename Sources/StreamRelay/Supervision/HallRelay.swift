import Logging
import NIOCore

/// One hall's stream, on the daemon's side: runs the relay worker, keeps the live window, fills losses, answers the door.
///
/// A facade: the rules are in `RelaySupervision`, the thread is `HallLoop`, their shared state is `HallCore`.
public final class HallRelay: LiveSource, Sendable {
    public let hall: String
    private let core: HallCore

    /// - Parameters:
    ///   - stateDirectory: where the hall's sequence numbers are kept, so that they go on after a restart.
    ///   - workerExecutable: path of this same executable; run as `plenary relay-worker`.
    ///   - resources: folder of the shipped pictures (`hall.png`, `card-uk.png`).
    public init(settings: StreamSettings, stateDirectory: String, workerExecutable: String, resources: String, logger: Logger) {
        hall = settings.hall
        core = HallCore(
            settings: settings, stateDirectory: stateDirectory, workerExecutable: workerExecutable, resources: resources, logger: logger)
    }

    public var status: StreamStatus {
        let now = HallCore.now()
        return core.withState { state in
            state.forgetIfOld(now)
            return state.supervision.status(now)
        }
    }

    /// Starts the stream. - Throws: `StreamCommandRefusal.alreadyRunning`.
    public func start() throws(StreamCommandRefusal) {
        try core.post { (supervision, now) throws(StreamCommandRefusal) in try supervision.start(now) }
    }

    /// Lets the worker flush, then ends the stream (EXT-X-ENDLIST); returns when it has ended. A stop while starting is fine.
    public func stop() async throws(StreamCommandRefusal) {
        try await core.stop()
    }

    /// Stop and start, with sequence numbers going on and viewers staying.
    public func restart() async throws(StreamCommandRefusal) {
        try core.post { (supervision, now) throws(StreamCommandRefusal) in try supervision.restart(now) }
    }

    public func setSlate(on: Bool) throws(StreamCommandRefusal) {
        try core.post { (supervision, now) throws(StreamCommandRefusal) in try supervision.setSlate(on, now) }
    }

    /// Closed session: the card at once; what the camera sends is neither kept nor served until `show`. Holds over stop, start and crash.
    public func hide() throws(StreamCommandRefusal) {
        try core.post { (supervision, now) throws(StreamCommandRefusal) in try supervision.hide(now) }
    }

    public func show() throws(StreamCommandRefusal) {
        try core.post { (supervision, now) throws(StreamCommandRefusal) in try supervision.show(now) }
    }

    /// Takes new settings; a running stream restarts only when they concern it.
    public func update(_ settings: StreamSettings) async {
        try? core.post { (supervision, now) throws(StreamCommandRefusal) in supervision.update(settings, now) }
    }

    /// Ends everything for the daemon's exit: state saved, worker gone, held requests released.
    public func shutdown() async {
        // It throws when the stream had ended already.
        try? await core.stop()
    }

    /// What the sitting says of the picture, in the order of its beginning; shown with the next part.
    package func show(_ ranges: [DateRange]) { core.withState { $0.supervision.dateRanges = ranges } }

    /// An encoder has sent the right stream key. `nil` when another one is sending already.
    public func acceptPush(from peer: String) -> PushFeed? {
        let outcome = core.withState { state -> (encoder: UInt64, start: Bool)? in
            let (accepted, actions) = state.supervision.pushBegan(from: peer, now: HallCore.now())
            guard accepted else { return nil }
            return (state.feed.open(), state.enqueue(actions))
        }
        guard let outcome else { return nil }
        if outcome.start { core.startThread() } else { core.signal() }
        return EncoderFeed(core: core, encoder: outcome.encoder)
    }

    public func answer(_ request: LiveRequest) -> LiveAnswer {
        guard let name = LiveName(request.name) else {
            return .refused(LiveRequestRefusal(status: 404, reason: "there is nothing of this name below a hall's live address"))
        }
        if name == .poster { return core.poster() }
        let now = HallCore.now()
        return core.withState { state in
            state.forgetIfOld(now)
            guard let window = state.supervision.window, !window.isEmpty else { return state.supervision.answerWithoutWindow(name) }
            return state.responder.answer(
                name, query: request.query, window: window, audioNames: state.supervision.settings.audioNames,
                camera: state.supervision.cameraInitialization)
        }
    }

    public func observe(_ changed: @escaping @Sendable () -> Void) -> LiveObservation {
        core.withState { state in
            state.lastObserver += 1
            state.observers[state.lastObserver] = changed
            return LiveObservation(id: state.lastObserver)
        }
    }

    /// The picture frame by frame: calls `changed` with all that follows what is returned, on the relay's own thread. Ends with `cancelObservation`.
    public func observePicture(_ changed: @escaping @Sendable (PictureUpdate) -> Void) -> (beginning: PictureUpdate, LiveObservation) {
        core.withState { state in
            state.lastObserver += 1
            state.watchers[state.lastObserver] = changed
            return (state.supervision.picture.beginning, LiveObservation(id: state.lastObserver))
        }
    }

    public func cancelObservation(_ observation: LiveObservation) {
        core.withState { state in
            state.observers[observation.id] = nil
            state.watchers[observation.id] = nil
        }
    }
}

extension HallCore {
    func poster() -> LiveAnswer {
        let (answer, isAsked, start) = withState { state -> (LiveAnswer, Bool, Bool) in
            let (answer, actions) = state.supervision.poster(Self.now())
            return (answer, !actions.isEmpty, state.enqueue(actions))
        }
        if start { startThread() } else if isAsked { signal() }
        return answer
    }

    /// Returns when the stream has ended.
    func stop() async throws(StreamCommandRefusal) {
        let refusal: StreamCommandRefusal? = await withCheckedContinuation { (outcome: CheckedContinuation<StreamCommandRefusal?, Never>) in
            let (refusal, start) = withState { state -> (StreamCommandRefusal?, Bool) in
                do throws(StreamCommandRefusal) {
                    let actions = try state.supervision.stop(Self.now())
                    state.stopWaiters.append { outcome.resume(returning: nil) }
                    return (nil, state.enqueue(actions))
                } catch {
                    return (error, false)
                }
            }
            if let refusal { outcome.resume(returning: refusal) }
            if start { startThread() } else { signal() }
        }
        if let refusal { throw refusal }
    }
}

extension HallCore.State {
    /// Releases a stopped stream's window once the last viewer can have played it to its end.
    mutating func forgetIfOld(_ now: Moment) {
        guard let stoppedAt, supervision.isStopped, let window = supervision.window else { return }
        let ticks = window.length + 3 * window.targets.targetTicks
        if now.monotonic - stoppedAt > .nanoseconds(ticks: ticks) {
            supervision.forget()
            responder.invalidate()
        }
    }
}

/// The queue in front of a worker's stdin, as an encoder's connection holds it.
private struct EncoderFeed: PushFeed {
    let core: HallCore
    let encoder: UInt64

    func feed(_ bytes: ByteBuffer) -> Bool {
        let (taken, wasEmpty) = core.withState { state in
            let wasEmpty = state.feed.chunks.isEmpty
            return (state.feed.add(bytes, from: encoder), wasEmpty)
        }
        if taken, wasEmpty { core.signal() }
        return taken
    }

    func end() {
        let start = core.withState { state in
            guard state.feed.current == encoder else { return false }
            state.feed.current = 0
            return state.enqueue(state.supervision.pushEnded(now: HallCore.now()))
        }
        if start { core.startThread() } else { core.signal() }
    }
}

/// Why an operator's command cannot be done now; `description` says what to do instead.
public enum StreamCommandRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    case alreadyRunning(hall: String)
    case notRunning(hall: String)
    case alreadyHidden(hall: String)
    case notHidden(hall: String)
    case noSlate(hall: String, reason: String)

    public var description: String {
        switch self {
        case .alreadyRunning(let hall): "the stream of “\(hall)” is already running: nothing was changed (use restart to begin anew)"
        case .notRunning(let hall): "the stream of “\(hall)” is not running: start it first"
        case .alreadyHidden(let hall): "the sitting of “\(hall)” is already hidden: nothing was changed"
        case .notHidden(let hall): "the sitting of “\(hall)” is not hidden: nothing was changed"
        case .noSlate(let hall, let reason): "the card of “\(hall)” cannot be shown: \(reason)"
        }
    }
}

/// Takes an encoder's FLV: a bounded queue in front of the worker's stdin.
public protocol PushFeed: Sendable {
    /// Takes FLV bytes (header first). `false`: the queue is full or the stream has ended; disconnect the encoder.
    func feed(_ bytes: ByteBuffer) -> Bool
    /// The encoder has disconnected.
    func end()
}
