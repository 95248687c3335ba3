import Commons
import Foundation
import Gateway
import Logging
import PlenaryConfiguration
import StreamRelay
import Synchronization
import Testing

@testable import plenary

@Suite struct `The daemon` {
    private static let rules = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../config/rules").standardized.path

    private static func config(_ halls: String) throws -> PlenaryConfig {
        try ConfigReader(file: "t", folder: "/", overrides: ConfigOverrides()) { _ in "" }.read("halls: [\(halls)]")
    }

    private static func halls(_ names: String...) throws -> PlenaryConfig {
        try config(names.map { "{name: \($0), camera: 'test:', autostart: false}" }.joined(separator: ", "))
    }

    /// A daemon whose configuration is what `next` holds when it is read again.
    private static func daemon(_ first: PlenaryConfig, next: @escaping @Sendable () throws(CommandFailure) -> PlenaryConfig) throws
        -> Daemon
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "plenary-\(UUID())").path
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return try Daemon(
            config: first,
            surroundings: Daemon.Surroundings(
                stateDirectory: folder, executable: "/bin/false", pictures: "/", rules: Self.rules,
                readConfig: { () throws(CommandFailure) in ConfigFile(config: try next(), warnings: []) },
                sink: LogSink(level: .error, format: .human) { _ in }))
    }

    @Test func `a reload adds and removes halls and leaves the others alone`() async throws {
        let new = try Self.halls("a", "c")
        let daemon = try Self.daemon(Self.halls("a", "b")) { () throws(CommandFailure) in new }
        let before = daemon.relay("a")
        let report = try await daemon.reload()
        #expect(report == ReloadReport(added: ["c"], removed: ["b"], changed: [], unchanged: ["a"], needRestart: []))
        #expect(daemon.halls.map(\.name) == ["a", "c"])
        #expect(daemon.relay("a") === before)
        #expect(daemon.relay("b") == nil)
        #expect(daemon.board("a") != nil && daemon.board("b") == nil && daemon.board("c") != nil)
        #expect(daemon.events("c")?.epoch == daemon.board("c")?.log.id)
        await daemon.shutdown()
    }

    @Test func `a configuration with faults changes nothing and names them all`() async throws {
        let daemon = try Self.daemon(Self.halls("a")) { () throws(CommandFailure) in throw CommandFailure(.configuration, "line 1\nline 2")
        }
        await #expect(throws: Problem.faulty("line 1\nline 2")) { try await daemon.reload() }
        #expect(daemon.halls.map(\.name) == ["a"])
    }

    @Test func `a record that cannot be opened stops a reload before it changes anything`() async throws {
        let new = try Self.config("{name: b, camera: 'test:'}, {name: c, camera: 'test:', rules: /nowhere.yaml}")
        let daemon = try Self.daemon(Self.halls("a")) { () throws(CommandFailure) in new }
        await #expect { _ = try await daemon.reload() } throws: { ($0 as? Problem)?.detail.contains("/nowhere.yaml") == true }
        #expect(daemon.halls.map(\.name) == ["a"])
        #expect(daemon.board("b") == nil && daemon.relay("b") == nil)
        await daemon.shutdown()
    }

    @Test func `a command for a hall that is not there names the remedy`() async throws {
        let config = try Self.halls("a")
        let daemon = try Self.daemon(config) { () throws(CommandFailure) in config }
        await #expect(throws: Problem.noHall("x")) { try await daemon.perform(.start, on: "x") }
        #expect(Problem.noHall("x").status == 404)
    }

    @Test func `a stream key leads to its hall`() throws {
        let text =
            "rtmp: {listen: '127.0.0.1:1'}\nhalls: [{name: a, camera: 'rtmp-push:aaaaaaaa'}, {name: b, camera: 'rtmp-push:bbbbbbbb'}]"
        let config = try ConfigReader(file: "t", folder: "/", overrides: ConfigOverrides()) { _ in "" }.read(text)
        let daemon = try Self.daemon(config) { () throws(CommandFailure) in config }
        #expect(daemon.relay(streamKey: "bbbbbbbb")?.hall == "b")
        #expect(daemon.relay(streamKey: "bbbbbbbc") == nil)
        #expect(daemon.relay(streamKey: "") == nil)
    }

    @Test func `a state folder is made for its user and held once`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "plenary-\(UUID())/state").path
        let held = try StateDirectory(path)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o750)
        #expect { _ = try StateDirectory(path) } throws: {
            let failure = $0 as? CommandFailure
            return failure?.status == .temporary && failure?.message.contains("another daemon (process \(getpid()))") == true
        }
        #expect(StateCheck.daemon(in: path) == getpid())
        _ = consume held
        #expect(StateCheck.daemon(in: path) == nil)
        _ = try StateDirectory(path)
    }

    @Test func `the page's address is what people can type`() throws {
        var config = try Self.halls("demo")
        #expect(PublicPlace(config, port: 8080).page == "http://127.0.0.1:8080/halls/demo")
        config.listen = ListenAddress(host: "::1", port: 0)
        #expect(PublicPlace(config, port: 4711).root == "http://[::1]:4711/")
        config.listen.host = "council.example"
        config.tls = PlenaryConfig.TLS(certificate: "", key: "")
        #expect(PublicPlace(config, port: 443).root == "https://council.example/")
        #expect(PublicPlace(try Self.halls("a", "b"), port: 80).page == "http://127.0.0.1/")
    }
}
