internal import CLinux
import Glibc
import NIOCore

/// The worker's end of the two pipes: reports go out, commands come in, and a heartbeat shows that the one thread still runs.
///
/// One thread uses it, and every call from libav's interrupt callback is on that thread too. A heartbeat is therefore sent only
/// while packets or libav's own waiting loops move: a thread that hangs inside a demuxer falls silent, which is what the daemon
/// watches for.
final class DaemonLink {
    /// Microseconds between two polls of the pipe while the thread does other work.
    private static let lookInterval: Int64 = 10_000

    private let input: Int32
    private let output: Int32
    private var decoder = WorkerCommandDecoder()
    private var lastHeartbeat: Int64 = 0
    private var lastLook: Int64 = 0
    private var order: WorkerOrder?
    private var wantsResume = false
    private var wantsPoster = false
    private var feed: [ByteBuffer] = []

    /// What the next heartbeat says.
    var vitals = WorkerVitals()

    private(set) var wantsFinish = false
    /// The daemon is gone: exit at once.
    private(set) var daemonIsGone = false
    /// The encoder has disconnected.
    private(set) var feedEnded = false

    init(input: Int32 = 0, output: Int32 = 1) {
        self.input = input
        self.output = output
    }

    /// Waits for the order, which comes first.
    func awaitOrder() throws -> WorkerOrder {
        while !daemonIsGone {
            try read(waitMilliseconds: 1_000)
            if let order { return order }
        }
        throw RelayFailure(kind: .worker, message: "the daemon closed the pipe before it sent an order")
    }

    func takeResume() -> Bool {
        defer { wantsResume = false }
        return wantsResume
    }

    func takePosterRequest() -> Bool {
        defer { wantsPoster = false }
        return wantsPoster
    }

    func takeFeed() -> [ByteBuffer] {
        defer { feed = [] }
        return feed
    }

    // MARK: Reports

    func send(_ report: WorkerReport) {
        for chunk in report.encoded() { write(chunk) }
    }

    func log(_ level: WorkerLogLine.Level, _ text: String) {
        send(.log(WorkerLogLine(level: level, text: CameraAddress.redact(text))))
    }

    private func write(_ chunk: ByteBuffer) {
        chunk.withUnsafeReadableBytes { bytes in
            var sent = 0
            while sent < bytes.count, !daemonIsGone {
                let count = Glibc.write(output, bytes.baseAddress! + sent, bytes.count - sent)
                if count > 0 {
                    sent += count
                } else if errno != EINTR {
                    daemonIsGone = true
                }
            }
        }
    }

    // MARK: Turning

    /// To be called at least every 100 ms: sends a heartbeat when one is due and reads commands. - Returns: whether to stop waiting.
    @discardableResult
    func turn(waitMilliseconds: Int32 = 0) -> Bool {
        let now = Clock.steady()
        if now - lastHeartbeat >= 1_000_000 {
            lastHeartbeat = now
            send(.heartbeat(vitals))
        }
        // libav calls hundreds of times a second; polling the pipe every 10 ms is enough
        guard waitMilliseconds > 0 || now - lastLook >= Self.lookInterval else { return wantsFinish || daemonIsGone }
        lastLook = now
        do {
            try read(waitMilliseconds: waitMilliseconds)
        } catch {
            // the two ends are one executable: a command that cannot be decoded is a broken pipe
            daemonIsGone = true
        }
        return wantsFinish || daemonIsGone
    }

    private func read(waitMilliseconds: Int32) throws {
        var request = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, waitMilliseconds) > 0 else { return }
        let count = decoder.fill { space in
            while true {
                let count = Glibc.read(input, space.baseAddress, space.count)
                if count >= 0 || errno != EINTR { return max(0, count) }
            }
        }
        if count == 0 { daemonIsGone = true }
        while let command = try decoder.next() {
            switch command {
            case .open(let order): self.order = order
            case .resumeAtKeyframe: wantsResume = true
            case .feed(let bytes): feed.append(bytes)
            case .endOfFeed: feedEnded = true
            case .finish: wantsFinish = true
            case .renewPoster: wantsPoster = true
            }
        }
    }
}

/// The worker's clocks, microseconds.
enum Clock {
    /// A moment on both.
    struct Instant: Equatable {
        var steady: Int64
        var wall: Int64
    }

    static func now() -> Instant { Instant(steady: steady(), wall: wall()) }
    /// Monotonic.
    static func steady() -> Int64 { read(CLOCK_MONOTONIC) }
    /// UTC.
    static func wall() -> Int64 { read(CLOCK_REALTIME) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
