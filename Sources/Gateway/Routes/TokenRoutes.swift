import Commons
import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore

/// Tokens: made, listed, revoked. Their secrets are shown once, when they are made.
struct TokenRoutes: Sendable {
    static let usualDays = 90
    static let days = 1...3650
    static let nameLength = 1...64

    let control: any HallControl
    let access: AccessControl

    func add(to table: RouteTable) {
        table.at(
            "/api/v1/tokens",
            [
                .get: { request, context in
                    _ = try access.admit(request, context, to: .tokens)
                    return try JSON.response(access.keys.tokens.map { TokenReport($0) })
                }, .post: { try await create($0, $1) },
            ])
        table.at("/api/v1/tokens/:token", [.delete: { try revoke($0, $1) }])
    }

    private func create(_ request: Request, _ context: DoorContext) async throws -> Response {
        let identity = try access.admit(request, context, to: .tokens)
        let asked = try tokenRequest(Array(try await request.body.collect(upTo: .max).readableBytesView))
        do {
            let (token, secret) = try access.keys.create(name: asked.name, role: asked.role, halls: asked.halls, days: asked.days)
            let halls = token.halls?.joined(separator: ", ") ?? "all halls"
            access.audit(
                identity, "a token “\(token.name)”, \(token.role.rawValue) of \(halls)", outcome: "made \(token.id)", level: .notice)
            return try JSON.response(TokenReport(token, secret: secret), status: .created)
        } catch let fault as KeyRing.Fault {
            throw Self.refused(fault)
        }
    }

    private struct TokenRequest {
        var name: String
        var role: Role
        var halls: [String]?
        var days: Int
    }

    private func tokenRequest(_ body: [UInt8]) throws -> TokenRequest {
        let fields: [String: FlatJSON.Value]
        do throws(FlatJSON.Fault) {
            fields = try FlatJSON.fields(body, known: ["name", "role", "halls", "days"])
        } catch {
            throw Problem.badBody(error.sentence)
        }
        guard case .text(let given) = fields["name"] else { throw Problem.wrongField("name", "text: whose token it is") }
        let name = given.trimmingCharacters(in: .whitespaces)
        guard Self.nameLength.contains(name.count), name.unicodeScalars.allSatisfy(Self.isPlain), !name.lowercased().hasPrefix("cli:"),
            !["setup", "clock", "config", "demo", "folder"].contains(name.lowercased())
        else {
            throw Problem.wrongField(
                "name", "1 to 64 letters without control characters, not beginning with “cli:”, and none of Plenary's own names")
        }
        guard case .text(let word) = fields["role"], let role = Role(rawValue: word) else {
            throw Problem.wrongField("role", "one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        var halls: [String]?
        switch fields["halls"] {
        case nil, .null: break
        case .texts(let names) where !names.isEmpty:
            for name in names where !control.halls.contains(where: { $0.name == name }) {
                throw Problem.wrongField("halls", "names of halls that are there; “\(name.prefix(40))” is none")
            }
            halls = Array(Set(names)).sorted()
        default: throw Problem.wrongField("halls", "a list of halls, or absent for all of them")
        }
        var days = Self.usualDays
        switch fields["days"] {
        case nil, .null: break
        case .number(let number) where Self.days.contains(number): days = number
        default: throw Problem.wrongField("days", "a whole number from 1 to 3650")
        }
        return TokenRequest(name: name, role: role, halls: halls, days: days)
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }

    private func revoke(_ request: Request, _ context: DoorContext) throws -> Response {
        let identity = try access.admit(request, context, to: .tokens)
        let id = try context.parameters.require("token")
        do {
            guard let token = try access.keys.revoke(id) else {
                throw Problem(.noSuchToken, detail: "there is no token “\(id.prefix(40))”: `plenary token list` shows them")
            }
            access.audit(identity, "the token “\(token.name)”", outcome: "revoked \(token.id)", level: .notice)
            return Response(status: .noContent, headers: [.cacheControl: "no-store"])
        } catch let fault as KeyRing.Fault {
            throw Self.refused(fault)
        }
    }

    static func refused(_ fault: KeyRing.Fault) -> any Error {
        switch fault {
        case .storage(let words): ProblemResponse.unstored(words)
        case .nameTaken:
            Problem(.nameTaken, detail: "a token of this name is there already: choose another name, or revoke that one first")
        default:
            Problem(.tooManyTokens, detail: "there are \(KeyRing.tokenLimit) tokens already: revoke some first")
        }
    }
}

/// An element of `GET /api/v1/tokens`; the answer to `POST` has the secret beside it.
public struct TokenReport: Sendable, Equatable, Codable {
    public var id: String
    public var name: String
    public var role: String
    /// Absent: every hall.
    public var halls: [String]?
    /// UTC milliseconds.
    public var created: Int64
    public var expires: Int64
    /// Shown once.
    public var token: String?

    init(_ token: KeyFile.Token, secret: String? = nil) {
        id = token.id
        name = token.name
        role = token.role.rawValue
        halls = token.halls
        created = token.created
        expires = token.expires
        self.token = secret
    }
}

extension Problem {
    static func badBody(_ sentence: String) -> Problem {
        Problem(.badInput, detail: sentence)
    }

    static func wrongField(_ field: String, _ rule: String) -> Problem {
        Problem(.badField, detail: "`\(field)` must be \(rule)", field: field)
    }
}
