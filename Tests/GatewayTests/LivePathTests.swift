import NIOCore
import StreamRelay
import TestSupport
import Testing

@testable import Gateway

@Suite(.outsideProcess, .timeLimit(.minutes(5))) struct `The live path` {
    @Test func `a playlist comes with type, tag, age and open CORS`() async throws {
        try await Door.open { door in
            door.control.hall.put("index.m3u8", FakeHall.playlist("#EXTM3U\n"))
            let reply = try await door.get("/live/demo/index.m3u8")
            #expect(reply.status == 200)
            #expect(reply.text == "#EXTM3U\n")
            #expect(reply["content-type"] == "application/vnd.apple.mpegurl")
            #expect(reply["etag"] == "\"p1\"")
            #expect(reply["cache-control"] == "public, max-age=1")
            #expect(reply["vary"] == "accept-encoding")
            #expect(reply["access-control-allow-origin"] == "*")
            #expect(reply["date"]?.hasSuffix(" GMT") == true)
        }
    }

    @Test func `a client that closes gets the same fields as those who stay`() async throws {
        try await Door.open { door in
            door.control.hall.put("index.m3u8", FakeHall.playlist("#EXTM3U\n"))
            let plain = try await door.get("/live/demo/index.m3u8")
            let closing = try await door.get("/live/demo/index.m3u8", "Connection: close")
            #expect(closing["connection"] == "close" && closing.text == plain.text)
            #expect(plain["connection"] == nil)
            for field in ["content-type", "etag", "cache-control", "vary", "content-length", "access-control-allow-origin"] {
                #expect(plain[field] == closing[field] && plain[field] != nil, "\(field)")
            }
        }
    }

    @Test func `the same playlist is kept as long as its question allows`() async throws {
        try await Door.open { door in
            // One buffer, as the window gives it: the answer to a question about the future stays true, a plain one does not.
            let bytes = ByteBuffer(string: "#EXTM3U\n")
            func answer(_ maxAge: Int) -> LiveAnswer {
                .ready(LiveResource(chunks: [bytes], kind: .playlist, etag: "\"p\"", maxAge: maxAge, immutable: false))
            }
            door.control.hall.put("main.m3u8?_HLS_msn=7", answer(12))
            door.control.hall.put("main.m3u8", answer(0))
            for headers in ["", "Accept-Encoding: gzip"] {
                let held = try await door.get("/live/demo/main.m3u8?_HLS_msn=7", headers)
                let plain = try await door.get("/live/demo/main.m3u8", headers)
                #expect(held["cache-control"] == "public, max-age=12")
                #expect(plain["cache-control"] == "no-cache")
            }
        }
    }

    @Test func `whole media says the same to those who stay and those who close`() async throws {
        try await Door.open { door in
            door.control.hall.put("s1.mp4", FakeHall.media(["one", "two"], etag: "\"s1.mp4\""))
            door.control.hall.put("s2.mp4", FakeHall.media(["three"], etag: "\"s2.mp4\""))
            for (name, text) in [("s1.mp4", "onetwo"), ("s2.mp4", "three"), ("s1.mp4", "onetwo")] {
                let staying = try await door.get("/live/demo/\(name)")
                let closing = try await door.get("/live/demo/\(name)", "Connection: close")
                #expect(staying.text == text && closing.text == text)
                #expect(staying["etag"] == "\"\(name)\"")
                for field in [
                    "content-type", "etag", "cache-control", "accept-ranges", "content-length", "access-control-allow-origin",
                    "access-control-expose-headers",
                ] {
                    #expect(staying[field] == closing[field] && staying[field] != nil, "\(field)")
                }
            }
        }
    }

    @Test func `a segment is its parts, in order, under one length`() async throws {
        try await Door.open { door in
            door.control.hall.put("s1.mp4", FakeHall.media(["one", "two", "three"]))
            let reply = try await door.get("/live/demo/s1.mp4")
            #expect(reply.text == "onetwothree")
            #expect(reply["content-length"] == "11")
            #expect(reply["cache-control"] == "public, max-age=600, immutable")
            #expect(reply["accept-ranges"] == "bytes")
        }
    }

    @Test(
        arguments: [
            ("bytes=0-2", 206, "one", "bytes 0-2/11"), ("bytes=2-4", 206, "etw", "bytes 2-4/11"),
            ("bytes=-10", 206, "netwothree", "bytes 1-10/11"),
            ("bytes=-99", 206, "onetwothree", "bytes 0-10/11"), ("bytes=6-", 206, "three", "bytes 6-10/11"),
            ("bytes=9-99", 206, "ee", "bytes 9-10/11"),
            ("bytes=11-", 416, nil, "bytes */11"), ("bytes=99-100", 416, nil, "bytes */11"), ("bytes=-0", 416, nil, "bytes */11"),
            ("bytes=5-2", 200, "onetwothree", nil), ("bytes=a-b", 200, "onetwothree", nil), ("lines=1-2", 200, "onetwothree", nil),
            ("bytes=0-1,3-4", 200, "onetwothree", nil),
        ] as [(String, Int, String?, String?)]) func `a range is the bytes it names`(
            field: String, status: Int, body: String?, contentRange: String?
        ) async throws
    {
        try await Door.open { door in
            door.control.hall.put("s1.mp4", FakeHall.media(["one", "two", "three"]))
            let reply = try await door.get("/live/demo/s1.mp4", "Range: \(field)")
            #expect(reply.status == status)
            if let body { #expect(reply.text == body) }
            #expect(reply["content-range"] == contentRange)
        }
    }

    @Test func `a range holds only for the bytes it was meant for`() async throws {
        try await Door.open { door in
            door.control.hall.put("s1.mp4", FakeHall.media(["one"]))
            let same = try await door.get("/live/demo/s1.mp4", "Range: bytes=0-0", "If-Range: \"m1\"")
            let other = try await door.get("/live/demo/s1.mp4", "Range: bytes=0-0", "If-Range: \"old\"")
            #expect(same.status == 206 && other.status == 200)
        }
    }

    @Test func `HEAD says what GET would and sends nothing`() async throws {
        try await Door.open { door in
            door.control.hall.put("s1.mp4", FakeHall.media(["one", "two"]))
            let wire = try await door.connect()
            let reply = try await wire.ask("HEAD /live/demo/s1.mp4 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(reply.status == 200 && reply["content-length"] == "6")
            #expect(try await wire.ask("GET /live/demo/s1.mp4 HTTP/1.1\r\nHost: a\r\n\r\n").text == "onetwo")
        }
    }

    @Test func `what the client has is not sent again`() async throws {
        try await Door.open { door in
            door.control.hall.put("s1.mp4", FakeHall.media(["one"]))
            for tag in ["\"m1\"", "W/\"m1\"", "\"x\", \"m1\"", "*"] {
                let reply = try await door.get("/live/demo/s1.mp4", "If-None-Match: \(tag)")
                #expect(reply.status == 304 && reply.body.isEmpty && reply["etag"] == "\"m1\"")
            }
            #expect(try await door.get("/live/demo/s1.mp4", "If-None-Match: \"m2\"").status == 200)
        }
    }

    @Test func `a playlist is compressed once for all who take gzip`() async throws {
        try await Door.open { door in
            let text = String(repeating: "#EXT-X-PART:DURATION=0.5\n", count: 100)
            door.control.hall.put("main.m3u8", FakeHall.playlist(text))
            for _ in 0..<4 {
                let reply = try await door.get("/live/demo/main.m3u8", "Accept-Encoding: br, gzip;q=0.9")
                #expect(reply["content-encoding"] == "gzip")
                #expect(reply["etag"] == "\"p1-gz\"")
                #expect(reply.body.count < 200)
                #expect(reply.body.starts(with: [0x1f, 0x8b]))
            }
            #expect(door.doors.shared.playlists.compressions == 1)
            #expect(try await door.get("/live/demo/main.m3u8", "Accept-Encoding: gzip;q=0").text == text)
            #expect(try await door.get("/live/demo/main.m3u8", "Accept-Encoding: gzip", "If-None-Match: \"p1-gz\"").status == 304)
        }
    }

    @Test func `a held reload is answered when the part comes`() async throws {
        try await Door.open { door in
            door.control.hall.put("main.m3u8?_HLS_msn=5", .hold(limit: .seconds(50)))
            let wire = try await door.connect()
            try await wire.send("GET /live/demo/main.m3u8?_HLS_msn=5 HTTP/1.1\r\nHost: a\r\n\r\n")
            try await eventually("the reload is held") { door.control.hall.observerCount == 1 }
            door.control.hall.put("main.m3u8?_HLS_msn=5", FakeHall.playlist("new"))
            #expect(try await wire.reply().text == "new")
            try await eventually("nobody observes any more") { door.control.hall.observerCount == 0 }
        }
    }

    @Test func `a reload held too long gets 503 and may come back`() async throws {
        try await Door.open(limits: { $0.idleDeadline = .seconds(4) }) { door in
            door.control.hall.put("main.m3u8", .hold(limit: .milliseconds(100)))
            let reply = try await door.get("/live/demo/main.m3u8")
            #expect(reply.status == 503 && reply["retry-after"] == "1")
        }
    }

    @Test func `a refusal says why, in a problem`() async throws {
        try await Door.open { door in
            let reply = try await door.get("/live/demo/s99.mp4")
            #expect(reply.status == 404)
            #expect(reply["content-type"] == "application/problem+json")
            #expect(reply.text.contains("“s99.mp4” is not in the window"))
            #expect(try await door.get("/live/nowhere/index.m3u8").text.contains("no hall “nowhere”"))
        }
    }

    @Test(arguments: [
        "/live/demo/../demo/index.m3u8", "/live//demo/index.m3u8", "/live/demo/%2e%2e/x", "/live/demo/%00", "/live/demo/%zz",
        "/live/demo/a%2fb",
        "/live/demo/./x", "/live/demo/..%5cx", "/live/demo\\x",
    ]) func `a path that climbs or hides is refused`(path: String) async throws {
        try await Door.open { door in
            let reply = try await door.get(path)
            #expect(reply.status == 400)
        }
    }

    @Test func `other methods and preflights are answered`() async throws {
        try await Door.open { door in
            let preflight = try await door.ask(
                "OPTIONS /live/demo/main.m3u8 HTTP/1.1\r\nHost: a\r\nOrigin: https://b\r\nAccess-Control-Request-Headers: range\r\n\r\n")
            #expect(preflight.status == 204)
            #expect(preflight["access-control-allow-headers"]?.contains("range") == true)
            let put = try await door.ask("PUT /live/demo/main.m3u8 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
            #expect(put.status == 405 && put["allow"] == "GET, HEAD, OPTIONS")
        }
    }

    @Test func `only named origins may read when origins are named`() async throws {
        try await Door.open(settings: { $0.corsOrigins = ["https://town.example"] }) { door in
            door.control.hall.put("main.m3u8", FakeHall.playlist("x"))
            let friend = try await door.get("/live/demo/main.m3u8", "Origin: https://town.example")
            #expect(friend["access-control-allow-origin"] == "https://town.example")
            #expect(try await door.get("/live/demo/main.m3u8", "Origin: https://other.example")["access-control-allow-origin"] == nil)
        }
    }
}
