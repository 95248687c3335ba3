import ArgumentParser
import Commons
import Foundation
import Glibc
import NIOCore
import VoteBoard

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Play a sitting from a script: to try things out, to train, to load a test.",
        discussion: """
            plenary demo --script config/demo/sitting.json --hall demo --speed 4
            plenary demo --script config/demo/sitting.json --hall demo --loop

            Each turn is a sitting of its own in the hall's record. What an interrupted turn left open is closed first; a sitting that is
            no turn of this script is not touched: the command is refused while one is in session.
            A hall without a roster gets the one beside the script, roster.csv.

            \(ExitStatus.explanation)
            """)
    @Option(help: ArgumentHelp("The script; docs/council.md says how one is written.", valueName: "file")) var script: String
    @Option(help: "How many times faster than written, 0.1 to 1000.") var speed = 1.0
    @Flag(help: "Again and again, until Ctrl-C.") var loop = false
    @Option(help: ArgumentHelp("The roster for a hall that has none; without it roster.csv beside the script.", valueName: "file"))
    var roster: String?
    @Option(help: "The roster's full composition; without it the script's.") var seats: Int?
    @OptionGroup var options: CouncilOptions

    mutating func validate() throws {
        if !(0.1...1000).contains(speed) { throw ValidationError("--speed \(speed): expected 0.1 to 1000") }
    }

    func run() async throws {
        try await reportingFailure(json: options.output.json) {
            let bytes = try Self.read(script)
            let client = try await options.client()
            let player = SittingPlayer(script: bytes, speed: speed, stage: APIStage(client: client))
            let composition = try seats ?? player.script(turn: "1").seats
            try await importRoster(client, seats: composition)
            var names = TurnNames()
            let progress = DemoProgress(json: options.output.json, isTerminal: isatty(STDOUT_FILENO) == 1)
            repeat {
                let turn = names.next(now: currentMilliseconds())
                do {
                    try await player.play(turn: turn) { progress.tell($0) }
                } catch let error as ForeignSitting {
                    throw CommandFailure(
                        .refused, "hall \(client.hall) holds the sitting \(error.id), which is no turn of \(script): close it first")
                }
                progress.finish(turn)
            } while loop
        }
    }

    private func importRoster(_ client: CouncilClient, seats: Int?) async throws(CommandFailure) {
        guard try await client.report().council.deputies.isEmpty else { return }
        let beside = ((script as NSString).deletingLastPathComponent as NSString).appendingPathComponent("roster.csv")
        let file = roster ?? beside
        let bytes = try Self.read(file)
        _ = try await client.control.send(
            bytes, as: "text/csv",
            to: client.path(
                "/roster", query: [("dry_run", "no"), ("seats", seats.map(String.init)), ("id", UUID().uuidString.lowercased())]),
            file: file)
    }

    private static func read(_ name: String) throws(CommandFailure) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: name) else {
            throw CommandFailure(.noInput, "\(name) cannot be read: is it there, and may this user read it?")
        }
        return Array(data)
    }
}

/// What a demo tells the terminal: a line a step, ballots counted in place.
struct DemoProgress: Sendable {
    var json: Bool
    var isTerminal: Bool

    func tell<Stage>(_ news: SittingPlayer<Stage>.News) {
        switch news {
        case .step(let step, let done, let all):
            if json { return writeOut(Self.line(step, done, all)) }
            let text = "\(String(done).leftPadded(to: String(all).count))/\(all)  \(Self.words(step))"
            if step.request.name == .castBallot {
                if isTerminal { writeOut("\r\u{1B}[K\(text)") }
            } else {
                writeOut((isTerminal ? "\r\u{1B}[K" : "") + text + "\n")
            }
        case .refused(_, let failure): writeError("plenary: passed over: \(failure.message)\n")
        }
    }

    func finish(_ turn: String) { if !json { writeOut("the turn \(turn) is over\n") } }

    private static func line(_ step: SittingScript.Step, _ done: Int, _ all: Int) -> String {
        let object = JSONValue.object(["done": .integer(Int64(done)), "of": .integer(Int64(all)), "command": step.json])
        return String(decoding: object.bytes, as: UTF8.self) + "\n"
    }

    static func words(_ step: SittingScript.Step) -> String {
        guard case .object(let fields) = step.json else { return step.request.name.rawValue }
        let words = ["round", "item", "speaker", "deputy", "choice"].compactMap { name in
            if case .string(let text)? = fields[name] { text } else { nil }
        }
        return ([CouncilText.words(step.request.name.rawValue)] + words).joined(separator: " ")
    }
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
