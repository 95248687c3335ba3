import Commons
import HTTPTypes
import HummingbirdCore

/// Where a hall's votes and picture are, for pages and displays.
struct ChannelRoutes: Sendable {
    let control: any HallControl

    func add(to table: RouteTable) {
        table.at("/api/v1/halls/:hall/channel", [.get: { request, context in try answer(request, context) }])
    }

    private func answer(_ request: Request, _ context: DoorContext) throws -> Response {
        let name = try context.parameters.require("hall")
        guard control.halls.contains(where: { $0.name == name }) else { throw Problem.noHall(name) }
        let origin = control.channel?.origin(for: request)
        let live = "/live/\(name)"
        return try JSON.response(
            ChannelReport(
                websocket: origin.map { "\($0)\(live)/events" }, events: "\(live)/events", state: "\(live)/state",
                stream: "\(live)/index.m3u8", picture: control.hasPicture(name) ? origin.map { "\($0)\(live)/picture" } : nil,
                record: control.damage(name) == nil ? nil : "damaged"))
    }
}

/// `GET /api/v1/halls/{hall}/channel`.
public struct ChannelReport: Sendable, Equatable, Codable {
    /// Absolute; absent when the request's host cannot be told.
    public var websocket: String?
    public var events: String
    public var state: String
    public var stream: String
    /// Absolute; the picture frame by frame, for a display in the hall. Absent where the hall has none.
    public var picture: String?
    /// `damaged`: the hall's record does not verify, and none of the addresses has votes. Absent when it is whole.
    public var record: String?
}
