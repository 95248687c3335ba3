import ArgumentParser
import Commons
import VoteBoard

struct BallotCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration.group(
        "ballot", "Enter ballots by hand, and correct them before the announcement.",
        "plenary ballot cast 17 yes", "plenary ballot correct 17 no --reason \"Pressed by mistake, said so at once\"",
        subcommands: [Sending<Cast>.self, Sending<Correct>.self])

    /// A deputy's choice in a round.
    struct Paper: ParsableArguments {
        @Argument(help: "The deputy: id, seat or family name.") var deputy: String
        @Argument(help: "yes, no or abstain") var choice: Choice
        @Option(help: "The round; without it the open one.") var round: String?

        func fields(in report: PublicState, states: [String]) throws(CommandFailure) -> [String: JSONValue?] {
            [
                "round": .string(try report.round(round, in: states)), "deputy": .string(try report.deputy(deputy)),
                "choice": .choice(choice),
            ]
        }
    }

    struct Cast: CouncilArguments {
        static let help = CommandHelp("cast", "Enter a deputy's ballot in the open round.", "plenary ballot cast 17 yes")
        @OptionGroup var paper: Paper
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            CouncilOrder(
                CouncilRequest(.castBallot, try paper.fields(in: report, states: ["open"])), "\(paper.deputy): \(paper.choice.rawValue)")
        }
    }

    struct Correct: CouncilArguments {
        static let help = CommandHelp(
            "correct", "Correct a ballot; the first one stays in the record.", "plenary ballot correct 17 no --reason \"Said so at once\"")
        @OptionGroup var paper: Paper
        @Option(help: "Why; it is in the record.") var reason: String
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            var fields = try paper.fields(in: report, states: ["open", "closed"])
            fields["reason"] = .string(reason)
            return CouncilOrder(CouncilRequest(.correctBallot, fields), "\(paper.deputy): \(paper.choice.rawValue), corrected")
        }
    }
}

struct PresenceCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration.group(
        "presence", "Who is here, who left, who takes no part.",
        "plenary presence register --all", "plenary presence register 31 32", "plenary presence depart 5",
        "plenary presence recuse 24 --item 4 --reason \"A relative applies\"",
        subcommands: [Sending<Register>.self, Sending<Depart>.self, Sending<Recuse>.self])

    struct Register: CouncilArguments {
        static let help = CommandHelp(
            "register", "They are here, also when they come late.", "plenary presence register 31 32",
            "plenary presence register --all")
        @Argument(help: ArgumentHelp("Deputies: ids, seats or family names.", valueName: "deputies")) var names: [String] = []
        @Flag(help: "Everybody who is not registered yet, the head of the community too.") var all = false

        mutating func validate() throws {
            if names.isEmpty != all { throw ValidationError("name the deputies, or give --all alone") }
        }

        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            let here = report.presence?.present ?? [:]
            let ids = all ? report.council.deputies.keys.filter { here[$0] != true }.sorted() : try report.deputies(names)
            if all, ids.isEmpty { throw CommandFailure(.refused, "everybody is registered already") }
            return CouncilOrder(
                CouncilRequest(.register, ["deputies": .array(ids.map(JSONValue.string))]),
                all ? "here: \(ids.count) more" : "here: \(names.joined(separator: ", "))")
        }
    }

    struct Depart: CouncilArguments {
        static let help = CommandHelp("depart", "They have left.", "plenary presence depart 5 6")
        @Argument(help: ArgumentHelp("Deputies: ids, seats or family names.", valueName: "deputies")) var names: [String]
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            let ids = try report.deputies(names)
            return CouncilOrder(
                CouncilRequest(.depart, ["deputies": .array(ids.map(JSONValue.string))]), "left: \(names.joined(separator: ", "))")
        }
    }

    struct Recuse: CouncilArguments {
        static let help = CommandHelp(
            "recuse", "A deputy takes no part in an item (a conflict of interest), or does again.",
            "plenary presence recuse 24 --item 4 --reason \"A relative applies\"", "plenary presence recuse 24 --item 4 --withdraw")
        @Argument(help: "The deputy: id, seat or family name.") var deputy: String
        @Option(help: "The item, by id or number; without it the one before the council.") var item: String?
        @Option(help: "What was declared; it is in the record.") var reason: String?
        @Flag(help: "The deputy takes part again.") var withdraw = false

        mutating func validate() throws {
            if withdraw == (reason != nil) { throw ValidationError("give either --reason or --withdraw") }
        }

        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            let itemID = try report.itemOrCurrent(item)
            let fields: [String: JSONValue?] = [
                "item": .string(itemID), "deputy": .string(try report.deputy(deputy)), "reason": .text(reason),
            ]
            let done = withdraw ? "takes part in" : "takes no part in"
            return CouncilOrder(CouncilRequest(withdraw ? .withdrawRecusal : .declareRecusal, fields), "\(deputy) \(done) \(itemID)")
        }
    }
}
