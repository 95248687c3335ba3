import ArgumentParser
import Commons
import Foundation
import VoteBoard

struct AgendaCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration.group(
        "agenda", "The sitting's items: import, add, move, take up.",
        "plenary agenda import agenda.csv --apply", "plenary agenda take-up 3",
        "plenary agenda set-state 4 postponed --reason \"No report\"",
        subcommands: [
            Import.self, Show.self, Sending<Add>.self, Sending<Edit>.self, Sending<Move>.self, Sending<TakeUp>.self, Sending<SetState>.self,
        ])

    struct Import: FileImport {
        static let configuration = CommandHelp(
            "import", "Read the agenda from a table or JSON, in place of the one that is there; only before the sitting opens.",
            "plenary agenda import agenda.csv            says what it would be",
            "plenary agenda import agenda.csv --apply    and makes it so"
        ).configuration
        @OptionGroup var options: CouncilOptions
        @OptionGroup var source: ImportSource
        @Option(help: "The sitting; without it the one that the hall shows.") var sitting: String?
        var route: String { "/agenda" }
        func query(_ client: CouncilClient) async throws(CommandFailure) -> [(String, String?)] {
            if let sitting { return [("sitting", sitting)] }
            return [("sitting", try await client.report().sitting(nil))]
        }
    }

    struct Show: CouncilReading {
        static let configuration = CommandHelp("show", "Show the agenda; ▶ marks the item before the council.", "plenary agenda show")
            .configuration
        @OptionGroup var options: CouncilOptions
        var part: [String] { ["agenda"] }
        func text(_ text: CouncilText) -> String { text.agenda }
    }

    /// What an item says besides its number.
    struct ItemWords: ParsableArguments {
        @Option(help: "As printed: 7, 7.1, 12а.") var number: String?
        @Option(help: "The item's title.") var title: String?
        @Option(help: "Who reports.") var rapporteur: String?
        @Option(help: "The draft decision's number.") var draft: String?
        @Option(help: "The item that it belongs below, by id or number.") var parent: String?
        @Option(help: "A document's address; may be given several times.") var link: [String] = []

        func fields(_ id: String, in report: PublicState) throws(CommandFailure) -> [String: JSONValue?] {
            let before = report.agenda?.items[id]
            var parentID = before?.parent
            if let parent { parentID = try report.item(parent) }
            let kept = (before?.links ?? []).map { ($0.title, $0.url) }
            let links = (link.isEmpty ? kept : link.map { ($0, $0) }).map { title, url in
                JSONValue.object(["title": .string(title), "url": .string(url)])
            }
            return [
                "item": .string(id), "number": .text(number ?? before?.number), "title": .text(title ?? before?.title),
                "rapporteur": .text(rapporteur ?? before?.rapporteur), "draft": .text(draft ?? before?.draft), "parent": .text(parentID),
                "links": links.isEmpty ? nil : .array(links),
            ]
        }
    }

    struct Add: CouncilArguments {
        static let help = CommandHelp(
            "add", "Add an item, also during the sitting (with the round that voted it in).",
            "plenary agenda add --number 12 --title \"On the bridge\" --added-by r7")
        @OptionGroup var item: ItemWords
        @Option(name: .customLong("item"), help: "The item's id; without it one is made from the number.") var id: String?
        @Option(help: "The procedural round that put it on the agenda.") var addedBy: String?
        @Option(help: "Its place, from 1; without it the end.") var place: Int?

        mutating func validate() throws {
            if item.number == nil || item.title == nil { throw ValidationError("give --number and --title") }
            if let place, place < 1 { throw ValidationError("--place counts from 1") }
        }

        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            let id = self.id ?? Self.made(from: item.number ?? "", in: report)
            var fields = try item.fields(id, in: report)
            fields["added_by"] = JSONValue.text(addedBy)
            fields["index"] = JSONValue.number(place.map { $0 - 1 })
            return CouncilOrder(CouncilRequest(.addItem, fields), "\(id) is on the agenda: \(item.number ?? ""). \(item.title ?? "")")
        }

        private static func made(from number: String, in report: PublicState) -> String {
            let id = "i\(number)"
            if ItemID(id) != nil, report.agenda?.items[id] == nil { return id }
            return "i-" + UUID().uuidString.prefix(8).lowercased()
        }
    }

    /// An item by id or number.
    struct ItemName: ParsableArguments {
        @Argument(help: ArgumentHelp("The item's id or number.", valueName: "item")) var name: String
    }

    struct Edit: CouncilArguments {
        static let help = CommandHelp(
            "edit", "Change an item's words; what is not given stays.", "plenary agenda edit 4 --title \"On the bridge\"")
        @OptionGroup var target: ItemName
        @OptionGroup var item: ItemWords
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            let id = try report.item(target.name)
            return CouncilOrder(CouncilRequest(.editItem, try item.fields(id, in: report)), "\(id) is changed")
        }
    }

    struct Move: CouncilArguments {
        static let help = CommandHelp("move", "Move an item to another place, counted from 1.", "plenary agenda move 5 2")
        @OptionGroup var target: ItemName
        @Argument(help: "Its new place, from 1.") var place: Int
        mutating func validate() throws { if place < 1 { throw ValidationError("the place counts from 1") } }
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            let id = try report.item(target.name)
            return CouncilOrder(
                CouncilRequest(.moveItem, ["item": .string(id), "index": .number(place - 1)]), "\(id) is at place \(place)")
        }
    }

    struct TakeUp: CouncilArguments {
        static let help = CommandHelp("take-up", "Put an item before the council.", "plenary agenda take-up 3")
        @OptionGroup var target: ItemName
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            let id = try report.item(target.name)
            let item = report.agenda?.items[id]
            return CouncilOrder(
                CouncilRequest(.takeUpItem, ["item": .string(id)]), "before the council: \(item.map { "\($0.number). \($0.title)" } ?? id)")
        }
    }

    struct SetState: CouncilArguments {
        static let help = CommandHelp(
            "set-state", "Say what became of an item; adopted and rejected come by themselves with a final round.",
            "plenary agenda set-state 4 postponed --reason \"The rapporteur is away\"")
        @OptionGroup var target: ItemName
        @Argument(help: "What became of it.") var state: AgendaItem.State
        @Option(help: "Why; it is in the record.") var reason: String?
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            let id = try report.item(target.name)
            return CouncilOrder(
                CouncilRequest(.setItemState, ["item": .string(id), "state": .choice(state), "reason": .text(reason)]),
                "\(id) is \(CouncilText.words(state.rawValue))")
        }
    }
}
