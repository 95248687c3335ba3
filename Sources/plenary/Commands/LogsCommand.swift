import ArgumentParser
import Foundation
import Gateway

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show the daemon's last log lines.",
        discussion: """
            plenary logs            the last 100 lines
            plenary logs -f         and each new one as it comes
            plenary logs -n 500 --hall council
            """)
    @OptionGroup var control: ControlOptions
    @Flag(name: [.customShort("f"), .long], help: "Go on with each new line as it comes.") var follow = false
    @Option(name: [.customShort("n"), .long], help: "How many of the last lines, up to 2000.") var last = 100
    @Option(help: "Only the lines of this hall.") var hall: String?
    @OptionGroup var output: JSONOption

    mutating func validate() throws {
        if !(0...2000).contains(last) { throw ValidationError("--last \(last): expected 0 to 2000") }
    }

    func run() async throws {
        try await reportingFailure {
            let (hall, json) = (hall, output.json)
            try await control.client.lines("/api/v1/logs?last=\(last)\(follow ? "&follow=yes" : "")") { text in
                guard let line = try? JSONDecoder().decode(LogLine.self, from: Data(text.utf8)) else { return }
                if let hall, line.hall != hall { return }
                writeOut(json ? text + "\n" : LogText.human(line) + "\n")
            }
        }
    }
}

struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Let the daemon read its configuration again; halls that did not change are not touched.",
        discussion: "Example: plenary reload\nA configuration with faults changes nothing; every fault is listed, exit 78.")
    @OptionGroup var control: ControlOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await reportingFailure {
            let body = try await control.client.json(.POST, "/api/v1/reload")
            if output.json { return writeOut(jsonLine(body)) }
            writeOut(StatusText.reload(try JSONDecoder().decode(ReloadReport.self, from: Data(body.readableBytesView))))
        }
    }
}

struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Show the version of this program and of the running daemon.", discussion: "Example: plenary version --json")
    @OptionGroup var control: ControlOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let daemon = try? await control.client.value(VersionReport.self, .GET, "/api/v1/version").version
        if output.json {
            let running = daemon.map { "\"\($0)\"" } ?? "null"
            return writeOut("{\"version\":\"\(programVersion)\",\"daemon\":\(running)}\n")
        }
        writeOut("plenary \(programVersion)\n")
        if let daemon { writeOut(daemon == programVersion ? "the running daemon is the same\n" : "the running daemon is \(daemon)\n") }
    }
}
