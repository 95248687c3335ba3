import Commons
import HTTPTypes
import HummingbirdCore
import NIOCore

/// The console's session: a token or the setup code becomes a cookie that no script can read.
struct SessionRoutes: Sendable {
    let access: AccessControl

    func add(to table: RouteTable) {
        table.at(
            "/api/v1/session", [.post: { try await open($0, $1) }, .get: { try tell($0, $1) }, .delete: { try close($0, $1) }])
    }

    private func open(_ request: Request, _ context: DoorContext) async throws -> Response {
        try access.checkSignIn(request, context)
        let fields: [String: FlatJSON.Value]
        do throws(FlatJSON.Fault) {
            fields = try FlatJSON.fields(
                Array(try await Self.bytes(request)), known: ["token", "code"])
        } catch {
            throw Problem.badBody(error.sentence)
        }
        do {
            let opened: (session: KeyFile.Session, secret: String)
            switch (fields["token"], fields["code"]) {
            case (.text(let token), nil): opened = try access.keys.openSession(token: token)
            case (nil, .text(let code)): opened = try access.keys.openSession(code: code)
            default: throw Problem.badBody("the body is {\"token\":\"…\"} or {\"code\":\"…\"}")
            }
            access.signedIn(request, context)
            access.audit(Identity(opened.session), "the console", outcome: "signed in", level: .notice)
            var response = try JSON.response(SessionReport(opened.session, csrf: Secret.csrf(of: opened.secret)))
            let seconds = (opened.session.expires - opened.session.created) / 1000
            response.headers[.setCookie] = cookie(opened.secret, seconds: seconds, context)
            return response
        } catch let fault as KeyRing.Fault {
            throw access.wrongSecret(fault, request, context)
        }
    }

    private static func bytes(_ request: Request) async throws(FlatJSON.Fault) -> ByteBufferView {
        do { return try await request.body.collect(upTo: .max).readableBytesView } catch {
            throw FlatJSON.Fault(sentence: "the body did not come whole")
        }
    }

    /// Also says what a token may do.
    private func tell(_ request: Request, _ context: DoorContext) throws -> Response {
        // A page that asks whether somebody is signed in is no attempt at anything.
        guard access.showsSomething(request, context) else { throw ProblemResponse.tokenNeeded }
        let identity = try access.identify(request, context)
        let secret = AccessControl.cookie(of: request)
        guard case .session = identity.proof, let secret, let session = access.keys.session(of: secret) else {
            return try JSON.response(SessionReport(identity))
        }
        return try JSON.response(SessionReport(session, csrf: Secret.csrf(of: secret)))
    }

    private func close(_ request: Request, _ context: DoorContext) throws -> Response {
        let identity = try access.identify(request, context)
        if case .session(let id) = identity.proof {
            do throws(KeyRing.Fault) { try access.keys.closeSession(id) } catch { throw TokenRoutes.refused(error) }
            access.audit(identity, "the console", outcome: "signed out", level: .notice)
        }
        return Response(status: .noContent, headers: [.cacheControl: "no-store", .setCookie: cookie("", seconds: 0, context)])
    }

    private func cookie(_ value: String, seconds: Int64, _ context: DoorContext) -> String {
        let secure = access.wantsSecureCookie(context) ? "; Secure" : ""
        return "\(AccessControl.cookie)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict\(secure)"
    }
}

/// The body of `POST` and `GET /api/v1/session`.
public struct SessionReport: Sendable, Equatable, Codable {
    public var name: String
    public var roles: [String]
    /// What the roles allow, so that no page has to know the table of `RoleMatrix`.
    public var permissions: [String]
    /// Absent: every hall.
    public var halls: [String]?
    /// To be sent back as `X-CSRF-Token` with everything that changes something; of a session only.
    public var csrf: String?
    /// UTC milliseconds; of a session only.
    public var expires: Int64?

    init(_ session: KeyFile.Session, csrf: String) {
        name = session.name
        roles = session.roles.map(\.rawValue)
        permissions = Self.permissions(of: session.roles)
        halls = session.halls
        self.csrf = csrf
        expires = session.expires
    }

    init(_ identity: Identity) {
        name = identity.name
        roles = Role.allCases.filter(identity.roles.contains).map(\.rawValue)
        permissions = Self.permissions(of: identity.roles)
        halls = identity.halls?.sorted()
    }

    private static func permissions(of roles: some Collection<Role>) -> [String] {
        Permission.allCases.filter { RoleMatrix.allows(roles, $0) }.map(\.rawValue)
    }
}
