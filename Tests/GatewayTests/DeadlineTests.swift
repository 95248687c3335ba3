import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOPosix
import NIOSSL
import StreamRelay
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite(.outsideProcess, .timeLimit(.minutes(5)), .serialized) struct `Deadlines and limits` {
    @Test func `a dripped header is ended with 408`() async throws {
        try await Door.open(limits: { $0.headerDeadline = .milliseconds(300) }) { door in
            let wire = try await door.connect()
            try await wire.send("GET /healthz HTTP/1.1\r\nX: ")
            for _ in 0..<4 where !wire.isClosed {
                try await Task.sleep(for: .milliseconds(50))
                try? await wire.send("X")
            }
            #expect(try await wire.reply().status == 408)
            try await eventually("the door closes") { wire.isClosed }
        }
    }

    @Test func `a body that does not come is ended with 408`() async throws {
        try await Door.open(limits: { $0.bodyDeadline = .milliseconds(200) }) { door in
            let reply = try await door.ask("POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
            #expect(reply.status == 408)
        }
    }

    @Test func `an idle connection is closed, one that waits for a part is not`() async throws {
        try await Door.open(limits: { $0.idleDeadline = .seconds(2) }) { door in
            door.control.hall.put("main.m3u8", .hold(limit: .seconds(50)))
            let silent = try await door.connect()
            let idle = try await door.connect()
            let waiting = try await door.connect()
            _ = try await idle.ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            try await waiting.send("GET /live/demo/main.m3u8 HTTP/1.1\r\nHost: a\r\n\r\n")
            try await eventually("both are closed") { idle.isClosed && silent.isClosed }
            #expect(!waiting.isClosed)
            door.control.hall.put("main.m3u8", FakeHall.playlist("x"))
            #expect(try await waiting.reply().status == 200)
        }
    }

    @Test func `stalled readers are closed, and their bytes were never copied`() async throws {
        try await Door.open(limits: { $0.stallDeadline = .milliseconds(600) }) { door in
            let chunk = ByteBuffer(repeating: 7, count: 4 << 20)
            door.control.hall.put(
                "s1.mp4",
                .ready(
                    LiveResource(
                        chunks: Array(repeating: chunk, count: 8), kind: .media(contentType: "video/mp4"), etag: "\"x\"", maxAge: 1,
                        immutable: true)))
            let before = Memory.resident
            var wires: [Wire] = []
            for _ in 0..<50 {
                let wire = try await Wire.connect(port: door.port, reads: false)
                try await wire.send(String(repeating: "GET /live/demo/s1.mp4 HTTP/1.1\r\nHost: a\r\n\r\n", count: 20))
                wires.append(wire)
            }
            try await eventually("the door has heard them all") { door.doors.shared.census.figures.accepted >= 50 }
            // 50 clients × 20 requests × 32 MiB were asked for; one copy each would be 1.6 GB. Other tests run beside this one.
            #expect(Memory.resident - before < 400 << 20)
            try await eventually("all are closed") { door.doors.shared.census.figures.open == 0 }
            #expect(await door.doors.figures().counters.stalledReaders == 50)
            for wire in wires { wire.hangUp() }
        }
    }

    @Test func `an endless answer waits for its reader, and ends with it`() async throws {
        let endless = Endless()
        try await Door.open(limits: { $0.stallDeadline = .seconds(3) }, responder: endless) { door in
            var wires: [Wire] = []
            for _ in 0..<20 {
                let wire = try await Wire.connect(port: door.port, reads: false)
                try await wire.send("GET /anything HTTP/1.1\r\nHost: a\r\n\r\n")
                wires.append(wire)
            }
            try await eventually("all began") { endless.running.load(ordering: .relaxed) == 20 }
            try await eventually("all ended") { endless.running.load(ordering: .relaxed) == 0 }
            // What the kernel took, and a little more: not what a hot loop would have written.
            #expect(endless.written.load(ordering: .relaxed) < 20 * (8 << 20))
            for wire in wires { wire.hangUp() }
        }
    }

    @Test func `an abandoned reload does not stay as a waiter`() async throws {
        try await Door.open { door in
            door.control.hall.put("main.m3u8", .hold(limit: .seconds(50)))
            var wires: [Wire] = []
            for _ in 0..<30 {
                let wire = try await door.connect()
                try await wire.send("GET /live/demo/main.m3u8 HTTP/1.1\r\nHost: a\r\n\r\n")
                wires.append(wire)
            }
            try await eventually("all are held") { door.doors.shared.heldRequests.load(ordering: .relaxed) == 30 }
            for wire in wires { wire.hangUp() }
            try await eventually("none is held") { door.doors.shared.heldRequests.load(ordering: .relaxed) == 0 }
            try await eventually("nobody observes") { door.control.hall.observerCount == 0 }
            try await eventually("none is open") { door.doors.shared.census.figures.open == 0 }
        }
    }

    @Test func `a thousand held reloads are released by one part`() async throws {
        try await Door.open { door in
            door.control.hall.put("main.m3u8?_HLS_msn=7&_HLS_part=1", .hold(limit: .seconds(50)))
            var wires: [Wire] = []
            for _ in 0..<1000 {
                let wire = try await door.connect()
                try await wire.send("GET /live/demo/main.m3u8?_HLS_msn=7&_HLS_part=1 HTTP/1.1\r\nHost: a\r\n\r\n")
                wires.append(wire)
            }
            try await eventually("all are held") { door.doors.shared.heldRequests.load(ordering: .relaxed) == 1000 }
            let questions = door.control.hall.questionCount
            let start = ContinuousClock.now
            door.control.hall.put("main.m3u8?_HLS_msn=7&_HLS_part=1", FakeHall.playlist("#EXTM3U\n"))
            try await eventually("all are answered") { wires.allSatisfy { $0.count > 0 } }
            print("1,000 held reloads: the last was answered after \(ContinuousClock.now - start), built for debugging")
            // Once per loop, not once per waiter.
            #expect(door.control.hall.questionCount - questions <= 2)
            #expect(try await wires[999].reply().text == "#EXTM3U\n")
            for wire in wires { wire.hangUp() }
        }
    }

    @Test func `too many waiters get 503`() async throws {
        try await Door.open(limits: { $0.heldRequests = 1 }) { door in
            door.control.hall.put("main.m3u8", .hold(limit: .seconds(50)))
            let first = try await door.connect()
            try await first.send("GET /live/demo/main.m3u8 HTTP/1.1\r\nHost: a\r\n\r\n")
            try await eventually("the first is held") { door.doors.shared.heldRequests.load(ordering: .relaxed) == 1 }
            let reply = try await door.get("/live/demo/main.m3u8")
            #expect(reply.status == 503 && reply["retry-after"] == "1")
        }
    }

    @Test func `one address may not take all connections`() async throws {
        try await Door.open(
            limits: {
                $0.connectionsPerAddress = 3
                $0.countsLoopback = true
            }
        ) { door in
            var wires: [Wire] = []
            for _ in 0..<3 {
                let wire = try await door.connect()
                _ = try await wire.ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                wires.append(wire)
            }
            let fourth = try await door.connect()
            #expect(try await fourth.reply().status == 503)
            #expect(door.doors.shared.census.figures.refused == 1)
            wires[0].hangUp()
            try await eventually("there is room again") { door.doors.shared.census.figures.open == 2 }
            #expect(try await door.get("/healthz").status == 200)
        }
    }

    @Test func `past the limit connections are refused at once, and counted`() async throws {
        try await Door.open(limits: { $0.connections = 2 }) { door in
            let first = try await door.connect()
            let second = try await door.connect()
            try await eventually("both are here") { door.doors.shared.census.figures.open == 2 }
            let third = try await door.connect()
            let reply = try await third.reply()
            #expect(reply.status == 503 && reply["retry-after"] == "5")
            try await eventually("it is closed") { third.isClosed }
            first.hangUp()
            second.hangUp()
        }
    }

    @Test func `a TLS peer that never says hello is closed`() async throws {
        try await Door.open(tls: true, limits: { $0.tlsDeadline = .milliseconds(300) }) { door in
            let wire = try await door.connect()
            try await eventually("it is closed") { wire.isClosed }
            #expect(await door.doors.figures().counters.tlsTimeouts == 1)
        }
    }

    @Test func `an HTTP 2 peer that does not answer PING is closed`() async throws {
        try await Door.open(
            tls: true,
            limits: {
                $0.pingInterval = .milliseconds(200)
                $0.pingDeadline = .milliseconds(200)
            }
        ) { door in
            let ended = try await Deaf.connect(port: door.port)
            try await ended.get()
        }
    }

    @Test func `an old HTTP 2 connection is sent away`() async throws {
        try await Door.open(
            tls: true,
            limits: {
                $0.connectionAge = .milliseconds(300)
                $0.drainDeadline = .milliseconds(300)
                $0.pingDeadline = .milliseconds(300)
            }
        ) { door in
            let ended = try await Deaf.connect(port: door.port)
            try await ended.get()
        }
    }
}

/// Writes for ever, as fast as it is let.
private final class Endless: RouterBridge {
    let running = Atomic<Int>(0)
    let written = Atomic<Int>(0)

    func respond(to request: Request, from caller: Caller) async -> Response {
        let body = ResponseBody { [self] writer in
            running.wrappingAdd(1, ordering: .relaxed)
            defer { running.wrappingSubtract(1, ordering: .relaxed) }
            let chunk = ByteBuffer(repeating: 1, count: 64 << 10)
            while true {
                try await writer.write(chunk)
                written.wrappingAdd(chunk.readableBytes, ordering: .relaxed)
            }
        }
        return Response(status: .ok, body: body)
    }
}

/// A TLS client that chose HTTP/2, says its preface and nothing more.
private enum Deaf {
    static func connect(port: Int) async throws -> EventLoopFuture<Void> {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        configuration.applicationProtocols = ["h2"]
        let context = try NIOSSLContext(configuration: configuration)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        var hello = ByteBuffer(string: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        hello.writeBytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
        try await channel.writeAndFlush(hello).get()
        return channel.closeFuture
    }
}
