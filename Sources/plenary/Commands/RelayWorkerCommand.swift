import ArgumentParser
import Glibc
import StreamRelay

/// The child process of a running stream; the daemon starts it, people do not.
struct RelayWorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay-worker", abstract: "One stream's camera, for the daemon: orders on stdin, parts on stdout.",
        shouldDisplay: false)

    func run() throws {
        // The daemon ignores these, and a child inherits that.
        for number in [SIGTERM, SIGINT, SIGHUP] { signal(number, SIG_DFL) }
        signal(SIGPIPE, SIG_IGN)
        throw ExitCode(RelayWorker.run())
    }
}
