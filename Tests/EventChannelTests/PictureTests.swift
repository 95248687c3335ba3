import Foundation
import Synchronization
import Testing

@testable import EventChannel

/// The picture frame by frame: who gets which frames.
struct PictureTests {
    private struct StillFeed: PictureFeed {
        func observe(_ observer: @escaping @Sendable (PictureMessage) -> Void) -> PictureMessage { .gone(text: []) }
        func cancel() {}
    }

    /// A room under a clock that the test turns.
    private final class Studio {
        let room: PictureRoom
        var limits = ChannelLimits()
        var now: Int64 = 1000
        private var lastID = 0

        init(bytes: Int = 1 << 20) {
            limits.pictureBytes = bytes
            room = PictureRoom(name: "council", feed: StillFeed(), limits: limits)
        }

        func begin(_ name: String = "init") {
            room.publish(.began(text: Array(name.utf8), initialization: Array("moov".utf8)), now: now)
        }

        func frame(_ name: String, isKeyframe: Bool = false, padding: Int = 0) {
            now += 40
            room.publish(.frame(Array(name.utf8) + [UInt8](repeating: 32, count: padding), isKeyframe: isKeyframe), now: now)
        }

        func come() -> ChannelClient {
            lastID += 1
            let client = ChannelClient(id: lastID, peer: nil, now: now, limits: limits)
            room.enter(client)
            room.start(client)
            return client
        }

        /// What the client is sent: the messages' texts without padding.
        func messages(_ client: ChannelClient) -> [String] { Self.texts(bytes(client)) }

        func bytes(_ client: ChannelClient) -> [UInt8] {
            var bytes: [UInt8] = []
            while true {
                switch client.queue.next(in: room.log, limit: 32) {
                case .slice(let slice): bytes += slice.chunk.withBytes(slice.range) { Array($0) }
                case .lost: _ = room.recover(client, now: now)
                case .nothing, .finished: return bytes
                }
            }
        }

        /// Sends the client one slice, as much as a full socket takes.
        func sendOne(_ client: ChannelClient) -> Int {
            guard case .slice(let slice) = client.queue.next(in: room.log, limit: 32) else { return 0 }
            return slice.range.count
        }

        static func texts(_ bytes: [UInt8]) -> [String] {
            var found: [String] = []
            var rest = bytes[...]
            while rest.count >= 2 {
                var length = Int(rest[rest.startIndex + 1])
                var header = 2
                if length == 126 {
                    length = Int(rest[rest.startIndex + 2]) << 8 | Int(rest[rest.startIndex + 3])
                    header = 4
                }
                let payload = rest.dropFirst(header).prefix(length)
                found.append(String(decoding: payload, as: UTF8.self).trimmingCharacters(in: .whitespaces))
                rest = rest.dropFirst(header + length)
            }
            return found
        }
    }

    @Test func `a newcomer gets what decodes the picture and every frame since the last keyframe`() {
        let studio = Studio()
        studio.begin()
        for name in ["K1", "a", "b"] { studio.frame(name, isKeyframe: name == "K1") }
        studio.frame("K2", isKeyframe: true)
        studio.frame("c")
        let client = studio.come()
        #expect(studio.messages(client) == ["init", "moov", "K2", "c"])
        studio.frame("d")
        #expect(studio.messages(client) == ["d"])
    }

    @Test func `nothing is sent before a keyframe`() {
        let studio = Studio()
        let early = studio.come()
        studio.begin()
        studio.frame("a")
        #expect(studio.messages(early) == ["init", "moov"])
        studio.frame("K", isKeyframe: true)
        #expect(studio.messages(early) == ["K"])
    }

    @Test func `when it is gone nothing of it goes out any more, and newcomers hear why`() {
        let studio = Studio()
        studio.begin()
        studio.frame("K", isKeyframe: true)
        let client = studio.come()
        #expect(studio.messages(client) == ["init", "moov", "K"])
        studio.frame("secret")
        studio.room.publish(.gone(text: Array("hidden".utf8)), now: studio.now)
        studio.frame("more", isKeyframe: true)
        #expect(studio.messages(client) == ["hidden"])
        #expect(studio.messages(studio.come()) == ["hidden"])
        studio.begin("again")
        studio.frame("K2", isKeyframe: true)
        #expect(studio.messages(client) == ["again", "moov", "K2"])
    }

    @Test func `who is behind when a keyframe comes is moved there, and nobody else is`() {
        let studio = Studio()
        studio.begin()
        studio.frame("K1", isKeyframe: true)
        let quick = studio.come()
        let slow = studio.come()
        #expect(studio.messages(quick).last == "K1" && studio.messages(slow).last == "K1")
        for number in 0..<20 {
            studio.frame("a\(number)")
            #expect(studio.messages(quick) == ["a\(number)"])
        }
        studio.frame("K2", isKeyframe: true)
        studio.frame("b")
        #expect(studio.messages(quick) == ["K2", "b"])
        #expect(studio.messages(slow) == ["init", "moov", "K2", "b"])
        #expect(studio.room.skips == 1)
    }

    @Test func `a short delay loses no frame`() {
        let studio = Studio()
        studio.begin()
        studio.frame("K1", isKeyframe: true)
        let client = studio.come()
        _ = studio.messages(client)
        for number in 0..<5 { studio.frame("a\(number)") }
        studio.frame("K2", isKeyframe: true)
        #expect(studio.messages(client) == (0..<5).map { "a\($0)" } + ["K2"])
    }

    @Test func `a frame that is half sent is sent to its end before the client is moved`() {
        let studio = Studio()
        studio.begin()
        studio.frame("K1", isKeyframe: true, padding: 100)
        let client = studio.come()
        // Text, init segment and a third of the keyframe.
        while studio.sendOne(client) < 32 {}
        for number in 0..<40 { studio.frame("a\(number)") }
        studio.frame("K2", isKeyframe: true)
        let rest = studio.bytes(client)
        let begun = 2 + 102 - 32
        #expect(rest.prefix(begun).allSatisfy { $0 == 32 }, "the rest of the keyframe's padding")
        #expect(Studio.texts(Array(rest.dropFirst(begun))) == ["init", "moov", "K2"])
    }

    @Test func `memory is bounded however long the group of pictures is, and newcomers wait for the next keyframe`() {
        let studio = Studio(bytes: 256 * 1024)
        studio.begin()
        studio.frame("K1", isKeyframe: true)
        let old = studio.come()
        #expect(studio.messages(old).last == "K1")
        for number in 0..<2000 {
            studio.frame("a\(number)", padding: 1000)
            #expect(studio.messages(old) == ["a\(number)"], "who follows is not interrupted")
        }
        #expect(studio.room.log.end - studio.room.log.start < 300 * 1024)
        let new = studio.come()
        #expect(studio.messages(new) == ["init", "moov"])
        studio.frame("K2", isKeyframe: true)
        #expect(studio.messages(new) == ["K2"])
        #expect(studio.messages(old) == ["K2"])
    }

    @Test func `no more than two groups of pictures are kept`() {
        let studio = Studio()
        studio.begin()
        for group in 0..<10 {
            studio.frame("K\(group)", isKeyframe: true, padding: 40_000)
            for _ in 0..<3 { studio.frame("a", padding: 10_000) }
        }
        #expect(studio.room.log.end - studio.room.log.start < 2 * 75_000)
    }

    @Test func `everybody is owed a look once a turn, from where the last one ended`() {
        let studio = Studio()
        let clients = (0..<3).map { _ in studio.come() }
        studio.room.owe()
        let first = studio.room.nextOwed()
        studio.room.owe()
        let others = (0..<3).compactMap { _ in studio.room.nextOwed() }
        #expect(studio.room.nextOwed() == nil)
        #expect(Set(others.map(\.id)) == Set(clients.map(\.id)))
        #expect(others.last === first)
    }

    // MARK: over a socket

    private final class FakePicture: PictureFeed {
        private let observer = Mutex<(@Sendable (PictureMessage) -> Void)?>(nil)
        func observe(_ observer: @escaping @Sendable (PictureMessage) -> Void) -> PictureMessage {
            self.observer.withLock { $0 = observer }
            return .gone(text: Array("stopped".utf8))
        }
        func cancel() { observer.withLock { $0 = nil } }
        func tell(_ message: PictureMessage) { observer.withLock { $0 }?(message) }
    }

    private func upgrade(_ port: UInt16, receiveBuffer: Int32 = 0) throws -> RawClient {
        let client = try RawClient(port: port, receiveBuffer: receiveBuffer)
        try client.send(RawClient.request("/live/council/picture", protocols: "plenary.picture.v1"))
        let head = try client.readHead()
        #expect(head.hasPrefix("HTTP/1.1 101 ") && head.contains("Sec-WebSocket-Protocol: plenary.picture.v1\r\n"), "\(head)")
        return client
    }

    @Test func `text is text and frames are bytes on the wire`() async throws {
        try await LiveChannel.with { live in
            let feed = FakePicture()
            live.channel.open(picture: "council", feed: feed)
            let client = try upgrade(live.port)
            #expect(try client.next() == RawClient.Frame(opcode: 1, payload: Array("stopped".utf8)))
            feed.tell(.began(text: Array("init".utf8), initialization: [1, 2]))
            feed.tell(.frame([3], isKeyframe: true))
            #expect(try client.next() == RawClient.Frame(opcode: 1, payload: Array("init".utf8)))
            #expect(try client.next() == RawClient.Frame(opcode: 2, payload: [1, 2]))
            #expect(try client.next() == RawClient.Frame(opcode: 2, payload: [3]))
            try await live.until { $0.watching == ["council": 1] }
            live.channel.close(picture: "council")
            #expect(try client.closing()?.closeCode == 1001)
        }
    }

    @Test func `one screen too many is turned away, and the votes are not`() async throws {
        try await LiveChannel.with {
            $0.limits.pictureClients = 1
        } _: { live in
            live.channel.open(picture: "council", feed: FakePicture())
            let first = try upgrade(live.port)
            #expect(try first.next()?.text == "stopped")
            let second = try RawClient(port: live.port)
            try second.send(RawClient.request("/live/council/picture", protocols: "plenary.picture.v1"))
            #expect(try second.readHead().hasPrefix("HTTP/1.1 503 "))
            _ = try RawClient.listening(port: live.port)
        }
    }

    @Test func `a screen that takes nothing is let go, and its neighbour gets every frame`() async throws {
        try await LiveChannel.with {
            $0.limits.stallDeadline = 500
        } _: { live in
            let feed = FakePicture()
            live.channel.open(picture: "council", feed: feed)
            let stuck = try upgrade(live.port, receiveBuffer: 4096)
            let quick = try upgrade(live.port)
            feed.tell(.began(text: Array("init".utf8), initialization: [1]))
            _ = (try quick.next(), try quick.next(), try quick.next())
            for number in 0..<400 {
                let frame = [UInt8(number & 0xFF)] + [UInt8](repeating: 0, count: 20_000)
                feed.tell(.frame(frame, isKeyframe: number % 50 == 0))
                #expect(try quick.next()?.payload == frame)
            }
            try await live.until { $0.watching == ["council": 1] && $0.closed[.slow] == 1 }
            withExtendedLifetime(stuck) {}
        }
    }
}
