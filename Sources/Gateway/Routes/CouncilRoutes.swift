import Commons
import HTTPTypes
import HummingbirdCore
import NIOCore

/// The council's record over HTTP: commands and files in, the record and its state out.
struct CouncilRoutes: Sendable {
    let control: any HallControl
    let access: AccessControl
    let tally: CommandTally

    func add(to table: RouteTable) {
        let hall = "/api/v1/halls/:hall"
        table.at("\(hall)/commands", [.post: { try await command($0, $1) }])
        table.at("\(hall)/council", [.get: { request, context in try snapshot(request, context) }])
        table.at("\(hall)/council/past", [.get: { try await past($0, $1) }])
        table.at("\(hall)/roster", [.post: { try await take($0, $1, .roster) }])
        table.at("\(hall)/agenda", [.post: { try await take($0, $1, .agenda) }])
        table.at(
            "\(hall)/rules", [.post: { try await take($0, $1, .rules) }, .get: { request, context in try rules(request, context) }])
        table.at("\(hall)/hall-system", [.post: { try await take($0, $1, .hallSystem) }])
        table.at("\(hall)/log", [.get: { request, context in try record(request, context) }])
        table.at("\(hall)/export/:format", [.get: { try await export($0, $1) }])
    }

    // MARK: commands

    private func command(_ request: Request, _ context: DoorContext) async throws -> Response {
        let (council, hall) = try council(context)
        let identity = try access.identify(request, context)
        // Without permission nothing is revealed about faults in the body.
        if !RoleMatrix.allows(identity.roles, .ballots) { try access.require(.sitting, of: identity, in: hall, request, context) }
        try QueryFields(request, allowed: []).check()
        let body = try await body(request)
        switch council.command(body, in: hall) {
        case .failure(let problem):
            access.audit(identity, "a command", hall: hall, outcome: CommandOutcome.refused(problem).words)
            return respond(CouncilAnswer.failure(problem))
        case .success(let command):
            try access.require(command.isBallot ? .ballots : .sitting, of: identity, in: hall, request, context)
            let answer = await command.perform(identity.name)
            let isRefused = if case .failure = answer { true } else { false }
            // Thousands of ballots are in the record; what was refused is in the log too.
            access.audit(
                identity, command.name, hall: hall, outcome: CommandOutcome(answer).words,
                level: command.isBallot && !isRefused ? .debug : .info)
            return respond(answer)
        }
    }

    // MARK: files

    private enum File: String {
        case roster, agenda, rules
        case hallSystem = "hall-system"

        var permission: Permission { self == .hallSystem ? .hallSystem : .sitting }
        var fields: [String] {
            switch self {
            case .roster: ["dry_run", "id", "expected", "seats"]
            case .rules: ["dry_run", "id", "expected"]
            case .agenda: ["dry_run", "id", "expected", "sitting"]
            case .hallSystem: ["dry_run", "sitting"]
            }
        }
    }

    private func take(_ request: Request, _ context: DoorContext, _ file: File) async throws -> Response {
        let (council, hall) = try council(context)
        let identity = try access.admit(request, context, to: file.permission, in: hall)
        let query = QueryFields(request, allowed: file.fields)
        try query.check()
        let options = ImportRequest(
            by: identity.name, isDryRun: try query.flag("dry_run"), sitting: query["sitting"], seats: try query.number("seats", 1...1000),
            id: query["id"], expected: try query.number("expected", 0...(1 << 53)).map(Int64.init))
        let body = try await body(request)
        let answer =
            switch file {
            case .roster: await council.importRoster(body, in: hall, options)
            case .agenda: await council.importAgenda(body, in: hall, options)
            case .rules: await council.setRules(body, in: hall, options)
            case .hallSystem: await council.takeHallSystem(body, in: hall, options)
            }
        access.audit(identity, "a \(file.rawValue) file", hall: hall, outcome: CommandOutcome(answer).words)
        return respond(answer)
    }

    // MARK: reading

    private func snapshot(_ request: Request, _ context: DoorContext) throws -> Response {
        let hall = try hall(context)
        guard let events = control.events(hall) else { throw Problem.noRecord(hall) }
        return Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: events.snapshot().bytes)))
    }

    /// For pages that go back in the picture: JSON, gzipped when that is understood, since it may be a whole sitting.
    private func past(_ request: Request, _ context: DoorContext) async throws -> Response {
        let hall = try hall(context)
        let query = QueryFields(request, allowed: ["from", "until"])
        try query.check()
        let range = 0...(1 << 53)
        guard let from = try query.number("from", range) else { throw Problem.badField("from", "the time from which on, in UTC ms") }
        guard let messages = try await control.past(hall, from: Int64(from), until: try query.number("until", range).map(Int64.init)) else {
            throw Problem.noRecord(hall)
        }
        var body = ByteBuffer()
        body.reserveCapacity(messages.reduce(3) { $0 + $1.count + 1 })
        for (index, message) in messages.enumerated() {
            body.writeString(index == 0 ? "[" : ",")
            body.writeBytes(message)
        }
        body.writeString(messages.isEmpty ? "[]\n" : "]\n")
        var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store", .vary: "accept-encoding"]
        let isWelcome = request.headers[.acceptEncoding]?.contains("gzip") == true
        if isWelcome, body.readableBytes > 1024, let small = Gzip.compress([body], level: 4) {
            headers[.contentEncoding] = "gzip"
            body = small
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
    }

    private func rules(_ request: Request, _ context: DoorContext) throws -> Response {
        let (council, hall) = try council(context)
        return respond(council.rules(of: hall))
    }

    private func export(_ request: Request, _ context: DoorContext) async throws -> Response {
        let (council, hall) = try council(context)
        let name = try context.parameters.require("format")
        guard let format = ExportRequest.Format(rawValue: name) else {
            throw Problem(
                .noSuchFormat,
                detail:
                    "there is no export “\(name.prefix(40))”: \(ExportRequest.Format.allCases.map(\.rawValue).joined(separator: " or "))")
        }
        let fields = format == .popolo ? ["sitting"] : ["sitting", "table", "authority", "cattutc"]
        let query = QueryFields(request, allowed: fields)
        try query.check()
        let table = query["table"] ?? "motions"
        guard ["motions", "votings"].contains(table) else { throw Problem.badField("table", "motions or votings") }
        let options = ExportRequest(
            format: format, sitting: query["sitting"], table: table, authority: (query["authority"] ?? "", query["cattutc"] ?? ""))
        return respond(await council.export(options, in: hall))
    }

    /// Streams the public record at the reader's pace.
    private func record(_ request: Request, _ context: DoorContext) throws -> Response {
        let (council, hall) = try council(context)
        guard control.events(hall) != nil else { throw Problem.noRecord(hall) }
        let reader = council.record(of: hall)
        // The first piece now: a disk that fails at once is an answer, not a broken one.
        let first = try reader.next()
        let headers: HTTPFields = [
            .contentType: "application/x-ndjson", .cacheControl: "no-store",
            .contentDisposition: "attachment; filename=\"\(hall)-record.jsonl\"",
        ]
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                var piece = first
                while let bytes = piece {
                    try await writer.write(ByteBuffer(bytes: bytes))
                    piece = try reader.next()
                }
                try await writer.finish(nil)
            })
    }

    // MARK: what they share

    private func hall(_ context: DoorContext) throws -> String {
        let name = try context.parameters.require("hall")
        guard control.halls.contains(where: { $0.name == name }) else { throw Problem.noHall(name) }
        if let damage = control.damage(name) { throw Problem.recordDamaged(name, damage) }
        return name
    }

    private func council(_ context: DoorContext) throws -> (any CouncilControl, String) {
        let hall = try hall(context)
        guard let council = control.council else { throw Problem.noRecord(hall) }
        return (council, hall)
    }

    /// The connection has checked its size.
    private func body(_ request: Request) async throws -> [UInt8] {
        Array(try await request.body.collect(upTo: .max).readableBytesView)
    }

    private func respond(_ answer: CouncilAnswer) -> Response {
        tally.count(CommandOutcome(answer))
        return respond(answer.map { CouncilDocument(contentType: "application/json", body: JSONValue(encoding: $0).bytes) })
    }

    private func respond(_ answer: Result<CouncilDocument, Problem>) -> Response {
        switch answer {
        case .success(let document): respond(200, document)
        case .failure(let problem):
            respond(problem.status, CouncilDocument(contentType: Problem.contentType, body: problem.json()))
        }
    }

    private func respond(_ status: Int, _ document: CouncilDocument) -> Response {
        var headers: HTTPFields = [.contentType: document.contentType, .cacheControl: "no-store"]
        if status == 503 { headers[.retryAfter] = "1" }
        return Response(status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: document.body)))
    }
}

/// The fields of a query, strictly: a misspelt `dry_run` must not become the real thing.
struct QueryFields {
    private let fields: [String: [String]]
    private let allowed: [String]

    init(_ request: Request, allowed: [String]) {
        self.allowed = allowed
        var fields: [String: [String]] = [:]
        for (name, value) in request.uri.queryParameters { fields[String(name), default: []].append(String(value)) }
        self.fields = fields
    }

    func check() throws(Problem) {
        for (name, values) in fields.sorted(by: { $0.key < $1.key }) {
            guard allowed.contains(name) else {
                let known = allowed.isEmpty ? "this takes no query" : "this takes \(allowed.joined(separator: ", "))"
                throw Problem(.badField, status: 400, detail: "`\(name.prefix(60))` is not known: \(known)")
            }
            guard values.count == 1 else { throw Problem.badField(name, "there once") }
        }
    }

    subscript(name: String) -> String? { fields[name]?.first }

    func flag(_ name: String) throws(Problem) -> Bool {
        switch self[name] {
        case nil, "no", "false": return false
        case "yes", "true": return true
        default: throw .badField(name, "yes or no")
        }
    }

    func number(_ name: String, _ range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = self[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .badField(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}

extension Problem {
    static func recordDamaged(_ hall: String, _ damage: String) -> Problem {
        Problem(
            .recordDamaged,
            detail: "the record of hall “\(hall)” is damaged, so no sitting is held or shown; the stream goes on. \(damage) "
                + "Check it and its backups with `plenary verify`, put the last whole one in its place and run `plenary reload`.")
    }

    package static func noRecord(_ hall: String) -> Problem {
        Problem(.noRecord, detail: "hall “\(hall)” keeps no record of sittings on this server")
    }
}
