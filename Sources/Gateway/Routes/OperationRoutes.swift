import HTTPTypes
import HummingbirdCore
import NIOCore

/// `/healthz`, `/readyz`, `/metrics`.
struct OperationRoutes: Sendable {
    let control: any HallControl
    let figures: FigureSource
    let access: AccessControl
    let tally: CommandTally

    func add(to table: RouteTable) {
        table.at("/healthz", [.get: { _, _ in Self.text("alive\n") }])
        table.at(
            "/readyz",
            [.get: { _, _ in figures.isReady ? Self.text("ready\n" + damages) : Self.text("not ready\n", status: .serviceUnavailable) }])
        table.at(
            "/metrics",
            [
                .get: { _, _ in
                    let statuses = control.halls.compactMap { control.status($0.name) }
                    let text = MetricsText.exposition(
                        statuses: statuses, door: await figures.read(), encoders: control.encoders, keys: keyFigures,
                        events: await control.events(), boards: control.boards)
                    return Self.text(text, type: "text/plain; version=0.0.4; charset=utf-8")
                }
            ])
    }

    /// A line for each hall whose record is damaged: the daemon is ready all the same.
    private var damages: String {
        control.halls.filter { control.damage($0.name) != nil }.map { "hall \($0.name): the record is damaged, no sittings\n" }.joined()
    }

    private var keyFigures: KeyFigures {
        let counts = access.keys.counts
        return KeyFigures(denials: access.denials, commands: tally.all, tokens: counts.tokens, sessions: counts.sessions)
    }

    private static func text(_ text: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8") -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
