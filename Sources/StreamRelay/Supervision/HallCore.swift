internal import CLinux
import Glibc
import Logging
import NIOCore
import Synchronization
import Threads

/// What a hall's thread, the door and the operator share: one small lock around the rules and the window.
final class HallCore: Sendable {
    struct State: Sendable {
        var supervision: RelaySupervision
        var responder = LiveResponder()
        var observers: [UInt64: @Sendable () -> Void] = [:]
        var lastObserver: UInt64 = 0
        var watchers: [UInt64: @Sendable (PictureUpdate) -> Void] = [:]
        /// What the thread has still to do, in order.
        var pending: [RelaySupervision.Action] = []
        var hasThread = false
        var stopWaiters: [@Sendable () -> Void] = []
        var feed = FeedQueue()
        var stoppedAt: Int64?
    }

    let hall: String
    let store: SequenceStore
    let workerExecutable: String
    let logger: Logger
    private let state: Mutex<State>
    /// Wakes the thread's poll; lives as long as the core.
    private let wake: Int32

    init(settings: StreamSettings, stateDirectory: String, workerExecutable: String, resources: String, logger: Logger) {
        hall = settings.hall
        self.workerExecutable = workerExecutable
        var logger = logger
        logger[metadataKey: "hall"] = .string(settings.hall)
        self.logger = logger
        store = SequenceStore(stateDirectory: stateDirectory, hall: settings.hall)
        let now = Self.now()
        let record: HallRecord
        switch store.load(utc: now.utc) {
        case .fresh: record = .fresh(settings, utc: now.utc)
        case .found(let found): record = found
        case .corrupt(let aside):
            logger.error(
                "the record of the hall's sequence numbers was damaged and is now \(aside); numbers begin anew from the clock, past all that were used"
            )
            record = .afterLoss(settings, utc: now.utc)
        }
        state = Mutex(
            State(
                supervision: RelaySupervision(
                    settings: settings, record: record, resources: resources, now: now, seed: UInt64(bitPattern: now.monotonic))))
        wake = clinux_eventfd()
        precondition(wake >= 0, "the system gives no eventfd: \(String(cString: strerror(errno)))")
    }

    deinit { close(wake) }

    static func now() -> Moment {
        var monotonic = timespec()
        var utc = timespec()
        clock_gettime(CLOCK_MONOTONIC, &monotonic)
        clock_gettime(CLOCK_REALTIME, &utc)
        return Moment(
            monotonic: Int64(monotonic.tv_sec) * 1_000_000_000 + Int64(monotonic.tv_nsec),
            utc: Int64(utc.tv_sec) * 1_000_000 + Int64(utc.tv_nsec) / 1000)
    }

    func withState<Result: Sendable>(_ body: (inout sending State) -> sending Result) -> Result { state.withLock(body) }

    /// Applies an event from another thread to the rules; the hall's thread performs the actions that follow, and is started if need be.
    func post(_ event: (inout RelaySupervision, Moment) throws(StreamCommandRefusal) -> [RelaySupervision.Action])
        throws(StreamCommandRefusal)
    {
        let outcome = state.withLock { state -> (refusal: StreamCommandRefusal?, start: Bool) in
            do throws(StreamCommandRefusal) {
                let actions = try event(&state.supervision, Self.now())
                return (nil, state.enqueue(actions))
            } catch {
                return (error, false)
            }
        }
        if let refusal = outcome.refusal { throw refusal }
        if outcome.start { startThread() } else { signal() }
    }

    func startThread() {
        BlockingThread.start { [self] in HallLoop(core: self, wake: wake).run() }
    }

    func signal() {
        var one: UInt64 = 1
        _ = write(wake, &one, MemoryLayout<UInt64>.size)
    }
}

extension HallCore.State {
    /// - Returns: whether a thread must be started to do them.
    mutating func enqueue(_ actions: [RelaySupervision.Action]) -> Bool {
        guard !actions.isEmpty else { return false }
        if actions.contains(.publish) { responder.invalidate() }
        pending += actions
        guard !hasThread else { return false }
        hasThread = true
        return true
    }
}

/// FLV of an encoder on its way to the worker: at most 8 MiB; an encoder that sends more is disconnected.
struct FeedQueue: Sendable {
    static let limit = 8 << 20
    /// Names the encoder that may push; 0 is none.
    var current: UInt64 = 0
    var last: UInt64 = 0
    var bytes = 0
    var chunks: [ByteBuffer] = []

    mutating func open() -> UInt64 {
        last += 1
        current = last
        chunks = []
        bytes = 0
        return current
    }

    mutating func close() {
        current = 0
        chunks = []
        bytes = 0
    }

    /// `false` when it is full or not this encoder's any more.
    mutating func add(_ chunk: ByteBuffer, from encoder: UInt64) -> Bool {
        guard encoder == current, bytes + chunk.readableBytes <= Self.limit else { return false }
        chunks.append(chunk)
        bytes += chunk.readableBytes
        return true
    }

    mutating func takeAll() -> [ByteBuffer] {
        defer {
            chunks = []
            bytes = 0
        }
        return chunks
    }
}
