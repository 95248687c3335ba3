import ArgumentParser
import Foundation
import VoteBoard

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a record as `plenary export log` gives it: the chain, the signature, every count. Needs no daemon.",
        discussion: """
            plenary verify record.jsonl
            plenary verify https://council.example/api/v1/halls/council/log --key 3f9a…
            plenary verify record.jsonl --head head-of-last-month.json

            Exit 0: it holds. Exit 1: it does not; the first event that does not hold is named. Exit 66: it cannot be read.
            Without --key the record is only checked against the key that it names itself: publish the key elsewhere.
            """)
    @Argument(help: "The record: a file, - for standard input, or a web address.") var source: String
    @Option(help: "The public key that must have signed, in hexadecimal.") var key: String?
    @Option(help: "A file with a signed head published earlier (a record's last line): what it vouches for must still be there.")
    var head: String?
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await reportingFailure {
            let earlier = try head.map { name throws(CommandFailure) in try Self.head(name) }
            let report = Verdict(try await bytes(), key: key?.lowercased(), earlier: earlier)
            writeOut(output.json ? try report.json() : report.text(source))
            if !report.holds { throw ExitCode(ExitStatus.refused.rawValue) }
        }
    }

    private func bytes() async throws(CommandFailure) -> [UInt8] {
        if let file = WebFile(source) { return try await file.read() }
        return try Self.read(source)
    }

    private static func read(_ name: String) throws(CommandFailure) -> [UInt8] {
        let handle = name == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: name)
        guard let handle, let data = try? handle.readToEnd() ?? Data() else {
            throw CommandFailure(.noInput, "\(name) cannot be read: is it there, and may this user read it?")
        }
        if data.starts(with: Data("SQLite format 3\0".utf8)) {
            throw CommandFailure(.noInput, "\(name) is the daemon's own file: check what `plenary export log` writes")
        }
        return Array(data)
    }

    private static func head(_ name: String) throws(CommandFailure) -> SignedHead {
        let last = try read(name).split(separator: UInt8(ascii: "\n")).last ?? []
        guard let head = try? JSONDecoder().decode(SignedHead.self, from: Data(last)), head.isSigned else {
            throw CommandFailure(.noInput, "the last line of \(name) is no signed head")
        }
        return head
    }

    /// What came out of it.
    struct Verdict: Encodable {
        var holds: Bool
        /// The first event that does not hold.
        var sequence: Int64?
        var fault: String?
        var sentence: String?
        /// Events that hold.
        var events: Int64
        var sittings: Int?
        var key: String?
        var signedAt: Int64?
        var leaf: String?

        init(_ record: [UInt8], key: String?, earlier: SignedHead?) {
            do throws(LogFault) {
                let verifier = try LogExport.verify(record, key: key, atLeast: earlier)
                let line = record.dropLast().split(separator: UInt8(ascii: "\n")).last ?? []
                let head = try? JSONDecoder().decode(SignedHead.self, from: Data(line))
                holds = true
                events = verifier.tip.sequence
                sittings = verifier.state.sittings.count
                self.key = head?.key
                signedAt = head?.at.value
                leaf = head?.leaf
            } catch {
                holds = false
                sequence = error.sequence
                fault = error.kind.rawValue
                sentence = error.sentence
                events = max(0, error.sequence - 1)
            }
        }

        func json() throws -> String {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }

        func text(_ source: String) -> String {
            guard holds else { return "\(source) does not hold, at event \(sequence ?? 0): \(sentence ?? "")\n" }
            let signed = signedAt.map { ", signed \(Figures.time($0, now: 0))" } ?? ""
            let count = sittings ?? 0
            return "\(source) holds: \(events) events, \(count) sitting\(count == 1 ? "" : "s")\(signed)\nkey \(key ?? "")\n"
        }
    }
}
