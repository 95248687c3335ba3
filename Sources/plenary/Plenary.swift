import ArgumentParser

@main
struct Plenary: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plenary",
        abstract: "The council hall's camera and votes, live.",
        discussion: """
            Start the daemon with a configuration, look at its streams, and hold a sitting:

              plenary serve --config /etc/plenary/plenary.yaml
              plenary stream status
              plenary sitting show

            \(ExitStatus.explanation)
            """,
        version: programVersion,
        subcommands: [
            ServeCommand.self, CheckCommand.self, StreamCommandGroup.self, LogsCommand.self, ReloadCommand.self, VersionCommand.self,
            RelayWorkerCommand.self,
        ],
        groupedSubcommands: [
            CommandGroup(
                name: "Sitting",
                subcommands: [
                    SittingCommands.self, AgendaCommands.self, SpeakerCommands.self, RoundCommands.self, BallotCommands.self,
                    PresenceCommands.self,
                ]),
            CommandGroup(
                name: "Council",
                subcommands: [
                    RosterCommands.self, RulesCommands.self, TokenCommands.self, ExportCommands.self, VerifyCommand.self, DemoCommand.self,
                ]),
        ])
}
