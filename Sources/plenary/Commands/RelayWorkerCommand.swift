import ArgumentParser
import StreamRelay

/// The child process of a running stream; the daemon starts it, nobody else.
struct RelayWorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay-worker", abstract: "Relays one camera for the daemon (started by it).", shouldDisplay: false)

    func run() throws {
        throw ExitCode(RelayWorker.run())
    }
}
