import Commons
import Foundation
import Synchronization
import Testing

@testable import Gateway

@Suite struct `Tokens and sessions` {
    /// A ring on a file of its own, and a clock that the test moves.
    private final class Bench: Sendable {
        let folder = NSTemporaryDirectory() + "keys-\(UUID().uuidString.prefix(8))"
        let clock = Mutex<Int64>(1_795_000_000_000)
        var path: String { folder + "/keys.json" }

        init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func ring() throws -> KeyRing { try KeyRing(path: path, now: { [self] in clock.withLock { $0 } }) }
        func wait(days: Int64) { clock.withLock { $0 += days * KeyRing.day } }
        var text: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
    }

    @Test func `a token is known again after a restart, and the file holds only its digest`() throws {
        let bench = try Bench()
        let (token, secret) = try bench.ring().create(name: "Anna", role: .secretary, halls: ["demo"], days: 30)
        #expect(secret.hasPrefix("plenary_") && secret.count == 51)
        #expect(!bench.text.contains(secret) && !bench.text.contains(secret.dropFirst(8)) && bench.text.contains(token.digest))
        let mode = try FileManager.default.attributesOfItem(atPath: bench.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let identity = try bench.ring().identity(token: secret)
        #expect(identity.name == "Anna" && identity.roles == [.secretary] && identity.mayEnter("demo") && !identity.mayEnter("other"))
    }

    @Test func `a token that is nearly right is unknown`() throws {
        let ring = try Bench().ring()
        let secret = try ring.create(name: "a", role: .admin, halls: nil, days: 1).secret
        for wrong in ["", "plenary_", String(secret.dropLast()), secret + "x", secret.uppercased()] {
            #expect(throws: KeyRing.Fault.unknown) { try ring.identity(token: wrong) }
        }
    }

    @Test func `a token expires to the day, and its sessions with it`() throws {
        let bench = try Bench()
        let ring = try bench.ring()
        let secret = try ring.create(name: "Anna", role: .secretary, halls: nil, days: 2).secret
        bench.wait(days: 1)
        let session = try ring.openSession(token: secret)
        bench.clock.withLock { $0 += KeyRing.day - 1 }
        #expect(ring.session(of: session.secret) != nil)
        bench.clock.withLock { $0 += 1 }
        #expect(throws: KeyRing.Fault.expired(name: "Anna")) { try ring.identity(token: secret) }
        #expect(ring.session(of: session.secret) == nil && ring.counts == (0, 0))
        // Its name is free again.
        #expect(throws: Never.self) { try ring.create(name: "Anna", role: .secretary, halls: nil, days: 1) }
    }

    @Test func `a revoked token is unknown at once, its sessions are over, and what they read ends`() async throws {
        let bench = try Bench()
        let ring = try bench.ring()
        let (token, secret) = try ring.create(name: "Anna", role: .admin, halls: nil, days: 2)
        let session = try ring.openSession(token: secret)
        let other = try ring.create(name: "Other", role: .admin, halls: nil, days: 2)
        let endings = [ring.end(of: try ring.identity(token: secret)), ring.end(of: Identity(session.session))]
        let otherIdentity = try ring.identity(token: other.secret)
        #expect(try ring.revoke(token.id)?.name == "Anna" && ring.revoke(token.id) == nil)
        for ending in endings { for await _ in ending {} }
        for await _ in ring.end(of: Identity(session.session)) {}
        #expect(throws: KeyRing.Fault.unknown) { try ring.identity(token: secret) }
        #expect(ring.session(of: session.secret) == nil && ring.holds(otherIdentity))
        #expect(throws: KeyRing.Fault.unknown) { try bench.ring().identity(token: secret) }
    }

    @Test func `a session outlives a restart and ends when it is closed`() throws {
        let bench = try Bench()
        let secret = try bench.ring().create(name: "Anna", role: .operator, halls: ["a"], days: 9).secret
        let opened = try bench.ring().openSession(token: secret)
        #expect(!bench.text.contains(opened.secret))
        let ring = try bench.ring()
        #expect(ring.session(of: opened.secret) == opened.session)
        #expect(opened.session.roles == [.operator] && opened.session.halls == ["a"])
        try ring.closeSession(opened.session.id)
        #expect(ring.session(of: opened.secret) == nil)
        #expect(try bench.ring().session(of: opened.secret) == nil)
    }

    @Test func `the setup code opens one session, ever`() throws {
        let bench = try Bench()
        let ring = try bench.ring()
        let code = try #require(ring.offerSetupCode())
        #expect(code.wholeMatch(of: /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/) != nil && !bench.text.contains(code))
        #expect(throws: KeyRing.Fault.unknown) { try ring.openSession(code: "0000-0000-0000") }
        // As people type it.
        let opened = try ring.openSession(code: code.lowercased().replacing("-", with: " ").replacing("0", with: "o"))
        #expect(opened.session.roles == [.operator, .secretary, .admin] && opened.session.halls == nil)
        #expect(throws: KeyRing.Fault.unknown) { try ring.openSession(code: code) }
        #expect(try bench.ring().offerSetupCode() == nil)
    }

    @Test func `no code is offered where there are tokens`() throws {
        let bench = try Bench()
        #expect(try bench.ring().offerSetupCode() != nil)
        _ = try bench.ring().create(name: "a", role: .admin, halls: nil, days: 1)
        #expect(try bench.ring().offerSetupCode() == nil)
    }

    @Test func `what the disk does not take did not happen`() throws {
        let bench = try Bench()
        let ring = try bench.ring()
        let (token, secret) = try ring.create(name: "Anna", role: .admin, halls: nil, days: 1)
        let code = Secret.setupCode()
        // A folder where the new file should be made.
        try FileManager.default.createDirectory(atPath: bench.path + ".new", withIntermediateDirectories: false)
        #expect { try ring.revoke(token.id) } throws: {
            if case .storage(let words)? = $0 as? KeyRing.Fault { words.contains(bench.path) } else { false }
        }
        #expect(throws: KeyRing.Fault.self) { try ring.create(name: "b", role: .admin, halls: nil, days: 1) }
        #expect(throws: KeyRing.Fault.self) { try ring.openSession(token: secret) }
        #expect(throws: KeyRing.Fault.unknown) { try ring.openSession(code: code) }
        #expect(ring.tokens.map(\.name) == ["Anna"] && ring.counts == (1, 0))
        #expect(throws: Never.self) { try ring.identity(token: secret) }
        try FileManager.default.removeItem(atPath: bench.path + ".new")
        #expect(try ring.revoke(token.id) != nil)
    }

    @Test func `a damaged file stops the daemon with its name`() throws {
        let bench = try Bench()
        for text in ["", "{", "[]", #"{"version":2,"tokens":[],"sessions":[],"isSetUp":true}"#] {
            try text.write(toFile: bench.path, atomically: true, encoding: .utf8)
            #expect { try bench.ring() } throws: { "\($0)".contains(bench.path) }
            #expect(bench.text == text)
        }
    }

    @Test func `names are their own, and there is a bound`() throws {
        let ring = try KeyRing(path: nil)
        _ = try ring.create(name: "a", role: .display, halls: nil, days: 1)
        #expect(throws: KeyRing.Fault.nameTaken) { try ring.create(name: "a", role: .admin, halls: nil, days: 1) }
        for number in 1..<KeyRing.tokenLimit { _ = try ring.create(name: "t\(number)", role: .display, halls: nil, days: 1) }
        #expect(throws: KeyRing.Fault.tooMany) { try ring.create(name: "more", role: .display, halls: nil, days: 1) }
    }
}

@Suite struct `Guessing` {
    private let here = PeerKey(v4: 0x0102_0304)
    private let there = PeerKey(v4: 0x0506_0708)

    @Test func `after some wrong secrets an address waits, longer each time, and others do not`() {
        var lockout = Lockout()
        var waits: [Int] = []
        for try_ in 1...14 {
            lockout.failed(here, at: Int64(try_))
            waits.append(lockout.wait(here, at: Int64(try_)) ?? 0)
        }
        #expect(waits == [0, 0, 0, 0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900])
        #expect(lockout.wait(there, at: 14) == nil)
        #expect(lockout.wait(here, at: 14 + 899_000) == 1 && lockout.wait(here, at: 14 + 900_000) == nil)
    }

    @Test func `a right secret and a quarter of an hour forgive`() {
        var lockout = Lockout()
        for _ in 1..<Lockout.freeTries { lockout.failed(here, at: 0) }
        lockout.succeeded(here)
        lockout.failed(here, at: 1)
        #expect(lockout.wait(here, at: 1) == nil)
        for _ in 1..<Lockout.freeTries - 1 { lockout.failed(here, at: 1) }
        lockout.failed(here, at: 2 + Lockout.memory)
        #expect(lockout.wait(here, at: 2 + Lockout.memory) == nil)
    }

    @Test func `a crowd of addresses takes no more than its room, and the worst of them are remembered`() {
        var lockout = Lockout()
        for _ in 0..<20 { lockout.failed(here, at: 0) }
        for address in 0..<UInt32(Lockout.addressLimit * 2) { lockout.failed(PeerKey(v4: 0x0A00_0000 + address), at: 1) }
        #expect(lockout.count <= Lockout.addressLimit)
        #expect(lockout.wait(here, at: 1) != nil)
    }
}

@Suite struct `A small JSON object` {
    private func read(_ text: String) -> [String: FlatJSON.Value]? { try? FlatJSON.fields(Array(text.utf8), known: ["a", "b", "c", "d"]) }

    @Test func `texts, whole numbers and lists of texts are read`() {
        #expect(
            read(#" {"a" : "é\n\u0041\ud83d\ude00" , "b":[ "x","y" ],"c":-12,"d":null} "#)
                == ["a": .text("é\nA😀"), "b": .texts(["x", "y"]), "c": .number(-12), "d": .null])
        #expect(read("{}") == [:] && read(#"{"b":[]}"#) == ["b": .texts([])] && read(#"{"c":0}"#) == ["c": .number(0)])
    }

    @Test(arguments: [
        "", "[]", "null", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":"x",}"#, #"{"a":"x"}}"#, #"{"a":"x","a":"y"}"#, #"{"e":"x"}"#, #"{"a":1e999}"#,
        #"{"a":1.5}"#, #"{"a":01}"#, #"{"a":-}"#, #"{"a":--1}"#, #"{"a":99999999999999999999}"#, #"{"a":{"b":"c"}}"#, #"{"b":["x",1]}"#,
        #"{"b":["x",]}"#, #"{"a":"\x"}"#, #"{"a":"\ud83d"}"#, #"{"a":"\u00g0"}"#, "{\"a\":\"\u{1}\"}", #"{"a":"x"#, #"{"a":true}"#,
        #"{"a":[[[[["#, #"{'a':"x"}"#,
    ]) func `everything else is refused`(_ text: String) {
        #expect(read(text) == nil)
    }

    @Test func `bytes that are no text are refused`() {
        #expect((try? FlatJSON.fields([0x7B, 0x22, 0x61, 0x22, 0x3A, 0x22, 0xFF, 0x22, 0x7D], known: ["a"])) == nil)
    }
}
