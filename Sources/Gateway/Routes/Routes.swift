import Commons
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Everything that is not live video, on Hummingbird's router.
final class Routes: RouterBridge, Sendable {
    let control: any HallControl
    let settings: GatewaySettings
    let access: AccessControl
    /// Every route and its methods, as they were added.
    let served: [(path: String, methods: [String])]
    private let figures: FigureSource
    private let logger: Logger
    private let router: RouterResponder<DoorContext>

    init(settings: GatewaySettings, control: any HallControl, keys: KeyRing, logger: Logger) {
        self.settings = settings
        self.control = control
        self.logger = logger
        let access = AccessControl(keys: keys, behindProxy: settings.behindProxy, logger: logger)
        self.access = access
        let table = RouteTable()
        let figures = FigureSource()
        self.figures = figures
        let tally = CommandTally()
        let pages = PageRoutes(settings: settings, control: control)
        StreamRoutes(control: control, figures: figures, access: access).add(to: table)
        ChannelRoutes(control: control).add(to: table)
        DaemonRoutes(control: control, access: access, version: settings.version).add(to: table)
        OperationRoutes(control: control, figures: figures, access: access, tally: tally).add(to: table)
        pages.add(to: table)
        CouncilRoutes(control: control, access: access, tally: tally).add(to: table)
        TokenRoutes(control: control, access: access).add(to: table)
        SessionRoutes(access: access).add(to: table)
        served = table.served
        router = table.router.buildResponder()
    }

    /// Tells the routes where the figures of the door are.
    func attach(_ doors: Doors) { figures.doors.withLock { $0 = doors } }

    func respond(to request: Request, from caller: Caller) async -> Response {
        var response: Response
        do {
            let context = DoorContext(source: .init(logger: logger, caller: caller))
            try access.checkTarget(request, context)
            response = try await router.respond(to: request, context: context)
        } catch let refused as ProblemResponse {
            response = Self.response(refused.problem, to: request)
            for field in refused.fields { response.headers[field.name] = field.value }
        } catch let problem as Problem {
            response = Self.response(problem, to: request)
        } catch let error as HTTPError where error.status == .notFound {
            response = Self.response(.notThere(request.uri.path), to: request)
        } catch is CancellationError {
            response = Response(status: .serviceUnavailable)
        } catch {
            logger.error("a request failed", metadata: ["path": "\(AccessLog.path(request.uri.path))", "reason": "\(error)"])
            response = Self.response(
                Problem(status: 500, detail: "this should not have happened; the log says more"),
                to: request)
        }
        if response.status == .notFound, response.headers[.contentType] == nil {
            response = Self.response(.notThere(request.uri.path), to: request)
        }
        SafetyFields.add(to: &response)
        return response
    }

    func knowsSender(of head: HTTPRequestHead) -> Bool {
        for field in head.headers["authorization"] {
            let words = field.split(separator: " ")
            if words.count == 2, access.keys.knows(token: String(words[1])) { return true }
        }
        return AccessControl.cookie(in: head.headers["cookie"]).flatMap(access.keys.session) != nil
    }

    /// A page for people, a problem for programs.
    static func response(_ problem: Problem, to request: Request) -> Response {
        let wantsPage = !request.uri.path.hasPrefix("/api/") && request.headers[.accept]?.contains("text/html") == true
        let body = wantsPage ? ErrorPage.html(problem) : problem.body
        let headers: HTTPFields = [
            .contentType: wantsPage ? "text/html; charset=utf-8" : Problem.contentType, .cacheControl: "no-store",
        ]
        return Response(status: .init(code: problem.status), headers: headers, body: .init(byteBuffer: body))
    }
}

/// Where routes ask for the door's figures; empty until the doors are open.
final class FigureSource: Sendable {
    let doors = Mutex<Doors?>(nil)

    func read() async -> DoorFigures? {
        let doors = doors.withLock { $0 }
        return await doors?.figures()
    }

    var isReady: Bool {
        let shared = doors.withLock { $0?.shared }
        return shared.map { $0.listening.load(ordering: .relaxed) && !$0.draining.load(ordering: .relaxed) } ?? false
    }
}

/// Routes by path, with a 405 for the methods a path does not have.
final class RouteTable {
    typealias Handler = @Sendable (Request, DoorContext) async throws -> Response
    let router = Router(context: DoorContext.self)
    private static let methods: [HTTPRequest.Method] = [.get, .post, .put, .patch, .delete, .options]

    /// What was added: the paths as the router has them.
    private(set) var served: [(path: String, methods: [String])] = []

    func at(_ path: RouterPath, _ handlers: [HTTPRequest.Method: Handler]) {
        served.append((path.description, handlers.keys.map(\.rawValue).sorted()))
        var names = handlers.keys.map(\.rawValue).sorted()
        if handlers[.get] != nil { names.append("HEAD") }
        let allow = names.joined(separator: ", ")
        for method in Self.methods {
            if let handler = handlers[method] {
                router.on(path, method: method, use: handler)
            } else if method == .options {
                router.on(path, method: method) { _, _ in Response(status: .noContent, headers: [.allow: allow]) }
            } else {
                router.on(path, method: method) { request, _ -> Response in
                    let problem = Problem(
                        status: 405, detail: "\(request.method.rawValue) cannot be done with \(request.uri.path): use \(allow)")
                    var response = Routes.response(problem, to: request)
                    response.headers[.allow] = allow
                    return response
                }
            }
        }
    }
}

extension Problem {
    static func notThere(_ path: String) -> Problem {
        Problem(status: 404, detail: "there is nothing at \(path.prefix(200))")
    }

    package static func noHall(_ name: String) -> Problem {
        Problem(
            .noSuchHall, detail: "there is no hall “\(name.prefix(40))”: `plenary stream list` and GET /api/v1/halls name those there are")
    }

    static func badField(_ field: String, _ rule: String) -> Problem {
        Problem(.badField, status: 400, detail: "`\(field)` must be \(rule)", field: field)
    }

    var body: ByteBuffer {
        var body = ByteBuffer(bytes: json())
        body.writeInteger(UInt8(ascii: "\n"))
        return body
    }
}

/// Fields every answer of ours carries.
enum SafetyFields {
    static func add(to response: inout Response) {
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[HTTPField.Name("referrer-policy")!] = "same-origin"
        guard response.headers[.contentType]?.hasPrefix("text/html") == true, response.headers[.contentSecurityPolicy] == nil else {
            return
        }
        response.headers[.contentSecurityPolicy] = PagePolicy.plain
    }
}
