import ArgumentParser
import Commons
import Foundation
import NIOCore
import VoteBoard

/// A file that takes the place of something; shown first, taken with `--apply`.
struct ImportSource: ParsableArguments {
    static let largest = ImportedFile.largestBytes

    @Argument(help: ArgumentHelp("The file; - for standard input.", valueName: "file")) var file: String
    @Flag(help: "Take it; without this the changes are only shown.") var apply = false

    func read() throws(CommandFailure) -> [UInt8] {
        let handle = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
        guard let handle, let data = try? handle.read(upToCount: Self.largest + 1) ?? Data() else {
            throw CommandFailure(.noInput, "\(file) cannot be read: is it there, and may this user read it?")
        }
        guard data.count <= Self.largest else { throw CommandFailure(.faultyInput, "\(file) is larger than 4 MiB: is it the right file?") }
        return Array(data)
    }

    /// As the daemon wants to be told.
    func contentType(_ bytes: [UInt8]) -> String {
        let name = file.lowercased()
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { return "application/yaml" }
        let first = bytes.first { $0 > 0x20 && ![0xEF, 0xBB, 0xBF].contains($0) }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? "application/json" : "text/csv"
    }
}

/// A subcommand that sends a file.
protocol FileImport: AsyncParsableCommand {
    var options: CouncilOptions { get }
    var source: ImportSource { get }
    var route: String { get }
    func query(_ client: CouncilClient) async throws(CommandFailure) -> [(String, String?)]
}

extension FileImport {
    func query(_ client: CouncilClient) async throws(CommandFailure) -> [(String, String?)] { [] }

    func run() async throws {
        try await reportingFailure(json: options.output.json) {
            let bytes = try source.read()
            let client = try await options.client()
            // The same id when the connection drops and it is sent again.
            let query = try await query(client) + [("dry_run", source.apply ? "no" : "yes"), ("id", UUID().uuidString.lowercased())]
            let path = client.path(route, query: query)
            guard let answer = try await send(bytes, to: path, client) else {
                return writeOut(options.output.json ? #"{"changes":[],"dry_run":false}"# + "\n" : Self.text([], applied: source.apply))
            }
            if options.output.json { return writeOut(jsonLine(answer)) }
            let report = try ControlClient.decode(CommandAnswer.self, from: answer, of: path).file
            writeOut(Self.text(report?.changes ?? [], warnings: report?.warnings ?? [], applied: source.apply))
        }
    }

    /// The answer; `nil` when what the file wants is so already.
    private func send(_ bytes: [UInt8], to path: String, _ client: CouncilClient) async throws(CommandFailure) -> ByteBuffer? {
        do throws(CommandFailure) {
            return try await client.control.send(bytes, as: source.contentType(bytes), to: path, file: source.file)
        } catch {
            if error.code == "nothing_to_change" { return nil }
            throw error
        }
    }

    private static func text(_ changes: [CommandAnswer.Change], warnings: [String] = [], applied: Bool) -> String {
        var lines = changes.map(\.text)
        lines += warnings.map { "warning: \($0)" }
        if changes.isEmpty {
            lines.append("nothing changes")
        } else if applied {
            lines.append("taken")
        } else {
            lines.append("nothing is changed yet: the same with --apply takes it")
        }
        return lines.map { $0 + "\n" }.joined()
    }
}

struct RosterCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration.group(
        "roster", "The deputies: import and show.",
        "plenary roster import roster.csv --seats 34", "plenary roster import roster.csv --seats 34 --apply", "plenary roster show",
        subcommands: [Import.self, Show.self])

    struct Import: FileImport {
        static let configuration = CommandHelp(
            "import", "Read the roster from a table or JSON, in place of the one that is there; people of the same name keep their id.",
            "plenary roster import roster.csv --seats 34            says what changes",
            "plenary roster import roster.csv --seats 34 --apply    and makes it so"
        ).configuration
        @OptionGroup var options: CouncilOptions
        @OptionGroup var source: ImportSource
        @Option(help: "The full composition, vacant seats too; not needed when it is known.") var seats: Int?
        var route: String { "/roster" }
        func query(_ client: CouncilClient) -> [(String, String?)] { [("seats", seats.map(String.init))] }
    }

    struct Show: CouncilReading {
        static let configuration = CommandHelp("show", "Show the deputies whose mandate runs, and who is here.", "plenary roster show")
            .configuration
        @OptionGroup var options: CouncilOptions
        var part: [String] { ["council"] }
        func text(_ text: CouncilText) -> String { text.roster }
    }
}

struct RulesCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration.group(
        "rules", "How the council votes: majorities, quorum, speaking times.",
        "plenary rules show", "plenary rules import config/rules/ua.yaml --apply", subcommands: [Import.self, Show.self])

    struct Import: FileImport {
        static let configuration = CommandHelp(
            "import", "Read the rules from a file such as those in config/rules/.",
            "plenary rules import council-rules.yaml            looks for faults",
            "plenary rules import council-rules.yaml --apply    and puts the rules in force"
        ).configuration
        @OptionGroup var options: CouncilOptions
        @OptionGroup var source: ImportSource
        var route: String { "/rules" }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandHelp("show", "Show the rules in force.", "plenary rules show --json").configuration
        @OptionGroup var options: CouncilOptions

        func run() async throws {
            try await reportingFailure(json: options.output.json) {
                let client = try await options.client()
                let path = client.path("/rules")
                let answer = try await client.control.json(.GET, path)
                if options.output.json { return writeOut(jsonLine(answer)) }
                writeOut(RulesText.page(try ControlClient.decode(RuleBook.self, from: answer, of: path)))
            }
        }
    }
}
