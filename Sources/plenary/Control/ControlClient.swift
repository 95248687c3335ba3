import Foundation
import Gateway
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks the daemon over its control socket.
struct ControlClient: Sendable {
    let socket: String

    /// A JSON answer as it came.
    func json(_ method: HTTPMethod = .GET, _ path: String) async throws(CommandFailure) -> ByteBuffer {
        try await body(of: HTTPAsk(method, path))
    }

    func value<Value: Decodable>(_ type: Value.Type, _ method: HTTPMethod = .GET, _ path: String) async throws(CommandFailure) -> Value {
        try Self.decode(type, from: try await json(method, path), of: path)
    }

    /// Sends a body, and once more when the connection drops before the answer: what is sent must be the same command when repeated.
    ///
    /// - Parameters:
    ///   - again: `false` for what would be done twice.
    ///   - file: the name of the file that is sent, for its faults.
    func send(
        _ bytes: [UInt8], as type: String, to path: String, method: HTTPMethod = .POST, again: Bool = true, file: String? = nil
    ) async throws(CommandFailure) -> ByteBuffer {
        var ask = HTTPAsk(method, path)
        ask.contentType = type
        ask.body = ByteBuffer(bytes: bytes)
        return try await body(of: ask, again: again, file: file)
    }

    /// Calls `onLine` for each line of a streamed answer, until it ends.
    func lines(_ path: String, onLine: @escaping @Sendable (String) -> Void) async throws(CommandFailure) {
        let splitter = LineReader(onLine)
        try await bytes(path, within: nil) { splitter.take($0) }
        splitter.finish()
    }

    /// Calls `onBytes` for the pieces of an answer of any length.
    func bytes(_ path: String, within limit: TimeAmount?, onBytes: @escaping @Sendable (ByteBuffer) -> Void) async throws(CommandFailure) {
        var ask = HTTPAsk(.GET, path)
        ask.onBody = onBytes
        _ = try await body(of: ask, within: limit)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from body: ByteBuffer, of path: String) throws(CommandFailure) -> Value {
        do {
            let decoder = JSONDecoder()
            return try decoder.decode(type, from: Data(body.readableBytesView))
        } catch {
            throw CommandFailure(.refused, "the daemon's answer to \(path) is not understood: is it another version? (plenary version)")
        }
    }

    private func body(
        of ask: HTTPAsk, within limit: TimeAmount? = .seconds(90), again: Bool = false, file: String? = nil
    ) async throws(CommandFailure) -> ByteBuffer {
        let reply: HTTPReply
        do {
            reply = try await exchange(ask, within: limit)
        } catch {
            guard again, Self.isDrop(error) else { throw failure(error) }
            try? await Task.sleep(for: .seconds(1))
            do { reply = try await exchange(ask, within: limit) } catch { throw failure(error) }
        }
        guard reply.isSuccess else { throw ProblemReport.failure(reply, file: file) }
        return reply.body
    }

    private func exchange(_ ask: HTTPAsk, within limit: TimeAmount?) async throws -> HTTPReply {
        let group = MultiThreadedEventLoopGroup.singleton
        let answer = group.next().makePromise(of: HTTPReply.self)
        do {
            let channel = try await ClientBootstrap(group: group).connectTimeout(.seconds(5))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(HTTPExchange(ask, answer: answer))
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
            throw error
        }
    }

    private static func code(of error: any Error) -> CInt? {
        (error as? IOError)?.errnoCode
            ?? (error as? NIOConnectionError)?.connectionErrors.first.flatMap { ($0.error as? IOError)?.errnoCode }
    }

    /// Whether the connection was there and ended before the answer.
    private static func isDrop(_ error: any Error) -> Bool {
        if case ChannelError.eof = error { return true }
        if error is HTTPParserError { return true }
        return [ECONNRESET, EPIPE].contains(code(of: error))
    }

    private func failure(_ error: any Error) -> CommandFailure {
        switch Self.code(of: error) {
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
}
