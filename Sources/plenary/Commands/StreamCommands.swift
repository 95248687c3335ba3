import ArgumentParser
import Commons
import Foundation
import Gateway
import StreamRelay

struct StreamCommandGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream",
        abstract: "Look at the halls' streams, start and stop them.",
        discussion: """
            plenary stream list
            plenary stream start council
            plenary stream status council --watch
            """,
        subcommands: [
            List.self, StreamSubcommand<Start>.self, StreamSubcommand<Stop>.self, StreamSubcommand<Restart>.self, Status.self, Probe.self,
            StreamSubcommand<Slate>.self,
            StreamSubcommand<Hide>.self, StreamSubcommand<Show>.self,
        ],
        defaultSubcommand: List.self)
}

struct HallArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The hall's name, as `plenary stream list` shows it.", valueName: "hall"))
    var hall: String

    mutating func validate() throws {
        try checkHallName(hall)
    }

    func path(_ rest: String) -> String { "/api/v1/halls/\(hall)/stream\(rest)" }
}

func checkHallName(_ name: String) throws(ValidationError) {
    if !HallName.isValid(name) { throw ValidationError("“\(name)” is no hall's name: write \(HallName.requirement)") }
}

/// The words of one command: its arguments, and what to say when it was done. `StreamSubcommand` makes a subcommand of them.
protocol StreamArguments: ParsableArguments {
    static var help: CommandHelp { get }
    var command: StreamCommand { get }
    /// The sentence when it is done.
    func done(_ hall: String) -> String
}

/// The subcommand that carries one command out.
struct StreamSubcommand<Words: StreamArguments>: AsyncParsableCommand {
    static var configuration: CommandConfiguration { Words.help.configuration }
    @OptionGroup var control: ControlOptions
    @OptionGroup var target: HallArgument
    @OptionGroup var words: Words

    func run() async throws {
        try await reportingFailure {
            _ = try await control.client.json(.POST, target.path("/\(words.command.rawValue)"))
            writeOut(words.done(target.hall) + "\n")
        }
    }
}

extension StreamCommandGroup {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the halls and what is on air.", discussion: "Example: plenary stream list")
        @OptionGroup var control: ControlOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            try await reportingFailure {
                if output.json {
                    writeOut(jsonLine(try await control.client.json(.GET, "/api/v1/halls")))
                    return
                }
                var statuses: [HallReport] = []
                for hall in try await control.client.value([PublicStream].self, .GET, "/api/v1/halls") {
                    statuses.append(try await control.client.value(HallReport.self, .GET, "/api/v1/halls/\(hall.hall)/stream"))
                }
                writeOut(StatusText.table(statuses, now: currentMilliseconds()))
            }
        }
    }

    struct Start: StreamArguments {
        static let help = CommandHelp("start", "Start a hall's stream.", "plenary stream start council")
        var command: StreamCommand { .start }
        func done(_ hall: String) -> String { "the stream of \(hall) is starting: look at it with `plenary stream status \(hall)`" }
    }

    struct Stop: StreamArguments {
        static let help = CommandHelp(
            "stop", "Stop a hall's stream; what viewers were sent stays playable.", "plenary stream stop council")
        var command: StreamCommand { .stop }
        func done(_ hall: String) -> String { "the stream of \(hall) has ended" }
    }

    struct Restart: StreamArguments {
        static let help = CommandHelp("restart", "Stop and start a hall's stream; viewers stay.", "plenary stream restart council")
        var command: StreamCommand { .restart }
        func done(_ hall: String) -> String { "the stream of \(hall) is starting anew" }
    }

    struct Slate: StreamArguments {
        static let help = CommandHelp(
            "slate", "Put the card on air during a break, or the camera again; for a closed session use `hide`.",
            "plenary stream slate council on")
        enum Position: String, ExpressibleByArgument, CaseIterable { case on, off }
        @Argument(help: "on or off") var position: Position
        var command: StreamCommand { position == .on ? .slateOn : .slateOff }
        func done(_ hall: String) -> String {
            position == .on ? "the card is on air in \(hall)" : "the camera is on air in \(hall) from its next keyframe"
        }
    }

    struct Hide: StreamArguments {
        static let help = CommandHelp(
            "hide", "Closed session: the card at once; nothing of the camera is kept until `show`.", "plenary stream hide council")
        var command: StreamCommand { .hide }
        func done(_ hall: String) -> String {
            "\(hall) is hidden: viewers see the card, and the camera is neither shown nor kept, until `plenary stream show \(hall)`"
        }
    }

    struct Show: StreamArguments {
        static let help = CommandHelp("show", "End a closed session: the camera is on air again.", "plenary stream show council")
        var command: StreamCommand { .show }
        func done(_ hall: String) -> String { "\(hall) is on air again from the camera's next keyframe" }
    }

    struct Probe: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open a hall's camera and say what it sends.", discussion: "Example: plenary stream probe council")
        @OptionGroup var control: ControlOptions
        @OptionGroup var target: HallArgument
        @OptionGroup var output: JSONOption

        func run() async throws {
            try await reportingFailure {
                let body = try await control.client.json(.POST, target.path("/probe"))
                if output.json { return writeOut(jsonLine(body)) }
                let source = try JSONDecoder().decode(SourceDescription.self, from: Data(body.readableBytesView))
                writeOut("\(target.hall)\n" + TextBlock(StatusText.source(source)).text)
            }
        }
    }
}
