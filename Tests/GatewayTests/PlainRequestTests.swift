import NIOCore
import NIOEmbedded
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

@Suite struct `Plain requests, read without the parser` {
    static let plain = [
        "GET / HTTP/1.1\r\n\r\n", "GET /live/demo/s1.2.mp4 HTTP/1.1\r\nHost: a\r\n\r\n",
        "HEAD /live/demo/main.m3u8?_HLS_msn=7&_HLS_part=1 HTTP/1.1\r\nHost: [::1]:8080\r\nAccept-Encoding: gzip, br\r\n\r\n",
        "GET /a%20b/c;d=e HTTP/1.1\r\nhost:a\r\nX:\t v \t w\r\n\r\n", "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: a\r\nCONNECTION: Keep-Alive\r\nRange: bytes=0-9\r\nIf-Range: \"t\"\r\n\r\n",
        "GET //..//.%2e/ HTTP/1.1\r\nHost: a\r\nHost: b\r\nCookie: a=b; c=\"d\"\r\nUpgrade-Insecure-Requests: 1\r\n\r\n",
    ]

    @Test(arguments: plain) func `a plain request comes out as the parser has it`(text: String) throws {
        let request = try #require(Self.request(in: text + "GET"))
        #expect(request.byteCount == text.utf8.count)
        try Self.expectSame(request, text)
    }

    @Test(arguments: plain) func `the beginning of a plain request is unfinished, wherever it ends`(text: String) {
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count { #expect(Self.read(bytes[..<count]) == .unfinished, "\(count) bytes of \(text)") }
    }

    @Test(arguments: [
        "POST / HTTP/1.1\r\nHost: a\r\n\r\n", "get / HTTP/1.1\r\nHost: a\r\n\r\n", "GETS / HTTP/1.1\r\n\r\n", "\r\nGET / HTTP/1.1\r\n\r\n",
        "\u{16}\u{3}\u{1}", "PRI * HTTP/2.0\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", "GET /  HTTP/1.1\r\n\r\n", "GET\t/ HTTP/1.1\r\n\r\n",
        "GET x HTTP/1.1\r\n\r\n", "GET * HTTP/1.1\r\n\r\n", "GET http://a/ HTTP/1.1\r\n\r\n", "GET /# HTTP/1.1\r\n\r\n",
        "GET /\u{e9} HTTP/1.1\r\n\r\n", "GET /\u{0} HTTP/1.1\r\n\r\n", "GET /\" HTTP/1.1\r\n\r\n", "GET /\\ HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET / http/1.1\r\n\r\n", "GET / HTTP/1.1 \r\n\r\n", "GET / HTTP/1.1\n\n",
        "GET / HTTP/1.1\rHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nHost: a\n\n", "GET /\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\n: a\r\n\r\n", "GET / HTTP/1.1\r\nHost\r\n\r\n",
        "GET / HTTP/1.1\r\nHo st: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a \r\n\r\n", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / HTTP/1.1\r\nHost: \r\n\r\n",
        "GET / HTTP/1.1\r\nX: a\u{0}b\r\n\r\n", "GET / HTTP/1.1\r\nX: a\u{7f}\r\n\r\n", "GET / HTTP/1.1\r\nX: \u{e9}\r\n\r\n",
        "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n", "GET / HTTP/1.1\r\n\u{e9}: a\r\n\r\n", "GET / HTTP/1.1\r\nX(: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\ncontent-LENGTH: 5\r\n\r\nGET /",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: xchunked\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, te\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nTrailer: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nProxy-Connection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n",
    ]) func `whatever is not plain is the parser's`(text: String) { #expect(Self.read(Array(text.utf8)[...]) == .other) }

    @Test func `a request with many fields or many bytes is the parser's, which counts them`() {
        let many = "GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 65) + "\r\n"
        #expect(Self.read(Array(many.utf8)[...]) == .other)
        for length in [990, 1_200, 5_000] {
            let target = "GET /" + String(repeating: "x", count: length) + " HTTP/1.1\r\n\r\n"
            #expect(Self.read(Array(target.utf8)[...], limit: 1_000) == .other)
            let field = "GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: length) + "\r\n\r\n"
            #expect(Self.read(Array(field.utf8)[...], limit: 1_000) == .other)
        }
        #expect(Self.read(Array(("GET /" + String(repeating: "x", count: 1_200)).utf8)[...], limit: 1_000) == .other)
        let exact = "GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 977) + "\r\n\r\n"
        #expect(Self.request(in: exact, limit: 1_000)?.byteCount == 1_000)
        #expect(Self.read(Array(exact.utf8)[...], limit: 999) == .other)
    }

    @Test func `of requests damaged at random none is taken that the parser reads otherwise`() throws {
        var random = Dice(seed: 7)
        let crumbs: [[UInt8]] = [
            "\r", "\n", "\r\n", " ", "\t", ":", "\0", "\u{e9}", "Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n", "\r\n\r\n", "x",
            "?", "#", "%", "/",
            "Connection: close\r\n", ",", "GET ", " HTTP/1.1",
        ].map { Array($0.utf8) }
        var taken = 0
        for _ in 0..<3_000 {
            var bytes = Array(Self.plain[random.next(below: Self.plain.count)].utf8)
            for _ in 0...random.next(below: 2) {
                let at = random.next(below: bytes.count)
                switch random.next(below: 4) {
                case 0: bytes[at] = UInt8(random.next(below: 256))
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(contentsOf: crumbs[random.next(below: crumbs.count)], at: at)
                default: bytes.insert(bytes[random.next(below: bytes.count)], at: at)
                }
            }
            guard case .request(let request) = Self.read(bytes[...]) else { continue }
            taken += 1
            try Self.expectSame(request, String(decoding: bytes[..<request.byteCount], as: UTF8.self))
        }
        #expect(taken > 300)
    }

    // MARK: Both readers

    private static func read(_ bytes: ArraySlice<UInt8>, limit: Int = 16_384) -> PlainRequest.Reading {
        Array(bytes).withUnsafeBytes { PlainRequest.read($0, limit: limit) }
    }

    private static func request(in text: String, limit: Int = 16_384) -> PlainRequest? {
        if case .request(let request) = read(Array(text.utf8)[...], limit: limit) { request } else { nil }
    }

    /// The parser reads `text` to the end as one request, and as the same.
    private static func expectSame(_ request: PlainRequest, _ text: String) throws {
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        try channel.pipeline.syncOperations.addHandler(ParsedRequests.parser(DoorLimits()))
        do { try channel.writeInbound(ByteBuffer(string: text)) } catch {
            Issue.record("the parser refuses \(text.debugDescription): \(error)")
            return
        }
        let first = try channel.readInbound(as: HTTPServerRequestPart.self)
        guard case .head(let head)? = first else {
            Issue.record("the parser sees no request in \(text.debugDescription)")
            return
        }
        let mine = request.header
        #expect(
            mine.head.method == head.method && mine.head.uri == head.uri && mine.head.version == head.version, "\(text.debugDescription)")
        #expect(
            mine.head.headers.map { "\($0.name): \($0.value)" } == head.headers.map { "\($0.name): \($0.value)" },
            "\(text.debugDescription)")
        #expect(mine.keepsAlive == RequestHeader(head).keepsAlive, "\(text.debugDescription)")
        #expect(!mine.waitsForContinue)
        #expect(try channel.readInbound(as: HTTPServerRequestPart.self) == .end(nil), "\(text.debugDescription)")
        #expect(try channel.readInbound(as: HTTPServerRequestPart.self) == nil, "\(text.debugDescription)")
    }
}

/// Numbers that are the same in every run (SplitMix64).
private struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(below limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((value ^ (value >> 31)) % UInt64(limit))
    }
}

@Suite(.outsideProcess, .timeLimit(.minutes(5))) struct `Plain requests and others on one connection` {
    @Test func `a request in pieces is answered, and the plain one after it`() async throws {
        try await Door.open { door in
            let wire = try await door.connect()
            let pieces = ["GE", "T /heal", "thz HTTP/1.1\r", "\nHost: a\r\n", "\r\n"]
            var count: UInt64 = 0
            for piece in pieces {
                try await wire.send(piece)
                count += UInt64(piece.utf8.count)
                try await eventually("the piece is read") { await door.doors.figures().counters.bytesIn == count }
            }
            #expect(try await wire.reply().text == "alive\n")
            #expect(try await wire.ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").text == "alive\n")
        }
    }

    @Test func `plain requests, a body and the beginning of another request, in one packet`() async throws {
        try await Door.open(controlSocket: true) { door in
            let wire = try await Wire.connect(path: door.directory + "/control.sock")
            let get = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
            let post = "POST /api/v1/halls/demo/stream/hide HTTP/1.1\r\nHost: a\r\nContent-Length: \(get.utf8.count)\r\n\r\n" + get
            try await wire.send(get + get + post + get + "HEAD /heal")
            #expect(try await wire.reply().text == "alive\n")
            #expect(try await wire.reply().text == "alive\n")
            #expect(try await wire.reply().status == 200)
            #expect(try await wire.reply().text == "alive\n")
            try await wire.send("thz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await wire.reply(toHead: true).status == 200)
            #expect(door.control.performed == ["hide demo"])
        }
    }

    @Test func `a body that a plain request seems to have is the next request`() async throws {
        try await Door.open { door in
            let wire = try await door.connect()
            try await wire.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n0\r\n\r\n")
            #expect(try await wire.reply().text == "alive\n")
            #expect(try await wire.reply().status == 400)
            try await eventually("the door closes") { wire.isClosed }
        }
    }

    @Test func `the answer to what is no request survives the bytes that follow`() async throws {
        try await Door.open { door in
            for _ in 0..<20 {
                let wire = try await door.connect()
                try await wire.send(String(repeating: "\u{0}", count: 100_000))
                #expect(try await wire.reply().status == 400)
                try await wire.halfClose()
                try await eventually("the door closes") { wire.isClosed }
            }
        }
    }

    @Test(arguments: [1, 2, 3]) func `nothing is heard after the last request`(packets: Int) async throws {
        try await Door.open { door in
            door.control.hall.put("s1.mp4", FakeHall.media(["one"]))
            let wire = try await door.connect()
            let last = "GET /live/demo/s1.mp4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            let more = "GET /live/demo/s1.mp4 HTTP/1.1\r\nHost: a\r\n\r\n"
            if packets == 1 { try await wire.send(last + more) } else { try await wire.send(last) }
            let reply = try await wire.reply()
            #expect(reply.text == "one" && reply["connection"] == "close")
            if packets == 3 { try? await wire.send("GARBAGE\r\n\r\n") }
            if packets > 1 { try? await wire.send(more) }
            try await eventually("the door closes") { wire.isClosed }
            #expect(wire.text.isEmpty)
        }
    }

    @Test func `a request longer than the first buffer is read`() async throws {
        try await Door.open { door in
            let wire = try await door.connect()
            for length in [400, 512, 700, 3_000, 9_000] {
                let fields = "Host: a\r\nCookie: \(String(repeating: "c", count: length))\r\n"
                #expect(try await wire.ask("GET /healthz HTTP/1.1\r\n\(fields)\r\n").text == "alive\n", "\(length) bytes")
            }
        }
    }

    @Test func `the same bytes are counted whoever reads the request`() async throws {
        try await Door.open { door in
            let plain = "GET /healthz HTTP/1.1\r\nHost: abc\r\n\r\n"
            let other = "GET /healthz HTTP/1.1\r\nHost: ab \r\n\r\n"
            let wire = try await door.connect()
            var counts: [(UInt64, UInt64)] = []
            for request in [plain, other, plain] {
                let before = await door.doors.figures().counters
                let reply = try await wire.ask(request)
                #expect(reply.status == 200)
                let after = await door.doors.figures().counters
                counts.append((after.bytesIn - before.bytesIn, after.bytesOut - before.bytesOut))
            }
            #expect(counts[0].0 == UInt64(plain.utf8.count))
            #expect(counts.allSatisfy { $0 == counts[0] })
            wire.hangUp()
            try await eventually("the connection is over") { await door.doors.figures().connections.open == 0 }
        }
    }

    @Test func `whoever idles is closed and counted, whether it asked for something before or not`() async throws {
        try await Door.open(limits: { $0.idleDeadline = .milliseconds(400) }) { door in
            door.control.hall.put("s1.mp4", FakeHall.media(["one"]))
            let silent = try await door.connect()
            let requests = [
                "GET /live/demo/s1.mp4 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost: a \r\n\r\n",
            ]
            var wires = [silent]
            for request in requests {
                let wire = try await door.connect()
                #expect(try await wire.ask(request).status == 200)
                wires.append(wire)
            }
            try await eventually("all are closed") { wires.allSatisfy(\.isClosed) }
            try await eventually("all are over") { await door.doors.figures().connections.open == 0 }
            #expect(await door.doors.figures().counters.idleTimeouts == 4)
        }
    }

    @Test func `a door that closes waits for no idle connection`() async throws {
        try await Door.open(limits: { $0.drainDeadline = .seconds(600) }) { door in
            let silent = try await door.connect()
            let idle = try await door.connect()
            #expect(try await idle.ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
            try await eventually("both are here") { await door.doors.figures().connections.open == 2 }
            await door.doors.close()
            try await eventually("both are closed") { silent.isClosed && idle.isClosed }
        }
    }
}
