import ArgumentParser
import Foundation
import NIOCore
import Synchronization

struct ExportCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration.group(
        "export", "The record, and a sitting's votes in the forms that others read.",
        "plenary export log --output record.jsonl", "plenary export 835 --sitting s25 --output open-data/",
        "plenary export popolo --sitting s25",
        subcommands: [Log.self, OpenData.self, Popolo.self])

    struct Log: AsyncParsableCommand {
        static let configuration = CommandHelp(
            "log", "The whole record: an event a line as stored, the signed head last. `plenary verify` checks it.",
            "plenary export log --output record.jsonl", "plenary export log | plenary verify -"
        ).configuration
        @OptionGroup var options: CouncilOptions
        @OptionGroup var output: OutputFile

        func run() async throws {
            try await reportingFailure(json: options.output.json) {
                let client = try await options.client()
                let sink = try OutputSink(output.output)
                do throws(CommandFailure) {
                    try await client.control.bytes(client.path("/log"), within: nil) { sink.write($0) }
                } catch {
                    sink.discard()
                    throw error
                }
                try sink.finish()
            }
        }
    }

    struct OutputFile: ParsableArguments {
        @Option(name: .shortAndLong, help: ArgumentHelp("The file to write; without it the text is printed.", valueName: "file"))
        var output: String?
    }

    struct SittingChoice: ParsableArguments {
        @Option(help: "The sitting; without it the one that the hall shows.") var sitting: String?
    }

    struct OpenData: AsyncParsableCommand {
        static let configuration = CommandHelp(
            "835", "Ukraine's open-data set of roll-call votes (resolution 835): motions.csv and votings.csv.",
            "plenary export 835 --sitting s25 --output open-data/ --edrpou 04051234 --katottg UA46060250010015970"
        ).configuration
        @OptionGroup var options: CouncilOptions
        @OptionGroup var choice: SittingChoice
        @Option(name: .shortAndLong, help: ArgumentHelp("The folder for the two files.", valueName: "folder")) var output: String
        @Option(help: "The council's number in the state's register (ЄДРПОУ).") var edrpou: String?
        @Option(help: "The community's code (КАТОТТГ).") var katottg: String?

        func run() async throws {
            try await reportingFailure(json: options.output.json) {
                let client = try await options.client()
                var written: [String] = []
                for table in ["motions", "votings"] {
                    let body = try await client.control.json(
                        .GET,
                        client.path(
                            "/export/835",
                            query: [("sitting", choice.sitting), ("table", table), ("authority", edrpou), ("cattutc", katottg)]))
                    let name = (output as NSString).appendingPathComponent("\(table).csv")
                    do {
                        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
                        try Data(body.readableBytesView).write(to: URL(fileURLWithPath: name), options: .atomic)
                    } catch {
                        throw CommandFailure(.permission, "\(name) cannot be written: \(error.localizedDescription)")
                    }
                    written.append(name)
                }
                let list = written.map { "\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" }.joined(separator: ",")
                writeOut(options.output.json ? "{\"files\":[\(list)]}\n" : written.map { $0 + "\n" }.joined())
            }
        }
    }

    struct Popolo: AsyncParsableCommand {
        static let configuration = CommandHelp(
            "popolo", "The sitting's votes as Popolo vote events (JSON).", "plenary export popolo --sitting s25 --output votes.json"
        ).configuration
        @OptionGroup var options: CouncilOptions
        @OptionGroup var choice: SittingChoice
        @OptionGroup var output: OutputFile

        func run() async throws {
            try await reportingFailure(json: options.output.json) {
                let client = try await options.client()
                let body = try await client.control.json(.GET, client.path("/export/popolo", query: [("sitting", choice.sitting)]))
                let sink = try OutputSink(output.output)
                sink.write(ByteBuffer(string: jsonLine(body)))
                try sink.finish()
            }
        }
    }
}

/// Where an export goes: standard output, or a file that appears under its name when it is whole.
final class OutputSink: Sendable {
    private let name: String?
    private let handle: FileHandle
    private let failure = Mutex<String?>(nil)

    private var draft: String { "\(name ?? "").part" }

    init(_ name: String?) throws(CommandFailure) {
        self.name = name
        guard let name else {
            handle = .standardOutput
            return
        }
        guard FileManager.default.createFile(atPath: "\(name).part", contents: nil), let file = FileHandle(forWritingAtPath: "\(name).part")
        else { throw CommandFailure(.permission, "\(name) cannot be written: is its folder there, and may this user write into it?") }
        handle = file
    }

    func write(_ bytes: ByteBuffer) {
        guard name != nil else { return writeOut(bytes) }
        do {
            try handle.write(contentsOf: Data(bytes.readableBytesView))
        } catch {
            failure.withLock { $0 = error.localizedDescription }
        }
    }

    func discard() { if name != nil { try? FileManager.default.removeItem(atPath: draft) } }

    func finish() throws(CommandFailure) {
        guard let name else { return }
        do {
            try handle.close()
            if let reason = failure.withLock({ $0 }) { throw CommandFailure(.temporary, reason) }
            if rename(draft, name) != 0 { throw CommandFailure(.permission, String(cString: strerror(errno))) }
        } catch {
            discard()
            throw CommandFailure(
                .temporary, "\(name) cannot be written: \((error as? CommandFailure)?.message ?? error.localizedDescription)")
        }
    }
}
