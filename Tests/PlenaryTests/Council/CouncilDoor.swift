import Commons
import Foundation
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import StreamRelay
import VoteBoard

@testable import Gateway
@testable import plenary

/// The door's routes over a real record, without sockets.
struct CouncilDoor: Sendable {
    let folder: String
    let board: Board
    let keys: KeyRing
    private let routes: Routes

    /// - Parameter isReady: the demo's roster is imported and a sitting `s1` with item `i1` is open with everybody in it.
    init(isReady: Bool = false) async throws {
        folder = NSTemporaryDirectory() + "council-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        board = try Board(log: EventLog(path: folder + "/record.sqlite", signer: LogSigner()))
        keys = try KeyRing(path: folder + "/keys.json")
        routes = Routes(
            settings: GatewaySettings(listen: [], pagesDirectory: "/nonexistent"), control: Halls(board: board), keys: keys,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        guard isReady else { return }
        try await local("POST", "rules", String(contentsOfFile: Self.root + "/config/rules/ua.yaml", encoding: .utf8))
        try await local("POST", "roster?seats=34", String(contentsOfFile: Self.root + "/config/demo/roster.csv", encoding: .utf8))
        for command in [
            #"{"command":"schedule_sitting","sitting":"s1","title":"Сесія"}"#,
            #"{"command":"add_item","sitting":"s1","item":"i1","number":"1","title":"Бюджет"}"#,
            #"{"command":"open_sitting","sitting":"s1"}"#,
            #"{"command":"register","deputies":[\#((1...30).map { "\"d\($0)\"" }.joined(separator: ","))]}"#,
        ] { try await local("POST", "commands", command) }
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized.path

    func close() { try? FileManager.default.removeItem(atPath: folder) }

    /// As the local user, who may do everything; fails unless it is done.
    @discardableResult func local(_ method: HTTPRequest.Method.RawValue, _ path: String, _ body: String) async throws -> [String: Any] {
        let (status, json) = try await ask(method, "/api/v1/halls/demo/\(path)", body, as: nil)
        guard status == 200 else { throw Failed(answer: "\(status) \(json)") }
        return json
    }

    struct Failed: Error { var answer: String }

    /// - Parameter fields: header fields; `nil`: at the control socket.
    func ask(
        _ method: String, _ path: String, _ body: String = "", as fields: HTTPFields?
    ) async throws -> (status: Int, json: [String: Any]) {
        let (status, bytes) = try await raw(method, path, Array(body.utf8), as: fields)
        return (status, (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] ?? [:])
    }

    func raw(_ method: String, _ path: String, _ body: [UInt8], as fields: HTTPFields?) async throws -> (status: Int, body: [UInt8]) {
        let head = HTTPRequest(
            method: .init(method)!, scheme: "http", authority: "council.example", path: path, headerFields: fields ?? [:])
        let caller = Caller(
            audience: fields == nil ? .operators : .everybody, address: try SocketAddress(ipAddress: "192.0.2.1", port: 1), isSecure: false,
            user: 0)
        let response = await routes.respond(to: Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body))), from: caller)
        let collector = Collector()
        try await response.body.write(collector)
        return (response.status.code, await collector.bytes)
    }

    func bearer(_ role: Role, halls: [String]? = nil) throws -> HTTPFields {
        [.authorization: "Bearer " + (try keys.create(name: "\(role) \(UUID())", role: role, halls: halls, days: 1).secret)]
    }

    func session(_ role: Role) throws -> HTTPFields {
        let token = try keys.create(name: "\(role) \(UUID())", role: role, halls: nil, days: 1).secret
        let secret = try keys.openSession(token: token).secret
        return [.cookie: "\(AccessControl.cookie)=\(secret)", AccessControl.csrfField: Secret.csrf(of: secret)]
    }

    /// The record as everybody gets it: what must not change when something is refused.
    func record() async throws -> [UInt8] { try await raw("GET", "/api/v1/halls/demo/log", [], as: [:]).body }
}

private actor Collector: ResponseBodyWriter {
    private(set) var bytes: [UInt8] = []
    func write(_ buffer: ByteBuffer) { bytes += buffer.readableBytesView }
    func finish(_ trailingHeaders: HTTPFields?) {}
}

/// Two halls, one of which keeps a record.
private struct Halls: HallControl {
    let board: Board
    var halls: [HallSummary] {
        ["demo", "other"].map { HallSummary(name: $0, title: "Міська рада", language: "uk") }
    }
    var council: (any CouncilControl)? { CouncilDesk(board: { [board] in $0 == "demo" ? board : nil }, title: { _ in "Міська рада" }) }
    func live(_ hall: String) -> (any LiveSource)? { nil }
    func events(_ hall: String) -> (any EventSource)? { hall == "demo" ? HallFeed(board) : nil }
    func status(_ hall: String) -> StreamStatus? { nil }
    func perform(_ command: StreamCommand, on hall: String) async throws(Problem) {}
    func probe(_ hall: String) async throws(Problem) -> SourceDescription {
        SourceDescription(format: "test", video: nil, audio: [], ignored: [])
    }
    func reload() async throws(Problem) -> ReloadReport {
        ReloadReport(added: [], removed: [], changed: [], unchanged: [], needRestart: [])
    }
    func logLines(last count: Int, follow: Bool) -> AsyncStream<LogLine> { AsyncStream { $0.finish() } }
}
