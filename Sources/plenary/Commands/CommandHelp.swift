import ArgumentParser

/// What a subcommand says of itself in `--help`.
struct CommandHelp: Sendable {
    var name: String
    var abstract: String
    var examples: [String]

    init(_ name: String, _ abstract: String, _ examples: String...) {
        self.name = name
        self.abstract = abstract
        self.examples = examples
    }

    var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: abstract,
            discussion: (examples.count > 1 ? "Examples:\n" : "Example: ") + examples.joined(separator: "\n"))
    }
}

extension CommandConfiguration {
    /// A group of subcommands, with the exit codes that all of them have.
    static func group(_ name: String, _ abstract: String, _ examples: String..., subcommands: [any ParsableCommand.Type]) -> Self {
        Self(
            commandName: name, abstract: abstract,
            discussion: "Examples:\n" + examples.joined(separator: "\n") + "\n\n" + ExitStatus.explanation, subcommands: subcommands)
    }
}
