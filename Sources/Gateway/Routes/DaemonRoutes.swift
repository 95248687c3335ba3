import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore

/// The daemon itself: version, reload, log.
struct DaemonRoutes: Sendable {
    let control: any HallControl
    let version: String

    func add(to table: RouteTable) {
        table.at("/api/v1/version", [.get: { _, _ in try JSON.response(VersionReport(version: version)) }])
        table.at(
            "/api/v1/reload",
            [
                .post: { _, context in
                    guard context.isOperator else { throw ControlProblem.operatorsOnly }
                    return try JSON.response(try await control.reload())
                }
            ])
        table.at(
            "/api/v1/logs",
            [
                .get: { request, context in
                    guard context.isOperator else { throw ControlProblem.operatorsOnly }
                    return try logs(request)
                }
            ])
    }

    private func logs(_ request: Request) throws -> Response {
        let asked = request.uri.queryParameters
        let text = asked.get("last") ?? "100"
        guard let last = Int(text), (0...10_000).contains(last) else { throw ControlProblem.badField("last", "a number from 0 to 10000") }
        let follow = asked.get("follow") ?? "no"
        guard ["yes", "no", "true", "false"].contains(follow) else { throw ControlProblem.badField("follow", "yes or no") }
        let lines = control.logLines(last: last, follow: follow == "yes" || follow == "true")
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
}
