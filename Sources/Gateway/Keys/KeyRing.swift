import Commons
import Foundation
import Synchronization

/// Tokens and sessions: made, known again, ended. Everything that must outlive the daemon is on the disk before an answer is given.
final class KeyRing: Sendable {
    /// Milliseconds: longer than a day of sitting.
    static let sessionLife: Int64 = 24 * 3_600_000
    static let day: Int64 = 86_400_000
    static let tokenLimit = 1000
    static let sessionLimit = 1000

    enum Fault: Error, Equatable {
        /// No such secret, or one that was revoked.
        case unknown
        /// The token of that name expired at `at`.
        case expired(name: String)
        case tooMany
        case nameTaken
        case storage(String)
    }

    private let file: KeyFile?
    private let contents: Mutex<KeyFile.Contents>
    /// Held while the file is written, so that looking a secret up never waits for the disk.
    private let writing = Mutex(())
    private let setup = Mutex<String?>(nil)
    private let guards = Mutex(Guards())
    private let now: @Sendable () -> Int64

    private struct Guards {
        var next: UInt64 = 0
        var all: [UInt64: (proof: Identity.Proof, end: AsyncStream<Never>.Continuation)] = [:]
    }

    /// - Parameters:
    ///   - path: the file; `nil` keeps everything in memory only.
    ///   - now: UTC milliseconds.
    init(path: String?, now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) }) throws(KeyFileFault) {
        file = path.map(KeyFile.init)
        contents = Mutex(try file?.read() ?? KeyFile.Contents())
        self.now = now
    }

    // MARK: first start

    /// A code that opens the console once, until anybody has a token or used one; kept in memory only.
    func offerSetupCode() -> String? {
        guard contents.withLock({ !$0.isSetUp && $0.tokens.isEmpty }) else { return nil }
        let code = Secret.setupCode()
        setup.withLock { $0 = Secret.digest(code) }
        return code
    }

    // MARK: tokens

    /// - Returns: the token and its secret, which nobody can read again.
    func create(name: String, role: Role, halls: [String]?, days: Int) throws(Fault) -> (token: KeyFile.Token, secret: String) {
        let secret = Secret.token()
        let now = now()
        let token = KeyFile.Token(
            id: Secret.id(), name: name, role: role, halls: halls, created: now, expires: now + Int64(days) * Self.day,
            digest: Secret.digest(secret))
        try change { contents throws(Fault) in
            guard contents.tokens.count < Self.tokenLimit else { throw .tooMany }
            guard !contents.tokens.contains(where: { $0.name == name && $0.expires > now }) else { throw .nameTaken }
            contents.tokens.append(token)
        }
        return (token, secret)
    }

    /// In the order they were made, expired ones too.
    var tokens: [KeyFile.Token] { contents.withLock { $0.tokens } }

    /// Ends a token, the sessions that were opened with it, and what they read. - Returns: `nil` when there is none of that id.
    func revoke(_ id: String) throws(Fault) -> KeyFile.Token? {
        guard let token = tokens.first(where: { $0.id == id }) else { return nil }
        var ended: [Identity.Proof] = [.token(id: id)]
        try change { contents throws(Fault) in
            contents.tokens.removeAll { $0.id == id }
            ended += contents.sessions.filter { $0.token == id }.map { .session(id: $0.id) }
            contents.sessions.removeAll { $0.token == id }
        }
        end(ended)
        return token
    }

    // MARK: sessions

    func openSession(token secret: String) throws(Fault) -> (session: KeyFile.Session, secret: String) {
        let token = try token(of: secret)
        return try open(name: token.name, roles: [token.role], halls: token.halls, token: token.id, until: token.expires)
    }

    /// The code works once.
    func openSession(code: String) throws(Fault) -> (session: KeyFile.Session, secret: String) {
        let given = Secret.digest(Secret.typedCode(code))
        let isRight = setup.withLock { setup in
            guard let digest = setup, ConstantTime.areEqual(digest, given) else { return false }
            setup = nil
            return true
        }
        guard isRight else { throw .unknown }
        do {
            return try open(name: "setup", roles: [.operator, .secretary, .admin], halls: nil, token: nil, until: .max, endsSetup: true)
        } catch {
            setup.withLock { $0 = given }
            throw error
        }
    }

    private func open(
        name: String, roles: [Role], halls: [String]?, token: String?, until: Int64, endsSetup: Bool = false
    ) throws(Fault) -> (session: KeyFile.Session, secret: String) {
        let secret = Secret.random()
        let now = now()
        let session = KeyFile.Session(
            id: Secret.id(), name: name, roles: roles, halls: halls, token: token, created: now,
            expires: min(until, now + Self.sessionLife),
            digest: Secret.digest(secret))
        try change { contents throws(Fault) in
            contents.sessions.removeAll { $0.expires <= now }
            // The oldest session is dropped: a valid token can always sign in.
            if contents.sessions.count >= Self.sessionLimit { contents.sessions.removeFirst() }
            contents.sessions.append(session)
            if endsSetup { contents.isSetUp = true }
        }
        return (session, secret)
    }

    func closeSession(_ id: String) throws(Fault) {
        try change { contents throws(Fault) in contents.sessions.removeAll { $0.id == id } }
        end([.session(id: id)])
    }

    // MARK: who is it

    func identity(token secret: String) throws(Fault) -> Identity {
        let token = try token(of: secret)
        return Identity(name: token.name, roles: [token.role], halls: token.halls.map { Set($0) }, proof: .token(id: token.id))
    }

    func session(of secret: String) -> KeyFile.Session? {
        let digest = Secret.digest(secret)
        let found = contents.withLock { contents in
            contents.sessions.reduce(nil) { ConstantTime.areEqual($1.digest, digest) ? $1 : $0 as KeyFile.Session? }
        }
        return found.flatMap { $0.expires > now() ? $0 : nil }
    }

    /// Every token is compared, so that the duration reveals nothing.
    private func token(of secret: String) throws(Fault) -> KeyFile.Token {
        let digest = Secret.digest(secret)
        let found = contents.withLock { contents in
            contents.tokens.reduce(nil) { ConstantTime.areEqual($1.digest, digest) ? $1 : $0 as KeyFile.Token? }
        }
        guard let found else { throw .unknown }
        guard found.expires > now() else { throw .expired(name: found.name) }
        return found
    }

    /// Whether a request with this secret may send a large body; asked before the body is read.
    func knows(token: String) -> Bool { (try? self.token(of: token)) != nil }

    /// Whether the credential is still valid; for answers that go on for long.
    func holds(_ identity: Identity) -> Bool {
        let now = now()
        return contents.withLock { contents in
            switch identity.proof {
            case .local: true
            case .token(let id): contents.tokens.contains { $0.id == id && $0.expires > now }
            case .session(let id): contents.sessions.contains { $0.id == id && $0.expires > now }
            }
        }
    }

    /// Ends, without a value, as soon as the identity is revoked or signs out.
    func end(of identity: Identity) -> AsyncStream<Never> {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        let number = guards.withLock { guards in
            guards.next += 1
            guards.all[guards.next] = (identity.proof, continuation)
            return guards.next
        }
        continuation.onTermination = { [self] _ in _ = guards.withLock { $0.all.removeValue(forKey: number) } }
        // Revoked since the request was authorized.
        if !holds(identity) { continuation.finish() }
        return stream
    }

    private func end(_ proofs: [Identity.Proof]) {
        let ending = guards.withLock { guards in guards.all.values.filter { proofs.contains($0.proof) }.map(\.end) }
        for end in ending { end.finish() }
    }

    var counts: (tokens: Int, sessions: Int) {
        let now = now()
        return contents.withLock { ($0.tokens.count { $0.expires > now }, $0.sessions.count { $0.expires > now }) }
    }

    /// Changes the stored keys: on disk first, then in memory.
    private func change(_ body: (inout KeyFile.Contents) throws(Fault) -> Void) throws(Fault) {
        let outcome: Result<Void, Fault> = writing.withLock { _ in
            var next = contents.withLock { $0 }
            do throws(Fault) {
                try body(&next)
                try write(next)
            } catch {
                return .failure(error)
            }
            contents.withLock { $0 = next }
            return .success(())
        }
        try outcome.get()
    }

    private func write(_ contents: KeyFile.Contents) throws(Fault) {
        do throws(KeyFileFault) { try file?.write(contents) } catch { throw .storage(error.description) }
    }
}
