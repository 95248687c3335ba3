import Testing

@testable import EventChannel

struct UpgradeTests {
    private func decide(_ text: String, origins: [String] = []) -> UpgradeDecision {
        do throws(RequestHead.Fault) {
            return UpgradeDecision(try RequestHead(Array(text.utf8)), origins: origins) { $0 == "council" }
        } catch {
            return .refuse(HTTPRefusal(error.status, error.sentence))
        }
    }

    private func status(_ text: String, origins: [String] = []) -> Int {
        if case .refuse(let refusal) = decide(text, origins: origins) { refusal.status } else { 101 }
    }

    @Test func `a well-formed upgrade is taken`() {
        #expect(decide(RawClient.request()) == .upgrade(hall: "council", key: "dGhlIHNhbXBsZSBub25jZQ==", resume: nil))
        #expect(HandshakeKey.accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func `a hall's picture is another address with a subprotocol of its own`() {
        func decide(_ text: String) -> UpgradeDecision? {
            (try? RequestHead(Array(text.utf8))).map {
                UpgradeDecision($0, origins: [], isHall: { _ in true }, hasPicture: { $0 == "council" })
            }
        }
        let request = RawClient.request("/live/council/picture")
        #expect(status(request) == 404, "a hall without a picture")
        guard case .refuse(let refusal)? = decide(request) else { Issue.record("the subprotocol of the votes is taken"); return }
        #expect(refusal.status == 400)
        let right = request.replacing("plenary.v1", with: "plenary.picture.v1")
        #expect(decide(right) == .picture(hall: "council", key: "dGhlIHNhbXBsZSBub25jZQ=="))
        #expect(decide(right.replacing("/council/", with: "/small/")) != .picture(hall: "small", key: "dGhlIHNhbXBsZSBub25jZQ=="))
    }

    @Test func `a client that comes back says where it was`() {
        let path = "/live/council/events?after=17&epoch=5fA-9_z&v=2"
        #expect(
            decide(RawClient.request(path))
                == .upgrade(hall: "council", key: "dGhlIHNhbXBsZSBub25jZQ==", resume: Resume(epoch: "5fA-9_z", after: 17)))
    }

    @Test(arguments: [
        "after=1", "epoch=a", "epoch=a&after=-1", "epoch=a&after=x", "epoch=a&after=1&after=2", "epoch=%20&after=1", "epoch=&after=1",
    ])
    func `half a place to come back to is refused`(query: String) {
        #expect(status(RawClient.request("/live/council/events?" + query)) == 400)
    }

    @Test(arguments: [
        "/", "/live/council", "/live/council/", "/live/council/events/", "/live//events", "/live/Council/events", "/live/nobody/events",
        "/live/../events", "/live/%63ouncil/events", "http://a/live/council/events", "/live/council/events%3F",
    ])
    func `every other address is not found`(path: String) { #expect(status(RawClient.request(path)) == 404) }

    @Test(arguments: ["POST", "HEAD", "OPTIONS", "get", "PRI"])
    func `every other method is refused`(method: String) {
        #expect(status(RawClient.request().replacing("GET /", with: "\(method) /")) == 405)
    }

    @Test(arguments: ["Content-Length: 5", "Transfer-Encoding: chunked", "Content-Length: 0\r\nContent-Length: 1"])
    func `a request with a body is refused`(field: String) { #expect(status(RawClient.request(fields: [field])) == 400) }

    @Test(arguments: [
        "GET /live/council/events HTTP/1.1\nHost: a\n\r\n\r\n", "GET  /live/council/events HTTP/1.1\r\nHost: a\r\n\r\n", "GET\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\u{0}\r\n\r\n",
        "\r\n\r\n\r\n",
        "GET / HTTP/1.1\r\n: a\r\n\r\n", "GET / FTP/1.1\r\n\r\n",
    ])
    func `what is not well formed is refused`(text: String) { #expect(status(text) == 400) }

    @Test func `one host is needed`() {
        #expect(status(RawClient.request(fields: ["Host: other"])) == 400)
        #expect(status(RawClient.request().replacing("Host: council.example:8081\r\n", with: "")) == 400)
    }

    @Test func `HTTP 1.0 is refused`() { #expect(status(RawClient.request().replacing("HTTP/1.1", with: "HTTP/1.0")) == 505) }

    @Test func `who does not ask for a WebSocket is told of it`() {
        #expect(status(RawClient.request().replacing("Upgrade: websocket", with: "Upgrade: h2c")) == 426)
        #expect(status(RawClient.request().replacing("keep-alive, Upgrade", with: "keep-alive")) == 426)
        #expect(status(RawClient.request().replacing("Version: 13", with: "Version: 8")) == 426)
        #expect(status(RawClient.request().replacing("dGhlIHNhbXBsZSBub25jZQ==", with: "short")) == 400)
        #expect(status(RawClient.request(fields: ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="])) == 400)
    }

    @Test func `the subprotocol is needed, among others is enough`() {
        #expect(status(RawClient.request(protocols: nil)) == 400)
        #expect(status(RawClient.request(protocols: "plenary.v9")) == 400)
        #expect(status(RawClient.request(protocols: "chat, plenary.v1")) == 101)
    }

    @Test func `pages listen from the same host or a listed origin, programs from anywhere`() {
        func from(_ origin: String, _ origins: [String] = []) -> Int {
            status(RawClient.request(fields: ["Origin: \(origin)"]), origins: origins)
        }
        #expect(from("https://council.example") == 101)
        #expect(from("http://COUNCIL.example:8080") == 101)
        #expect(from("https://evil.example") == 403)
        #expect(from("https://council.example.evil.example") == 403)
        #expect(from("null") == 403)
        #expect(from("file://council.example") == 403)
        #expect(from("https://town.example", ["https://town.example"]) == 101)
        #expect(from("https://evil.example", ["*"]) == 101)
        #expect(from("https://council.example\r\nOrigin: https://evil.example") == 403)
    }

    @Test func `the end of a header that comes byte by byte is found`() {
        let bytes = Array(RawClient.request().utf8)
        for count in 0..<bytes.count { #expect(RequestHead.end(in: Array(bytes[..<count])) == nil) }
        #expect(RequestHead.end(in: bytes) == bytes.count)
        #expect(RequestHead.end(in: bytes, from: bytes.count - 1) == bytes.count)
    }
}
