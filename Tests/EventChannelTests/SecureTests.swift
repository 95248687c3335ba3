import EventChannel
import Foundation
import Logging
import TestSupport
import Testing

/// TLS, tried with the openssl program; certificates are made by it.
@Suite(.outsideProcess, .serialized, .timeLimit(.minutes(5)))
struct SecureTests {
    private static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    private static func makeCertificate(_ name: String, _ files: ChannelSettings.Certificate) throws {
        try run([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=\(name)",
            "-keyout", files.keyPath, "-out", files.chainPath,
        ])
    }

    /// What the server and `openssl s_client` say until `word` is among it.
    ///
    /// - Parameter pause: seconds between the handshake and the request.
    private static func talk(
        _ port: UInt16, saying request: String, until word: String, alpn: String = "h2,http/1.1", pause: TimeInterval = 0
    ) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = ["s_client", "-connect", "127.0.0.1:\(port)", "-alpn", alpn, "-ign_eof"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer {
            // Not SIGTERM: it may be ignored here, and so in every child.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        var heard = Data()
        func listen(until word: String) {
            while heard.range(of: Data(word.utf8)) == nil {
                let some = output.fileHandleForReading.availableData
                guard !some.isEmpty else { break }
                heard += some
            }
        }
        if pause > 0 {
            listen(until: "Cipher is")
            Thread.sleep(forTimeInterval: pause)
        }
        // It has left when the server hung up: then there is nothing more to hear.
        signal(SIGPIPE, SIG_IGN)
        try? input.fileHandleForWriting.write(contentsOf: Data(request.utf8))
        listen(until: word)
        return String(decoding: heard, as: UTF8.self)
    }

    @Test func `over TLS the channel speaks HTTP 1.1 alone, and takes a new certificate without a restart`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("channel-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ChannelSettings.Certificate(chainPath: folder.path + "/chain.pem", keyPath: folder.path + "/key.pem")
        try Self.makeCertificate("first", files)
        try await LiveChannel.with {
            $0.certificate = files
        } _: { live in
            let first = try Self.talk(live.port, saying: RawClient.request(), until: "\"snapshot\"")
            #expect(first.contains("ALPN protocol: http/1.1"))
            #expect(first.contains("CN = first"))
            #expect(first.contains("HTTP/1.1 101 "))
            #expect(first.contains("\"snapshot\""))
            let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
            #expect(try Self.talk(live.port, saying: post + post, until: "detail").contains("HTTP/1.1 405 "))
            try Self.makeCertificate("second", files)
            live.channel.reloadCertificate()
            _ = await live.channel.figures()
            #expect(try Self.talk(live.port, saying: RawClient.request(), until: "\"snapshot\"").contains("CN = second"))
            try await live.until { $0.connections == 0 }
        }
    }

    @Test func `a client may take longer than libwebsockets' own five seconds between handshake and request`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("channel-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ChannelSettings.Certificate(chainPath: folder.path + "/chain.pem", keyPath: folder.path + "/key.pem")
        try Self.makeCertificate("slow", files)
        try await LiveChannel.with {
            $0.certificate = files
        } _: { live in
            let heard = try Self.talk(live.port, saying: RawClient.request(), until: "\"snapshot\"", pause: 6.5)
            #expect(heard.contains("HTTP/1.1 101 "))
        }
    }

    @Test func `a certificate that is not there is named`() async throws {
        var settings = ChannelSettings(listen: [.init(host: "127.0.0.1", port: 0)])
        settings.certificate = .init(chainPath: "/nowhere/chain.pem", keyPath: "/nowhere/key.pem")
        #expect(throws: ChannelError.self) { try EventChannel(settings: settings, logger: Logger(label: "test")).start() }
    }

    @Test func `an address that is taken is named`() async throws {
        try await LiveChannel.with { live in
            let settings = ChannelSettings(listen: [.init(host: "127.0.0.1", port: live.port)])
            let error = #expect(throws: ChannelError.self) { try EventChannel(settings: settings, logger: Logger(label: "test")).start() }
            #expect(error.map { "\($0)" }?.contains("127.0.0.1 port \(live.port)") == true)
        }
    }
}
