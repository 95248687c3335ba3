import Foundation
import Gateway
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks the daemon over its control socket.
struct ControlClient {
    let socket: String

    struct Reply: Sendable {
        var status: Int
        var body: ByteBuffer
    }

    /// A JSON answer as it came.
    func json(_ method: HTTPMethod = .GET, _ path: String) async throws(CommandFailure) -> ByteBuffer {
        let reply = try await ask(method, path, within: .seconds(90), onBody: nil)
        guard (200..<300).contains(reply.status) else { throw Self.failure(reply) }
        return reply.body
    }

    func value<Value: Decodable>(_ type: Value.Type, _ method: HTTPMethod = .GET, _ path: String) async throws(CommandFailure) -> Value {
        let body = try await json(method, path)
        do {
            return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
        } catch {
            throw CommandFailure(.refused, "the daemon's answer to \(path) is not understood: is it another version? (plenary version)")
        }
    }

    /// Calls `onLine` for each line of a streamed answer, until it ends.
    func lines(_ path: String, onLine: @escaping @Sendable (Substring) -> Void) async throws(CommandFailure) {
        let splitter = LineSplitter(onLine)
        let reply = try await ask(.GET, path, within: nil) { splitter.take($0) }
        guard (200..<300).contains(reply.status) else { throw Self.failure(reply) }
        splitter.finish()
    }

    private func ask(
        _ method: HTTPMethod, _ path: String, within limit: TimeAmount?, onBody: (@Sendable (ByteBuffer) -> Void)?
    ) async throws(CommandFailure) -> Reply {
        let group = MultiThreadedEventLoopGroup.singleton
        let answer = group.next().makePromise(of: Reply.self)
        do {
            let channel = try await ClientBootstrap(group: group).connectTimeout(.seconds(5))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(
                            ControlExchange(method: method, path: path, onBody: onBody, answer: answer))
                    }
                }
                .connect(unixDomainSocketPath: socket).get()
            let deadline = limit.map { limit in
                channel.eventLoop.scheduleTask(in: limit) { answer.fail(ChannelError.connectTimeout(limit)) }
            }
            defer {
                deadline?.cancel()
                channel.close(promise: nil)
            }
            return try await answer.futureResult.get()
        } catch {
            answer.fail(error)
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> CommandFailure {
        let code =
            (error as? IOError)?.errnoCode
            ?? (error as? NIOConnectionError)?.connectionErrors.first.flatMap { ($0.error as? IOError)?.errnoCode }
        switch code {
        case ENOENT, ECONNREFUSED, ENOTDIR:
            return CommandFailure(
                .unreachable, "no daemon answers at \(socket): start it with `plenary serve --config …`, or give its folder with --state")
        case EACCES, EPERM:
            return CommandFailure(
                .permission, "no permission for \(socket): run this as root, or join the group that the configuration names (control.group)"
            )
        default: break
        }
        if error is SocketAddressError {
            return CommandFailure(.usage, "\(socket) is too long for a Unix socket's path (107 bytes): give a shorter --state")
        }
        if case ChannelError.connectTimeout = error {
            return CommandFailure(.temporary, "the daemon at \(socket) did not answer in time: look at `plenary logs`")
        }
        return CommandFailure(.unreachable, "the daemon at \(socket) left in the middle of the answer: look at its log (\(error))")
    }

    /// What an RFC 9457 problem says.
    private static func failure(_ reply: Reply) -> CommandFailure {
        let problem = try? JSONDecoder().decode(ControlProblem.self, from: Data(reply.body.readableBytesView))
        let text = problem?.detail ?? "the daemon answered \(reply.status)"
        if problem?.type == ControlProblem.faultyConfiguration { return CommandFailure(.configuration, text) }
        return CommandFailure(reply.status >= 500 ? .temporary : .refused, text)
    }
}

/// One request and its answer on one connection.
private final class ControlExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private static let largestBody = 16 << 20

    private let method: HTTPMethod
    private let path: String
    private let onBody: (@Sendable (ByteBuffer) -> Void)?
    private let answer: EventLoopPromise<ControlClient.Reply>
    private var reply = ControlClient.Reply(status: 0, body: ByteBuffer())

    init(method: HTTPMethod, path: String, onBody: (@Sendable (ByteBuffer) -> Void)?, answer: EventLoopPromise<ControlClient.Reply>) {
        self.method = method
        self.path = path
        self.onBody = onBody
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: path)
        head.headers = ["host": "localhost", "accept": "application/json", "user-agent": "plenary/\(programVersion)"]
        if method == .POST { head.headers.add(name: "content-length", value: "0") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): reply.status = Int(head.status.code)
        case .body(var bytes):
            if let onBody, reply.status == 200 {
                onBody(bytes)
            } else if reply.body.readableBytes + bytes.readableBytes <= Self.largestBody {
                reply.body.writeBuffer(&bytes)
            } else {
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

/// Cuts a stream of bytes into lines. Used by one event loop at a time.
// Invariant: only the connection's event loop calls `take`, and `finish` is called after the connection's end.
private final class LineSplitter: @unchecked Sendable {
    private var rest = ByteBuffer()
    private let onLine: @Sendable (Substring) -> Void

    init(_ onLine: @escaping @Sendable (Substring) -> Void) { self.onLine = onLine }

    func take(_ bytes: ByteBuffer) {
        rest.writeImmutableBuffer(bytes)
        while let length = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")).map({ $0 - rest.readerIndex }) {
            let line = rest.readString(length: length) ?? ""
            rest.moveReaderIndex(forwardBy: 1)
            onLine(line[...])
        }
        rest.discardReadBytes()
    }

    func finish() {
        if let line = rest.readString(length: rest.readableBytes), !line.isEmpty { onLine(line[...]) }
    }
}
