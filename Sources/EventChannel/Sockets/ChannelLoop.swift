internal import CLinux
internal import CWebSockets
import Commons
import Glibc
import Logging
import Synchronization
import Threads

/// One thread with one libuv loop and one libwebsockets context: its listeners, connections and halls.
///
/// libwebsockets carries sockets, TLS and what the kernel did not accept; our own code reads requests and frames (its 4.1.6 neither reports nor
/// refuses unmasked frames).
// Everything but `inbox`, `wake` and constants is used only on the loop's thread, or before it starts.
final class ChannelLoop: @unchecked Sendable {
    typealias Job = @Sendable (ChannelLoop) -> Void

    private struct Inbox {
        var jobs: [Job] = []
        var isOpen = true
    }

    /// Bytes of one write: the most that libwebsockets has to buffer when the kernel accepts only part of it.
    static let slice = 32 * 1024
    /// Milliseconds between two checks of the deadlines.
    static let pace: UInt64 = 100

    let settings: ChannelSettings
    let census: PeerCensus
    let logger: Logger
    /// Set on one loop only, which requests the halls' ticks for all loops.
    var onTickDue: (@Sendable () -> Void)?
    private let inbox = Mutex(Inbox())

    private let uv = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
    private let wake = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
    private let timer = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: 1)
    private(set) var context: OpaquePointer!
    var vhost: OpaquePointer!
    private let protocols = ChannelProtocols()
    var listeners: [ChannelListener] = []

    var now: Int64 = 0
    var clients: [Int: ChannelClient] = [:]
    private var nextID = 0
    var halls: [String: HallRoom] = [:]
    var pictures: [String: PictureRoom] = [:]
    private var dirty: [HallRoom] = []
    private var dirtyPictures: [PictureRoom] = []
    private var doomed: [ChannelClient] = []
    private var wheel: TimerWheel<Int>
    var figures = ChannelFigures()
    private var tickAt: Int64 = 0
    private var pingAt: Int64 = 0
    /// Set while shutting down: when the remaining clients are cut off (milliseconds), and what to call at the end.
    private var ending: (at: Int64, done: @Sendable () -> Void)?

    init(settings: ChannelSettings, census: PeerCensus, logger: Logger) throws(ChannelError) {
        self.settings = settings
        self.census = census
        self.logger = logger
        now = Self.clock()
        wheel = TimerWheel(width: Int64(Self.pace), slots: 1024, now: now)
        let me = Unmanaged.passUnretained(self).toOpaque()
        guard uv_loop_init(uv) == 0, uv_async_init(uv, wake, channelWoken) == 0, uv_timer_init(uv, timer) == 0 else {
            throw .loop("libuv gives no event loop")
        }
        wake.pointee.data = me
        timer.pointee.data = me
        uv_timer_start(timer, channelTimer, Self.pace, Self.pace)
        tickAt = now + settings.limits.tickInterval
        pingAt = now + settings.limits.pingInterval
        context = try protocols.createContext(on: uv, certificate: settings.certificate, owner: me)
        guard let vhost = lws_get_vhost_by_name(context, "default") else { throw .loop("libwebsockets made no virtual host") }
        self.vhost = vhost
    }

    deinit {
        uv.deallocate()
        wake.deallocate()
        timer.deallocate()
    }

    static func clock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    // MARK: other threads

    /// Runs `job` on the loop's thread, soon; never once the loop has ended.
    func post(_ job: @escaping Job) {
        inbox.withLock { inbox in
            guard inbox.isOpen else { return }
            inbox.jobs.append(job)
            // Within the lock: the handle lives as long as the inbox is open.
            if inbox.jobs.count == 1 { uv_async_send(wake) }
        }
    }

    /// Starts the thread; it holds the loop until it ends.
    func start() {
        for listener in listeners { listener.start(on: uv, loop: self) }
        BlockingThread.start { [self] in
            clinux_name_thread("events")
            uv_run(uv, UV_RUN_DEFAULT)
            // libwebsockets frees its context once a foreign loop has run out.
            lws_context_destroy(context)
            uv_run(uv, UV_RUN_DEFAULT)
            uv_loop_close(uv)
            ending?.done()
        }
    }

    // MARK: turns

    /// Runs the posted jobs, then sends what they published: a burst goes out in one write per client.
    func woken() {
        now = Self.clock()
        let jobs = inbox.withLock { inbox in
            let jobs = inbox.jobs
            inbox.jobs = []
            return jobs
        }
        for job in jobs { job(self) }
        endTurn()
    }

    func timerFired() {
        now = Self.clock()
        if now >= tickAt {
            tickAt = now + settings.limits.tickInterval
            onTickDue?()
        }
        if now >= pingAt {
            pingAt = now + settings.limits.pingInterval
            for room in halls.values {
                room.log.append(frame: ServerFrame.ping)
                touch(room)
            }
            // A client that waits for a keyframe does not read the log.
            for room in pictures.values {
                for client in room.clients { client.queue.answer(control: ServerFrame.ping) }
                touch(room)
            }
        }
        for id in wheel.advance(to: now) { if let client = clients[id] { look(at: client) } }
        endTurn()
    }

    /// Sends what is new in the halls and closes doomed connections. `current` is in its own callback and is closed by its return value.
    func endTurn(within current: ChannelClient? = nil) {
        while let room = dirty.popLast() {
            room.isDirty = false
            sendNews(of: room)
        }
        sendPictures()
        var spared: ChannelClient?
        while let client = doomed.popLast() {
            if client === current { spared = client } else if let handle = client.handle { cws_kill(handle) }
        }
        if let spared { doomed.append(spared) }
        if let ending, clients.isEmpty || now >= ending.at, inbox.withLock({ $0.isOpen }), current == nil { finish() }
    }

    /// After the votes, and only while no job is posted: a picture never delays a vote by more than one client's write.
    private func sendPictures() {
        while let room = dirtyPictures.last {
            while let client = room.nextOwed() {
                if client.stalledSince == nil { send(to: client) }
                if hasMail { return }
            }
            room.isDirty = false
            dirtyPictures.removeLast()
        }
    }

    /// Whether a job is posted, for which the loop will be woken.
    private var hasMail: Bool { inbox.withLock { !$0.jobs.isEmpty } }

    func touch(_ room: PictureRoom) {
        room.owe()
        guard !room.isDirty else { return }
        room.isDirty = true
        dirtyPictures.insert(room, at: 0)
    }

    func touch(_ room: HallRoom) {
        guard !room.isDirty else { return }
        room.isDirty = true
        dirty.append(room)
    }

    // MARK: connections

    /// Takes over an accepted socket.
    func adopt(_ descriptor: Int32, from peer: PeerKey?) {
        nextID += 1
        let client = ChannelClient(id: nextID, peer: peer, now: now, limits: settings.limits)
        clients[client.id] = client
        figures.accepted += 1
        let me = Unmanaged.passUnretained(client).toOpaque()
        let handle = cws_adopt_socket(vhost, descriptor, ChannelProtocols.name, settings.certificate == nil ? 0 : 1, me)
        guard let handle, clients[client.id] != nil else {
            closed(client)
            return
        }
        client.handle = handle
        if settings.certificate == nil { client.socket = lws_get_socket_fd(handle) }
        arm(client)
    }

    /// The socket is closed; its handle must not be used any more.
    func closed(_ client: ChannelClient) {
        guard clients.removeValue(forKey: client.id) != nil else { return }
        client.handle = nil
        client.socket = -1
        client.isDoomed = true
        wheel.remove(client.id)
        client.room?.leave(client)
        doomed.removeAll { $0 === client }
        census.leave(client.peer)
        figures.closed[client.end ?? .left, default: 0] += 1
    }

    /// Ends the connection at the end of this turn.
    func doom(_ client: ChannelClient, _ end: ChannelEnd? = nil) {
        if client.end == nil { client.end = end }
        guard !client.isDoomed else { return }
        client.isDoomed = true
        doomed.append(client)
    }

    func arm(_ client: ChannelClient) { wheel.set(client.id, at: client.deadline(settings.limits).at) }

    /// A deadline that was set has come; it may have moved since.
    private func look(at client: ChannelClient) {
        let deadline = client.deadline(settings.limits)
        guard deadline.at <= now else {
            wheel.set(client.id, at: deadline.at)
            return
        }
        switch deadline.end {
        case .late:
            if case .asking(let bytes) = client.phase, !bytes.isEmpty {
                client.end = .late
                answer(client, HTTPRefusal(408, "The request did not come in time."))
            } else {
                doom(client, .late)
            }
        case .slow where client.stalledSince == nil: part(client, .tooSlow, "too slow: come back when the line is better")
        default: doom(client, deadline.end)
        }
    }

    // MARK: the end

    /// Tells everybody to come back later, and ends when they have left, at the latest after the closing deadline.
    func end(_ done: @escaping @Sendable () -> Void) {
        guard ending == nil else { return }
        ending = (now + settings.limits.closeDeadline, done)
        for listener in listeners { listener.stop() }
        for client in Array(clients.values) {
            if case .listening = client.phase { partForNow(client) } else { doom(client, .goingAway) }
        }
    }

    private func finish() {
        inbox.withLock { inbox in
            inbox.isOpen = false
            inbox.jobs = []
        }
        for client in Array(clients.values) {
            if client.end == nil { client.end = .goingAway }
            if let handle = client.handle { cws_kill(handle) }
        }
        uv_close(UnsafeMutableRawPointer(wake).assumingMemoryBound(to: uv_handle_t.self), nil)
        uv_timer_stop(timer)
        uv_close(UnsafeMutableRawPointer(timer).assumingMemoryBound(to: uv_handle_t.self), nil)
        lws_context_destroy(context)
    }
}
