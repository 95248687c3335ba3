import TestSupport
import Testing

@testable import Gateway

@Suite(.outsideProcess, .timeLimit(.minutes(5))) struct `HTTP/1.1, request by request` {
    @Test func `pipelined requests are answered in order, each once`() async throws {
        try await Door.open { door in
            for number in 0..<50 { door.control.hall.put("s\(number).mp4", FakeHall.media(["part \(number)"])) }
            let wire = try await door.connect()
            let requests = (0..<50).map { "GET /live/demo/s\($0).mp4 HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
            try await wire.send(requests + "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            for number in 0..<50 {
                let reply = try await wire.reply()
                #expect(reply.text == "part \(number)")
            }
            #expect(try await wire.reply().text == "alive\n")
        }
    }

    @Test func `two POSTs in one packet are two commands`() async throws {
        try await Door.open(controlSocket: true) { door in
            let wire = try await Wire.connect(path: door.directory + "/control.sock")
            let post = { (command: String) in
                "POST /api/v1/halls/demo/stream/\(command) HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
            }
            try await wire.send(post("hide") + post("show"))
            let first = try await wire.reply()
            let second = try await wire.reply()
            #expect(first.status == 200 && second.status == 200)
            #expect(door.control.performed == ["hide demo", "show demo"])
        }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var status: Int
        var request: String
        init(_ name: String, _ status: Int, _ request: String) {
            testDescription = name
            self.status = status
            self.request = request
        }
    }

    @Test(arguments: [
        Bad("no Host", 400, "GET /healthz HTTP/1.1\r\n\r\n"), Bad("two Hosts", 400, "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        Bad("not HTTP", 400, "GARBAGE\r\n\r\n"),
        Bad("both lengths", 400, "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Bad("two lengths", 400, "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc"),
        Bad("a declared body too large", 413, "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n"),
        Bad(
            "a chunked body too large", 413,
            "POST /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "8000\r\n" + many(0x8000) + "\r\n9000\r\n" + many(0x9000) + "\r\n0\r\n\r\n"),
        Bad("a long target", 414, "GET /" + many(9000) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
        Bad("a very long target", 414, "GET /" + many(20000) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
        Bad("a long field", 431, "GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + many(20000) + "\r\n\r\n"),
        Bad("many fields", 431, "GET /healthz HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: 200) + "\r\n"),
        Bad("another version", 505, "GET /healthz HTTP/2.0\r\nHost: a\r\n\r\n"),
        Bad("another expectation", 417, "GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: 200-maybe\r\n\r\n"),
    ]) func `a bad request gets its own status and the connection closes`(bad: Bad) async throws {
        try await Door.open { door in
            let wire = try await door.connect()
            let reply = try await wire.ask(bad.request)
            #expect(reply.status == bad.status)
            #expect(reply["connection"] == "close")
            try await eventually("the door closes") { wire.isClosed }
        }
    }

    @Test func `a target that is no path is refused`() async throws {
        try await Door.open { door in
            let reply = try await door.ask("GET healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(reply.status == 400)
        }
    }

    @Test(arguments: [
        "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost: a\r\nconnection: CLOSE\r\n\r\n",
        "GET /healthz HTTP/1.0\r\n\r\n",
    ]) func `who asks to close is closed`(request: String) async throws {
        try await Door.open { door in
            let wire = try await door.connect()
            let reply = try await wire.ask(request)
            #expect(reply.status == 200 && reply["connection"] == "close")
            try await eventually("the door closes") { wire.isClosed }
        }
    }

    @Test func `who waits for 100 Continue gets it before the body`() async throws {
        try await Door.open(controlSocket: true) { door in
            let wire = try await Wire.connect(path: door.directory + "/control.sock")
            let goOn = try await wire.ask("POST /api/v1/reload HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(goOn.status == 100)
            #expect(try await wire.ask("{}").status == 200)
        }
    }

    @Test func `an absolute target is the same place`() async throws {
        try await Door.open { door in
            let reply = try await door.ask("GET http://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(reply.status == 200)
        }
    }

    @Test func `an offered upgrade is not taken`() async throws {
        try await Door.open { door in
            let wire = try await door.connect()
            let reply = try await wire.ask("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
            #expect(reply.status == 200 && reply["connection"] == "close")
        }
    }

    @Test func `a client that closed its half still gets its answer`() async throws {
        try await Door.open { door in
            door.control.hall.put("s1.mp4", FakeHall.media(["one"]))
            let wire = try await door.connect()
            try await wire.send("GET /live/demo/s1.mp4 HTTP/1.1\r\nHost: a\r\n\r\n")
            try await wire.halfClose()
            #expect(try await wire.reply().text == "one")
            try await eventually("the door closes") { wire.isClosed }
        }
    }

    @Test func `an error after good requests does not swallow their answers`() async throws {
        try await Door.open { door in
            let wire = try await door.connect()
            try await wire.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGARBAGE\r\n\r\n")
            let good = try await wire.reply()
            let bad = try await wire.reply()
            #expect(good.status == 200 && bad.status == 400)
        }
    }
}

private func many(_ count: Int) -> String { String(repeating: "x", count: count) }
