import NIOCore
import StreamRelay
import Testing

@testable import Gateway

@Suite struct `The end of an HTTP 2 connection` {
    private static let path = "/live/demo/main.m3u8"

    @Test func `a connection that drains answers what is under way, and closes`() throws {
        let pair = try HTTP2Pair()
        pair.hall.put("main.m3u8", .hold(limit: .seconds(50)))
        let held = pair.peer.ask(Self.path)
        try pair.run()
        pair.connection.drain()
        try pair.run()
        #expect(pair.peer.goaways == [0, 0] && pair.isOpen)
        let late = pair.peer.ask(Self.path)
        pair.hall.put("main.m3u8", FakeHall.playlist("last"))
        try pair.run()
        #expect(pair.peer.answers[held]?.text == "last" && pair.peer.answers[late]?.status == nil && !pair.isOpen)
    }

    @Test func `one without streams closes as soon as its peer knows`() throws {
        let pair = try HTTP2Pair()
        pair.connection.drain()
        #expect(pair.isOpen)
        try pair.run()
        // The second is for streams on their way; a client without any has left.
        #expect(!pair.isOpen && pair.peer.goaways.first == 0)
    }

    @Test func `a peer that does not answer is given its time, not more`() throws {
        let pair = try HTTP2Pair()
        pair.connection.drain()
        let start = NIODeadline.now()
        pair.connection.sweep(now: start + .seconds(4))
        #expect(pair.isOpen)
        pair.connection.sweep(now: start + .seconds(6))
        #expect(!pair.isOpen)
    }

    @Test func `a client's own farewell closes the connection`() throws {
        let pair = try HTTP2Pair()
        try pair.send(HTTP2Pair.frame(7, [0, 0, 0, 0, 0, 0, 0, 0]))
        try pair.run()
        #expect(!pair.isOpen)
    }

    @Test func `silence is met with PING`() throws {
        let pair = try HTTP2Pair()
        pair.hall.put("main.m3u8", .hold(limit: .seconds(50)))
        pair.peer.ask(Self.path)
        try pair.run()
        pair.connection.sweep(now: .now() + .seconds(21))
        try pair.run()
        #expect(pair.peer.pings == 1 && pair.isOpen)
    }

    @Test func `bytes that are no HTTP 2 end the connection`() throws {
        let pair = try HTTP2Pair()
        try pair.send(HTTP2Pair.frame(0, stream: 0, [1, 2, 3]))
        try pair.run()
        #expect(!pair.isOpen && pair.peer.goaways == [1])
    }

    @Test func `times alone decide`() {
        let limits = DoorLimits()
        let start = NIODeadline.now()
        var life = HTTP2Lifetime(at: start)
        func steps(_ times: [(at: Int64, heard: Int64)]) -> [HTTP2Lifetime.Step] {
            times.map { life.step(at: start + .seconds($0.at), heardAt: start + .seconds($0.heard), limits: limits).step }
        }
        life.opened()
        #expect(steps([(19, 0), (21, 0), (22, 0), (40, 22), (43, 22)]) == [.none, .ping, .none, .none, .ping])
        life.closedLast(at: start + .seconds(50))
        #expect(steps([(79, 79), (81, 81), (82, 82), (87, 87)]) == [.none, .announce, .none, .close])
    }

    @Test func `an old connection is told to come back`() {
        var limits = DoorLimits()
        limits.connectionAge = .seconds(60)
        let start = NIODeadline.now()
        var life = HTTP2Lifetime(at: start)
        life.opened()
        let young = life.step(at: start + .seconds(59), heardAt: start + .seconds(59), limits: limits)
        let old = life.step(at: start + .seconds(61), heardAt: start + .seconds(61), limits: limits)
        #expect(young.step == .none && old.step == .announce && !old.isIdle && life.isEnding)
        let isNews = life.end(at: start)
        #expect(!isNews)
    }
}
