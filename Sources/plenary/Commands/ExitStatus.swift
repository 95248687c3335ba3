import ArgumentParser
import Glibc
import NIOCore

/// How a command ends; the numbers of sysexits.h where they fit.
enum ExitStatus: Int32, Sendable, CaseIterable {
    case ok = 0
    case refused = 1
    case usage = 64
    case faultyInput = 65
    case noInput = 66
    case unreachable = 69
    case temporary = 75
    case permission = 77
    case configuration = 78

    var meaning: String {
        switch self {
        case .ok: "done"
        case .refused: "the daemon refused, or a check found a fault"
        case .usage: "wrong arguments"
        case .faultyInput: "a file has faults, named by line and column"
        case .noInput: "a file or an address cannot be read"
        case .unreachable: "no daemon answers"
        case .temporary: "cannot be done now, such as an address in use: try again"
        case .permission: "no permission for the control socket or the state folder"
        case .configuration: "the configuration has faults"
        }
    }

    static let explanation = "Exit codes:\n" + allCases.map { "  \($0.rawValue)\t\($0.meaning)" }.joined(separator: "\n")
}

/// Why a command cannot go on: a sentence for the person at the terminal that names the remedy.
struct CommandFailure: Error, Sendable, Equatable {
    var status: ExitStatus
    var message: String
    /// The daemon's problem as JSON, for those who asked for JSON.
    var problem: String?
    /// The problem's code.
    var code: String?

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}

/// Runs a command's work; a failure is printed to stderr and becomes the exit code.
///
/// - Parameter json: print the daemon's problem to stdout too.
func reportingFailure(json: Bool = false, _ work: () async throws -> Void) async throws {
    do {
        try await work()
    } catch let failure as CommandFailure {
        if json, let problem = failure.problem { writeOut(problem) }
        writeError(failure.message.split(separator: "\n").map { "plenary: \($0)\n" }.joined())
        throw ExitCode(failure.status.rawValue)
    }
}

/// Writes the text to stdout; leaves quietly when the reader is gone (`plenary logs -f | head`).
func writeOut(_ text: String) {
    if !writeAll(text, to: STDOUT_FILENO) { exit(ExitStatus.ok.rawValue) }
}

/// As above, for a piece of a text, which may end within a letter.
func writeOut(_ bytes: ByteBuffer) {
    if !bytes.withUnsafeReadableBytes({ writeAll($0, to: STDOUT_FILENO) }) { exit(ExitStatus.ok.rawValue) }
}

func writeError(_ text: String) { _ = writeAll(text, to: STDERR_FILENO) }

private func writeAll(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
}

/// `false` when the descriptor takes no more.
private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
        let count = write(descriptor, bytes.baseAddress! + sent, bytes.count - sent)
        if count > 0 {
            sent += count
        } else if errno == EAGAIN {
            var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&wait, 1, -1)
        } else if errno != EINTR {
            return false
        }
    }
    return true
}
