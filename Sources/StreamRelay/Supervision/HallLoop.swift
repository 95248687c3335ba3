internal import CLinux
import Commons
import Glibc
import Logging
import NIOCore

/// A hall's thread: waits for its workers, its commands and its deadlines, gives them to the rules, and performs the actions. It exists
/// while the stream runs, and its state is confined to it.
final class HallLoop {
    private let core: HallCore
    private let wake: Int32
    private var camera: WorkerPipes?
    private var card: WorkerPipes?
    private var throttle = LogThrottle(warning: WorkerLogLine.Level.warning)
    private var nextDeadline: Int64?
    private var todo: [RelaySupervision.Action] = []

    init(core: HallCore, wake: Int32) {
        self.core = core
        self.wake = wake
    }

    func run() {
        clinux_block_sigpipe()
        clinux_name_thread("hall-\(core.hall)")
        repeat {
            step { supervision, now in supervision.tick(now) }
            perform()
            guard !finished() else { return }
            wait()
        } while true
    }

    /// Gives an event to the rules, and takes along the actions that other threads have queued.
    private func step(_ event: (inout RelaySupervision, Moment) -> [RelaySupervision.Action]) {
        let now = HallCore.now()
        let (actions, deadline) = core.withState { state in
            let actions = event(&state.supervision, now)
            if actions.contains(.publish) { state.responder.invalidate() }
            let all = state.pending + actions
            state.pending = []
            return (all, state.supervision.nextDeadline)
        }
        todo += actions
        nextDeadline = deadline
    }

    private func perform() {
        while !todo.isEmpty {
            let actions = todo
            todo = []
            for action in actions { perform(action) }
        }
    }

    /// The stream has ended and nothing is left to do.
    private func finished() -> Bool {
        guard camera == nil, card == nil else { return false }
        let ends = core.withState { state in
            guard state.supervision.isStopped, state.pending.isEmpty else { return false }
            state.hasThread = false
            return true
        }
        if ends { tell(throttle.flush(now: .max)) }
        return ends
    }

    private func wait() {
        var descriptors = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        Self.addDescriptors(of: camera, to: &descriptors)
        Self.addDescriptors(of: card, to: &descriptors)
        let ready = poll(&descriptors, nfds_t(descriptors.count), timeout())
        guard ready > 0 else { return tell(throttle.flush(now: HallCore.now().monotonic)) }
        if descriptors[0].revents != 0 {
            var count: UInt64 = 0
            _ = read(wake, &count, MemoryLayout<UInt64>.size)
        }
        feed()
        if let camera { serve(camera) }
        if let card { serve(card) }
        tell(throttle.flush(now: HallCore.now().monotonic))
    }

    private static func addDescriptors(of worker: WorkerPipes?, to list: inout [pollfd]) {
        guard let worker else { return }
        list.append(pollfd(fd: worker.outputEnded ? -1 : worker.process.output, events: Int16(POLLIN), revents: 0))
        list.append(pollfd(fd: worker.errorsEnded ? -1 : worker.process.errors, events: Int16(POLLIN), revents: 0))
        list.append(pollfd(fd: worker.process.ending, events: Int16(POLLIN), revents: 0))
        list.append(pollfd(fd: worker.wantsToWrite ? worker.process.input : -1, events: Int16(POLLOUT), revents: 0))
    }

    /// Milliseconds until something is due, rounded up.
    private func timeout() -> Int32 {
        let due = [nextDeadline, throttle.deadline].compactMap { $0 }.min()
        guard let due else { return -1 }
        return Int32(clamping: max(0, (due - HallCore.now().monotonic + 999_999) / 1_000_000))
    }

    // MARK: Workers

    private func serve(_ worker: WorkerPipes) {
        let (role, id) = (worker.role, worker.id)
        if worker.wantsToWrite { worker.flush() }
        // Polled before reading: what a child wrote before its exit is read before the exit is reported.
        var ending = pollfd(fd: worker.process.ending, events: Int16(POLLIN), revents: 0)
        let hasEnded = poll(&ending, 1, 0) == 1
        readReports(worker, limit: hasEnded ? .max : 4 << 20)
        worker.readLines { line in hear(WorkerLogLine(level: .warning, text: CameraAddress.redact(line))) }
        guard hasEnded else { return }
        let code = worker.process.reap()
        if role == .camera { camera = nil } else { card = nil }
        step { supervision, now in supervision.exited(role, id: id, code: code, now: now) }
        perform()
    }

    private func readReports(_ worker: WorkerPipes, limit: Int) {
        let (role, id) = (worker.role, worker.id)
        guard !worker.outputEnded else { return }
        do throws(WireFault) {
            try worker.readReports(limit: limit) { report in
                var report = Optional(consume report)
                step { supervision, now in supervision.received(report.take()!, from: role, id: id, now: now) }
                perform()
            }
        } catch {
            worker.outputEnded = true
            step { supervision, now in supervision.garbled(error, from: role, id: id, now: now) }
        }
        if worker.outputEnded { step { supervision, now in supervision.closed(role, id: id, now: now) } }
        perform()
    }

    private func feed() {
        guard let camera, camera.outboxBytes < 64 << 10 else { return }
        for chunk in core.withState({ $0.feed.takeAll() }) { camera.send(.feed(chunk)) }
        camera.flush()
    }

    // MARK: Actions

    private func perform(_ action: RelaySupervision.Action) {
        switch action {
        case .spawn(let role, let id, let order): spawn(role, id, order)
        case .send(let command):
            guard let camera else { return }
            if command == .endOfFeed { for chunk in core.withState({ $0.feed.takeAll() }) { camera.send(.feed(chunk)) } }
            camera.send(command)
            camera.flush()
        case .kill(let role, let id):
            if let worker = role == .camera ? camera : card, worker.id == id { worker.process.kill() }
        case .publish:
            for observer in core.withState({ Array($0.observers.values) }) { observer() }
        case .picture(let update):
            // What was decided before the sitting was hidden is not sent after it.
            let watchers = core.withState { state in
                state.supervision.maySend(update) ? Array(state.watchers.values) : []
            }
            for watcher in watchers { watcher(update) }
        case .save(let record):
            do throws(SequenceStore.Fault) { try core.store.save(record) } catch {
                hear(WorkerLogLine(level: .error, text: "sequence numbers are not kept; after a crash they could repeat: \(error)"))
            }
        case .disconnectEncoder: core.withState { $0.feed.close() }
        case .log(let line): hear(line)
        case .announce(let text): tell([(text, .info)])
        case .stopped:
            let now = HallCore.now().monotonic
            let waiters = core.withState { state in
                defer { state.stopWaiters = [] }
                state.stoppedAt = now
                return state.stopWaiters
            }
            for waiter in waiters { waiter() }
        }
    }

    private func spawn(_ role: RelaySupervision.Role, _ id: Int, _ order: WorkerOrder) {
        var order = order
        do throws(ChildProcess.Fault) {
            if role == .card {
                let pictures = core.withState { RelaySupervision.cardPictures($0.supervision.settings, resources: order.resources) }
                guard let picture = pictures.first(where: { access($0, R_OK) == 0 }) else {
                    throw ChildProcess.Fault(description: "none of its pictures can be read: \(pictures.joined(separator: ", "))")
                }
                order.address = picture
            }
            let process = try ChildProcess(
                executable: core.workerExecutable, arguments: ["relay-worker"], environment: WorkerEnvironment.current)
            let pipes = WorkerPipes(role: role, id: id, process: process)
            pipes.send(.open(order))
            pipes.flush()
            let pid = pipes.process.pid
            if role == .camera { camera = pipes } else { card = pipes }
            core.withState { $0.supervision.spawned(role, id: id, pid: pid) }
        } catch {
            let failure = RelayFailure(kind: .worker, message: error.description)
            step { supervision, now in supervision.received(.failed(failure), from: role, id: id, now: now) }
            step { supervision, now in supervision.exited(role, id: id, code: 127, now: now) }
        }
    }

    // MARK: Log

    private func hear(_ line: WorkerLogLine) {
        if throttle.offer(line.text, line.level, now: HallCore.now().monotonic) { tell([(line.text, line.level)]) }
    }

    private func tell(_ lines: [(text: String, level: WorkerLogLine.Level)]) {
        for line in lines {
            let level: Logger.Level =
                switch line.level {
                case .debug: .debug
                case .info: .info
                case .warning: .warning
                case .error: .error
                }
            core.logger.log(level: level, "\(line.text)")
        }
    }
}

/// The environment that a worker inherits: paths and locale, none of the daemon's own variables.
enum WorkerEnvironment {
    static let names = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "SWIFT_BACKTRACE"]

    static var current: [String: String] {
        var environment: [String: String] = [:]
        for name in names { if let value = getenv(name) { environment[name] = String(cString: value) } }
        return environment
    }
}
