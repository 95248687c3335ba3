import Logging
import NIOCore
import NIOHTTP1

extension RequestServer {
    /// Sends a complete answer to the request under way.
    func send(_ answer: Answer) {
        guard let wire else { return }
        let now = NIODeadline.now()
        guard let opening = machine.send(answer.status, answer.chunks, count: answer.count, isLast: isDraining, at: now) else { return }
        let saysLength = answer.status != 304 && answer.status != 204
        let length = saysLength ? answer.count : nil
        if connection.audience == .everybody, wire.isSecure {
            var fields = answer.fields
            fields.add(name: "strict-transport-security", value: "max-age=31536000")
            wire.writeHead(answer.status, fields, length: length, opening: opening, date: door.dateText)
        } else {
            wire.writeHead(answer.status, answer.fields, length: length, opening: opening, date: door.dateText)
        }
        writePieces(at: now)
    }

    /// Writes as much of a complete answer as the channel takes without buffering; goes on when it can take more.
    func writePieces(at now: NIODeadline = .now()) {
        while let wire {
            let limit = wire.pieceLimit
            switch machine.nextPiece(limit: limit, isWritable: limit == nil || wire.isWritable, at: now) {
            case .bytes(let piece, let isLast):
                wire.writeBody(piece, isChunk: false)
                if !isLast, limit != nil { wire.flush() }
            case .end: return wire.writeEnd(lastChunk: false)
            case .full: return wire.flush()
            case .none: return
            }
        }
    }

    /// Counts the request and, when asked to, logs it.
    func record(_ completion: Completion) {
        let exchange = completion.exchange
        door.counters.answered(exchange.kind, status: completion.status)
        guard door.shared.settings.accessLog else { return }
        let milliseconds = (NIODeadline.now() - exchange.startedAt).nanoseconds / 1_000_000
        let head = exchange.request.head
        door.shared.logger.info(
            "request",
            metadata: [
                "method": "\(head.method.rawValue)", "path": "\(AccessLog.path(head.uri))", "status": "\(completion.status)",
                "bytes": "\(completion.bytes)", "ms": "\(milliseconds)", "peer": "\(AccessLog.peer(connection.peer))",
                "protocol": "\(isHTTP2 ? "h2" : "http/1.1")", "aborted": "\(completion.isAborted)",
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
