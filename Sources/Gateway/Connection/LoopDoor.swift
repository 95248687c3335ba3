import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The door's state on one event loop. Everything here is touched by that loop alone, so nothing is locked.
final class LoopDoor {
    let loop: any EventLoop
    let shared: DoorShared
    var counters = DoorCounters()
    private(set) lazy var holds = LiveHolds(door: self)
    private(set) lazy var events = LoopEvents(door: self)
    let renderings: PlaylistRenderings
    let mediaFields = MediaFields()
    let http2 = HTTP2Scratch()
    private var date = HTTPDate()
    private var connections: [ObjectIdentifier: ConnectionHandler] = [:]
    private var sweeping: RepeatedTask?

    init(loop: any EventLoop, shared: DoorShared) {
        self.loop = loop
        self.shared = shared
        renderings = PlaylistRenderings(cache: shared.playlists)
    }

    /// The `Date` field of now.
    var dateText: String { date.text(at: Self.seconds()) }

    /// UTC seconds, from the kernel's cheap clock.
    static func seconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        return Int64(now.tv_sec)
    }

    // MARK: Who is here

    func arrived(_ connection: ConnectionHandler) { connections[ObjectIdentifier(connection)] = connection }
    func left(_ connection: ConnectionHandler) { connections[ObjectIdentifier(connection)] = nil }
    var connectionCount: Int { connections.count }

    /// Connections that asked for a hall's playlist since `earliest`: its viewers, nearly.
    func viewers(since earliest: NIODeadline) -> [String: Int] {
        var count: [String: Int] = [:]
        for connection in connections.values {
            if let viewing = connection.viewing, viewing.at >= earliest { count[viewing.hall, default: 0] += 1 }
        }
        return count
    }

    // MARK: Deadlines

    /// Looks at every connection a few times per shortest deadline: no timer per connection.
    func startSweeping() {
        let limits = shared.limits
        let deadlines = [
            limits.headerDeadline, limits.bodyDeadline, limits.idleDeadline, limits.stallDeadline, limits.tlsDeadline, limits.pingDeadline,
        ]
        let shortest = deadlines.map(\.nanoseconds).min() ?? 0
        let pace = TimeAmount.nanoseconds(min(1_000_000_000, max(20_000_000, shortest / 8)))
        let bound = NIOLoopBound(self, eventLoop: loop)
        sweeping = loop.scheduleRepeatedTask(initialDelay: pace, delay: pace) { _ in bound.value.sweep(now: .now()) }
    }

    func sweep(now: NIODeadline) {
        holds.expire(now: now)
        events.sweep(now: now)
        for connection in Array(connections.values) { connection.sweep(now: now) }
    }

    // MARK: The end

    /// Releases who waits, closes who has nothing to do, and lets the rest finish their answer.
    func drain() {
        holds.releaseAll(LiveHolds.closing)
        events.drain()
        for connection in Array(connections.values) { connection.drain() }
    }

    func closeAll() {
        sweeping?.cancel()
        for connection in Array(connections.values) { connection.close() }
    }
}
