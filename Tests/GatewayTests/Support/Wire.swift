import NIOCore
import NIOPosix
import Synchronization

/// A raw connection: bytes out, bytes in, nothing helped.
final class Wire: Sendable {
    fileprivate struct Heard {
        var received: [UInt8] = []
        var isClosed = false
    }
    private let ear: Ear
    nonisolated let channel: any Channel

    private init(_ channel: any Channel, _ ear: Ear) {
        self.channel = channel
        self.ear = ear
    }

    /// The ear is there before the first byte: a server that refuses at once is heard, too.
    static func connect(port: Int? = nil, path: String? = nil, reads: Bool = true) async throws -> Wire {
        let ear = Ear()
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { $0.pipeline.addHandler(ear) }
        let channel =
            if let path { try await bootstrap.connect(unixDomainSocketPath: path).get() } else {
                try await bootstrap.connect(host: "127.0.0.1", port: port!).get()
            }
        channel.closeFuture.whenComplete { _ in ear.heard.withLock { $0.isClosed = true } }
        return Wire(channel, ear)
    }

    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)).get() }
    func hangUp() { channel.close(promise: nil) }
    func halfClose() async throws { try await channel.close(mode: .output).get() }
    func startReading() async throws { try await channel.setOption(.autoRead, value: true).get() }

    var text: String { ear.heard.withLock { String(decoding: $0.received, as: UTF8.self) } }
    var count: Int { ear.heard.withLock { $0.received.count } }
    /// The server closed (its sending half at least).
    var isClosed: Bool { ear.heard.withLock { $0.isClosed } }

    /// Sends a request and takes one reply off the wire.
    func ask(_ request: String) async throws -> Reply {
        try await send(request)
        return try await reply(toHead: request.hasPrefix("HEAD "))
    }

    /// Takes the next reply off the wire.
    func reply(toHead: Bool = false, within limit: Duration = .seconds(60)) async throws -> Reply {
        let end = ContinuousClock.now + limit
        while true {
            let (taken, isOver) = ear.heard.withLock { heard -> (Reply?, Bool) in
                guard let (reply, used) = Reply.parse(heard.received, toHead: toHead, ended: heard.isClosed) else {
                    return (nil, heard.isClosed)
                }
                heard.received.removeFirst(used)
                return (reply, false)
            }
            if let taken { return taken }
            if isOver || ContinuousClock.now > end { throw NoReply(got: text) }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    struct NoReply: Error { var got: String }

    fileprivate final class Ear: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let heard = Mutex(Heard())
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            heard.withLock { $0.received += unwrapInboundIn(data).readableBytesView }
        }
        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed { heard.withLock { $0.isClosed = true } }
        }
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            heard.withLock { $0.isClosed = true }
            context.close(promise: nil)
        }
    }
}

/// An HTTP/1.1 response as it came.
struct Reply {
    var status: Int
    var fields: [(String, String)]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    subscript(_ name: String) -> String? { fields.first { $0.0 == name }?.1 }

    /// - Returns: the reply and the bytes it took, or `nil` while it is incomplete.
    static func parse(_ bytes: [UInt8], toHead: Bool, ended: Bool) -> (Reply, Int)? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components("\r\n")
        guard let first = lines.first, let status = Int(first.split(separator: " ")[1]) else { return nil }
        let fields = lines.dropFirst().map { line -> (String, String) in
            let colon = line.firstIndex(of: ":")!
            return (line[..<colon].lowercased(), String(line[line.index(colon, offsetBy: 2)...]))
        }
        var reply = Reply(status: status, fields: fields, body: [])
        let start = end.upperBound
        if toHead || status == 304 || status == 204 || status == 100 { return (reply, start) }
        if reply["transfer-encoding"] == "chunked" {
            var at = start
            while true {
                guard let line = bytes[at...].firstRange(of: [13, 10]),
                    let size = Int(String(decoding: bytes[at..<line.lowerBound], as: UTF8.self), radix: 16),
                    bytes.count >= line.upperBound + size + 2
                else { return nil }
                reply.body += bytes[line.upperBound..<line.upperBound + size]
                at = line.upperBound + size + 2
                if size == 0 { return (reply, at) }
            }
        }
        guard let length = reply["content-length"].flatMap({ Int($0) }) else { return ended ? (reply, bytes.count) : nil }
        guard bytes.count >= start + length else { return nil }
        reply.body = Array(bytes[start..<start + length])
        return (reply, start + length)
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        var out: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            out.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return out + [String(rest)]
    }
}
