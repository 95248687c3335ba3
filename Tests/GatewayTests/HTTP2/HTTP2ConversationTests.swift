import NIOCore
import StreamRelay
import Testing

@testable import Gateway

@Suite struct `HTTP 2 requests and answers` {
    private static let path = "/live/demo/main.m3u8"

    @Test func `requests of several streams are answered, in one buffer`() throws {
        let pair = try HTTP2Pair()
        pair.hall.put("main.m3u8", FakeHall.playlist("#EXTM3U\n"))
        pair.hall.put("s1.mp4", FakeHall.media(["one", "two"]))
        let ids = [pair.peer.ask(Self.path), pair.peer.ask("/live/demo/s1.mp4"), pair.peer.ask("/live/nobody/x")]
        try pair.send(pair.peer.send())
        let bytes = try #require(try pair.channel.readOutbound(as: ByteBuffer.self))
        #expect(try pair.channel.readOutbound(as: ByteBuffer.self) == nil)
        pair.peer.receive(bytes)
        let answers = ids.map { pair.peer.answers[$0] ?? .init() }
        #expect(answers.map(\.status) == ["200", "200", "404"])
        #expect(answers[0].text == "#EXTM3U\n" && answers[1].text == "onetwo")
        #expect(answers[0].fields["content-length"] == "8" && answers[0].fields["content-type"] == "application/vnd.apple.mpegurl")
        #expect(answers[0].fields["strict-transport-security"] != nil && answers[0].fields["date"]?.hasSuffix(" GMT") == true)
        #expect(answers.allSatisfy { $0.isWhole && $0.closedWith == 0 })
        #expect(pair.connection.streamCount == 0)
    }

    @Test func `an answer without a body is its header alone`() throws {
        let pair = try HTTP2Pair()
        pair.hall.put("main.m3u8", FakeHall.playlist("#EXTM3U\n"))
        let head = pair.peer.ask(Self.path, method: "HEAD")
        let unchanged = pair.peer.ask(Self.path, fields: [("if-none-match", "\"p1\"")])
        let preflight = pair.peer.ask(Self.path, method: "OPTIONS")
        try pair.run()
        #expect([head, unchanged, preflight].map { pair.peer.answers[$0]?.status } == ["200", "304", "204"])
        #expect([head, unchanged, preflight].allSatisfy { pair.peer.answers[$0]?.frames == 1 && pair.peer.answers[$0]?.isWhole == true })
        #expect(pair.peer.answers[head]?.fields["content-length"] == "8")
    }

    @Test func `a range is a part of the chunks, across their seam`() throws {
        let pair = try HTTP2Pair()
        pair.hall.put("s1.mp4", FakeHall.media([String(repeating: "a", count: 40_000), String(repeating: "b", count: 40_000)]))
        let id = pair.peer.ask("/live/demo/s1.mp4", fields: [("range", "bytes=39999-40000")])
        try pair.run()
        #expect(pair.peer.answers[id]?.status == "206" && pair.peer.answers[id]?.text == "ab")
    }

    @Test func `a large answer comes whole`() throws {
        let pair = try HTTP2Pair()
        let chunks = (0..<40).map { String(repeating: String($0 % 10), count: 70_001) }
        pair.hall.put("s1.mp4", FakeHall.media(chunks))
        let id = pair.peer.ask("/live/demo/s1.mp4")
        try pair.run()
        #expect(pair.peer.answers[id]?.isWhole == true && pair.peer.answers[id]?.text == chunks.joined())
    }

    @Test func `a body is read whole before the request is answered`() throws {
        let pair = try HTTP2Pair()
        let id = pair.peer.ask(Self.path, method: "POST", body: 60_000)
        try pair.run()
        #expect(pair.peer.answers[id]?.status == "405" && pair.peer.uploaded == 60_000)
    }

    @Test func `a trailer ends the body and is passed over`() throws {
        let pair = try HTTP2Pair()
        // POST https://a/live/x, a byte of a body, and a field behind it.
        let target = Array("/live/x".utf8)
        let block = [0x83, 0x87, 0x04, UInt8(target.count)] + target + [0x01, 1, UInt8(ascii: "a")]
        try pair.send(HTTP2Pair.frame(1, flags: 4, stream: 1, block))
        try pair.send(HTTP2Pair.frame(0, stream: 1, [UInt8(ascii: "x")]))
        #expect(pair.connection.streamCount == 1)
        try pair.send(HTTP2Pair.frame(1, flags: 5, stream: 1, [0x00, 1, UInt8(ascii: "t"), 1, UInt8(ascii: "v")]))
        #expect(pair.connection.streamCount == 0 && pair.door.counters.answers.map(\.status) == [405])
    }

    @Test func `a held request is answered when its part is there`() throws {
        let pair = try HTTP2Pair()
        pair.hall.put("main.m3u8", .hold(limit: .seconds(50)))
        let ids = (0..<3).map { _ in pair.peer.ask(Self.path) }
        try pair.run()
        #expect(pair.door.shared.heldRequests.load(ordering: .relaxed) == 3 && pair.peer.answers[ids[0]]?.status == nil)
        pair.hall.put("main.m3u8", FakeHall.playlist("new"))
        try pair.run()
        #expect(ids.allSatisfy { pair.peer.answers[$0]?.text == "new" })
    }

    @Test func `a request that its client takes back ends at once`() throws {
        let pair = try HTTP2Pair()
        pair.hall.put("main.m3u8", .hold(limit: .seconds(50)))
        let id = pair.peer.ask(Self.path)
        try pair.run()
        pair.peer.reset(id)
        try pair.run()
        #expect(pair.door.shared.heldRequests.load(ordering: .relaxed) == 0 && pair.connection.streamCount == 0)
        #expect(pair.hall.observerCount == 0 && pair.isOpen)
    }

    @Test func `a connection that is lost ends its requests`() throws {
        let pair = try HTTP2Pair()
        pair.hall.put("main.m3u8", .hold(limit: .seconds(50)))
        for _ in 0..<5 { pair.peer.ask(Self.path) }
        try pair.run()
        #expect(pair.door.shared.heldRequests.load(ordering: .relaxed) == 5)
        try pair.channel.close().wait()
        #expect(pair.door.shared.heldRequests.load(ordering: .relaxed) == 0 && pair.connection.streamCount == 0)
    }

    @Test func `streams leave nothing behind`() throws {
        let pair = try HTTP2Pair()
        weak var survivor: HTTP2Stream?
        for round in 0..<30 {
            pair.hall.put("main.m3u8", .hold(limit: .seconds(50)))
            let ids = (0..<100).map { _ in pair.peer.ask(Self.path) }
            try pair.run()
            #expect(pair.connection.streamCount == 100)
            survivor = pair.connection.streams.randomElement()
            #expect(survivor != nil)
            // Some are answered, some are taken back.
            for id in ids.suffix(10) where round % 2 == 0 { pair.peer.reset(id) }
            try pair.run()
            pair.hall.put("main.m3u8", FakeHall.playlist("new"))
            try pair.run()
            #expect(pair.connection.streamCount == 0 && survivor == nil)
        }
    }

    @Test func `cookies, authority and fields reach the request as HTTP 1 would have them`() {
        var header = HTTP2RequestHeader(limit: 16_384)
        let fields = [
            (":method", "PURGE"), (":scheme", "https"), (":authority", "hall.example"), (":path", "/a?b"), ("cookie", "a=1"),
            ("cookie", "b=2"),
        ]
        for (name, value) in fields { _ = header.take(name, value) }
        let head = header.head
        #expect(head.method.rawValue == "PURGE" && head.uri == "/a?b" && head.version == .init(major: 2, minor: 0))
        #expect(head.headers["cookie"] == ["a=1", "b=2"] && head.headers["host"] == ["hall.example"])
        _ = header.take("host", "other.example")
        #expect(header.head.headers["host"] == ["other.example"])
    }
}

extension HTTP2RequestHeader {
    fileprivate mutating func take(_ name: String, _ value: String) -> Bool {
        Array(name.utf8).withUnsafeBufferPointer { name in Array(value.utf8).withUnsafeBufferPointer { take(name, $0) } }
    }
}
