import ArgumentParser
import Commons
import Foundation
import Glibc
import NIOCore
import VoteBoard

/// The options of every command that is about a hall's council.
struct CouncilOptions: ParsableArguments {
    @OptionGroup var control: ControlOptions
    @Option(help: "The hall; not needed when there is only one.") var hall: String?
    @OptionGroup var output: JSONOption

    mutating func validate() throws {
        if let hall { try checkHallName(hall) }
    }

    func client() async throws(CommandFailure) -> CouncilClient { try await CouncilClient(control.client, hall: hall) }
}

/// The options of every command that changes something.
struct SendOptions: ParsableArguments {
    @OptionGroup var council: CouncilOptions
    @Option(help: "The sitting; without it the one in session, else the next scheduled one.") var sitting: String?
    @Option(
        help: ArgumentHelp(
            "The sequence that the council must be at; when something happened since, nothing is done and you are told what.",
            valueName: "sequence"))
    var expected: Int64?
    @Option(
        help: ArgumentHelp("The command's own UUID: sent again, it is not done again.", valueName: "uuid"),
        transform: { text in
            guard let id = UUID(uuidString: text) else { throw ValidationError("“\(text)” is no UUID (uuidgen makes one)") }
            return id
        })
    var id: UUID?
}

/// The words of one command to the council: its arguments, and what they mean. `Sending` makes a subcommand of them.
protocol CouncilArguments: ParsableArguments {
    static var help: CommandHelp { get }

    /// - Parameters:
    ///   - report: what the hall shows, to find what was named.
    ///   - now: UTC milliseconds.
    func order(in report: PublicState, now: Int64) throws(CommandFailure) -> CouncilOrder
}

/// A command to be sent, and what to say when it was done.
struct CouncilOrder {
    var request: CouncilRequest
    var done: String
    /// A round to show as it is afterwards.
    var shows: String?

    init(_ request: CouncilRequest, _ done: String, shows round: String? = nil) {
        self.request = request
        self.done = done
        shows = round
    }
}

/// The subcommand that sends what `Words` say.
struct Sending<Words: CouncilArguments>: AsyncParsableCommand {
    static var configuration: CommandConfiguration { Words.help.configuration }
    @OptionGroup var words: Words
    @OptionGroup var options: SendOptions

    func run() async throws {
        try await reportingFailure(json: options.council.output.json) {
            let client = try await options.council.client()
            let order = try await order(client)
            let answer = try await client.send(order.request, id: options.id ?? UUID(), expected: options.expected)
            if options.council.output.json { return writeOut(jsonLine(answer)) }
            writeOut(order.done + "\n")
            guard let round = order.shows else { return }
            let events = try ControlClient.decode(CommandAnswer.self, from: answer, of: "the command").events
            writeOut(CouncilText(report: try await client.report(after: events?.last ?? 0), now: currentMilliseconds()).round(round))
        }
    }

    /// What the words mean now. When they mean nothing, once more: the command before may not be shown yet.
    private func order(_ client: CouncilClient) async throws(CommandFailure) -> CouncilOrder {
        do {
            return try order(in: try await client.report())
        } catch {
            try? await Task.sleep(for: .milliseconds(100))
            return try order(in: try await client.report())
        }
    }

    private func order(in report: PublicState) throws(CommandFailure) -> CouncilOrder {
        var order = try words.order(in: report, now: currentMilliseconds())
        if order.request.fields["sitting"] == nil { order.request.fields["sitting"] = .string(try report.sitting(options.sitting)) }
        return order
    }
}

/// A subcommand that reads what the hall shows.
protocol CouncilReading: AsyncParsableCommand {
    var options: CouncilOptions { get }
    /// The part of the state that `--json` prints; empty for all of it.
    var part: [String] { get }
    func text(_ text: CouncilText) throws(CommandFailure) -> String
}

extension CouncilReading {
    func run() async throws {
        try await reportingFailure(json: options.output.json) {
            let client = try await options.client()
            if options.output.json { return writeOut(try Self.json(try await client.snapshot(), part: part)) }
            writeOut(try text(CouncilText(report: try await client.report(), now: currentMilliseconds())))
        }
    }

    private static func json(_ snapshot: ByteBuffer, part: [String]) throws(CommandFailure) -> String {
        if part.isEmpty { return jsonLine(snapshot) }
        var value = try? JSONSerialization.jsonObject(with: Data(snapshot.readableBytesView))
        for name in ["state"] + part { value = (value as? [String: Any])?[name] }
        guard let value, let data = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])
        else {
            throw CommandFailure(.refused, "there is no \(part.joined(separator: " ")) in the hall's state now")
        }
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}

// What arguments may say.
extension Choice: ExpressibleByArgument {}
extension RoundKind: ExpressibleByArgument {}
extension RoundMethod: ExpressibleByArgument {}
extension Reveal: ExpressibleByArgument {}
extension SpeechKind: ExpressibleByArgument {}
extension AgendaItem.State: ExpressibleByArgument {}
