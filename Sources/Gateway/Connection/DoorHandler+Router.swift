import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

extension DoorHandler {
    /// Gives the request to Hummingbird, in a task that ends with the connection.
    func passToRouter(_ target: RequestTarget) {
        guard let exchange else { return }
        self.exchange!.kind = RoutedRequest.of(target.path)
        enter(.routed)
        let request: HummingbirdCore.Request
        do {
            var head = exchange.head
            // HEAD is GET without the bytes; the router knows GET.
            if head.method == .HEAD { head.method = .GET }
            head.uri = target.query.isEmpty ? RoutedRequest.encoded(target.path) : RoutedRequest.encoded(target.path) + "?" + target.query
            request = HummingbirdCore.Request(
                head: try HTTPRequest(head, secure: isSecure, splitCookie: false), body: RequestBody(buffer: exchange.body))
        } catch {
            send(.problem(400, "the request's method or fields are malformed"))
            return
        }
        let caller = Caller(
            audience: connection.audience, address: connection.peer, isSecure: isSecure && connection.audience == .everybody,
            user: connection.user)
        let shared = door.shared
        let writer = RouterBodyWriter(
            loop: context.eventLoop, handler: NIOLoopBound(self, eventLoop: context.eventLoop), serial: exchange.serial)
        task = Task {
            let response = await shared.router.respond(to: request, from: caller)
            do {
                try await writer.begin(response)
                if writer.wantsBody(response) { try await response.body.write(writer) } else { try await writer.finish(nil) }
            } catch {
                writer.abort()
            }
        }
    }

    fileprivate func isCurrent(_ serial: UInt64) -> Bool { exchange?.serial == serial && context != nil }

    /// Begins an answer whose length may not be known: chunked over HTTP/1.1, ended by the close over HTTP/1.0.
    func begin(_ status: Int, _ fields: HTTPHeaders, serial: UInt64, length: Int?) {
        guard isCurrent(serial) else { return }
        exchange!.isAnswered = true
        exchange!.status = status
        var fields = fields
        if length == nil, status != 304, status != 204, !isHTTP2 {
            if exchange!.head.version.hasChunks {
                exchange!.isChunked = true
                fields.add(name: "transfer-encoding", value: "chunked")
            } else {
                keepsAlive = false
            }
        }
        writeHead(status, fields, length: length)
    }

    fileprivate func append(_ bytes: ByteBuffer, serial: UInt64) -> EventLoopFuture<Void> {
        guard isCurrent(serial), !exchange!.isHead else { return door.loop.makeSucceededVoidFuture() }
        if bytes.readableBytes > 0 {
            exchange!.bytesSent += bytes.readableBytes
            if exchange!.isChunked {
                var line = context.channel.allocator.buffer(capacity: 16)
                line.writeString(String(bytes.readableBytes, radix: 16))
                line.writeStaticString("\r\n")
                writeBody(line)
                writeBody(bytes)
                var end = context.channel.allocator.buffer(capacity: 2)
                end.writeStaticString("\r\n")
                writeBody(end)
            } else {
                writeBody(bytes)
            }
            flush()
        }
        if context.channel.isWritable { return door.loop.makeSucceededVoidFuture() }
        let space = context.eventLoop.makePromise(of: Void.self)
        spaceWaiters.append(space)
        return space.futureResult
    }

    fileprivate func end(serial: UInt64) {
        guard isCurrent(serial) else { return }
        task = nil
        endBody()
    }

    fileprivate func breakOff(serial: UInt64) {
        // An answer that cannot be finished must not look finished.
        if isCurrent(serial) { context.close(promise: nil) }
    }
}

/// Carries a Hummingbird response to its connection; a write waits until the client takes bytes, so memory is bounded by one write.
private struct RouterBodyWriter: ResponseBodyWriter, Sendable {
    let loop: any EventLoop
    let handler: NIOLoopBound<DoorHandler>
    let serial: UInt64

    func begin(_ response: Response) async throws {
        var fields = HTTPHeaders()
        for field in response.headers where field.name != .contentLength { fields.add(name: field.name.canonicalName, value: field.value) }
        let length = response.headers[.contentLength].flatMap { Int($0) } ?? response.body.contentLength
        let status = response.status.code
        loop.execute { [fields] in handler.value.begin(status, fields, serial: serial, length: length) }
    }

    func wantsBody(_ response: Response) -> Bool { response.status.code != 304 && response.status.code != 204 }

    func write(_ buffer: ByteBuffer) async throws {
        try await loop.flatSubmit { handler.value.append(buffer, serial: serial) }.get()
        try Task.checkCancellation()
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws { loop.execute { handler.value.end(serial: serial) } }

    func abort() { loop.execute { handler.value.breakOff(serial: serial) } }
}

enum RoutedRequest {
    static func of(_ path: Substring) -> RequestClass {
        if path.hasPrefix("/api/") { return .api }
        return path == "/metrics" || path == "/healthz" || path == "/readyz" ? .operation : .pages
    }

    /// The cleaned path, safe to stand in a target again.
    static func encoded(_ path: Substring) -> String {
        if path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "%") && $0 != UInt8(ascii: "?") }) { return String(path) }
        var out = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "%"), UInt8(ascii: "?"), 0...0x20, 0x7f...0xff:
                out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            default: out.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return out
    }
}
