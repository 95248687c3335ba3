import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

extension RequestServer {
    /// Gives the request to Hummingbird, in a task that ends with the connection.
    func passToRouter(_ request: RequestHeader, _ target: RequestTarget, _ body: ByteBuffer?) {
        guard let wire else { return }
        let routed: HummingbirdCore.Request
        do {
            // HEAD is GET without the bytes; the router knows GET.
            let method = request.isHead ? .get : try HTTPRequest.Method(request.head.method)
            let fields = HTTPFields(request.head.headers, splitCookie: false)
            let head = HTTPRequest(
                method: method, scheme: wire.isSecure ? "https" : "http", authority: request.head.headers["host"].first,
                path: target.originForm, headerFields: fields)
            routed = HummingbirdCore.Request(head: head, body: RequestBody(buffer: body ?? ByteBuffer()))
        } catch {
            send(.problem(400, "the request's method or fields are malformed"))
            return
        }
        let caller = Caller(
            audience: connection.audience, address: connection.peer, isSecure: wire.isSecure && connection.audience == .everybody,
            user: connection.user)
        let router = door.shared.router
        let writer = RouterBodyWriter(loop: door.loop, server: NIOLoopBound(self, eventLoop: door.loop), serial: machine.serial)
        let task = Task {
            let response = await router.respond(to: routed, from: caller)
            do {
                try await writer.begin(response)
                if writer.wantsBody(response) { try await response.body.write(writer) } else { try await writer.finish(nil) }
            } catch {
                writer.abort()
            }
        }
        machine.wait(for: .router(task))
    }

    /// Begins an answer whose body follows as it is made.
    /// - Parameter isLast: no other request is answered after this one.
    func stream(_ status: Int, _ fields: HTTPHeaders, length: Int?, isLast: Bool = false, serial: UInt64) {
        guard let wire, let opening = machine.stream(status, length: length, isLast: isLast || isDraining, serial: serial) else { return }
        wire.writeHead(status, fields, length: length, opening: opening, date: door.dateText)
    }

    /// - Returns: when more may be made.
    fileprivate func append(_ bytes: ByteBuffer, serial: UInt64) -> EventLoopFuture<Void> {
        if let wire, let isChunk = machine.made(bytes.readableBytes, serial: serial) {
            if bytes.readableBytes > 0 {
                wire.writeBody(bytes, isChunk: isChunk)
                wire.flush()
            }
            if !wire.isWritable,
                let space = machine.waitForSpace(serial: serial, { door.loop.makePromise(of: Void.self) })
            {
                return space
            }
        }
        return door.loop.makeSucceededVoidFuture()
    }

    /// The body of the answer is all made.
    func endStream(serial: UInt64) {
        guard let wire, let lastChunk = machine.madeAll(serial: serial, at: .now()) else { return }
        wire.writeEnd(lastChunk: lastChunk)
    }

    fileprivate func breakOff(serial: UInt64) {
        // An answer that cannot be finished must not look finished.
        if machine.isUnderWay(serial) { wire?.close() }
    }
}

/// Carries a Hummingbird response to its connection; a write waits until the client takes bytes, so memory is bounded by one write.
private struct RouterBodyWriter: ResponseBodyWriter, Sendable {
    let loop: any EventLoop
    let server: NIOLoopBound<RequestServer>
    let serial: UInt64

    func begin(_ response: Response) async throws {
        var fields = HTTPHeaders()
        for field in response.headers where field.name != .contentLength { fields.add(name: field.name.canonicalName, value: field.value) }
        let length = response.headers[.contentLength].flatMap { Int($0) } ?? response.body.contentLength
        let status = response.status.code
        loop.execute { [fields] in server.value.stream(status, fields, length: length, serial: serial) }
    }

    func wantsBody(_ response: Response) -> Bool { response.status.code != 304 && response.status.code != 204 }

    func write(_ buffer: ByteBuffer) async throws {
        try await loop.flatSubmit { server.value.append(buffer, serial: serial) }.get()
        try Task.checkCancellation()
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws { loop.execute { server.value.endStream(serial: serial) } }

    func abort() { loop.execute { server.value.breakOff(serial: serial) } }
}
