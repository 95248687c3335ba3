import ArgumentParser
import Foundation
import Gateway
import StreamRelay

struct StreamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream",
        abstract: "Look at the halls' streams, start and stop them.",
        discussion: """
            plenary stream list
            plenary stream start council
            plenary stream status council --watch
            """,
        subcommands: [List.self, Start.self, Stop.self, Restart.self, Status.self, Probe.self, Slate.self, Hide.self, Show.self],
        defaultSubcommand: List.self)
}

struct HallArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The hall's name, as `plenary stream list` shows it.", valueName: "hall"))
    var hall: String

    mutating func validate() throws {
        if !isHallName(hall) { throw ValidationError("“\(hall)” is no hall's name: it has a-z, 0-9 and - only") }
    }

    func path(_ rest: String) -> String { "/api/v1/halls/\(hall)/stream\(rest)" }
}

func isHallName(_ text: String) -> Bool {
    (1...32).contains(text.utf8.count) && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
}

/// A command that carries one wish out and says so.
protocol WishCommand: AsyncParsableCommand {
    var control: ControlOptions { get }
    var target: HallArgument { get }
    var wish: StreamWish { get }
    /// The sentence when it is done.
    var done: String { get }
}

extension WishCommand {
    func run() async throws {
        try await reportingFailure {
            _ = try await control.client.json(.POST, target.path("/\(wish.rawValue)"))
            writeOut(done + "\n")
        }
    }
}

extension StreamCommand {
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

    struct Start: WishCommand {
        static let configuration = CommandConfiguration(
            abstract: "Start a hall's stream.", discussion: "Example: plenary stream start council")
        @OptionGroup var control: ControlOptions
        @OptionGroup var target: HallArgument
        var wish: StreamWish { .start }
        var done: String { "the stream of \(target.hall) is starting: look at it with `plenary stream status \(target.hall)`" }
    }

    struct Stop: WishCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop a hall's stream; what viewers were sent stays playable.", discussion: "Example: plenary stream stop council")
        @OptionGroup var control: ControlOptions
        @OptionGroup var target: HallArgument
        var wish: StreamWish { .stop }
        var done: String { "the stream of \(target.hall) has ended" }
    }

    struct Restart: WishCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop and start a hall's stream; viewers stay.", discussion: "Example: plenary stream restart council")
        @OptionGroup var control: ControlOptions
        @OptionGroup var target: HallArgument
        var wish: StreamWish { .restart }
        var done: String { "the stream of \(target.hall) is starting anew" }
    }

    struct Slate: WishCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put the card on air, or the camera again.",
            discussion: """
                During a break the card is on air instead of the camera. Example: plenary stream slate council on
                For a closed session use `plenary stream hide`.
                """)
        enum Position: String, ExpressibleByArgument, CaseIterable { case on, off }
        @OptionGroup var control: ControlOptions
        @OptionGroup var target: HallArgument
        @Argument(help: "on or off") var position: Position
        var wish: StreamWish { position == .on ? .slateOn : .slateOff }
        var done: String {
            position == .on ? "the card is on air in \(target.hall)" : "the camera is on air in \(target.hall) from its next keyframe"
        }
    }

    struct Hide: WishCommand {
        static let configuration = CommandConfiguration(
            abstract: "Closed session: the card at once; nothing of the camera is kept until `show`.",
            discussion: "Example: plenary stream hide council")
        @OptionGroup var control: ControlOptions
        @OptionGroup var target: HallArgument
        var wish: StreamWish { .hide }
        var done: String {
            "\(target.hall) is hidden: viewers see the card, and the camera is neither shown nor kept, until `plenary stream show \(target.hall)`"
        }
    }

    struct Show: WishCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a closed session: the camera is on air again.", discussion: "Example: plenary stream show council")
        @OptionGroup var control: ControlOptions
        @OptionGroup var target: HallArgument
        var wish: StreamWish { .show }
        var done: String { "\(target.hall) is on air again from the camera's next keyframe" }
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
