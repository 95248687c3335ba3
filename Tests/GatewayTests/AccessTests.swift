import Commons
import Foundation
import Logging
import TestSupport
import Testing

@testable import Gateway

@Suite(.outsideProcess, .timeLimit(.minutes(5))) struct `Who may come in` {
    private struct Visit {
        let door: Door

        func ask(_ line: String, _ fields: [String] = [], body: String = "") async throws -> Reply {
            try await door.ask(
                "\(line) HTTP/1.1\r\nHost: council.example\r\nContent-Length: \(body.utf8.count)\r\n"
                    + fields.map { $0 + "\r\n" }.joined() + "\r\n" + body)
        }

        func token(_ role: Role, name: String = "T", halls: [String]? = nil) throws -> String {
            "Authorization: Bearer " + (try door.keys.create(name: name, role: role, halls: halls, days: 1).secret)
        }

        /// Signs in; the cookie and the CSRF field.
        func session(_ role: Role) async throws -> (cookie: String, csrf: String) {
            let secret = try door.keys.create(name: "S \(role)", role: role, halls: nil, days: 1).secret
            let reply = try await ask("POST /api/v1/session", body: #"{"token":"\#(secret)"}"#)
            let cookie = try #require(reply["set-cookie"]?.split(separator: ";").first)
            return ("Cookie: \(cookie)", "X-CSRF-Token: " + (try Self.csrf(reply)))
        }

        static func csrf(_ reply: Reply) throws -> String {
            try #require(try JSONDecoder().decode(SessionReport.self, from: Data(reply.body)).csrf)
        }
    }

    @Test func `a token of the right role may, of another may not, and without one nobody does`() async throws {
        try await Door.open { door in
            let visit = Visit(door: door)
            let stop = "POST /api/v1/halls/demo/stream/stop"
            #expect(try await visit.ask(stop, [visit.token(.operator)]).status == 200)
            #expect(door.control.performed == ["stop demo"])
            for role in Role.allCases where role != .operator {
                let reply = try await visit.ask(stop, [visit.token(role, name: "not \(role)")])
                #expect(reply.status == 403 && reply.text.contains("urn:plenary:role_missing") && reply.text.contains("the role operator"))
            }
            let other = try await visit.ask(stop, [visit.token(.operator, name: "elsewhere", halls: ["other"])])
            #expect(other.status == 403 && other.text.contains("urn:plenary:other_hall"))
            for field in [
                "Authorization: Bearer plenary_x", "Authorization: Basic YTpi", "Authorization: Bearer", "Cookie: plenary_session=x",
            ] {
                let reply = try await visit.ask(stop, [field])
                #expect(reply.status == 401 && reply["www-authenticate"]?.hasPrefix("Bearer") == true)
            }
            #expect(door.control.performed == ["stop demo"])
            let metrics = try await door.get("/metrics").text
            for line in [#"{reason="role"} 4"#, #"{reason="hall"} 1"#, #"{reason="bad-token"} 4"#] {
                #expect(metrics.contains("plenary_denied_total" + line))
            }
        }
    }

    @Test func `a token in an address is refused wherever it stands`() async throws {
        try await Door.open { door in
            let visit = Visit(door: door)
            for target in [
                "/api/v1/halls?token=abc", "/halls/demo?x=1&access_token=abc", "/api/v1/version?anything=plenary_abcdef", "/?Token=1",
            ] {
                let reply = try await visit.ask("GET \(target)")
                #expect(reply.status == 400 && reply.text.contains("urn:plenary:token_in_url") && reply.text.contains("Bearer"))
            }
            #expect(try await visit.ask("GET /api/v1/halls?tokens=1").status == 200)
        }
    }

    @Test func `a cookie is for this server's own pages, with their field`() async throws {
        try await Door.open { door in
            let visit = Visit(door: door)
            let (cookie, csrf) = try await visit.session(.operator)
            let stop = "POST /api/v1/halls/demo/stream/stop"
            for fields in [[cookie], [cookie, "X-CSRF-Token: " + String(repeating: "0", count: 64)]] {
                let reply = try await visit.ask(stop, fields)
                #expect(reply.status == 403 && reply.text.contains("urn:plenary:csrf"))
            }
            for origin in ["http://evil.example", "null", "http://council.example:81", "http://council.example.evil.example"] {
                let reply = try await visit.ask(stop, [cookie, csrf, "Origin: \(origin)"])
                #expect(reply.status == 403 && reply.text.contains("urn:plenary:origin"))
            }
            #expect(door.control.performed.isEmpty)
            #expect(try await visit.ask(stop, [cookie, csrf, "Origin: http://council.example"]).status == 200)
            #expect(try await visit.ask("GET /api/v1/halls/demo/stream", [cookie]).status == 200)
            let told = try await visit.ask("GET /api/v1/session", [cookie])
            #expect(try "X-CSRF-Token: " + Visit.csrf(told) == csrf)
            #expect(try await visit.ask("DELETE /api/v1/session", [cookie]).status == 403)
            let left = try await visit.ask("DELETE /api/v1/session", [cookie, csrf])
            #expect(left.status == 204 && left["set-cookie"]?.contains("Max-Age=0") == true)
            #expect(try await visit.ask("GET /api/v1/session", [cookie]).status == 401)
        }
    }

    @Test func `a session's cookie is kept from scripts, other sites and plain HTTP`() async throws {
        for behindProxy in [false, true] {
            try await Door.open(settings: { $0.behindProxy = behindProxy }) { door in
                let visit = Visit(door: door)
                let secret = try door.keys.create(name: "a", role: .secretary, halls: ["demo"], days: 1).secret
                let reply = try await visit.ask("POST /api/v1/session", body: #"{"token":"\#(secret)"}"#)
                let attributes = try #require(reply["set-cookie"]?.split(separator: ";").dropFirst().map(\.trimmed))
                #expect(attributes.contains("HttpOnly") && attributes.contains("SameSite=Strict") && attributes.contains("Path=/"))
                #expect(attributes.contains("Secure") == behindProxy)
                #expect(reply.text.contains(#""roles":["secretary"]"#) && reply.text.contains(#""halls":["demo"]"#))
            }
        }
    }

    @Test func `a session is told what its roles allow`() async throws {
        let allowed: [(Role, String)] = [
            (.operator, #"["streams"]"#), (.secretary, #"["sitting","ballots","hall-system"]"#),
            (.votingSystem, #"["ballots","hall-system"]"#), (.display, "[]"), (.admin, #"["tokens","reload","logs"]"#),
        ]
        try await Door.open { door in
            let visit = Visit(door: door)
            for (role, permissions) in allowed {
                let told = try await visit.ask("GET /api/v1/session", [try await visit.session(role).cookie])
                #expect(told.text.contains(#""permissions":\#(permissions)"#), "\(role)")
                let token = try await visit.ask("GET /api/v1/session", [try visit.token(role, name: "T \(role)")])
                #expect(token.text.contains(#""permissions":\#(permissions)"#), "\(role)")
            }
        }
    }

    @Test func `guessing a code locks its address out, with the time to wait`() async throws {
        try await Door.open { door in
            let visit = Visit(door: door)
            let code = try #require(door.keys.offerSetupCode())
            var statuses: [Int] = []
            for _ in 0...Lockout.freeTries {
                statuses.append(try await visit.ask("POST /api/v1/session", body: #"{"code":"0000-0000-0000"}"#).status)
            }
            #expect(statuses == Array(repeating: 401, count: Lockout.freeTries) + [429])
            let locked = try await visit.ask("POST /api/v1/session", body: #"{"code":"\#(code)"}"#)
            #expect(locked.status == 429 && locked["retry-after"].flatMap { Int($0) }.map { (1...15).contains($0) } == true)
            // A hall's voting system behind the same address goes on.
            #expect(try await visit.ask("POST /api/v1/halls/demo/stream/stop", [visit.token(.operator)]).status == 200)
            #expect(try await visit.ask("GET /api/v1/tokens", ["Authorization: Bearer wrong"]).status == 429)
        }
    }

    @Test func `behind a proxy it is the proxy's client that is locked out`() async throws {
        try await Door.open(settings: { $0.behindProxy = true }) { door in
            let visit = Visit(door: door)
            for _ in 0...Lockout.freeTries {
                _ = try await visit.ask("POST /api/v1/session", ["X-Forwarded-For: 192.0.2.1, 203.0.113.5"], body: #"{"code":"x"}"#)
            }
            func status(_ field: String) async throws -> Int {
                try await visit.ask("POST /api/v1/session", [field], body: #"{"code":"x"}"#).status
            }
            #expect(try await status("X-Forwarded-For: 203.0.113.5") == 429)
            #expect(try await status("X-Forwarded-For: 192.0.2.1") == 401)
        }
    }

    @Test func `tokens are made once, listed without their secrets, and revoked`() async throws {
        try await Door.open { door in
            let visit = Visit(door: door)
            let admin = try visit.token(.admin, name: "admin")
            let made = try await visit.ask(
                "POST /api/v1/tokens", [admin], body: #"{"name":"Пульти зали","role":"voting-system","halls":["demo"],"days":3}"#)
            #expect(made.status == 201)
            let report = try JSONDecoder().decode(TokenReport.self, from: Data(made.body))
            #expect(report.halls == ["demo"] && report.expires - report.created == 3 * KeyRing.day)
            let secret = try #require(report.token)
            let list = try await visit.ask("GET /api/v1/tokens", [admin])
            #expect(list.text.contains("Пульти зали") && !list.text.contains(secret))
            #expect(try await visit.ask("GET /api/v1/session", ["Authorization: Bearer \(secret)"]).text.contains("voting-system"))
            #expect(try await visit.ask("DELETE /api/v1/tokens/\(report.id)", [admin]).status == 204)
            #expect(try await visit.ask("GET /api/v1/session", ["Authorization: Bearer \(secret)"]).status == 401)
            #expect(try await visit.ask("DELETE /api/v1/tokens/\(report.id)", [admin]).status == 404)
            for body in [
                #"{"name":"x"}"#, #"{"name":"","role":"admin"}"#, #"{"name":"cli:root","role":"admin"}"#,
                #"{"name":"a\u202eb","role":"admin"}"#,
                #"{"name":"x","role":"root"}"#, #"{"name":"x","role":"admin","days":0}"#, #"{"name":"x","role":"admin","halls":["none"]}"#,
                #"{"name":"x","role":"admin","halls":[]}"#, #"{"name":"x","role":"admin","role":"display"}"#, "",
            ] { #expect(try await visit.ask("POST /api/v1/tokens", [admin], body: body).status == 422, "\(body)") }
            #expect(try await visit.ask("POST /api/v1/tokens", [admin], body: #"{"name":"admin","role":"admin"}"#).status == 409)
        }
    }

    @Test func `revoking a token ends the log that it follows`() async throws {
        try await Door.open { door in
            let (token, secret) = try door.keys.create(name: "admin", role: .admin, halls: nil, days: 1)
            let wire = try await door.connect()
            try await wire.send("GET /api/v1/logs?last=1&follow=yes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(secret)\r\n\r\n")
            try await eventually("it follows") { wire.text.contains("line 0") && door.control.isFollowed }
            _ = try door.keys.revoke(token.id)
            try await eventually("the answer ends") { wire.text.hasSuffix("0\r\n\r\n") }
            try await eventually("nobody follows") { !door.control.isFollowed }
        }
    }

    @Test func `a large body is read from those only who may send one`() async throws {
        try await Door.open { door in
            let visit = Visit(door: door)
            let body = String(repeating: " ", count: 70_000)
            let roster = "POST /api/v1/halls/demo/roster"
            #expect(try await visit.ask(roster, body: body).status == 401)
            #expect(try await visit.ask(roster, ["Authorization: Bearer plenary_no"], body: body).status == 401)
            // Known: the body is read, and the daemon has no record here.
            let known = try visit.token(.secretary)
            #expect(try await visit.ask(roster, [known], body: body).status == 404)
            let (cookie, csrf) = try await visit.session(.secretary)
            #expect(try await visit.ask(roster, [cookie, csrf], body: body).status == 404)
            #expect(try await visit.ask("POST /api/v1/halls/demo/rules", [known], body: body).status == 413)
            let chunked = try await door.connect()
            try await chunked.send("\(roster) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n11170\r\n\(body)\r\n0\r\n\r\n")
            #expect(try await chunked.reply().status == 401)
            let tooLong = "\(roster) HTTP/1.1\r\nHost: a\r\n\(known)\r\nContent-Length: 4194305\r\n\r\n"
            #expect(try await door.ask(tooLong).status == 413)
            let command = "POST /api/v1/halls/demo/commands HTTP/1.1\r\nHost: a\r\n\(known)\r\nContent-Length: 1048577\r\n\r\n"
            #expect(try await door.ask(command).status == 413)
        }
    }

    @Test func `the log says who was denied and who did what, and no secret`() async throws {
        let log = CaughtLog()
        try await Door.open(log: log) { door in
            let visit = Visit(door: door)
            let field = try visit.token(.secretary, name: "Anna")
            _ = try await visit.ask("POST /api/v1/halls/demo/stream/stop", [field])
            _ = try await visit.ask("GET /api/v1/tokens?token=plenary_oops", [field])
            _ = try await visit.ask("GET /api/v1/tokens", ["Authorization: Bearer plenary_wrong"])
            let lines = log.lines
            #expect(lines.contains { $0.contains("denied: Anna (secretary) may not see or steer the streams") && $0.contains("127.0.0.1") })
            for secret in ["plenary_oops", "plenary_wrong", String(field.suffix(43))] { #expect(!lines.contains { $0.contains(secret) }) }
            #expect(lines.count { $0.contains("denied") } == 3)
        }
    }
}
