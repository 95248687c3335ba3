import NIOCore
import NIOHTTP1

/// What a client asks, on a connection of its own.
struct HTTPAsk: Sendable {
    var method: HTTPMethod
    var path: String
    var host = "localhost"
    var contentType: String?
    var body = ByteBuffer()
    /// Takes the bytes of a 200 as they come; without it they are collected.
    var onBody: (@Sendable (ByteBuffer) -> Void)?

    init(_ method: HTTPMethod, _ path: String) {
        self.method = method
        self.path = path
    }
}

struct HTTPReply: Sendable {
    var status: Int
    var location: String?
    var body: ByteBuffer

    var isSuccess: Bool { (200..<300).contains(status) }
}

/// One request and its answer on one connection.
final class HTTPExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let largestBody: Int
    private let ask: HTTPAsk
    private let answer: EventLoopPromise<HTTPReply>
    private var reply = HTTPReply(status: 0, body: ByteBuffer())

    init(_ ask: HTTPAsk, answer: EventLoopPromise<HTTPReply>, largestBody: Int = 16 << 20) {
        self.ask = ask
        self.answer = answer
        self.largestBody = largestBody
    }

    func channelActive(context: ChannelHandlerContext) {
        var head = HTTPRequestHead(version: .http1_1, method: ask.method, uri: ask.path)
        head.headers = ["host": ask.host, "accept": "application/json", "user-agent": "plenary/\(programVersion)"]
        if let type = ask.contentType { head.headers.add(name: "content-type", value: type) }
        if ask.method != .GET { head.headers.add(name: "content-length", value: "\(ask.body.readableBytes)") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if ask.body.readableBytes > 0 { context.write(wrapOutboundOut(.body(.byteBuffer(ask.body))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            reply.status = Int(head.status.code)
            reply.location = head.headers.first(name: "location")
        case .body(var bytes):
            if let onBody = ask.onBody, reply.status == 200 {
                onBody(bytes)
            } else if reply.body.readableBytes + bytes.readableBytes <= largestBody {
                reply.body.writeBuffer(&bytes)
            } else {
                answer.fail(HTTPAnswerTooLarge(limit: largestBody))
                context.close(promise: nil)
            }
        case .end:
            answer.succeed(reply)
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { answer.fail(ChannelError.eof) }
}

struct HTTPAnswerTooLarge: Error, CustomStringConvertible {
    var limit: Int
    var description: String { "the answer is larger than \(limit >> 20) MiB" }
}
