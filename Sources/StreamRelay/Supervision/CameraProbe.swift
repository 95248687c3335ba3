internal import CLinux
import Glibc
import NIOCore

/// Opens a camera for some seconds in a relay worker of its own, and says what it sends.
public struct CameraProbe: Sendable {
    public struct Seen: Sendable, Equatable {
        public var source: SourceDescription
        /// GOP, frame rate, bit rate and clock over the seconds that were looked at.
        public var vitals: WorkerVitals

        public init(source: SourceDescription, vitals: WorkerVitals) {
            self.source = source
            self.vitals = vitals
        }
    }

    private let executable: String
    private let resources: String
    /// Seconds.
    private let limit: Double

    public init(workerExecutable: String, resources: String, limit: Double = 15) {
        executable = workerExecutable
        self.resources = resources
        self.limit = limit
    }

    public func run(_ settings: StreamSettings) async throws(RelayFailure) -> Seen {
        let order = WorkerOrder(
            job: .probe, address: settings.camera.raw, segmentDuration: settings.segmentDuration, segmentMaximum: settings.segmentMaximum,
            partDuration: settings.partDuration, partTarget: nil, captureDelay: settings.captureDelay, memoryLimit: settings.workerMemory,
            resources: resources)
        let (executable, limit) = (executable, limit)
        // A thread of its own: the child lives no longer than the thread that made it (PR_SET_PDEATHSIG), and reading blocks.
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Seen, RelayFailure>, Never>) in
            detachThread {
                continuation.resume(returning: Result { () throws(RelayFailure) in try Self.converse(order, executable, limit) })
            }
        }
        return try result.get()
    }

    private static func converse(_ order: WorkerOrder, _ executable: String, _ limit: Double) throws(RelayFailure) -> Seen {
        let child = try ProbeChild(executable)
        child.send(WorkerCommand.open(order).encoded())
        var conversation = ProbeConversation()
        var decoder = WorkerReportDecoder()
        let deadline = ContinuousClock.now + .seconds(limit)
        while true {
            let isOpen = child.read(until: deadline, into: &decoder)
            while true {
                let report: WorkerReport?
                do {
                    report = try decoder.next()
                } catch {
                    throw RelayFailure(kind: .worker, message: "the probe's answer is not understood: \(error)")
                }
                guard let report else { break }
                switch conversation.received(report) {
                case .goOn: continue
                case .finish(let seen): return seen
                case .fail(let failure): throw failure
                }
            }
            guard !isOpen else { continue }
            switch conversation.ended() {
            case .finish(let seen): return seen
            case .fail(let failure): throw failure
            case .goOn: continue
            }
        }
    }
}

/// One worker process and its two pipes; ending it is leaving the scope.
private struct ProbeChild: ~Copyable {
    private let process: pid_t
    private let orders: Int32
    private let reports: Int32

    init(_ executable: String) throws(RelayFailure) {
        var input: [Int32] = [-1, -1]
        var output: [Int32] = [-1, -1]
        guard clinux_pipe(&input) == 0 else { throw Self.failure(executable, errno) }
        guard clinux_pipe(&output) == 0 else {
            let code = errno
            for end in input { close(end) }
            throw Self.failure(executable, code)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO)
        var process: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(executable), strdup("relay-worker"), nil]
        let code = posix_spawn(&process, executable, &actions, nil, &arguments, environ)
        for argument in arguments { free(argument) }
        posix_spawn_file_actions_destroy(&actions)
        close(input[0])
        close(output[1])
        guard code == 0 else {
            close(input[1])
            close(output[0])
            throw Self.failure(executable, code)
        }
        self.process = process
        orders = input[1]
        reports = output[0]
        _ = clinux_set_nonblocking(reports, 1)
    }

    deinit {
        close(orders)
        close(reports)
        kill(process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    /// An order is far shorter than a pipe's buffer: writing it does not block.
    func send(_ chunks: [ByteBuffer]) {
        for chunk in chunks { _ = chunk.withUnsafeReadableBytes { write(orders, $0.baseAddress, $0.count) } }
    }

    /// Waits for bytes and takes them. `false`: the worker left, or the time is over.
    func read(until deadline: ContinuousClock.Instant, into decoder: inout WorkerReportDecoder) -> Bool {
        let left = deadline - ContinuousClock.now
        guard left > .zero else { return false }
        var waiting = pollfd(fd: reports, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, Int32(left / .milliseconds(1)) + 1) > 0 else { return errno == EINTR }
        var isOpen = true
        decoder.fill { space in
            let count = Glibc.read(reports, space.baseAddress, space.count)
            isOpen = count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
            return count
        }
        return isOpen
    }

    private static func failure(_ executable: String, _ code: Int32) -> RelayFailure {
        RelayFailure(kind: .worker, message: "a relay worker (\(executable)) could not be started: \(String(cString: strerror(code)))")
    }
}

/// Runs `work` on a new thread.
private func detachThread(_ work: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let work: @Sendable () -> Void
        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
    let box = Unmanaged.passRetained(Box(work)).toOpaque()
    var thread = pthread_t()
    let code = pthread_create(
        &thread, nil,
        {
            Unmanaged<Box>.fromOpaque($0!).takeRetainedValue().work(); return nil
        }, box)
    precondition(code == 0, "no thread could be made: \(code)")
    pthread_detach(thread)
}
