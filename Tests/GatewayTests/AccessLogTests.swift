import NIOCore
import StreamRelay
import TestSupport
import Testing

@testable import Gateway

@Suite(.outsideProcess, .timeLimit(.minutes(5))) struct `The access log` {
    @Test func `it is off unless it is asked for`() async throws {
        let log = CaughtLog()
        try await Door.open(log: log) { door in
            for path in ["/healthz", "/live/demo/none"] { _ = try await door.get(path) }
        }
        #expect(log.requests.isEmpty)
    }

    @Test func `a line says method, path, status, bytes, time and peer, and no secret`() async throws {
        let log = CaughtLog()
        try await Door.open(settings: { $0.accessLog = true }, log: log) { door in
            door.control.hall.put("main.m3u8?_HLS_msn=7&token=geheim", FakeHall.playlist("12345"))
            let wire = try await door.connect()
            let reply = try await wire.ask(
                "GET /live/demo/main.m3u8?_HLS_msn=7&token=geheim HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer geheim\r\nCookie: a=geheim\r\n\r\n"
            )
            #expect(reply.status == 200)
            _ = try await wire.ask("GET /healthz?key=geheim HTTP/1.1\r\nHost: a\r\n\r\n")
            try await eventually("both are logged") { log.requests.count == 2 }
            let live = try #require(log.requests.first)
            #expect(Set(live.keys) == ["method", "path", "status", "bytes", "ms", "peer", "protocol", "aborted"])
            #expect(live["method"] == "GET" && live["path"] == "/live/demo/main.m3u8?_HLS_msn=7" && live["status"] == "200")
            #expect(live["bytes"] == "5" && live["peer"] == "127.0.0.1" && live["protocol"] == "http/1.1" && live["aborted"] == "false")
            #expect(live["ms"].flatMap(Int.init) != nil)
            #expect(log.requests[1]["path"] == "/healthz")
            #expect(!log.requests.contains { $0.values.contains { $0.contains("geheim") } })
        }
    }

    @Test func `a refusal has a line too, and so has a client that left before its answer`() async throws {
        let log = CaughtLog()
        try await Door.open(settings: { $0.accessLog = true }, log: log) { door in
            _ = try await door.ask("GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await door.ask("no HTTP at all\r\n\r\n")
            try await eventually("both refusals are logged") { log.requests.map { $0["status"] } == ["400", "400"] }
            door.control.hall.put("main.m3u8", .hold(limit: .seconds(50)))
            let waiting = try await door.connect()
            try await waiting.send("GET /live/demo/main.m3u8 HTTP/1.1\r\nHost: a\r\n\r\n")
            try await eventually("it is held") { door.control.hall.observerCount == 1 }
            waiting.hangUp()
            try await eventually("it is logged") { log.requests.count == 3 }
            #expect(log.requests[2]["status"] == "499" && log.requests[2]["aborted"] == "true" && log.requests[2]["bytes"] == "0")
        }
    }
}
