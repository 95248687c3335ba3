import ArgumentParser
import Commons
import VoteBoard

struct RoundCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration.group(
        "round", "Plan, open, close and announce a vote.",
        "plenary round plan --item 3 --kind whole --question \"Adopt as a whole\"", "plenary round open", "plenary round close",
        "plenary round announce",
        subcommands: [
            Sending<Plan>.self, Sending<Open>.self, Sending<Close>.self, Sending<Announce>.self, Sending<Annul>.self, Show.self, List.self,
            Sending<ChairVote>.self, Sending<Totals>.self,
        ])

    struct Plan: CouncilArguments {
        static let help = CommandHelp(
            "plan", "Prepare a round; nobody votes yet.", "plenary round plan --item 3 --kind whole --question \"Adopt as a whole\"",
            "plenary round plan --kind registration --question \"Registration\"",
            "plenary round plan --item 3 --kind whole --question \"Adopt as a whole (again)\" --supersedes r3")
        @Option(help: "The round's id; without it r1, r2 …") var round: String?
        @Option(help: "The kind of round; the rules follow from it.") var kind: RoundKind
        @Option(help: "What is asked.") var question: String
        @Option(help: "The item, by id or number.") var item: String?
        @Option(help: "How it is voted; without it the rules' for the kind.") var method: RoundMethod?
        @Option(help: "A rule of the rule file by name; without it the kind's.") var rule: String?
        @Option(help: "What everybody sees while it is open.") var reveal: Reveal?
        @Option(help: "Seconds that it is meant to be open.") var seconds: Int?
        @Option(help: "The round that this one holds again.") var supersedes: String?

        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            let id = round ?? report.freshRound()
            var itemID: String?
            if let item { itemID = try report.item(item) }
            let request = CouncilRequest(
                .planRound,
                [
                    "round": .string(id), "kind": .choice(kind), "question": .string(question), "item": .text(itemID),
                    "method": .choice(method), "rule": .text(rule), "reveal": .choice(reveal), "seconds": .number(seconds),
                    "supersedes": .text(supersedes),
                ])
            return CouncilOrder(request, "\(id) is planned: `plenary round open \(id)` opens it")
        }
    }

    /// A round by id.
    struct RoundName: ParsableArguments {
        @Argument(help: ArgumentHelp("The round's id; without it the last one that is meant.", valueName: "round")) var id: String?
    }

    private static func step(
        _ name: CommandName, _ target: RoundName, of states: [String], _ done: String, in report: PublicState
    ) throws(CommandFailure) -> CouncilOrder {
        let id = try report.round(target.id, in: states)
        return CouncilOrder(CouncilRequest(name, ["round": .string(id)]), "\(id) is \(done)", shows: id)
    }

    struct Open: CouncilArguments {
        static let help = CommandHelp(
            "open", "Open a planned round; ballots are taken from now on.", "plenary round open", "plenary round open r3")
        @OptionGroup var target: RoundName
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            try RoundCommands.step(.openRound, target, of: ["scheduled"], "open", in: report)
        }
    }

    struct Close: CouncilArguments {
        static let help = CommandHelp("close", "Close the open round and count it.", "plenary round close")
        @OptionGroup var target: RoundName
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            try RoundCommands.step(.closeRound, target, of: ["open"], "closed", in: report)
        }
    }

    struct Announce: CouncilArguments {
        static let help = CommandHelp("announce", "Announce a closed round's result; from then on it stands.", "plenary round announce")
        @OptionGroup var target: RoundName
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            try RoundCommands.step(.announceRound, target, of: ["closed"], "announced", in: report)
        }
    }

    struct Annul: CouncilArguments {
        static let help = CommandHelp(
            "annul", "Annul a round; it stays in the record with the reason.", "plenary round annul r3 --reason \"Consoles failed\"")
        @OptionGroup var target: RoundName
        @Option(help: "Why; everybody can read it.") var reason: String
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            var order = try RoundCommands.step(.annulRound, target, of: ["open", "closed"], "annulled", in: report)
            order.request.fields["reason"] = .string(reason)
            return order
        }
    }

    struct ChairVote: CouncilArguments {
        static let help = CommandHelp(
            "chair-vote", "The chair's casting vote in a tie, where the rules have one.", "plenary round chair-vote head yes")
        @Argument(help: "The chair: id, seat or family name.") var deputy: String
        @Argument(help: "yes or no") var choice: Choice
        @Option(help: "The round; without it the last closed one.") var round: String?
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            let id = try report.round(round, in: ["closed"])
            let fields: [String: JSONValue?] = [
                "round": .string(id), "deputy": .string(try report.deputy(deputy)), "choice": .choice(choice),
            ]
            return CouncilOrder(CouncilRequest(.castChairVote, fields), "the chair voted \(choice.rawValue)", shows: id)
        }
    }

    struct Totals: CouncilArguments {
        static let help = CommandHelp(
            "totals", "Enter a counting commission's totals of a secret round on paper.", "plenary round totals --yes 20 --no 4 --abstain 2"
        )
        @Option(help: "For.") var yes: Int
        @Option(help: "Against.") var no: Int
        @Option(help: "Abstained.") var abstain: Int
        @Option(help: "The round; without it the open one.") var round: String?
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            let id = try report.round(round, in: ["open"])
            let fields: [String: JSONValue?] = [
                "round": .string(id), "yes": .number(yes), "no": .number(no), "abstain": .number(abstain),
            ]
            return CouncilOrder(CouncilRequest(.recordSecretTotals, fields), "the totals of \(id) are entered", shows: id)
        }
    }

    struct Show: CouncilReading {
        static let configuration = CommandHelp(
            "show", "Show a round: who voted how, and the result in a sentence.", "plenary round show r3"
        )
        .configuration
        @OptionGroup var options: CouncilOptions
        @OptionGroup var target: RoundName
        var part: [String] { ["rounds", "by_id"] + (target.id.map { [$0] } ?? []) }
        func text(_ text: CouncilText) throws(CommandFailure) -> String {
            text.round(try text.report.round(target.id, in: ["open", "scheduled", "closed", "announced", "annulled"]))
        }
    }

    struct List: CouncilReading {
        static let configuration = CommandHelp("list", "List the sitting's rounds and their results.", "plenary round list").configuration
        @OptionGroup var options: CouncilOptions
        var part: [String] { ["rounds"] }
        func text(_ text: CouncilText) -> String { text.rounds }
    }
}
