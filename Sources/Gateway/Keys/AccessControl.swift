import Commons
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// Authenticates and authorizes requests; logs and counts refusals.
final class AccessControl: Sendable {
    /// The reason of a refusal, as the metrics count it.
    enum Denial: String, CaseIterable {
        case noToken = "no-token"
        case badToken = "bad-token"
        case expired, role, hall, csrf, origin
        case tokenInURL = "token-in-url"
        case locked
    }

    static let cookie = "plenary_session"
    static let csrfField = HTTPField.Name("x-csrf-token")!

    let keys: KeyRing
    private let behindProxy: Bool
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private let lockout = Mutex(Lockout())
    private let denied = Mutex<[Denial: Int]>([:])
    /// A flood of refusals must not push everything else out of the log: so many lines in ten seconds, then a count.
    private let lines = Mutex(LineBudget(lines: 20, per: 10_000))
    private let users = UserNames()

    init(keys: KeyRing, behindProxy: Bool, logger: Logger, now: @escaping @Sendable () -> Int64 = { wallMilliseconds() }) {
        self.keys = keys
        self.behindProxy = behindProxy
        self.logger = logger
        self.now = now
    }

    // MARK: may they

    /// The sender, if it has `permission` (in the hall, if one is named).
    func admit(_ request: Request, _ context: DoorContext, to permission: Permission, in hall: String? = nil) throws(ProblemResponse)
        -> Identity
    {
        let identity = try identify(request, context)
        try require(permission, of: identity, in: hall, request, context)
        return identity
    }

    func require(_ permission: Permission, of identity: Identity, in hall: String?, _ request: Request, _ context: DoorContext)
        throws(ProblemResponse)
    {
        guard RoleMatrix.allows(identity.roles, permission) else {
            let needed = RoleMatrix.roles(for: permission).map(\.rawValue).joined(separator: " or ")
            let own = identity.roles.map(\.rawValue).sorted().joined(separator: ", ")
            deny(.role, request, context, "\(identity.name) (\(own)) may not \(permission.words)", hall: hall)
            throw .forbidden(.roleMissing, "\(own) may not \(permission.words): this needs the role \(needed)")
        }
        guard let hall, !identity.mayEnter(hall) else { return }
        deny(.hall, request, context, "\(identity.name) is not for this hall", hall: hall)
        throw .forbidden(.otherHall, "this token is for other halls than “\(hall)”")
    }

    // MARK: who is it

    func identify(_ request: Request, _ context: DoorContext) throws(ProblemResponse) -> Identity {
        if context.caller.audience == .operators { return .local(user: users.name(of: context.caller.user)) }
        if let field = request.headers[.authorization] { return try bearer(field, request, context) }
        guard let secret = Self.cookie(of: request) else {
            deny(.noToken, request, context, "nobody said who asks")
            throw .tokenNeeded
        }
        guard let session = keys.session(of: secret) else {
            deny(.badToken, request, context, "a session is over")
            throw .unknown(.sessionOver, "the session is over: sign in again")
        }
        if request.method != .get && request.method != .head {
            try checkOrigin(request, context)
            guard let given = request.headers[Self.csrfField], ConstantTime.areEqual(given, Secret.csrf(of: secret)) else {
                deny(.csrf, request, context, "\(session.name)'s session without its X-CSRF-Token")
                throw .forbidden(.csrf, "the field X-CSRF-Token must say the session's `csrf`: GET /api/v1/session tells it")
            }
        }
        return Identity(session)
    }

    /// Whether there is anything to judge.
    func showsSomething(_ request: Request, _ context: DoorContext) -> Bool {
        context.caller.audience == .operators || request.headers[.authorization] != nil || Self.cookie(of: request) != nil
    }

    private func bearer(_ field: String, _ request: Request, _ context: DoorContext) throws(ProblemResponse) -> Identity {
        let words = field.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer", request.headers[values: .authorization].count == 1 else {
            deny(.badToken, request, context, "the Authorization field is no Bearer token")
            throw .unknown(.badToken, "the field Authorization must say: Bearer, a space, the token")
        }
        do throws(KeyRing.Fault) {
            return try keys.identity(token: String(words[1]))
        } catch {
            throw wrongSecret(error, request, context)
        }
    }

    /// A wrong or old secret: counted against its address.
    func wrongSecret(_ fault: KeyRing.Fault, _ request: Request, _ context: DoorContext) -> ProblemResponse {
        if case .expired(let name) = fault {
            deny(.expired, request, context, "the token “\(name)” has expired")
            return .unknown(.tokenExpired, "this token has expired: have a new one made")
        }
        if case .storage(let words) = fault { return .unstored(words) }
        let peer = peer(of: request, context)
        let wait = lockout.withLock { lockout -> Int? in
            if let wait = lockout.wait(peer, at: now()) { return wait }
            lockout.failed(peer, at: now())
            return nil
        }
        if let wait {
            deny(.locked, request, context, "wrong secrets, too often")
            return .locked(seconds: wait)
        }
        deny(.badToken, request, context, "a token or code that is not known")
        return .unknown(.badToken, "this token or code is not known here: it was revoked, used before or mistyped")
    }

    // MARK: sessions

    /// Checked before the secret: its address must not be locked out, nor the request come from another site's page.
    func checkSignIn(_ request: Request, _ context: DoorContext) throws(ProblemResponse) {
        try checkOrigin(request, context)
        guard let wait = lockout.withLock({ $0.wait(peer(of: request, context), at: now()) }) else { return }
        deny(.locked, request, context, "a sign-in while locked out")
        throw .locked(seconds: wait)
    }

    func signedIn(_ request: Request, _ context: DoorContext) { lockout.withLock { $0.succeeded(peer(of: request, context)) } }

    /// What a browser says about where the request comes from; other programs say nothing.
    private func checkOrigin(_ request: Request, _ context: DoorContext) throws(ProblemResponse) {
        guard let origin = request.headers[.origin] else { return }
        let own = request.head.authority?.lowercased() ?? ""
        if origin == "https://\(own)" || (!isSecure(request, context) && origin == "http://\(own)") { return }
        deny(.origin, request, context, "a page of \(origin.prefix(100)) asked")
        throw .forbidden(.origin, "only this server's own pages may do this in a browser")
    }

    func isSecure(_ request: Request, _ context: DoorContext) -> Bool {
        context.caller.isSecure || (behindProxy && request.headers[HTTPField.Name("x-forwarded-proto")!]?.lowercased() == "https")
    }

    /// Whether a cookie is to be sent over TLS only.
    func wantsSecureCookie(_ context: DoorContext) -> Bool { context.caller.isSecure || behindProxy }

    static func cookie(of request: Request) -> String? { cookie(in: request.headers[values: .cookie]) }

    static func cookie(in fields: [String]) -> String? {
        for field in fields {
            for pair in field.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0].trimmed == cookie { return String(parts[1].trimmed) }
            }
        }
        return nil
    }

    // MARK: what every request is asked

    /// Addresses are logged, remembered and shown: a secret has no place in one.
    func checkTarget(_ request: Request, _ context: DoorContext) throws(ProblemResponse) {
        guard let query = request.uri.query, !query.isEmpty else { return }
        let hasSecret = query.split(separator: "&").contains { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            let name = parts.first?.lowercased() ?? ""
            return ["token", "access_token", "api_key", "apikey", "bearer", "authorization"].contains(name)
                || parts.last?.hasPrefix(Secret.tokenPrefix) == true
        }
        guard hasSecret else { return }
        deny(.tokenInURL, request, context, "a token in an address")
        throw ProblemResponse(
            problem: Problem(
                .tokenInURL,
                detail:
                    "a token never belongs in an address: send it as “Authorization: Bearer …”. If this one was real, revoke it: it may be in logs now"
            ))
    }

    private func peer(of request: Request, _ context: DoorContext) -> PeerKey? {
        if behindProxy, let last = request.headers[HTTPField.Name("x-forwarded-for")!]?.split(separator: ",").last?.trimmed,
            let address = try? SocketAddress(ipAddress: String(last), port: 0)
        {
            return PeerKey(address)
        }
        return PeerKey(context.caller.address)
    }

    // MARK: the log

    var denials: [(reason: String, count: Int)] {
        denied.withLock { denied in Denial.allCases.map { ($0.rawValue, denied[$0] ?? 0) } }
    }

    private func deny(_ reason: Denial, _ request: Request, _ context: DoorContext, _ words: String, hall: String? = nil) {
        denied.withLock { $0[reason, default: 0] += 1 }
        // Those who are known are few; strangers may be many.
        let isKnown = [.role, .hall, .csrf, .expired].contains(reason)
        guard let unsaid = isKnown ? 0 : lines.withLock({ $0.take(at: now()) }) else { return }
        let from = context.caller.address?.ipAddress.map { " from \($0)" } ?? ""
        let more = unsaid > 0 ? " (and \(unsaid) more denials since the last such line)" : ""
        let path = AccessLog.path(request.uri.path)
        logger.warning(
            "denied: \(words): \(request.method.rawValue) \(path)\(from)\(more)", metadata: hall.map { ["hall": "\($0)"] })
    }

    /// Logs an action for the operator; who voted how is never logged.
    func audit(_ identity: Identity, _ what: String, hall: String? = nil, outcome: String, level: Logger.Level = .info) {
        logger.log(level: level, "\(identity.name): \(what): \(outcome)", metadata: hall.map { ["hall": "\($0)"] })
    }
}

extension Identity {
    init(_ session: KeyFile.Session) {
        self.init(
            name: session.name, roles: Set(session.roles), halls: session.halls.map { Set($0) }, proof: .session(id: session.id))
    }
}

extension ProblemResponse {
    static let tokenNeeded = unknown(
        .tokenNeeded,
        "this needs a token (Authorization: Bearer …) or a console session; `plenary token create` makes one, on the machine itself")

    static func unstored(_ words: String) -> ProblemResponse {
        ProblemResponse(
            problem: Problem(.storage, detail: "nothing was changed, for \(words). Free some space and try again"))
    }
}
