import NIOCore
import Testing

@testable import StreamRelay

private let second: Int64 = 1_000_000

@Suite struct `Waiting for an input` {
    @Test func `a camera that says nothing while it is opened is given up after the time it was given`() {
        var deadline = InputDeadline(waitsForPeer: false, silence: InputDeadline.silenceLimit)
        deadline.begin(limit: 2 * second, at: 0)
        #expect(deadline.check(at: 2 * second) == false)
        #expect(deadline.check(at: 2 * second + 1) == true)
        #expect(deadline.limit == 2 * second)
    }

    @Test(arguments: [
        (InputDeadline.silenceLimit, 10 * second), (InputDeadline.silenceLimitOfSRT, 3 * second),
    ])
    func `an open camera is lost after 10 s without a packet, an SRT peer after 3 s`(silence: Int64, limit: Int64) {
        var deadline = InputDeadline(waitsForPeer: false, silence: silence)
        deadline.begin(limit: 2 * second, at: 0)
        deadline.opened(at: second)
        for packet in 0..<100 {
            let now = second + Int64(packet) * 2 * second
            #expect(deadline.check(at: now) == false, "a packet every 2 s is no silence")
            deadline.received(at: now)
        }
        let last = second + 99 * 2 * second
        #expect(deadline.check(at: last + limit) == false)
        #expect(deadline.check(at: last + limit + 1) == true)
    }

    @Test func `a peer that connects when it likes is waited for without end, and watched once it is there`() {
        var deadline = InputDeadline(waitsForPeer: true, silence: InputDeadline.silenceLimit)
        deadline.begin(limit: 2 * second, at: 0)
        #expect(deadline.check(at: 3_600 * second) == false)
        #expect(!deadline.hasBeenQuiet(at: 3_600 * second))
        deadline.opened(at: 3_600 * second)
        #expect(deadline.check(at: 3_610 * second) == false)
        #expect(deadline.check(at: 3_611 * second) == true)
    }

    @Test func `a packet that comes behind the deadline does not revive the input`() {
        var deadline = InputDeadline(waitsForPeer: false, silence: InputDeadline.silenceLimit)
        deadline.opened(at: 0)
        #expect(deadline.check(at: 11 * second) == true)
        deadline.received(at: 11 * second)
        #expect(deadline.check(at: 11 * second) == true)
    }

    @Test func `an input is quiet after 4.5 s, so that RTSP's own timeout of 5 s is known for one`() {
        var deadline = InputDeadline(waitsForPeer: false, silence: InputDeadline.silenceLimit)
        #expect(!deadline.hasBeenQuiet(at: 100 * second), "nothing was asked yet")
        deadline.received(at: 0)
        #expect(!deadline.hasBeenQuiet(at: 4_500_000))
        #expect(deadline.hasBeenQuiet(at: 4_500_001))
    }
}

@Suite struct `Redirects of a camera` {
    @Test(arguments: [
        ("rtsp://admin:pw@camera.example:554/1", "rtsp://CAMERA.example/other?x=1"), ("rtsp://[fe80::1]:554/a", "rtsp://[fe80::1]/b"),
        ("rtsp://10.0.0.9/a", "rtsp://user@10.0.0.9:8554/a"),
    ])
    func `to another port, path or user of the same host they are followed`(first: String, second: String) {
        var redirects = RedirectGuard()
        #expect(redirects.check(first) == false)
        #expect(redirects.check(second) == false)
        #expect(redirects.redirectedTo == nil)
    }

    @Test(arguments: [
        ("rtsp://camera/1", "rtsp://127.0.0.2/secret", "rtsp://127.0.0.2"), ("rtsp://camera/1", "file:///etc/passwd", "file://"),
        ("rtsp://camera/1", "rtsps://camera/1", "rtsps://camera"),
        ("rtsp://camera/1", "http://camera@evil.example/1", "http://evil.example"),
    ])
    func `to another host or scheme they are not, even when the camera then goes back`(first: String, second: String, found: String) {
        var redirects = RedirectGuard()
        #expect(redirects.check(first) == false)
        #expect(redirects.check(second) == true)
        #expect(redirects.check(first) == true)
        #expect(redirects.redirectedTo == found)
    }
}

@Suite struct `An encoder's bytes on their way to libavformat` {
    private func read(_ count: Int, of feed: inout FeedBuffer) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let read = bytes.withUnsafeMutableBytes { feed.read(into: $0) }
        return Array(bytes.prefix(read))
    }

    @Test func `they come in order, in pieces of the reader's size`() {
        var feed = FeedBuffer()
        #expect(read(8, of: &feed) == [])
        feed.append([ByteBuffer(bytes: [1, 2, 3, 4, 5]), ByteBuffer(), ByteBuffer(bytes: [6])])
        #expect(read(2, of: &feed) == [1, 2])
        #expect(read(8, of: &feed) == [3, 4, 5])
        feed.append([ByteBuffer(bytes: [7, 8])])
        #expect(read(8, of: &feed) == [6])
        #expect(read(8, of: &feed) == [7, 8])
        #expect(read(8, of: &feed) == [])
    }
}
