import Foundation
import HTTPTypes
import Testing
import VoteBoard

@testable import Gateway

/// Every role before every door: the matrix of docs/http.md, walked.
@Suite struct `Roles` {
    /// What each role may, said here once more: the code is not its own witness.
    private static let ballotRoles: Set<Role> = [.secretary, .votingSystem]
    private static let routes: [(method: String, path: String, body: String, roles: Set<Role>)] = [
        ("GET", "/api/v1/halls/demo/stream", "", [.operator]),
        ("POST", "/api/v1/halls/demo/stream/start", "", [.operator]),
        ("POST", "/api/v1/halls/demo/stream/stop", "", [.operator]),
        ("POST", "/api/v1/halls/demo/stream/restart", "", [.operator]),
        ("POST", "/api/v1/halls/demo/stream/hide", "", [.operator]),
        ("POST", "/api/v1/halls/demo/stream/show", "", [.operator]),
        ("POST", "/api/v1/halls/demo/stream/slate-on", "", [.operator]),
        ("POST", "/api/v1/halls/demo/stream/slate-off", "", [.operator]),
        ("POST", "/api/v1/halls/demo/stream/probe", "", [.operator]),
        ("POST", "/api/v1/halls/demo/roster", "x", [.secretary]),
        ("POST", "/api/v1/halls/demo/roster?dry_run=yes", "x", [.secretary]),
        ("POST", "/api/v1/halls/demo/agenda?sitting=s1", "x", [.secretary]),
        ("POST", "/api/v1/halls/demo/rules", "x", [.secretary]),
        ("POST", "/api/v1/halls/demo/hall-system", "{}", [.secretary, .votingSystem]),
        ("GET", "/api/v1/tokens", "", [.admin]),
        ("POST", "/api/v1/tokens", "{}", [.admin]),
        ("DELETE", "/api/v1/tokens/000000000000", "", [.admin]),
        ("POST", "/api/v1/reload", "", [.admin]),
        ("GET", "/api/v1/logs?last=1", "", [.admin]),
    ]
    private static let everybodys = [
        "/api/v1/halls", "/api/v1/version", "/api/v1/halls/demo/council", "/api/v1/halls/demo/rules", "/api/v1/halls/demo/log",
        "/api/v1/halls/demo/channel", "/api/v1/halls/demo/stream/public", "/api/v1/halls/demo/export/popolo?sitting=s1",
        "/api/v1/halls/demo/export/835?sitting=s1", "/healthz", "/metrics",
    ]

    @Test func `each command is for its roles, by token and by session`() async throws {
        let door = try await CouncilDoor(isReady: true)
        defer { door.close() }
        let commands = try DescribedCommands.all()
        for role in Role.allCases {
            for fields in [try door.bearer(role), try door.session(role), try door.bearer(role, halls: ["demo"])] {
                for command in commands {
                    let before = door.board.state.sequence
                    let (status, json) = try await door.ask("POST", "/api/v1/halls/demo/commands", fresh(command.example), as: fields)
                    let may = role == .secretary || (role == .votingSystem && command.name == "cast_ballot")
                    if may {
                        #expect(status != 401 && status != 403, "\(role) may \(command.name): \(json)")
                    } else {
                        #expect(status == 403 && json["code"] as? String == "role_missing", "\(role) may not \(command.name)")
                        #expect((json["detail"] as? String)?.contains("the role secretary") == true)
                        #expect(door.board.state.sequence == before, "nothing happened")
                    }
                }
            }
        }
    }

    @Test func `each route is for its roles`() async throws {
        let door = try await CouncilDoor(isReady: true)
        defer { door.close() }
        for role in Role.allCases {
            for fields in [try door.bearer(role), try door.session(role)] {
                for route in Self.routes {
                    let (status, json) = try await door.ask(route.method, route.path, route.body, as: fields)
                    if route.roles.contains(role) {
                        #expect(status != 401 && status != 403, "\(role) may \(route.method) \(route.path): \(json)")
                    } else {
                        #expect(status == 403 && json["code"] as? String == "role_missing", "\(role) may not \(route.method) \(route.path)")
                    }
                }
                for path in Self.everybodys { #expect(try await door.raw("GET", path, [], as: fields).status == 200, "\(path)") }
            }
        }
    }

    @Test func `without a token nobody may anything but read`() async throws {
        let door = try await CouncilDoor(isReady: true)
        defer { door.close() }
        let record = try await door.record()
        for command in try DescribedCommands.all() {
            #expect(try await door.ask("POST", "/api/v1/halls/demo/commands", command.example, as: [:]).status == 401)
        }
        for route in Self.routes { #expect(try await door.ask(route.method, route.path, route.body, as: [:]).status == 401) }
        for path in Self.everybodys { #expect(try await door.raw("GET", path, [], as: [:]).status == 200, "\(path)") }
        #expect(try await door.record() == record)
    }

    @Test func `a token for other halls may nothing in this one`() async throws {
        let door = try await CouncilDoor(isReady: true)
        defer { door.close() }
        let record = try await door.record()
        for role in [Role.secretary, .votingSystem, .operator] {
            let fields = try door.bearer(role, halls: ["other"])
            let ballot = #"{"command":"cast_ballot","round":"r1","deputy":"d1","choice":"yes"}"#
            let (status, json) = try await door.ask("POST", "/api/v1/halls/demo/commands", ballot, as: fields)
            #expect(status == 403 && json["code"] as? String == (role == .operator ? "role_missing" : "other_hall"))
            for route in Self.routes where route.roles.contains(role) {
                let (status, json) = try await door.ask(route.method, route.path, route.body, as: fields)
                #expect(status == 403 && json["code"] as? String == "other_hall", "\(route.path)")
            }
        }
        #expect(try await door.record() == record)
    }

    @Test func `at the control socket the local user may everything, under their name`() async throws {
        let door = try await CouncilDoor(isReady: true)
        defer { door.close() }
        for route in Self.routes {
            let (status, json) = try await door.ask(route.method, route.path, route.body, as: nil)
            #expect(status != 401 && status != 403, "\(route.path): \(json)")
        }
        #expect(String(decoding: try await door.record(), as: UTF8.self).contains(#""by":"cli:root""#))
    }

    @Test func `a voting system casts ballots in open rounds and does nothing else`() async throws {
        let door = try await CouncilDoor(isReady: true)
        defer { door.close() }
        let system = try door.bearer(.votingSystem, halls: ["demo"])
        func cast(_ deputy: String) async throws -> String {
            let body = #"{"command":"cast_ballot","round":"r1","deputy":"\#(deputy)","choice":"yes"}"#
            let (status, json) = try await door.ask("POST", "/api/v1/halls/demo/commands", body, as: system)
            return status == 200 ? "done" : json["code"] as? String ?? "\(status)"
        }
        #expect(try await cast("d1") == "unknown_round")
        try await door.local(
            "POST", "commands", #"{"command":"plan_round","round":"r1","item":"i1","kind":"whole","question":"В цілому?"}"#)
        #expect(try await cast("d1") == "round_state")
        try await door.local("POST", "commands", #"{"command":"open_round","round":"r1"}"#)
        #expect(try await cast("d1") == "done")
        #expect(try await cast("d1") == "ballot_twice")
        try await door.local("POST", "commands", #"{"command":"close_round","round":"r1"}"#)
        #expect(try await cast("d2") == "ballot_after_close")
        #expect(door.board.state.sitting("s1")?.round("r1")?.ballots.keys.map(\.text) == ["d1"])
    }

    /// The example with an id of its own.
    private func fresh(_ example: String) -> String {
        example.replacing(/"id":"[^"]*"/, with: "\"id\":\"\(UUID().uuidString.lowercased())\"")
    }
}
