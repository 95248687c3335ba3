import EventChannel
import TestSupport
import Testing

/// Frames over real sockets: the right close code, then the end.
@Suite(.outsideProcess, .serialized, .timeLimit(.minutes(5)))
struct ConversationTests {
    private static let opened = RawClient.frame(0x01, [65])
    private static let cases: [(name: String, bytes: [UInt8], code: UInt16)] = [
        ("an unmasked frame", RawClient.frame(0x81, [65], masked: false), 1002),
        ("a reserved bit", RawClient.frame(0xC1, [65]), 1002),
        ("a reserved opcode", RawClient.frame(0x83, [65]), 1002),
        ("a fragmented ping", RawClient.frame(0x09), 1002),
        ("a ping of 126 bytes", RawClient.frame(0x89, Array(repeating: 0, count: 126)), 1002),
        ("a continuation of nothing", RawClient.frame(0x80, [65]), 1002),
        ("a message within a message", opened + RawClient.frame(0x81, [65]), 1002),
        ("2⁶³ bytes", [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], 1002),
        ("a gigabyte", [0x82, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4], 1009),
        ("endless fragments", opened + (0..<3000).flatMap { _ in RawClient.frame(0x00, [65]) }, 1008),
        ("bad UTF-8", RawClient.frame(0x81, [0xC0, 0xAF]), 1007),
        ("text", RawClient.frame(0x81, Array("hello".utf8)), 1008),
        ("bytes", RawClient.frame(0x82, [1, 2, 3]), 1008),
        ("a close code that is not for the wire", RawClient.frame(0x88, [0x03, 0xED]), 1002),
        ("a close with bad text", RawClient.frame(0x88, [0x03, 0xE8, 0xFF]), 1007),
        ("a close", RawClient.frame(0x88, [0x03, 0xE8]), 1000),
        ("a close of its own code", RawClient.frame(0x88, [0x0F, 0xA0] + Array("bye".utf8)), 4000),
    ]

    @Test func `whatever a client should not say is closed with the right code, and neighbours go on`() async throws {
        try await LiveChannel.with { live in
            let neighbour = try RawClient.listening(port: live.port)
            var heard = Listener()
            try heard.take(try #require(try neighbour.message()))
            for (name, bytes, code) in Self.cases {
                let client = try RawClient.listening(port: live.port)
                try? client.send(bytes)
                let close = try client.closing()
                #expect(close?.closeCode == code, "\(name): \(String(describing: close))")
                if close?.closeCode != code { continue }
                _ = try client.readToEnd()
                live.feed.set(1, to: Int(code))
                try heard.catchUp(with: live.feed, by: neighbour)
            }
            #expect(heard.heard == live.feed.heard)
            #expect(heard.snapshots == 1)
            try await live.until { $0.connections == 1 }
            #expect(await live.channel.figures().closed[.protocolError] == 9)
        }
    }

    @Test func `pings are answered with their payload, byte by byte and many at once`() async throws {
        try await LiveChannel.with { live in
            let client = try RawClient.listening(port: live.port)
            _ = try client.next()
            for count in [0, 1, 125] {
                let payload = (0..<count).map { UInt8($0) }
                for byte in RawClient.frame(0x89, payload) { try client.send([byte]) }
                #expect(try client.next() == .init(opcode: 10, payload: payload))
            }
            // An unasked pong says nothing.
            try client.send(RawClient.frame(0x8A, [1]) + RawClient.frame(0x89, [2]))
            #expect(try client.next() == .init(opcode: 10, payload: [2]))
            try client.send((0..<500).flatMap { _ in RawClient.frame(0x89) })
            #expect(try client.closing()?.closeCode == 1008)
        }
    }

    @Test func `a close without a code is answered without one`() async throws {
        try await LiveChannel.with { live in
            let client = try RawClient.listening(port: live.port)
            _ = try client.next()
            try client.send(RawClient.frame(0x88))
            #expect(try client.next() == .init(opcode: 8, payload: []))
            #expect(try client.next() == nil)
        }
    }

    @Test func `two POSTs in one packet are answered once and closed, and the channel goes on`() async throws {
        try await LiveChannel.with { live in
            let post = "POST /live/council/events HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
            let client = try RawClient(port: live.port)
            try client.send(post + post)
            let answer = try client.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 405 "))
            #expect(answer.components(separatedBy: "HTTP/1.1").count == 2)
            let next = try RawClient.listening(port: live.port)
            #expect(try next.message() != nil)
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 404), ("GET /live/council/events HTTP/1.1\r\nHost: a\r\n\r\n", 426),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505), (RawClient.request(protocols: "other"), 400),
        (RawClient.request(fields: ["Origin: https://evil.example"]), 403), (RawClient.request("/live/nobody/events"), 404),
        ("GET /" + String(repeating: "a", count: 9000), 431), ("\u{16}\u{3}\u{1}\u{2}\u{0}\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n" + String(repeating: "b", count: 500_000), 405),
    ])
    func `everything but the upgrade gets one short answer`(request: String, status: Int) async throws {
        try await LiveChannel.with { live in
            let client = try RawClient(port: live.port)
            try? client.send(request)
            let answer = try client.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(200))")
            #expect(answer.contains("Connection: close"))
        }
    }

    @Test func `who asks for nothing is closed in time, who asks for half is told`() async throws {
        try await LiveChannel.with {
            $0.limits.handshakeDeadline = 300
        } _: { live in
            let silent = try RawClient(port: live.port)
            let half = try RawClient(port: live.port)
            try half.send("GET /live/council/ev")
            #expect(try silent.readToEnd() == "")
            #expect(try half.readToEnd().hasPrefix("HTTP/1.1 408 "))
            half.hangUp()
            try await live.until { $0.closed == [.late: 2] }
        }
    }

    @Test func `who does not answer pings is closed`() async throws {
        try await LiveChannel.with {
            $0.limits.pingInterval = 200
            $0.limits.silenceDeadline = 3000
        } _: { live in
            let mute = try RawClient.listening(port: live.port)
            let polite = try RawClient.listening(port: live.port)
            var pings = 0
            while pings < 20, let frame = try polite.next() {
                guard frame.opcode == 9 else { continue }
                pings += 1
                try polite.send(RawClient.frame(0x8A, frame.payload))
            }
            #expect(pings == 20)
            _ = try mute.readToEnd()
            let figures = await live.channel.figures()
            #expect(figures.closed == [.silent: 1])
            #expect(figures.connections == 1)
        }
    }

    @Test func `one address has so many connections, and no more`() async throws {
        try await LiveChannel.with {
            $0.connectionsPerAddress = 3
            $0.countsLoopback = true
        } _: { live in
            var clients = try (0..<3).map { _ in try RawClient.listening(port: live.port) }
            let more = try RawClient(port: live.port)
            #expect(try more.readToEnd().hasPrefix("HTTP/1.1 503 "))
            clients.removeLast().hangUp()
            try await live.until { $0.connections == 2 }
            clients.append(try RawClient.listening(port: live.port))
            #expect(await live.channel.figures().refused == 1)
        }
    }

    @Test func `when the daemon ends everybody is told when to come back`() async throws {
        let client = try await LiveChannel.with {
            $0.retryWindow = 8000
        } _: { live in
            let client = try RawClient.listening(port: live.port)
            _ = try client.message()
            return client
        }
        let close = try #require(try client.closing())
        #expect(close.closeCode == 1001)
        #expect(close.closeReason == "retryWindow=8000")
    }

    @Test func `a tick comes at its time with the hall's sequence`() async throws {
        try await LiveChannel.with {
            $0.limits.tickInterval = 200
        } _: { live in
            live.feed.set(0, to: 1)
            let client = try RawClient.listening(port: live.port)
            _ = try client.message()
            for _ in 0..<3 { #expect(try client.message() == Array(#"{"type":"tick","seq":1}"#.utf8)) }
        }
    }
}
