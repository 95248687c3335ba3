import ArgumentParser
import Commons
import Foundation
import NIOCore
import VoteBoard

struct TokenCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration.group(
        "token", "Tokens for programs and people that come over the network.",
        "plenary token create \"Hall consoles\" --role voting-system --hall council --days 365", "plenary token list",
        "plenary token revoke 3f9a1c2e", subcommands: [Create.self, List.self, Revoke.self])

    enum Role: String, ExpressibleByArgument, CaseIterable {
        case `operator`, secretary, display, admin
        case votingSystem = "voting-system"
    }

    private static let path = "/api/v1/tokens"

    struct Create: AsyncParsableCommand {
        static let configuration = CommandHelp(
            "create", "Make a token; it is shown once and kept nowhere.",
            "plenary token create \"Hall consoles\" --role voting-system --hall council --days 365"
        ).configuration
        @OptionGroup var control: ControlOptions
        @Argument(help: "Whose it is, for the list and the log.") var name: String
        @Option(help: "What it may do.") var role: Role
        @Option(help: "The hall it is for; may be given several times, without it all.") var hall: [String] = []
        @Option(help: "Days until it expires.") var days: Int?
        @OptionGroup var output: JSONOption

        func run() async throws {
            try await reportingFailure(json: output.json) {
                var fields: [String: JSONValue] = ["name": .string(name), "role": .string(role.rawValue)]
                if !hall.isEmpty { fields["halls"] = .array(hall.map(JSONValue.string)) }
                fields["days"] = JSONValue.number(days)
                let body = try await control.client.send(
                    JSONValue.object(fields).bytes, as: "application/json", to: TokenCommands.path, again: false)
                if output.json { return writeOut(jsonLine(body)) }
                struct Made: Decodable { var token: String }
                writeOut(try ControlClient.decode(Made.self, from: body, of: TokenCommands.path).token + "\n")
                writeError("plenary: this is shown once; send it as “Authorization: Bearer …”\n")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandHelp("list", "List the tokens, without their secrets.", "plenary token list").configuration
        @OptionGroup var control: ControlOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            try await reportingFailure(json: output.json) {
                let body = try await control.client.json(.GET, TokenCommands.path)
                if output.json { return writeOut(jsonLine(body)) }
                let tokens = try ControlClient.decode([Token].self, from: body, of: TokenCommands.path)
                writeOut(Self.table(tokens, now: currentMilliseconds()))
            }
        }

        struct Token: Decodable {
            var id: String
            var name: String
            var role: String
            var halls: [String]?
            var expires: Int64?
        }

        static func table(_ tokens: [Token], now: Int64) -> String {
            if tokens.isEmpty { return "there are no tokens\n" }
            let rows = tokens.map { token in
                let ends = token.expires.map { ($0 <= now ? "expired " : "") + Figures.time($0, now: now) } ?? "never"
                return [token.id, token.name, token.role, token.halls?.joined(separator: ", ") ?? "all", ends]
            }
            return TextTable(heading: ["ID", "NAME", "ROLE", "HALLS", "EXPIRES"], rows: rows).text
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandHelp("revoke", "End a token at once.", "plenary token revoke 3f9a1c2e").configuration
        @OptionGroup var control: ControlOptions
        @Argument(help: "The token's id, as `plenary token list` shows it.") var id: String
        @OptionGroup var output: JSONOption

        mutating func validate() throws {
            if Identifier<Void>(id) == nil { throw ValidationError("“\(id)” is no token's id (plenary token list)") }
        }

        func run() async throws {
            try await reportingFailure(json: output.json) {
                let body = try await control.client.send(
                    [], as: "application/json", to: "\(TokenCommands.path)/\(id)", method: .DELETE, again: true)
                writeOut(output.json && body.readableBytes > 0 ? jsonLine(body) : "\(id) is revoked\n")
            }
        }
    }
}
