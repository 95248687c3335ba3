import Logging
import NIOCore

/// One hall's stream, on the daemon's side: runs the relay worker, keeps the live window, fills losses, answers the door.
public final class HallRelay: LiveSource, Sendable {
    public let hall: String

    /// - Parameters:
    ///   - stateDirectory: where the hall's sequence numbers are kept, so that they go on after a restart.
    ///   - workerExecutable: path of this same executable; run as `plenary relay-worker`.
    ///   - resources: folder of the shipped pictures (`hall.png`, `card-uk.png`).
    public init(settings: StreamSettings, stateDirectory: String, workerExecutable: String, resources: String, logger: Logger) {
        hall = settings.hall
    }

    public var status: StreamStatus {
        StreamStatus(hall: hall, state: .stopped, onAir: .nothing, camera: "", targetDuration: 10, since: 0)
    }

    /// Starts the stream. - Throws: `RelayRefusal.alreadyRunning`.
    public func start() throws(RelayRefusal) {}
    /// Lets the worker flush, then ends the stream (EXT-X-ENDLIST); returns when it has ended. A stop while starting is fine.
    public func stop() async throws(RelayRefusal) {}
    /// Stop and start, with sequence numbers going on and viewers staying.
    public func restart() async throws(RelayRefusal) {}
    public func setSlate(on: Bool) throws(RelayRefusal) {}
    /// Closed session: the card at once; what the camera sends is neither kept nor served until `show`.
    public func hide() throws(RelayRefusal) {}
    public func show() throws(RelayRefusal) {}
    /// Takes new settings; a running stream restarts only when they concern it.
    public func update(_ settings: StreamSettings) async {}
    /// Ends everything for the daemon's exit: state saved, worker gone, held requests released.
    public func shutdown() async {}

    /// An encoder that pushes has shown the right key. `nil` when one is pushing already.
    public func acceptPush(from peer: String) -> PushFeed? { nil }

    public func answer(_ request: LiveRequest) -> LiveAnswer { .refused(LiveRefusal(status: 404, reason: "not there")) }
    public func observe(_ changed: @escaping @Sendable () -> Void) -> LiveObservation { LiveObservation(id: 0) }
    public func cancelObservation(_ observation: LiveObservation) {}
}

/// Why an operator's wish cannot be done now; `description` says what to do instead.
public enum RelayRefusal: Error, Sendable, Equatable, CustomStringConvertible {
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

/// Where an encoder's FLV goes: a bounded queue in front of the worker's stdin.
public protocol PushFeed: Sendable {
    /// Takes FLV bytes (header first). `false`: the queue is full or the stream ended; hang up on the encoder.
    func feed(_ bytes: ByteBuffer) -> Bool
    /// The encoder left.
    func end()
}
