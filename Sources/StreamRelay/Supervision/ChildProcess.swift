internal import CLinux
import Glibc

/// A child process and its pipes, with one owner: releasing it kills and reaps the child.
///
/// Every descriptor closes on exec and never blocks; the child has a process group of its own, so that a Ctrl-C at the daemon's terminal
/// does not reach it, and so that what it started ends with it: Swift's runtime starts `swift-backtrace` in a process that crashes, which
/// stays, and keeps the pipes open, when that process is killed meanwhile.
package struct ChildProcess: ~Copyable {
    /// Why a child could not be started; `description` names the executable and the system's error message.
    package struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
        package var description: String
    }

    package let pid: Int32
    /// Becomes readable when the child exits.
    package let ending: Int32
    /// The child's stdin; -1 once closed.
    package private(set) var input: Int32
    package let output: Int32
    package let errors: Int32
    private var isReaped = false

    package init(executable: String, arguments: [String], environment: [String: String]) throws(Fault) {
        var pipes: [Int32] = []
        for _ in 0..<3 {
            var ends: [Int32] = [-1, -1]
            guard clinux_pipe(&ends) == 0 else {
                let reason = errno
                for end in pipes { close(end) }
                throw Self.fault("make pipes for \(executable)", reason)
            }
            pipes += ends
        }
        let (theirInput, ourInput, ourOutput, theirOutput, ourErrors, theirErrors) = (
            pipes[0], pipes[1], pipes[2], pipes[3], pipes[4], pipes[5]
        )
        // A part fits into the pipe, so that it is read in one go; it works without when the kernel refuses the size.
        _ = clinux_pipe_capacity(ourOutput, 1 << 20)
        var child: Int32 = 0
        let result = Self.withStrings([executable] + arguments) { argv in
            Self.withStrings(environment.map { "\($0.key)=\($0.value)" }.sorted()) { environment in
                clinux_spawn(executable, argv, environment, theirInput, theirOutput, theirErrors, &child)
            }
        }
        for end in [theirInput, theirOutput, theirErrors] { close(end) }
        guard result == 0 else {
            for end in [ourInput, ourOutput, ourErrors] { close(end) }
            throw Self.fault("start \(executable)", result)
        }
        let descriptor = clinux_pidfd(child)
        guard descriptor >= 0 else {
            let reason = errno
            Glibc.kill(child, SIGKILL)
            _ = clinux_reap(child)
            for end in [ourInput, ourOutput, ourErrors] { close(end) }
            throw Self.fault("watch the process of \(executable)", reason)
        }
        for end in [ourInput, ourOutput, ourErrors] { _ = clinux_set_nonblocking(end, 1) }
        pid = child
        ending = descriptor
        input = ourInput
        output = ourOutput
        errors = ourErrors
    }

    /// SIGKILL to its whole group: it ends a stopped process too.
    package borrowing func kill() { _ = Glibc.kill(-pid, SIGKILL) }

    package mutating func closeInput() {
        guard input >= 0 else { return }
        close(input)
        input = -1
    }

    /// Waits for the child, which has exited (`ending` was readable) or was killed, and ends what it left behind.
    /// - Returns: its status, or minus the signal.
    package mutating func reap() -> Int32 {
        isReaped = true
        // Before the child is reaped: until then nobody else can have its number.
        kill()
        return clinux_reap(pid)
    }

    deinit {
        if !isReaped {
            kill()
            _ = clinux_reap(pid)
        }
        close(ending)
        if input >= 0 { close(input) }
        close(output)
        close(errors)
    }

    private static func fault(_ attempt: String, _ reason: Int32) -> Fault {
        Fault(description: "could not \(attempt): \(String(cString: strerror(reason)))")
    }

    /// Lends `strings` as a C array that ends with NULL.
    private static func withStrings<Result>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
    }
}
