import NIOCore
import TestSupport
import Testing

@testable import Gateway

@Suite(.outsideProcess, .timeLimit(.minutes(5))) struct `A hall's events over HTTP` {
    private static let ask = "GET /live/demo/events HTTP/1.1\r\nHost: a\r\n"

    /// The `data:` lines so far.
    private func data(_ wire: Wire) -> [String] {
        wire.text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
    }

    @Test func `a listener gets the snapshot, then every change, each with an id`() async throws {
        try await Door.open { door in
            door.control.record.publish()
            let wire = try await door.connect()
            try await wire.send(Self.ask + "\r\n")
            try await eventually("the snapshot") { data(wire) == [#"{"type":"snapshot","seq":1}"#] }
            let head = wire.text.lowercased()
            #expect(head.contains("content-type: text/event-stream\r\n"))
            #expect(head.contains("cache-control: no-store\r\n"))
            #expect(head.contains("access-control-allow-origin: *\r\n"))
            #expect(wire.text.contains("retry: "))
            door.control.record.publish("Питання 1")
            try await eventually("the change") { data(wire).count == 2 }
            #expect(wire.text.contains("id: e1:2\ndata: {\"type\":\"delta\",\"after\":1,\"seq\":2,\"text\":\"Питання 1\"}\n\n"))
            wire.hangUp()
            try await eventually("nobody is left") { door.control.record.observerCount == 0 }
        }
    }

    @Test(arguments: [("/live/demo/events?epoch=e1&after=3", ""), ("/live/demo/events", "Last-Event-ID: e1:3\r\n")])
    func `who comes back gets what was missed`(path: String, field: String) async throws {
        try await Door.open { door in
            for _ in 0..<5 { door.control.record.publish() }
            let wire = try await door.connect()
            try await wire.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\(field)\r\n")
            try await eventually("two changes") { data(wire).count == 2 }
            #expect(data(wire)[0].contains(#""seq":4"#))
            #expect(data(wire)[1].contains(#""seq":5"#))
        }
    }

    @Test(arguments: ["Last-Event-ID: e0:3\r\n", "Last-Event-ID: e1:99\r\n", "Last-Event-ID: e1:1\r\n", "Last-Event-ID: nonsense\r\n"])
    func `who was elsewhere, or too long ago, gets the snapshot`(field: String) async throws {
        try await Door.open { door in
            for _ in 0..<50 { door.control.record.publish() }
            let wire = try await door.connect()
            try await wire.send(Self.ask + field + "\r\n")
            try await eventually("the snapshot") { data(wire) == [#"{"type":"snapshot","seq":50}"#] }
        }
    }

    @Test func `who misses nothing gets a sign of life, and then one at its time`() async throws {
        try await Door.open(limits: {
            $0.eventTick = .milliseconds(100)
            $0.headerDeadline = .seconds(2)
        }) { door in
            door.control.record.publish()
            let wire = try await door.connect()
            try await wire.send(Self.ask + "Last-Event-ID: e1:1\r\n\r\n")
            try await eventually("ticks for longer than a head may take") { data(wire).count >= 25 }
            #expect(Set(data(wire)) == [#"{"type":"tick","seq":1}"#])
        }
    }

    @Test func `a listener that stops reading loses the middle, never the end, and takes no memory`() async throws {
        try await Door.open(threads: 1) { door in
            let slow = try await Wire.connect(port: door.port, reads: false)
            try await slow.send(Self.ask + "\r\n")
            try await eventually("it listens") { door.control.record.observerCount > 0 }
            let long = String(repeating: "x", count: 20_000)
            for _ in 0..<1000 { door.control.record.publish(long) }
            // an answer of the same loop: it has seen the last change, and 20 MB fit into no socket
            _ = try await door.connect().ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            try await slow.startReading()
            try await eventually("the latest state") { data(slow).last?.contains(#""seq":1000"#) == true }
            #expect(data(slow).count < 1000)
            #expect(data(slow).last?.hasPrefix(#"{"type":"snapshot""#) == true)
        }
    }

    @Test func `the state after a place waits for what is newer and then stays true for ever`() async throws {
        try await Door.open { door in
            door.control.record.publish()
            let wire = try await door.connect()
            try await wire.send("GET /live/demo/state/e1/1 HTTP/1.1\r\nHost: a\r\n\r\n")
            try await eventually("it waits") { door.control.record.observerCount == 1 }
            door.control.record.publish("so")
            let reply = try await wire.reply()
            #expect(reply.text == #"[{"type":"delta","after":1,"seq":2,"text":"so"}]"# + "\n")
            #expect(reply["cache-control"] == "public, max-age=86400, immutable")
            #expect(reply["content-type"] == "application/json")
            // The same connection, at once; several changes together.
            door.control.record.publish("more")
            let again = try await wire.ask("GET /live/demo/state/e1/1 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(again.text.contains(#""seq":2"#) && again.text.contains(#""seq":3"#))
            let same = try await wire.ask("GET /live/demo/state/e1/1 HTTP/1.1\r\nHost: a\r\nIf-None-Match: \(again["etag"]!)\r\n\r\n")
            #expect(same.status == 304)
            try await eventually("nobody is left") { door.control.record.observerCount == 0 }
        }
    }

    @Test(arguments: ["-/0", "e0/1", "e1/99"])
    func `any other place gets the snapshot, for a second`(place: String) async throws {
        try await Door.open { door in
            door.control.record.publish()
            let reply = try await door.get("/live/demo/state/\(place)")
            #expect(reply.text == #"[{"type":"snapshot","seq":1}]"# + "\n")
            #expect(reply["cache-control"] == "public, max-age=1")
        }
    }

    @Test(arguments: ["", "e1", "e1/", "e1/x", "e1/-1", "e1/1/2", "e%201/1", "e1/99999999999999999999"])
    func `an address that is none is not found`(place: String) async throws {
        try await Door.open { door in
            let reply = try await door.get("/live/demo/state/\(place)")
            #expect(reply.status == 404)
        }
    }

    @Test func `who waits in vain gets a tick that is not kept`() async throws {
        try await Door.open(limits: {
            $0.stateHold = .milliseconds(100)
            $0.headerDeadline = .seconds(2)
        }) { door in
            let reply = try await door.get("/live/demo/state/e1/0")
            #expect(reply.text == #"[{"type":"tick","seq":0}]"# + "\n")
            #expect(reply["cache-control"] == "no-store")
        }
    }

    @Test func `a hall that is not there has no events`() async throws {
        try await Door.open { door in
            for name in ["events", "state/e1/0"] {
                let reply = try await door.get("/live/none/\(name)")
                #expect(reply.status == 404)
            }
        }
    }

    @Test func `many waiters are answered by one change`() async throws {
        try await Door.open { door in
            var wires: [Wire] = []
            for _ in 0..<100 {
                let wire = try await door.connect()
                try await wire.send("GET /live/demo/state/e1/0 HTTP/1.1\r\nHost: a\r\n\r\n")
                wires.append(wire)
            }
            try await eventually("all wait") { door.doors.shared.heldRequests.load(ordering: .relaxed) == 100 }
            door.control.record.publish()
            for wire in wires {
                let reply = try await wire.reply()
                #expect(reply.text.contains(#""seq":1"#))
            }
            #expect(door.doors.shared.heldRequests.load(ordering: .relaxed) == 0)
        }
    }
}
