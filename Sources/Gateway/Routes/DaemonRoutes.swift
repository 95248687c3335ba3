import Commons
import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore

/// The daemon itself: version, reload, log.
struct DaemonRoutes: Sendable {
    let control: any HallControl
    let access: AccessControl
    let version: String

    func add(to table: RouteTable) {
        table.at("/api/v1/version", [.get: { _, _ in try JSON.response(VersionReport(version: version)) }])
        table.at(
            "/api/v1/reload",
            [
                .post: { request, context in
                    let identity = try access.admit(request, context, to: .reload)
                    let report = try await control.reload()
                    access.audit(identity, "the configuration", outcome: "read again")
                    return try JSON.response(report)
                }
            ])
        table.at(
            "/api/v1/logs",
            [
                .get: { request, context in
                    try logs(request, for: access.admit(request, context, to: .logs))
                }
            ])
    }

    private func logs(_ request: Request, for identity: Identity) throws -> Response {
        let asked = request.uri.queryParameters
        let text = asked.get("last") ?? "100"
        guard let last = Int(text), (0...10_000).contains(last) else { throw Problem.badField("last", "a number from 0 to 10000") }
        let follow = asked.get("follow") ?? "no"
        guard ["yes", "no", "true", "false"].contains(follow) else { throw Problem.badField("follow", "yes or no") }
        let lines = guarded(control.logLines(last: last, follow: follow == "yes" || follow == "true"), for: identity)
        let body = ResponseBody { writer in
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            for await line in lines {
                var buffer = ByteBuffer(bytes: try encoder.encode(line))
                buffer.writeString("\n")
                try await writer.write(buffer)
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "application/x-ndjson", .cacheControl: "no-store"], body: body)
    }

    /// The lines until they end, or until who reads them may no longer.
    private func guarded(_ lines: AsyncStream<LogLine>, for identity: Identity) -> AsyncStream<LogLine> {
        guard identity.proof != .local else { return lines }
        let (stream, continuation) = AsyncStream.makeStream(of: LogLine.self, bufferingPolicy: .bufferingNewest(2000))
        let task = Task { [keys = access.keys] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in keys.end(of: identity) {} }
                group.addTask {
                    for await line in lines {
                        guard keys.holds(identity) else { break }
                        continuation.yield(line)
                    }
                }
                await group.next()
                group.cancelAll()
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }
}
