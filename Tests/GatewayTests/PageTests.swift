import Foundation
import NIOCore
import StreamRelay
import TestSupport
import Testing

@testable import Gateway

@Suite(.outsideProcess, .timeLimit(.minutes(5))) struct `The pages` {
    private static let index = """
        <!doctype html><html lang="{{lang}}"><head><title>{{title}}</title><meta property="og:title" content="{{title}}"></head>
        <body data-hall="{{hall}}">{{unknown}}</body></html>
        """

    @Test func `one hall is the front page, with its title made safe`() async throws {
        try await Door.open { door in
            try door.write("index.html", Self.index)
            for path in ["/", "/halls/demo"] {
                let reply = try await door.get(path)
                #expect(reply.status == 200)
                #expect(reply["content-type"] == "text/html; charset=utf-8")
                #expect(reply.text.contains("<title>Рада &lt;міста&gt; &amp; &quot;гості&quot;</title>"))
                #expect(reply.text.contains("lang=\"uk\"") && reply.text.contains("data-hall=\"demo\">"))
                #expect(reply["cache-control"] == "no-cache" && reply["etag"] != nil)
                let policy = try #require(reply["content-security-policy"])
                #expect(
                    policy.contains("script-src 'self';") && !policy.contains("unsafe-inline") && policy.contains("media-src 'self' blob:"))
                #expect(reply["x-content-type-options"] == "nosniff" && reply["referrer-policy"] != nil)
                #expect(reply["strict-transport-security"] == nil)
            }
        }
    }

    @Test func `the head and the list show the still of a hall that has one`() async throws {
        let halls = [
            HallSummary(name: "demo", title: "Рада", language: "uk"), HallSummary(name: "small", title: "Мала зала", language: "uk"),
        ]
        try await Door.open(control: FakeControl(halls: halls)) { door in
            try door.write("index.html", "<meta property=\"og:image\" content=\"{{image}}\">")
            try door.write("halls.html", "<ul>{{halls}}</ul>")
            let card = try await door.get("/halls/demo").text
            #expect(card.contains("/assets/media/card-uk.png\">") && card.contains("content=\"http://"))
            #expect(try await !door.get("/").text.contains("<img"))
            door.control.hall.put(
                "poster.jpg",
                .ready(
                    LiveResource(
                        chunks: [ByteBuffer(string: "jpeg")], kind: .media(contentType: "image/jpeg"), etag: "\"p\"", maxAge: 5,
                        immutable: false)))
            #expect(try await door.get("/halls/demo").text.contains("/live/demo/poster.jpg\">"))
            #expect(try await door.get("/").text.contains("<img src=\"/live/demo/poster.jpg\" alt=\"\""))
            let picture = try await door.get("/live/demo/poster.jpg")
            #expect(picture.text == "jpeg" && picture["content-type"] == "image/jpeg" && picture["cache-control"] == "public, max-age=5")
            #expect(picture["access-control-allow-origin"] == "*" && picture["etag"] == "\"p\"")
            #expect(try await door.get("/live/demo/poster.jpg", "If-None-Match: \"p\"").status == 304)
        }
    }

    @Test func `every hall has its pages, and there is a console`() async throws {
        try await Door.open { door in
            for (path, file) in [
                ("/embed/demo", "index.html"), ("/display/demo", "display.html"), ("/overlay/demo", "overlay.html"),
                ("/console", "console.html"),
            ] {
                let missing = try await door.get(path)
                #expect(missing.status == 404 && missing["content-type"] == "application/problem+json" && missing.text.contains(file))
                try door.write(file, "<title>{{title}}</title><body lang={{lang}} data-page=\"{{page}}\">\(file)")
                let reply = try await door.get(path)
                #expect(reply.status == 200 && reply.text.contains(file) && reply.text.contains("data-page=\"\(path)\""))
                #expect(reply.text.contains("Рада &lt;міста&gt;") && reply.text.contains("lang=uk"))
            }
            #expect(try await door.get("/embed/none").status == 404)
        }
    }

    @Test func `only the embedded page may stand in others' frames`() async throws {
        try await Door.open(settings: { $0.embedParents = ["https://council.example", "https://www.council.example"] }) { door in
            for (path, file) in PageRoutes.ofHalls {
                try door.write(file, "page")
                let policy = try #require(try await door.get("/\(path)/demo")["content-security-policy"])
                let parents = path == "embed" ? " https://council.example https://www.council.example" : ""
                #expect(policy.hasSuffix("frame-ancestors 'self'" + parents))
            }
            #expect(
                try await door.get("/console", "Accept: text/html")["content-security-policy"]?.hasSuffix("frame-ancestors 'self'") == true)
        }
    }

    @Test func `a page may reach the event channel and nothing else`() async throws {
        try await Door.open { door in
            try door.write("index.html", "page")
            func policy(_ fields: String) async throws -> String {
                try await door.ask("GET /halls/demo HTTP/1.1\r\n\(fields)\r\n\r\n")["content-security-policy"] ?? ""
            }
            #expect(try await policy("Host: council.example:8080").contains("connect-src 'self';"))
            door.control.channelPlace.withLock { $0 = .port(8081, secure: false) }
            #expect(try await policy("Host: council.example:8080").contains("connect-src 'self' ws://council.example:8081;"))
            #expect(try await policy("Host: [::1]:8080").contains("connect-src 'self' ws://[::1]:8081;"))
            #expect(try await policy("Host: a; script-src *").contains("connect-src 'self';"))
            door.control.channelPlace.withLock { $0 = .behindProxy }
            #expect(
                try await policy("Host: council.example\r\nX-Forwarded-Proto: https").contains("connect-src 'self' wss://council.example;"))
            #expect(try await policy("Host: council.example:444").contains("connect-src 'self' ws://council.example:444;"))
            door.control.channelPlace.withLock { $0 = .address("wss://events.example") }
            #expect(try await policy("Host: council.example").contains("connect-src 'self' wss://events.example;"))
        }
    }

    @Test func `a page is told where its hall's votes and picture are`() async throws {
        try await Door.open { door in
            func channel(_ hall: String) async throws -> Reply {
                try await door.ask("GET /api/v1/halls/\(hall)/channel HTTP/1.1\r\nHost: council.example:8080\r\n\r\n")
            }
            let rest = #""events":"/live/demo/events","state":"/live/demo/state","stream":"/live/demo/index.m3u8""#
            #expect(try await channel("demo").text == "{\(rest)}\n")
            door.control.channelPlace.withLock { $0 = .port(8081, secure: true) }
            let reply = try await channel("demo")
            #expect(reply.text == "{\(rest),\"websocket\":\"wss://council.example:8081/live/demo/events\"}\n")
            #expect(reply["cache-control"] == "no-store")
            #expect(try await channel("other").status == 404)
        }
    }

    @Test func `several halls are a list`() async throws {
        let halls = [HallSummary(name: "one", title: "Hall <1>", language: "en"), HallSummary(name: "two", title: "Два", language: "uk")]
        try await Door.open(control: FakeControl(halls: halls)) { door in
            try door.write("halls.html", "<ul>{{halls}}</ul>")
            let reply = try await door.get("/")
            #expect(reply.text.contains("<li><a href=\"/halls/one\" lang=\"en\">Hall &lt;1&gt;</a></li>"))
            #expect(reply.text.contains("/halls/two"))
        }
    }

    @Test func `a file is served with tag, type, ranges and gzip`() async throws {
        try await Door.open { door in
            let text = String(repeating: "export const a = 1;\n", count: 50)
            try door.write("page/hall.js", text)
            let whole = try await door.get("/assets/page/hall.js")
            #expect(whole.text == text && whole["content-type"] == "text/javascript; charset=utf-8")
            #expect(whole["cache-control"] == "no-cache")
            let tag = try #require(whole["etag"])
            #expect(try await door.get("/assets/page/hall.js", "If-None-Match: \(tag)").status == 304)
            let part = try await door.get("/assets/page/hall.js", "Range: bytes=-10", "Accept-Encoding: gzip")
            #expect(part.status == 206 && part.text == String(text.suffix(10)) && part["content-range"] == "bytes 990-999/1000")
            #expect(try await door.get("/assets/page/hall.js", "Range: bytes=1000-").status == 416)
            let gzip = try await door.get("/assets/page/hall.js", "Accept-Encoding: gzip")
            #expect(gzip["content-encoding"] == "gzip" && gzip.body.starts(with: [0x1f, 0x8b]) && gzip["etag"] != tag)
            let head = try await door.ask("HEAD /assets/page/hall.js HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(head.status == 200 && head["content-length"] == "1000")
        }
    }

    @Test func `a file that changed is read again`() async throws {
        try await Door.open { door in
            try door.write("a.css", "a{}")
            let old = try await door.get("/assets/a.css")
            try door.write("a.css", "b{color:red}")
            let new = try await door.get("/assets/a.css")
            #expect(new.text == "b{color:red}" && new["etag"] != old["etag"])
            try FileManager.default.removeItem(atPath: door.directory + "/pages/a.css")
            #expect(try await door.get("/assets/a.css").status == 404)
        }
    }

    @Test func `the display's worker names every file of its shell, and is another script when one of them changed`() async throws {
        try await Door.open { door in
            for (path, text) in [
                ("display/worker.js", "const shell = \"{{shell}}\";"), ("display/display.js", "1"), ("council/store.js", "2"),
                ("tokens.css", "3"),
                ("console/console.js", "4"), ("display.html", "<html data-shell=\"{{shell}}\">"),
            ] {
                let folder = door.directory + "/pages/" + path.split(separator: "/").dropLast().joined(separator: "/")
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try door.write(path, text)
            }
            let worker = try await door.get("/assets/display/worker.js")
            let names = worker.text.split(separator: "\"")[1].split(separator: " ")
            #expect(names.dropFirst() == ["/assets/council/store.js", "/assets/display/display.js", "/assets/tokens.css"])
            #expect(worker["service-worker-allowed"] == "/display/" && worker["cache-control"] == "no-cache")
            #expect(worker["content-security-policy"]?.contains("connect-src 'self'") == true)
            let page = try await door.get("/display/demo")
            #expect(page.text.contains("data-shell=\"\(names[0])\""), "the page says of which version it is")
            #expect(page["content-security-policy"]?.contains("worker-src 'self';") == true)
            try door.write("overlay.html", "page")
            #expect(try await door.get("/overlay/demo")["content-security-policy"]?.contains("worker-src 'none';") == true)
            try door.write("council/store.js", "2 and more")
            let newer = try await door.get("/assets/display/worker.js", "If-None-Match: \(worker["etag"] ?? "")")
            #expect(newer.status == 200 && newer.text != worker.text)
        }
    }

    @Test func `a hashed name may be kept for ever`() {
        #expect(AssetStore.isHashed("page/hall.3f9a1c2e.js"))
        #expect(
            !AssetStore.isHashed("page/hall.js") && !AssetStore.isHashed("page/hall.min.js") && !AssetStore.isHashed("deadbeef01/hall.js"))
    }

    @Test(arguments: [
        "/assets/../secret.txt", "/assets/%2e%2e/secret.txt", "/assets/..%2fsecret.txt", "/assets/link.txt", "/assets/.hidden.js",
        "/assets/tests/a.js", "/assets/a.exe", "/assets/page", "/assets/index.html",
    ])
    func `nothing outside the pages is served`(path: String) async throws {
        try await Door.open { door in
            try "secret".write(toFile: door.directory + "/secret.txt", atomically: true, encoding: .utf8)
            try FileManager.default.createSymbolicLink(
                atPath: door.directory + "/pages/link.txt", withDestinationPath: door.directory + "/secret.txt")
            try FileManager.default.createDirectory(atPath: door.directory + "/pages/tests", withIntermediateDirectories: true)
            for name in [".hidden.js", "tests/a.js", "a.exe", "index.html"] { try door.write(name, "secret") }
            let reply = try await door.get(path)
            #expect(reply.status == 404 || reply.status == 400)
            #expect(!reply.text.contains("secret.") || !reply.text.contains("\"secret\""))
        }
    }

    @Test func `people get a page, programs a problem`() async throws {
        try await Door.open { door in
            let page = try await door.get("/nothing/<b>", "Accept: text/html,*/*")
            #expect(page.status == 404 && page["content-type"] == "text/html; charset=utf-8")
            #expect(page.text.contains("&lt;b&gt;"))
            let problem = try await door.get("/nothing", "Accept: */*")
            #expect(problem.status == 404 && problem["content-type"] == "application/problem+json")
            let missing = try await door.get("/halls/none", "Accept: text/html")
            #expect(missing.status == 404 && missing.text.contains("“none”"))
        }
    }

    @Test func `a method a page does not have is 405 with those it has`() async throws {
        try await Door.open { door in
            let reply = try await door.ask("DELETE /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(reply.status == 405 && reply["allow"] == "GET, HEAD")
            let options = try await door.ask("OPTIONS /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(options.status == 204 && options["allow"] == "GET, HEAD")
        }
    }
}
