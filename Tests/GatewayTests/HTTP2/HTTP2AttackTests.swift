import NIOCore
import StreamRelay
import Testing

@testable import Gateway

@Suite struct `HTTP 2 peers that mean harm` {
    private static let path = "/live/demo/main.m3u8"
    private static let calm: UInt32 = 11

    @Test func `rapid resets end the connection`() throws {
        let pair = try HTTP2Pair()
        pair.hall.put("main.m3u8", .hold(limit: .seconds(50)))
        var asked = 0
        while pair.isOpen, asked < 5000 {
            let id = pair.peer.ask(Self.path)
            guard id > 0 else { break }
            asked += 1
            try pair.send(pair.peer.send())
            pair.peer.reset(id)
            try pair.run()
        }
        #expect((1000..<1200).contains(asked) && !pair.isOpen)
        #expect(pair.door.shared.heldRequests.load(ordering: .relaxed) == 0)
    }

    @Test func `so do streams that the door is made to reset`() throws {
        let pair = try HTTP2Pair()
        pair.hall.put("main.m3u8", .hold(limit: .seconds(50)))
        var asked = 0
        while pair.isOpen, asked < 5000 {
            let id = pair.peer.ask(Self.path)
            guard id > 0 else { break }
            asked += 1
            try pair.send(pair.peer.send())
            // A window that leaps over its end.
            try pair.send(HTTP2Pair.frame(8, stream: UInt32(id), [0x7f, 0xff, 0xff, 0xff]))
            try pair.run()
        }
        #expect(asked < 1200 && !pair.isOpen && pair.peer.goaways.last == Self.calm)
    }

    @Test(arguments: [
        ("settings", HTTP2Pair.frame(4)), ("pings", HTTP2Pair.frame(6, [UInt8](repeating: 0, count: 8))),
        ("priorities", HTTP2Pair.frame(16, [0, 0, 0, 1] + Array("u=3".utf8))),
        ("empty frames", HTTP2Pair.frame(0, stream: 1)),
    ])
    func `a flood of frames that say nothing ends the connection`(name: String, frame: ByteBuffer) throws {
        let pair = try HTTP2Pair()
        // A request whose body does not come.
        #expect(pair.peer.ask(Self.path, method: "POST", body: 200_000) == 1)
        try pair.send(pair.peer.send())
        var sent = 0
        while pair.isOpen, sent < 5000 {
            try pair.send(frame)
            sent += 1
        }
        #expect((900..<1200).contains(sent), "\(name)")
        // The last frame is GOAWAY, with the reason at its end.
        var last = ByteBuffer()
        while let bytes = try pair.channel.readOutbound(as: ByteBuffer.self) { last = bytes }
        #expect(Array(last.readableBytesView.suffix(17).prefix(5)) == [0, 0, 8, 7, 0] && last.readableBytesView.last == UInt8(Self.calm))
    }

    @Test func `answers that nobody reads are bounded`() throws {
        let pair = try HTTP2Pair()
        pair.channel.isWritable = false
        for _ in 0..<5000 { try pair.send(HTTP2Pair.frame(6, [UInt8](repeating: 0, count: 8))) }
        pair.channel.isWritable = true
        pair.channel.pipeline.fireChannelWritabilityChanged()
        #expect(try pair.run() < 1010 * 17 && !pair.isOpen)
    }

    @Test func `header fields too large are answered with 431, a target too long with 414`() throws {
        let pair = try HTTP2Pair()
        let large = pair.peer.ask(Self.path, fields: (0..<20).map { ("x-\($0)", String(repeating: "x", count: 1000)) })
        let long = pair.peer.ask("/" + String(repeating: "x", count: 20_000))
        try pair.run()
        #expect(pair.peer.answers[large]?.status == "431" && pair.peer.answers[long]?.status == "414")
        #expect(pair.isOpen)
    }

    @Test(arguments: ["a header", "a trailer"])
    func `fields that unpack to far more end the connection`(what: String) throws {
        let pair = try HTTP2Pair()
        let isTrailer = what == "a trailer"
        // :method GET, :scheme https, :path /, then one field of 4,000 bytes that is put into the table and named 10,000 times (RFC 7541 §6.1).
        if isTrailer { try pair.send(HTTP2Pair.frame(1, flags: 4, stream: 1, [0x83, 0x87, 0x84, 0x01, 1, UInt8(ascii: "a")])) }
        var block: [UInt8] = isTrailer ? [] : [0x82, 0x87, 0x84]
        block += [0x40, 1, UInt8(ascii: "x"), 0x7f, 0xa1, 0x1e] + [UInt8](repeating: UInt8(ascii: "x"), count: 4000)
        block += [UInt8](repeating: 0xbe, count: 10_000)
        try pair.send(HTTP2Pair.frame(1, flags: 5, stream: 1, block))
        try pair.run()
        #expect(!pair.isOpen && pair.peer.goaways == [Self.calm])
    }

    @Test func `a header that never ends ends the connection`() throws {
        let pair = try HTTP2Pair()
        try pair.send(HTTP2Pair.frame(1, flags: 1, stream: 1, [0x82, 0x87, 0x84]))
        var sent = 0
        while pair.isOpen, sent < 100 {
            try pair.send(HTTP2Pair.frame(9, stream: 1, [0x40, 1, UInt8(ascii: "x"), 1, UInt8(ascii: "y")]))
            sent += 1
        }
        #expect(sent < 20)
    }

    @Test func `a header that stops half-way has its deadline`() throws {
        let pair = try HTTP2Pair()
        try pair.send(HTTP2Pair.frame(1, flags: 1, stream: 1, [0x82, 0x87, 0x84]))
        #expect(pair.connection.streamCount == 1)
        pair.connection.sweep(now: .now() + .seconds(11))
        #expect(pair.door.counters.headerTimeouts == 1)
    }

    @Test func `more streams than allowed are refused`() throws {
        let pair = try HTTP2Pair()
        pair.hall.put("main.m3u8", .hold(limit: .seconds(50)))
        for number in 0..<150 {
            try pair.send(HTTP2Pair.frame(1, flags: 5, stream: UInt32(1 + 2 * number), Self.request))
        }
        #expect(pair.door.shared.heldRequests.load(ordering: .relaxed) <= 100)
    }

    /// GET https://a/live/demo/main.m3u8, without a table.
    private static let request: [UInt8] =
        [0x82, 0x87, 0x04, UInt8(path.utf8.count)] + Array(path.utf8) + [0x01, 1, UInt8(ascii: "a")]

    @Test(arguments: [
        ("upper case", [0x00, 1, UInt8(ascii: "X"), 1, UInt8(ascii: "y")]),
        ("connection-specific", [0x00, 10] + Array("connection".utf8) + [5] + Array("close".utf8)),
        ("a pseudo-header behind", [0x82]),
    ])
    func `a malformed request is reset`(name: String, field: [UInt8]) throws {
        let pair = try HTTP2Pair()
        try pair.send(HTTP2Pair.frame(1, flags: 5, stream: 1, Self.request + field))
        #expect(pair.connection.streamCount == 0, "\(name)")
        #expect(pair.door.shared.heldRequests.load(ordering: .relaxed) == 0 && pair.isOpen)
    }

    @Test func `an allowance is spent at once and comes back slowly`() {
        let start = NIODeadline.now()
        var allowance = FloodAllowance(at: start)
        func taken(_ times: [TimeAmount]) -> Int { times.count { allowance.take(at: start + $0) } }
        #expect(taken(Array(repeating: .seconds(0), count: 1100)) == 1000)
        #expect(taken(Array(repeating: .seconds(1), count: 100)) == 33)
        // Asked often, it loses nothing.
        #expect((32...33).contains(taken((1...1000).map { .milliseconds(1000 + $0) })))
    }
}
