import ArgumentParser

@main
struct Plenary: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plenary",
        abstract: "The council hall's camera, live.",
        discussion: """
            Start the daemon with a configuration, then look at its streams:

              plenary serve --config /etc/plenary/plenary.yaml
              plenary stream status

            \(ExitStatus.explanation)
            """,
        version: programVersion,
        subcommands: [
            ServeCommand.self, CheckCommand.self, StreamCommand.self, LogsCommand.self, ReloadCommand.self, VersionCommand.self,
            RelayWorkerCommand.self,
        ])
}
