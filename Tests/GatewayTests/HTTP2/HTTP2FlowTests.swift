import NIOCore
import StreamRelay
import Testing

@testable import Gateway

@Suite struct `HTTP 2 windows` {
    private static let media = "/live/demo/s1.mp4"

    private func pair(window: UInt32, opensWindow: Bool = false, bytes: Int) throws -> HTTP2Pair {
        let pair = try HTTP2Pair(HTTP2Peer(window: window, opensWindow: opensWindow))
        pair.hall.put("s1.mp4", FakeHall.media([String(repeating: "x", count: bytes)]))
        return pair
    }

    @Test func `no more of a body leaves than the stream's window takes`() throws {
        let pair = try pair(window: 1000, bytes: 2500)
        let id = pair.peer.ask(Self.media)
        try pair.run()
        #expect(pair.peer.answers[id]?.body.readableBytes == 1000 && pair.peer.answers[id]?.isWhole == false)
        pair.peer.take(id, 1000)
        try pair.run()
        #expect(pair.peer.answers[id]?.body.readableBytes == 2000)
        pair.peer.take(id, 1000)
        try pair.run()
        #expect(pair.peer.answers[id]?.body.readableBytes == 2500 && pair.peer.answers[id]?.isWhole == true)
    }

    @Test func `nor than the connection's window takes`() throws {
        let pair = try pair(window: 1 << 20, bytes: 50_000)
        let ids = [pair.peer.ask(Self.media), pair.peer.ask(Self.media)]
        try pair.run()
        #expect(ids.reduce(0) { $0 + (pair.peer.answers[$1]?.body.readableBytes ?? 0) } == 65_535)
        pair.peer.take(ids[0], 50_000)
        try pair.run()
        #expect(ids.allSatisfy { pair.peer.answers[$0]?.isWhole == true })
    }

    @Test func `a stream whose window stays shut is ended, and only it`() throws {
        let pair = try pair(window: 1000, bytes: 2500)
        pair.hall.put("main.m3u8", FakeHall.playlist("#EXTM3U\n"))
        let stalled = pair.peer.ask(Self.media)
        let slow = pair.peer.ask(Self.media)
        try pair.run()
        let start = NIODeadline.now()
        pair.connection.sweep(now: start)
        // One takes bytes, however slowly; the other does not.
        for seconds in [10, 20, 30] {
            if seconds < 30 { pair.peer.take(slow, 1000) }
            try pair.run()
            pair.connection.sweep(now: start + .seconds(Int64(seconds)))
        }
        try pair.run()
        #expect(pair.peer.answers[stalled]?.closedWith == 8 && pair.door.counters.stalledReaders == 1)
        #expect(pair.peer.answers[slow]?.isWhole == true)
        let next = pair.peer.ask("/live/demo/main.m3u8")
        try pair.run()
        #expect(pair.peer.answers[next]?.text == "#EXTM3U\n")
    }

    @Test func `nothing is made for a socket that takes nothing`() throws {
        let pair = try pair(window: 1 << 20, opensWindow: true, bytes: 50_000)
        pair.channel.isWritable = false
        let id = pair.peer.ask(Self.media)
        #expect(try pair.run() == 0)
        pair.channel.isWritable = true
        pair.channel.pipeline.fireChannelWritabilityChanged()
        try pair.run()
        #expect(pair.peer.answers[id]?.isWhole == true)
    }

    @Test func `a stream that waits for the socket is not ended for it`() throws {
        let pair = try pair(window: 1 << 20, opensWindow: true, bytes: 50_000)
        pair.channel.isWritable = false
        let id = pair.peer.ask(Self.media)
        try pair.run()
        let start = NIODeadline.now()
        for seconds in 0..<29 { pair.connection.sweep(now: start + .seconds(Int64(seconds))) }
        pair.channel.isWritable = true
        pair.channel.pipeline.fireChannelWritabilityChanged()
        try pair.run()
        #expect(pair.peer.answers[id]?.isWhole == true && pair.door.counters.stalledReaders == 0)
    }

    @Test func `a listener that takes nothing is not written for, and gets the present when it does`() throws {
        let pair = try HTTP2Pair(HTTP2Peer(window: 1000, opensWindow: false))
        let id = pair.peer.ask("/live/demo/events")
        try pair.run()
        #expect(pair.peer.answers[id]?.status == "200")
        let long = String(repeating: "x", count: 10_000)
        for _ in 0..<300 { pair.control.record.publish(long) }
        try pair.run()
        let stream = try #require(pair.connection.streams.first)
        #expect(pair.peer.answers[id]?.body.readableBytes == 1000 && !stream.isWritable && stream.body.count < 300_000)
        #expect(pair.door.counters.eventsReplaced == 1)
        for _ in 0..<600 {
            pair.peer.take(id, 1000)
            try pair.run()
        }
        #expect(stream.isWritable && pair.peer.answers[id]?.text.contains(#""type":"snapshot","seq":300"#) == true)
        pair.control.record.publish("newest")
        pair.peer.take(id, 1000)
        try pair.run()
        #expect(pair.peer.answers[id]?.text.hasSuffix("newest\"}\n\n") == true)
    }

    @Test func `a listener that comes right after a message has it`() throws {
        let pair = try HTTP2Pair()
        let first = pair.peer.ask("/live/demo/events")
        try pair.run()
        pair.control.record.publish()
        try pair.run()
        let second = pair.peer.ask("/live/demo/events")
        try pair.run()
        #expect(pair.peer.answers[first]?.text.contains(#""seq":1"#) == true)
        #expect(pair.peer.answers[second]?.text.contains(#""type":"snapshot","seq":1"#) == true)
    }

    @Test func `a listener that takes nothing for long is ended`() throws {
        let pair = try HTTP2Pair(HTTP2Peer(window: 10, opensWindow: false))
        pair.peer.ask("/live/demo/events")
        try pair.run()
        let start = NIODeadline.now()
        for seconds in [0, 14, 16] {
            #expect(pair.connection.streamCount == 1)
            pair.connection.sweep(now: start + .seconds(Int64(seconds)))
        }
        try pair.run()
        #expect(pair.connection.streamCount == 0 && pair.door.shared.heldRequests.load(ordering: .relaxed) == 0)
    }

    @Test func `a socket that breaks while it is written to ends everything`() throws {
        let pair = try pair(window: 1 << 24, opensWindow: true, bytes: 3_000_000)
        pair.peer.openConnection(1 << 24)
        for _ in 0..<3 { pair.peer.ask(Self.media) }
        let breaking = BreaksAtOnce()
        try pair.channel.pipeline.syncOperations.addHandler(breaking, position: .first)
        try pair.send(pair.peer.send())
        #expect(breaking.writes == 1 && !pair.isOpen && pair.connection.streamCount == 0)
    }

    @Test func `an upload that nobody reads is told to stop, and leaves room for others`() throws {
        let pair = try HTTP2Pair()
        for _ in 0..<10 {
            let id = pair.peer.ask("/live/demo/main.m3u8", method: "POST", fields: [("content-length", "10000000")], body: 10_000_000)
            try pair.run()
            #expect(pair.peer.answers[id]?.status == "413" && pair.peer.answers[id]?.isWhole == true)
            pair.connection.sweep(now: .now() + .seconds(2))
            try pair.run()
            #expect(pair.peer.answers[id]?.closedWith == 0)
        }
        // Each had one window's bytes at most.
        #expect(pair.peer.uploaded <= 10 * 65_535 && pair.connection.streamCount == 0)
        let id = pair.peer.ask("/live/demo/main.m3u8", method: "POST", body: 65_000)
        try pair.run()
        #expect(pair.peer.answers[id]?.status == "405")
    }

    @Test func `a body without a length is refused when it is too large`() throws {
        let pair = try HTTP2Pair()
        let id = pair.peer.ask("/live/demo/main.m3u8", method: "POST", body: 10_000_000)
        try pair.run()
        #expect(pair.peer.answers[id]?.status == "413" && pair.peer.uploaded < 200_000)
    }
}

/// A socket whose first write tells that the peer is gone.
private final class BreaksAtOnce: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    private(set) var writes = 0

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        writes += 1
        promise?.fail(ChannelError.ioOnClosedChannel)
        context.close(promise: nil)
    }
}

@Suite struct `A body on its way` {
    @Test func `chunks are moved in any pieces`() {
        let chunks = (0..<200).map { ByteBuffer(repeating: UInt8($0), count: 1 + $0 % 7) }
        let whole = chunks.flatMap { Array($0.readableBytesView) }
        for piece in [1, 3, 8, 1000] {
            var queue = BodyQueue()
            var output = ByteBuffer()
            for chunk in chunks { queue.append(chunk) }
            queue.append(ByteBuffer())
            while !queue.isEmpty { queue.move(min(piece, queue.count), to: &output) }
            #expect(Array(output.readableBytesView) == whole)
        }
    }

    @Test func `what is put in while it is taken out keeps its order`() {
        var queue = BodyQueue()
        var output = ByteBuffer()
        for number in 0..<300 {
            queue.append(ByteBuffer(repeating: UInt8(number % 251), count: 3))
            queue.move(min(queue.count, number % 5), to: &output)
        }
        queue.move(queue.count, to: &output)
        #expect(Array(output.readableBytesView) == (0..<300).flatMap { Array(repeating: UInt8($0 % 251), count: 3) })
    }
}
