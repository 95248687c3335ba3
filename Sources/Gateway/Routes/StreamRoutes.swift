import Commons
import HTTPTypes
import HummingbirdCore
import StreamRelay

/// The halls and their streams: what everybody may know, and what operators may do.
struct StreamRoutes: Sendable {
    let control: any HallControl
    let figures: FigureSource
    let access: AccessControl

    func add(to table: RouteTable) {
        table.at("/api/v1/halls", [.get: { _, _ in try JSON.response(control.halls.map { PublicStream($0, control.status($0.name)) }) }])
        table.at("/api/v1/halls/:hall/stream/public", [.get: { _, context in try everybody(context) }])
        table.at("/api/v1/halls/:hall/stream", [.get: { request, context in try await operators(request, context) }])
        table.at("/api/v1/halls/:hall/stream/:command", [.post: { request, context in try await command(request, context) }])
    }

    private func everybody(_ context: DoorContext) throws -> Response {
        let name = try hall(context)
        guard let summary = control.halls.first(where: { $0.name == name }) else { throw Problem.noHall(name) }
        return try JSON.response(PublicStream(summary, control.status(name)))
    }

    private func operators(_ request: Request, _ context: DoorContext) async throws -> Response {
        let name = try hall(context)
        _ = try access.admit(request, context, to: .streams, in: name)
        guard let status = control.status(name) else { throw Problem.noHall(name) }
        return try JSON.response(await report(status, name))
    }

    private func command(_ request: Request, _ context: DoorContext) async throws -> Response {
        let name = try hall(context)
        let identity = try access.admit(request, context, to: .streams, in: name)
        let word = try context.parameters.require("command")
        if word == "probe" { return try JSON.response(try await control.probe(name)) }
        guard let command = StreamCommand(rawValue: word) else {
            let words = StreamCommand.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.unknownCommand, detail: "a stream cannot “\(word.prefix(40))”: \(words) or probe")
        }
        do throws(Problem) {
            try await control.perform(command, on: name)
        } catch {
            access.audit(identity, "stream \(command.rawValue)", hall: name, outcome: "refused: \(error.detail)")
            throw error
        }
        access.audit(identity, "stream \(command.rawValue)", hall: name, outcome: "done")
        guard let status = control.status(name) else { return Response(status: .noContent) }
        return try JSON.response(await report(status, name))
    }

    private func report(_ status: StreamStatus, _ hall: String) async -> StreamReport {
        StreamReport(status: status, viewers: await figures.read()?.viewers[hall] ?? 0, recordDamage: control.damage(hall))
    }

    private func hall(_ context: DoorContext) throws -> String {
        let name = try context.parameters.require("hall")
        guard control.halls.contains(where: { $0.name == name }) else { throw Problem.noHall(name) }
        return name
    }
}

/// `GET /api/v1/halls/{hall}/stream`: the status, and how many watch.
public struct StreamReport: Sendable, Equatable, Codable {
    public var status: StreamStatus
    public var viewers: Int
    /// What does not verify in the hall's record of sittings; `nil`: nothing.
    public var recordDamage: String?

    private enum Keys: CodingKey { case viewers, recordDamage }

    public init(status: StreamStatus, viewers: Int, recordDamage: String? = nil) {
        self.status = status
        self.viewers = viewers
        self.recordDamage = recordDamage
    }

    public init(from decoder: any Decoder) throws {
        status = try StreamStatus(from: decoder)
        let container = try decoder.container(keyedBy: Keys.self)
        viewers = try container.decodeIfPresent(Int.self, forKey: .viewers) ?? 0
        recordDamage = try container.decodeIfPresent(String.self, forKey: .recordDamage)
    }

    /// One object: the status' own keys, and ours beside them.
    public func encode(to encoder: any Encoder) throws {
        try status.encode(to: encoder)
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(viewers, forKey: .viewers)
        try container.encodeIfPresent(recordDamage, forKey: .recordDamage)
    }
}
