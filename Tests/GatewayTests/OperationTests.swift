import Commons
import Foundation
import Logging
import NIOPosix
import ServiceLifecycle
import StreamRelay
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite(.outsideProcess, .timeLimit(.minutes(5))) struct `Operating the door` {
    @Test func `the public sees the state of the halls and may change nothing`() async throws {
        try await Door.open { door in
            let list = try await door.get("/api/v1/halls")
            let halls = try JSONDecoder().decode([PublicStream].self, from: Data(list.body))
            #expect(halls.map(\.hall) == ["demo"] && halls[0].state == .live && halls[0].since == 42)
            let one = try await door.get("/api/v1/halls/demo/stream/public")
            #expect(try JSONDecoder().decode(PublicStream.self, from: Data(one.body)) == halls[0])
            for request in [
                "GET /api/v1/halls/demo/stream", "POST /api/v1/halls/demo/stream/stop", "POST /api/v1/reload", "GET /api/v1/logs",
            ] {
                let reply = try await door.ask("\(request) HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                #expect(reply.status == 401 && reply["content-type"] == "application/problem+json")
                #expect(reply.text.contains("plenary token create") && reply["www-authenticate"]?.hasPrefix("Bearer") == true)
            }
            #expect(door.control.performed.isEmpty)
        }
    }

    @Test func `operators do what the public may not`() async throws {
        try await Door.open(controlSocket: true) { door in
            let path = door.directory + "/control.sock"
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o660)
            let wire = try await Wire.connect(path: path)
            func ask(_ line: String) async throws -> Reply {
                try await wire.ask("\(line) HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
            }
            let status = try await ask("GET /api/v1/halls/demo/stream")
            #expect(try JSONDecoder().decode(StreamReport.self, from: Data(status.body)).status.hall == "demo")
            #expect(status.text.contains("\"viewers\":0"))
            #expect(try await ask("POST /api/v1/halls/demo/stream/slate-on").status == 200)
            #expect(door.control.performed == ["slate-on demo"])
            let conflict = try await ask("POST /api/v1/halls/demo/stream/start")
            #expect(conflict.status == 409 && conflict.text.contains("urn:plenary:already_running"))
            #expect(try await ask("POST /api/v1/halls/demo/stream/dance").status == 404)
            #expect(try await ask("POST /api/v1/halls/none/stream/stop").status == 404)
            #expect(try await ask("GET /api/v1/halls/demo/stream/stop").status == 405)
            #expect(try await ask("POST /api/v1/halls/demo/stream/probe").text.contains("\"format\":\"test\""))
            let report = try await ask("POST /api/v1/reload")
            #expect(try JSONDecoder().decode(ReloadReport.self, from: Data(report.body)).added == ["new"])
            #expect(try await ask("GET /api/v1/version").text == "{\"version\":\"1.2.3\"}\n")
            for query in ["last=x", "last=-1", "last=999999999999999999999", "follow=maybe"] {
                #expect(try await ask("GET /api/v1/logs?\(query)").status == 400)
            }
        }
    }

    @Test func `the log follows until its reader leaves`() async throws {
        try await Door.open(controlSocket: true) { door in
            let wire = try await Wire.connect(path: door.directory + "/control.sock")
            let some = try await wire.ask("GET /api/v1/logs?last=2 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(some["content-type"] == "application/x-ndjson")
            #expect(some.text.split(separator: "\n").count == 2 && some.text.contains("\"message\":\"line 1\""))
            try await wire.send("GET /api/v1/logs?last=1&follow=yes HTTP/1.1\r\nHost: a\r\n\r\n")
            try await eventually("it follows") { wire.text.contains("line 0") && door.control.isFollowed }
            wire.hangUp()
            try await eventually("nobody follows") { !door.control.isFollowed }
        }
    }

    @Test func `metrics tell of halls and door`() async throws {
        try await Door.open { door in
            door.control.hall.put("index.m3u8", FakeHall.playlist("x"))
            let viewer = try await door.connect()
            _ = try await viewer.ask("GET /live/demo/index.m3u8 HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await viewer.ask("GET /live/demo/none.mp4 HTTP/1.1\r\nHost: a\r\n\r\n")
            let reply = try await door.get("/metrics")
            #expect(reply["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            for line in [
                "plenary_stream_state{hall=\"demo\",state=\"live\"} 1", "plenary_stream_bits_per_second{hall=\"demo\"} 4000000",
                "plenary_stream_viewers{hall=\"demo\"} 1", "plenary_http_requests_total{class=\"live\",status=\"200\"} 1",
                "plenary_http_requests_total{class=\"live\",status=\"404\"} 1", "plenary_http_connections_open 2",
                "plenary_http_held_requests 0", "plenary_stream_failures_total{hall=\"demo\",kind=\"unauthorized\"} 3",
                "plenary_stream_failures_total{hall=\"demo\",kind=\"forbidden\"} 0",
                "plenary_rtmp_connections_open 2", "plenary_rtmp_encoders_accepted_total 5", "plenary_rtmp_refused_total{reason=\"key\"} 7",
                "plenary_rtmp_received_bytes_total 4096", "plenary_events_connections_open 11",
                "plenary_events_listeners{hall=\"demo\"} 9", "plenary_events_begun_total{with=\"snapshot\"} 6",
                "plenary_events_answers_total{status=\"426\"} 2", "plenary_events_closed_total{reason=\"slow\"} 1",
                "plenary_board_events_total{hall=\"demo\"} 77", "plenary_board_disk_seconds_total{hall=\"demo\"} 0.25",
                "plenary_board_commands_refused_total{hall=\"demo\",code=\"ballot_twice\"} 3",
            ] { #expect(reply.text.contains(line + "\n"), "\(line)") }
            for line in reply.text.split(separator: "\n") where !line.hasPrefix("#") {
                #expect(line.wholeMatch(of: /[a-z0-9_]+(\{[^}]*\})? [0-9.e+-]+/) != nil, "\(line)")
            }
        }
    }

    @Test func `a stale socket file is replaced, a live one is not`() async throws {
        try await Door.open(controlSocket: true) { door in
            let path = door.directory + "/control.sock"
            #expect(throws: ControlSocketFault.self) { try ControlSocketFile.clear(path) }
            #expect(FileManager.default.fileExists(atPath: path))
            let stale = door.directory + "/stale.sock"
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(stale.utf8)) }
            _ = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            close(descriptor)
            #expect(FileManager.default.fileExists(atPath: stale))
            try ControlSocketFile.clear(stale)
            #expect(!FileManager.default.fileExists(atPath: stale))
            let file = door.directory + "/file"
            try "x".write(toFile: file, atomically: true, encoding: .utf8)
            #expect(throws: ControlSocketFault.self) { try ControlSocketFile.clear(file) }
        }
    }

    @Test func `an address in use is an error that names it`() async throws {
        try await Door.open { door in
            let settings = GatewaySettings(listen: [.init(host: "127.0.0.1", port: door.port)], pagesDirectory: door.directory)
            let gateway = Gateway(
                settings: settings, control: door.control, group: door.group,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            await #expect { try await gateway.run() } throws: { "\($0)".contains("127.0.0.1:\(door.port)") }
        }
    }

    @Test func `a shutdown releases who waits and is quick`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let control = FakeControl()
        control.hall.put("main.m3u8", .hold(limit: .seconds(50)))
        let port = Mutex(0)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let gateway = Gateway(
            settings: GatewaySettings(listen: [.init(host: "127.0.0.1", port: 0)], pagesDirectory: "/nonexistent"), control: control,
            group: group,
            logger: logger, onListening: { addresses in port.withLock { $0 = addresses[0].port! } })
        let services = ServiceGroup(configuration: .init(services: [.init(service: gateway)], logger: logger))
        async let running: Void = services.run()
        try await eventually("it listens") { port.withLock { $0 } > 0 }
        let waiting = try await Wire.connect(port: port.withLock { $0 })
        let idle = try await Wire.connect(port: port.withLock { $0 })
        _ = try await idle.ask("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
        try await waiting.send("GET /live/demo/main.m3u8 HTTP/1.1\r\nHost: a\r\n\r\n")
        try await eventually("it is held") { control.hall.observerCount == 1 }
        let start = ContinuousClock.now
        await services.triggerGracefulShutdown()
        let reply = try await waiting.reply()
        #expect(reply.status == 503 && reply["connection"] == "close")
        try await running
        #expect(ContinuousClock.now - start < .seconds(20))
        try await eventually("both are closed") { idle.isClosed && waiting.isClosed }
        try await group.shutdownGracefully()
    }
}
