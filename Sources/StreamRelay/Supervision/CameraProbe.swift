internal import CLinux
import Glibc
import NIOCore
import Threads

/// Opens a camera for some seconds in a relay worker of its own, and reports what it sends.
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
            BlockingThread.start {
                continuation.resume(returning: Result { () throws(RelayFailure) in try Self.converse(order, executable, limit) })
            }
        }
        return try result.get()
    }

    private static func converse(_ order: WorkerOrder, _ executable: String, _ limit: Double) throws(RelayFailure) -> Seen {
        // Writing to a worker that has exited must not end this process.
        clinux_block_sigpipe()
        let child = try start(executable)
        // An order is far shorter than a pipe's buffer: it is taken whole.
        for chunk in WorkerCommand.open(order).encoded() {
            _ = chunk.withUnsafeReadableBytes { write(child.input, $0.baseAddress, $0.count) }
        }
        var conversation = ProbeConversation()
        var decoder = WorkerReportDecoder()
        let deadline = ContinuousClock.now + .seconds(limit)
        while read(child.output, until: deadline, into: &decoder) {
            while let report = try next(&decoder) {
                switch conversation.received(report) {
                case .goOn: continue
                case .finish(let seen): return seen
                case .fail(let failure): throw failure
                }
            }
        }
        return try conversation.ended().get()
    }

    private static func start(_ executable: String) throws(RelayFailure) -> ChildProcess {
        do {
            return try ChildProcess(executable: executable, arguments: ["relay-worker"], environment: WorkerEnvironment.current)
        } catch {
            throw RelayFailure(kind: .worker, message: error.description)
        }
    }

    private static func next(_ decoder: inout WorkerReportDecoder) throws(RelayFailure) -> WorkerReport? {
        do {
            return try decoder.next()
        } catch {
            throw RelayFailure(kind: .worker, message: "the probe's answer is not understood: \(error)")
        }
    }

    /// Waits for bytes and reads them. `false`: the worker has exited, or the time is over.
    private static func read(
        _ reports: Int32, until deadline: ContinuousClock.Instant, into decoder: inout WorkerReportDecoder
    ) -> Bool {
        let left = deadline - ContinuousClock.now
        guard left > .zero else { return false }
        var waiting = pollfd(fd: reports, events: Int16(POLLIN), revents: 0)
        let ready = poll(&waiting, 1, Int32(left / .milliseconds(1)) + 1)
        guard ready > 0 else { return ready < 0 && errno == EINTR }
        var isOpen = true
        decoder.fill { space in
            let count = Glibc.read(reports, space.baseAddress, space.count)
            isOpen = count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
            return count
        }
        return isOpen
    }
}
