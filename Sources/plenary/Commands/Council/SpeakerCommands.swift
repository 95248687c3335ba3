import ArgumentParser
import Commons
import Foundation
import VoteBoard

struct SpeakerCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration.group(
        "speaker", "The list of speakers and the floor's countdown.",
        "plenary speaker queue 15 --kind report", "plenary speaker start", "plenary speaker extend 60",
        subcommands: [
            Sending<Queue>.self, Sending<Remove>.self, Sending<Start>.self, Sending<Pause>.self, Sending<Resume>.self,
            Sending<Extend>.self, Sending<End>.self, List.self,
        ])

    struct Queue: CouncilArguments {
        static let help = CommandHelp(
            "queue", "Put a deputy or a guest into the list of speakers.", "plenary speaker queue 15 --kind question",
            "plenary speaker queue --guest \"Head of the school\" --kind report --item 3 --seconds 600")
        @Argument(help: "The deputy: id, seat or family name; not with --guest.") var deputy: String?
        @Option(help: "A guest's name and office.") var guest: String?
        @Option(help: "The kind of speech.") var kind: SpeechKind = .debate
        @Option(help: "The item, by id or number; without it the one before the council.") var item: String?
        @Option(help: "Seconds of floor; without it the rules' for the kind.") var seconds: Int?
        @Option(help: "The place in the list, from 1; without it the end.") var place: Int?
        @Option(help: "The turn's id; without it one is made.") var speaker: String?

        mutating func validate() throws {
            if (deputy == nil) == (guest == nil) { throw ValidationError("give either a deputy or --guest") }
            if let place, place < 1 { throw ValidationError("--place counts from 1") }
        }

        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            let id = speaker ?? "t-" + UUID().uuidString.prefix(8).lowercased()
            var (deputyID, itemID) = (deputy, report.currentItem)
            if let deputy { deputyID = try report.deputy(deputy) }
            if let item { itemID = try report.item(item) }
            let request = CouncilRequest(
                .queueSpeaker,
                [
                    "speaker": .string(id), "deputy": .text(deputyID), "guest": .text(guest), "kind": .choice(kind), "item": .text(itemID),
                    "seconds": .number(seconds), "index": .number(place.map { $0 - 1 }),
                ])
            return CouncilOrder(request, "in the list as \(id)")
        }
    }

    struct Turn: ParsableArguments {
        @Argument(help: ArgumentHelp("The turn's id; without it the first in the list.", valueName: "turn")) var id: String?
    }

    struct Remove: CouncilArguments {
        static let help = CommandHelp("remove", "Take a turn off the list.", "plenary speaker remove t2")
        @Argument(help: "The turn's id (plenary speaker list).") var turn: String
        func order(in report: PublicState, now: Int64) -> CouncilOrder {
            CouncilOrder(CouncilRequest(.removeSpeaker, ["speaker": .string(turn)]), "\(turn) is off the list")
        }
    }

    struct Start: CouncilArguments {
        static let help = CommandHelp("start", "Give the floor; the countdown runs.", "plenary speaker start", "plenary speaker start t3")
        @OptionGroup var turn: Turn
        func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder {
            let id = try report.speaker(turn.id)
            return CouncilOrder(CouncilRequest(.startSpeech, ["speaker": .string(id)]), "\(id) has the floor")
        }
    }

    struct Pause: CouncilArguments {
        static let help = CommandHelp("pause", "Stop the countdown; the floor stays.", "plenary speaker pause")
        func order(in report: PublicState, now: Int64) -> CouncilOrder { CouncilOrder(CouncilRequest(.pauseSpeech), "paused") }
    }

    struct Resume: CouncilArguments {
        static let help = CommandHelp("resume", "Let the countdown run on.", "plenary speaker resume")
        func order(in report: PublicState, now: Int64) -> CouncilOrder { CouncilOrder(CouncilRequest(.resumeSpeech), "running") }
    }

    struct Extend: CouncilArguments {
        static let help = CommandHelp("extend", "Give the speaker more time.", "plenary speaker extend 60")
        @Argument(help: "Seconds more.") var seconds: Int
        func order(in report: PublicState, now: Int64) -> CouncilOrder {
            CouncilOrder(CouncilRequest(.extendSpeech, ["seconds": .number(seconds)]), "\(seconds) s more")
        }
    }

    struct End: CouncilArguments {
        static let help = CommandHelp("end", "End the speech.", "plenary speaker end")
        func order(in report: PublicState, now: Int64) -> CouncilOrder {
            CouncilOrder(CouncilRequest(.endSpeech), "the speech has ended")
        }
    }

    struct List: CouncilReading {
        static let configuration = CommandHelp("list", "Show who speaks and who waits.", "plenary speaker list").configuration
        @OptionGroup var options: CouncilOptions
        var part: [String] { ["speakers"] }
        func text(_ text: CouncilText) -> String { text.speakers }
    }
}
