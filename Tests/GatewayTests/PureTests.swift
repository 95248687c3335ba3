import Commons
import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

@Suite struct `Pure rules of the door` {
    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (1_709_210_096, "Thu, 29 Feb 2024 12:34:56 GMT"),
        (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
    ]) func `a date is written as IMF-fixdate`(seconds: Int64, text: String) { #expect(HTTPDate.format(seconds) == text) }

    @Test func `a target is taken apart`() throws {
        let target = try RequestTarget("/live/demo/main.m3u8?_HLS_msn=1")
        #expect(target.path == "/live/demo/main.m3u8" && target.query == "_HLS_msn=1")
        #expect(try RequestTarget("https://h:1/a?b").path == "/a")
        #expect(try RequestTarget("http://h").path == "/")
        #expect(try RequestTarget("/%D0%B0").path == "/а")
        #expect(try RequestTarget("/a/").path == "/a/")
        #expect(try RequestTarget("/a..b/...").path == "/a..b/...")
    }

    @Test(arguments: [
        ("/", "/", ""), ("/a?b=/../c", "/a", "b=/../c"), ("/a?", "/a", ""), ("/a-b_c.d/e", "/a-b_c.d/e", ""),
        ("/.well-known", "/.well-known", ""),
        ("/a/..b", "/a/..b", ""), ("/a~b", "/a~b", ""), ("/%61?x", "/a", "x"),
    ]) func `a path is clean or cleaned`(target: String, path: String, query: String) throws {
        let read = try RequestTarget(target)
        #expect(read.path == path && read.query == query)
    }

    @Test(arguments: [
        "", "a", "?a", "//", "/a//b", "/./a", "/a/.", "/../a", "/a/..", "/%2e%2e/a", "/a b", "/a#b", "/a\\b", "/%00", "/%2", "/%ff",
    ]) func `a path that leads elsewhere is refused`(target: String) {
        #expect(throws: RequestTarget.Fault.self) { try RequestTarget(target) }
    }

    @Test func `a request's fields are known by name, whatever the case`() {
        let fields = RequestFields([
            "HOST": "a", "Accept-Encoding": "gzip", "If-None-Match": "x", "Range": "bytes=0-1", "if-range": "x", "Content-Length": "1",
            "eXpect": "100-continue", "Upgrade": "h2c", "cookie": "c", "hosts": "b", "rango": "c",
        ])
        #expect(fields.hosts == 1)
        #expect(fields.names == [.acceptEncoding, .ifNoneMatch, .range, .ifRange, .contentLength, .expect, .upgrade])
        #expect(RequestFields(["cookie": "host"]) == RequestFields(["cookie": "tsoh"]))
        #expect(RequestFields(["a": "bc", "de": "f"]).bytes == 6)
        for (hosts, count) in [([], 0), ([""], 0), (["a"], 1), (["a, b"], 2), (["a", "a"], 2)] {
            #expect(RequestFields(HTTPHeaders(hosts.map { ("host", $0) })).hosts == count, "\(hosts)")
        }
    }

    @Test func `a header has what it is given, however long`() {
        let long = String(repeating: "é", count: 5000)
        var text = ByteBuffer()
        HTTP1Text.head(
            status: 431, fields: ["x": long], etag: "\"t\"", date: "now", length: .max, closes: true, into: &text)
        #expect(
            String(buffer: text)
                == "HTTP/1.1 431 Request Header Fields Too Large\r\nx: \(long)\r\netag: \"t\"\r\n"
                + "content-length: 9223372036854775807\r\ndate: now\r\nconnection: close\r\n\r\n"
        )
    }

    @Test func `a playlist for many is one buffer, made anew when the date has changed`() {
        let rendering = Rendering(
            fields: ["etag": "\"p\""], chunks: [ByteBuffer(string: "#EXT"), ByteBuffer(string: "M3U\n")], count: 8)
        let storage = { (buffer: ByteBuffer) in buffer.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) } }
        let first = rendering.whole(date: "now", cors: ["access-control-allow-origin": "*"])
        #expect(
            String(buffer: first)
                == "HTTP/1.1 200 OK\r\netag: \"p\"\r\naccess-control-allow-origin: *\r\ncontent-length: 8\r\ndate: now\r\n\r\n#EXTM3U\n")
        #expect(storage(rendering.whole(date: "now", cors: [:])) == storage(first))
        #expect(String(buffer: rendering.whole(date: "then", cors: [:])).contains("date: then\r\n"))
    }

    @Test func `deadlines are a rule over phase and time`() {
        let limits = DoorLimits()
        #expect(DoorPhase.idle.verdict(after: .seconds(29), limits: limits) == .fine)
        #expect(DoorPhase.idle.verdict(after: .seconds(31), limits: limits) == .closeIdle)
        #expect(DoorPhase.header.verdict(after: .seconds(11), limits: limits) == .refuseHeader)
        #expect(DoorPhase.body.verdict(after: .seconds(31), limits: limits) == .refuseBody)
        #expect(DoorPhase.held.verdict(after: .hours(1), limits: limits) == .fine)
        #expect(DoorPhase.sending.verdict(after: .seconds(16), limits: limits) == .closeStalled)
    }

    @Test func `a reader is stalled when nothing was taken for the whole time`() {
        var progress = WriteProgress()
        let start = NIODeadline.now()
        func stalled(_ written: Int, _ waiting: Int, at second: Int64) -> Bool {
            progress.isStalled(written: written, waiting: waiting, now: start + .seconds(second), limit: .seconds(15))
        }
        #expect(!stalled(1000, 1000, at: 0))
        #expect(!stalled(1000, 900, at: 10))
        #expect(!stalled(2000, 1900, at: 20))
        #expect(stalled(3000, 2900, at: 26))
        #expect(!stalled(3000, 0, at: 30))
        #expect(!stalled(4000, 1000, at: 60))
    }

    @Test func `addresses are counted by household`() throws {
        let v4 = PeerKey(try SocketAddress(ipAddress: "192.0.2.7", port: 1))
        #expect(v4 == PeerKey(try SocketAddress(ipAddress: "::ffff:192.0.2.7", port: 9)))
        #expect(v4 != PeerKey(try SocketAddress(ipAddress: "192.0.2.8", port: 1)))
        #expect(
            PeerKey(try SocketAddress(ipAddress: "2001:db8::1", port: 1))
                == PeerKey(try SocketAddress(ipAddress: "2001:db8::ffff", port: 1)))
        #expect(PeerKey(try SocketAddress(ipAddress: "::1", port: 1))?.isLoopback == true)
        #expect(PeerKey(try SocketAddress(ipAddress: "127.0.0.9", port: 1))?.isLoopback == true)
    }

    @Test func `the access log keeps no query but the live path's own`() {
        #expect(AccessLog.path("/api/v1/x?token=secret") == "/api/v1/x")
        #expect(AccessLog.path("/live/a/main.m3u8?_HLS_msn=1&_HLS_part=2") == "/live/a/main.m3u8?_HLS_msn=1&_HLS_part=2")
        #expect(AccessLog.path("/live/a/main.m3u8?token=secret") == "/live/a/main.m3u8")
        #expect(AccessLog.path("/live/a/main.m3u8?_HLS_msn=1&token=secret&_HLS_skip=YES") == "/live/a/main.m3u8?_HLS_msn=1&_HLS_skip=YES")
        #expect(AccessLog.path("/a\nb") == "/ab")
    }

    @Test func `a template's unknown names become nothing`() {
        #expect(HTML.filled("a{{x}}b{{ y }}c{{z", ["x": .text("<"), "y": .html("<i>")]) == "a&lt;b<i>c{{z")
    }

    @Test func `gzip is taken when it is not refused`() {
        func accepts(_ value: String) -> Bool { Preconditions.acceptsGzip(["accept-encoding": value]) }
        #expect(accepts("gzip") && accepts("br, GZIP;q=0.1") && accepts("*"))
        #expect(!accepts("br") && !accepts("gzip;q=0") && !accepts("*, gzip;q=0.0") && !accepts(""))
    }
}
