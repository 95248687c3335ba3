import ArgumentParser
import Commons
import VoteBoard

struct SittingCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration.group(
        "sitting", "Schedule, open, suspend and close a sitting.",
        "plenary sitting schedule s25 --title \"25th session\" --at \"2026-11-26 10:00\"", "plenary sitting open",
        "plenary sitting suspend --until 14:00 --notice \"Break until 14:00\"",
        subcommands: [
            Sending<Schedule>.self, Sending<Open>.self, Sending<Suspend>.self, Sending<Resume>.self, Sending<Close>.self,
            Sending<PostNotice>.self, Show.self,
        ])

    struct Schedule: CouncilArguments {
        static let help = CommandHelp(
            "schedule", "Put a sitting on the calendar; its agenda can be prepared from now on.",
            "plenary sitting schedule s25 --title \"25th session\" --at \"2026-11-26 10:00\" --place \"Session hall\"")
        @Argument(help: "The sitting's id, for ever: letters, digits, . _ -") var sitting: String
        @Option(help: "As it is shown to everybody.") var title: String
        @Option(help: "When: \"2026-11-26 10:00\" on the council's clock.") var at: String?
        @Option(help: "Where.") var place: String?
        @Option(help: "The council's term.") var term: String?
        @Option(help: "The session's number.") var session: String?

        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            let request = CouncilRequest(
                .scheduleSitting,
                [
                    "sitting": .string(sitting), "title": .string(title), "scheduled_for": try report.time(at, now: now),
                    "place": .text(place), "term": .text(term), "session": .text(session),
                ])
            return CouncilOrder(request, "\(sitting) is scheduled: `plenary agenda import FILE --sitting \(sitting)` gives it its agenda")
        }
    }

    /// A command that only names its sitting.
    private static func plain(
        _ name: CommandName, _ sitting: String?, _ done: String, _ report: PublicState
    ) throws(CommandFailure) -> CouncilOrder {
        let id = try report.sitting(sitting)
        return CouncilOrder(CouncilRequest(name, ["sitting": .string(id)]), "\(id) \(done)")
    }

    struct SittingName: ParsableArguments {
        @Argument(help: ArgumentHelp("The sitting; without it the one that the hall shows.", valueName: "sitting")) var name: String?
    }

    struct Open: CouncilArguments {
        static let help = CommandHelp("open", "Open the sitting; everybody sees it.", "plenary sitting open s25")
        @OptionGroup var target: SittingName
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            try SittingCommands.plain(.openSitting, target.name, "is open", report)
        }
    }

    struct Suspend: CouncilArguments {
        static let help = CommandHelp(
            "suspend", "A break, or the end of the first of several days.",
            "plenary sitting suspend --until 14:00 --notice \"Break until 14:00\"")
        @OptionGroup var target: SittingName
        @Option(help: "When it goes on: 14:00, or \"2026-11-27 10:00\".") var until: String?
        @Option(help: "What everybody reads meanwhile.") var notice: String?

        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            var order = try SittingCommands.plain(.suspendSitting, target.name, "is suspended", report)
            order.request.fields["until"] = try report.time(until, now: now)
            order.request.fields["notice"] = JSONValue.text(notice)
            return order
        }
    }

    struct Resume: CouncilArguments {
        static let help = CommandHelp("resume", "Go on after a break.", "plenary sitting resume")
        @OptionGroup var target: SittingName
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            try SittingCommands.plain(.resumeSitting, target.name, "goes on", report)
        }
    }

    struct Close: CouncilArguments {
        static let help = CommandHelp("close", "Close the sitting for good.", "plenary sitting close")
        @OptionGroup var target: SittingName
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            try SittingCommands.plain(.closeSitting, target.name, "is closed", report)
        }
    }

    struct PostNotice: CouncilArguments {
        static let help = CommandHelp(
            "notice", "Show everybody a notice, or take it away.", "plenary sitting notice \"Registration begins at 9:45\"",
            "plenary sitting notice --clear")
        @Argument(help: "The notice; not with --clear.") var text: String?
        @Option(help: "Until when it holds: 14:00.") var until: String?
        @Flag(help: "Take the notice away.") var clear = false

        mutating func validate() throws {
            if clear == (text != nil) { throw ValidationError("give either a notice or --clear") }
        }

        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            guard let text else { return CouncilOrder(CouncilRequest(.clearNotice), "the notice is gone") }
            return CouncilOrder(
                CouncilRequest(.postNotice, ["text": .string(text), "until": try report.time(until, now: now)]), "everybody reads: \(text)")
        }
    }

    struct Show: CouncilReading {
        static let configuration = CommandHelp(
            "show", "Show where the sitting stands.", "plenary sitting show", "plenary sitting show --json"
        )
        .configuration
        @OptionGroup var options: CouncilOptions
        var part: [String] { [] }
        func text(_ text: CouncilText) -> String { text.sitting }
    }
}

extension PublicState {
    func time(_ text: String?, now: Int64) throws(CommandFailure) -> JSONValue? {
        guard let text else { return nil }
        return .integer(try ClerkTime.read(text, zone: timeZone, now: now))
    }
}
