import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1

extension DoorHandler {
    /// Bytes in one write when the answer goes through TLS or HTTP/2, which copy what they are given.
    private static let piece = 256 * 1024

    /// Sends a complete answer to the current request.
    func send(_ answer: Answer) {
        guard exchange != nil, context != nil else { return }
        exchange!.isAnswered = true
        exchange!.status = answer.status
        let bodiless = exchange!.isHead || answer.status == 304 || answer.status == 204
        var fields = answer.fields
        if connection.audience == .everybody, isSecure { fields.add(name: "strict-transport-security", value: "max-age=31536000") }
        writeHead(answer.status, fields, length: answer.status == 304 || answer.status == 204 ? nil : answer.count)
        guard !bodiless, answer.count > 0 else {
            endBody()
            return
        }
        exchange!.bytesSent = answer.count
        if case .http1(secure: false) = wire {
            for chunk in answer.chunks { context.write(NIOAny(IOData.byteBuffer(chunk)), promise: nil) }
            endBody()
        } else {
            rest = answer.chunks[...]
            pump()
        }
    }

    func writeHead(_ status: Int, _ fields: HTTPHeaders, length: Int?) {
        if isHTTP2 {
            var fields = fields
            if let length { fields.replaceOrAdd(name: "content-length", value: String(length)) }
            fields.add(name: "date", value: door.dateText)
            let head = HTTPResponseHead(version: .init(major: 2, minor: 0), status: .init(statusCode: status), headers: fields)
            context.write(NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
        } else {
            if door.shared.draining.load(ordering: .relaxed) { keepsAlive = false }
            var buffer = context.channel.allocator.buffer(capacity: 512)
            HTTP1Text.head(status: status, fields: fields, date: door.dateText, length: length, closes: !keepsAlive, into: &buffer)
            context.write(NIOAny(IOData.byteBuffer(buffer)), promise: nil)
        }
    }

    func writeBody(_ bytes: ByteBuffer) {
        if isHTTP2 {
            context.write(NIOAny(HTTPServerResponsePart.body(.byteBuffer(bytes))), promise: nil)
        } else {
            context.write(NIOAny(IOData.byteBuffer(bytes)), promise: nil)
        }
    }

    /// Writes as much of `rest` as the channel takes without buffering; goes on when it can take more.
    func pump() {
        enter(.sending)
        while context != nil, let first = rest.first {
            guard context.channel.isWritable else {
                flush()
                return
            }
            if first.readableBytes <= Self.piece {
                rest = rest.dropFirst()
                writeBody(first)
            } else {
                var first = first
                writeBody(first.readSlice(length: Self.piece)!)
                rest[rest.startIndex] = first
            }
            if !rest.isEmpty { context.flush() }
        }
        if context != nil { endBody() }
    }

    /// The last byte is written.
    func endBody() {
        guard isHTTP2 else {
            if exchange?.isChunked == true, exchange?.isHead == false {
                var end = context.channel.allocator.buffer(capacity: 8)
                end.writeStaticString("0\r\n\r\n")
                context.write(NIOAny(IOData.byteBuffer(end)), promise: nil)
            }
            flush()
            finished()
            return
        }
        let early = phase == .body
        if !early { enter(.sending) }
        // An HTTP/2 stream ends when its peer's window took the last byte; until then it can stall.
        let sent = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        sent.futureResult.whenComplete { _ in
            guard bound.value.context != nil, bound.value.exchange != nil else { return }
            bound.value.finished()
        }
        context.write(NIOAny(HTTPServerResponsePart.end(nil)), promise: sent)
        flush()
    }

    /// Counts the request and, when asked to, logs it.
    func recordCompletion(aborted: Bool) {
        guard let exchange else { return }
        self.exchange = nil
        // 499: the client left before the answer began, as front proxies count it.
        let status = exchange.isAnswered ? exchange.status : 499
        door.counters.answered(exchange.kind, status: status)
        guard door.shared.settings.accessLog else { return }
        let milliseconds = (NIODeadline.now() - exchange.startedAt).nanoseconds / 1_000_000
        door.shared.logger.info(
            "request",
            metadata: [
                "method": "\(exchange.head.method.rawValue)", "path": "\(AccessLog.path(exchange.head.uri))", "status": "\(status)",
                "bytes": "\(exchange.bytesSent)", "ms": "\(milliseconds)", "peer": "\(AccessLog.peer(connection.peer))",
                "protocol": "\(isHTTP2 ? "h2" : "http/1.1")", "aborted": "\(aborted)",
            ])
    }
}

/// What may stand in the access log.
enum AccessLog {
    /// Without the query, save for the live path's own values: others may carry keys.
    static func path(_ target: String) -> String {
        let plain = target.prefix(200).unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }
        let text = String(String.UnicodeScalarView(plain))
        guard let mark = text.firstIndex(of: "?") else { return text }
        let own = text.hasPrefix("/live/") ? text[mark...].dropFirst().split(separator: "&").filter { $0.hasPrefix("_HLS_") } : []
        return text[..<mark] + (own.isEmpty ? "" : "?" + own.joined(separator: "&"))
    }

    static func peer(_ address: SocketAddress?) -> String {
        switch address {
        case .v4, .v6: address?.ipAddress ?? "unknown"
        case .unixDomainSocket, nil: "unix"
        }
    }
}
