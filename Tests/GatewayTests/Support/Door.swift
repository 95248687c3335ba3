import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import Gateway

/// A real door on an ephemeral port with its own loops, for one test.
struct Door {
    let control: FakeControl
    let doors: Doors
    let port: Int
    let group: MultiThreadedEventLoopGroup
    let directory: String
    let keys: KeyRing

    /// Opens a door, runs the test, closes it.
    static func open(
        control: FakeControl = FakeControl(), threads: Int = 2, tls: Bool = false, controlSocket: Bool = false,
        limits: (inout DoorLimits) -> Void = { _ in }, settings: (inout GatewaySettings) -> Void = { _ in },
        responder: (any RouterBridge)? = nil, log: CaughtLog? = nil, _ test: (Door) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let directory = NSTemporaryDirectory() + "gateway-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: directory + "/pages/page", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var bounds = DoorLimits()
        bounds.drainDeadline = .milliseconds(500)
        limits(&bounds)
        var values = GatewaySettings(
            listen: [.init(host: "127.0.0.1", port: 0)], pagesDirectory: directory + "/pages", limits: bounds, version: "1.2.3")
        if controlSocket { values.controlSocket = .init(path: directory + "/control.sock") }
        if tls {
            try SelfSigned.write(to: directory, name: "first")
            values.certificate = .init(chainPath: directory + "/chain.pem", keyPath: directory + "/key.pem")
        }
        settings(&values)
        var logger = log.map { log in Logger(label: "test") { _ in log } } ?? Logger(label: "test")
        logger.logLevel = log == nil ? .error : .info
        let keys = try KeyRing(path: values.keysPath)
        let routes = Routes(settings: values, control: control, keys: keys, logger: logger)
        let shared = DoorShared(settings: values, control: control, logger: logger, router: responder ?? routes)
        let doors = try await Doors(shared: shared, group: group)
        routes.attach(doors)
        let addresses = try await doors.open(group: group)
        shared.listening.store(true, ordering: .relaxed)
        let door = Door(control: control, doors: doors, port: addresses.first?.port ?? 0, group: group, directory: directory, keys: keys)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await test(door)) } catch { outcome = .failure(error) }
        await doors.close()
        try await group.shutdownGracefully()
        try outcome.get()
    }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: directory + "/pages/" + name, atomically: true, encoding: .utf8)
    }

    func connect() async throws -> Wire { try await Wire.connect(port: port) }

    /// One request on a connection of its own.
    func ask(_ request: String) async throws -> Reply {
        let wire = try await connect()
        defer { wire.hangUp() }
        return try await wire.ask(request)
    }

    func get(_ path: String, _ fields: String...) async throws -> Reply {
        try await ask("GET \(path) HTTP/1.1\r\nHost: a\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n")
    }
}

/// Waits for a condition, looking often; fails the test when it does not come.
func eventually(_ what: String, within limit: Duration = .seconds(60), _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else {
            Issue.record("waited in vain: \(what)")
            return
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// Certificates made by the openssl program.
enum SelfSigned {
    static func write(to directory: String, name: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=\(name)",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", directory + "/key.pem", "-out", directory + "/chain.pem",
        ]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
