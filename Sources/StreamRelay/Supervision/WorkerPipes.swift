import Commons
import Glibc
import NIOCore

/// A running worker: its process, the report that is being read, and the commands that are still to be written. Confined to its hall's thread.
final class WorkerPipes {
    let role: RelaySupervision.Role
    let id: Int
    var process: ChildProcess
    private var decoder = WorkerReportDecoder()
    private var lines = LineSplitter(longest: 4 << 10)
    private var outbox: [ByteBuffer] = []
    private(set) var outboxBytes = 0
    var outputEnded = false
    var errorsEnded = false

    init(role: RelaySupervision.Role, id: Int, process: consuming ChildProcess) {
        self.role = role
        self.id = id
        self.process = process
    }

    var wantsToWrite: Bool { !outbox.isEmpty && process.input >= 0 }

    /// Queues a command; small pieces are joined so that they are written together.
    func send(_ command: WorkerCommand) {
        for chunk in command.encoded() where chunk.readableBytes > 0 {
            outboxBytes += chunk.readableBytes
            if let last = outbox.indices.last, outbox[last].readableBytes + chunk.readableBytes <= 64 << 10 {
                outbox[last].writeImmutableBuffer(chunk)
            } else {
                outbox.append(chunk)
            }
        }
    }

    /// Writes what the pipe accepts. A child that no longer reads loses the rest; its exit is noticed elsewhere.
    func flush() {
        while process.input >= 0, var chunk = outbox.first {
            let count = chunk.withUnsafeReadableBytes { write(process.input, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EAGAIN || errno == EINTR { return }
                outbox = []
                outboxBytes = 0
                process.closeInput()
                return
            }
            outboxBytes -= count
            chunk.moveReaderIndex(forwardBy: count)
            if chunk.readableBytes == 0 { outbox.removeFirst() } else { outbox[0] = chunk }
        }
    }

    /// Reads what is there and hands over every whole report; returns after `limit` bytes so that others get a turn.
    func readReports(limit: Int = 4 << 20, _ take: (consuming WorkerReport) -> Void) throws(WireFault) {
        let output = process.output
        var total = 0
        while total < limit {
            let got = decoder.fill { read(output, $0.baseAddress, $0.count) }
            if got <= 0 {
                // 0 is the end of the pipe or, in `errno`, that nothing is there now; a decoder at fault has thrown before.
                var state = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
                if poll(&state, 1, 0) == 1, state.revents & Int16(POLLIN) == 0, state.revents & Int16(POLLHUP | POLLERR) != 0 {
                    outputEnded = true
                }
                return
            }
            total += got
            while let report = try decoder.next() { take(report) }
        }
    }

    /// Reads stderr and hands over every whole line.
    func readLines(_ take: (String) -> Void) {
        let errors = process.errors
        let ended = withUnsafeTemporaryAllocation(byteCount: 8 << 10, alignment: 1) { space in
            for _ in 0..<16 {
                let count = read(errors, space.baseAddress, space.count)
                if count == 0 { return true }
                guard count > 0 else { return errno != EAGAIN && errno != EINTR }
                lines.append(UnsafeRawBufferPointer(rebasing: space[..<count]), take)
            }
            return false
        }
        if ended { errorsEnded = true }
    }
}
