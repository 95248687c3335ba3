import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite(.outsideProcess, .timeLimit(.minutes(5))) struct `The door with TLS` {
    @Test func `curl speaks HTTP 2 and HTTP 1.1 with it`() async throws {
        try await Door.open(tls: true) { door in
            let text = String(repeating: "#EXT-X-PART\n", count: 60)
            door.control.hall.put("main.m3u8", FakeHall.playlist(text))
            door.control.hall.put(
                "s1.mp4", FakeHall.media([String(repeating: "a", count: 700_000), String(repeating: "b", count: 300_000)]))
            let base = "https://127.0.0.1:\(door.port)"
            for version in ["--http2", "--http1.1"] {
                let playlist = try await Curl.run([version, "-i", base + "/live/demo/main.m3u8"])
                #expect(playlist.hasPrefix(version == "--http2" ? "HTTP/2 200" : "HTTP/1.1 200"))
                #expect(playlist.contains("strict-transport-security") && playlist.hasSuffix(text))
                let media = try await Curl.run([version, base + "/live/demo/s1.mp4"])
                #expect(media.utf8.count == 1_000_000 && media.hasSuffix("ab" + String(repeating: "b", count: 299_999)))
                #expect(try await Curl.run([version, "-r", "699999-700000", base + "/live/demo/s1.mp4"]) == "ab")
                #expect(try await Curl.run([version, "-I", base + "/live/demo/s1.mp4"]).contains("content-length: 1000000"))
                #expect(try await Curl.run([version, "-o", "/dev/null", "-w", "%{http_code}", base + "/nothing"]) == "404")
                #expect(try await Curl.run([version, "-o", "/dev/null", "-w", "%{http_code}", "-d", "x", base + "/healthz"]) == "405")
            }
        }
    }

    @Test func `a held reload on an HTTP 2 stream is released, an abandoned one forgotten`() async throws {
        try await Door.open(tls: true) { door in
            door.control.hall.put("main.m3u8", .hold(limit: .seconds(50)))
            let address = "https://127.0.0.1:\(door.port)/live/demo/main.m3u8"
            async let abandoned = Curl.run(["--http2", "-m", "1", address])
            async let kept = Curl.run(["--http2", address])
            try await eventually("both are held") { door.doors.shared.heldRequests.load(ordering: .relaxed) == 2 }
            #expect(try await abandoned == "")
            try await eventually("one is held") { door.doors.shared.heldRequests.load(ordering: .relaxed) == 1 }
            door.control.hall.put("main.m3u8", FakeHall.playlist("new"))
            #expect(try await kept == "new")
        }
    }

    @Test func `a body too large, a header too large and a bad path have their status over HTTP 2`() async throws {
        try await Door.open(tls: true) { door in
            let base = "https://127.0.0.1:\(door.port)"
            let status = ["--http2", "-o", "/dev/null", "-w", "%{http_code}", "--path-as-is"]
            let large = door.directory + "/large"
            try String(repeating: "x", count: 70_000).write(toFile: large, atomically: true, encoding: .utf8)
            #expect(try await Curl.run(status + ["--data-binary", "@" + large, base + "/healthz"]) == "413")
            #expect(try await Curl.run(status + [base + "/live/demo/../x"]) == "400")
            #expect(try await Curl.run(status + [base + "/" + String(repeating: "x", count: 9000)]) == "414")
        }
    }

    @Test func `a new certificate is taken without dropping a connection, a broken one is not`() async throws {
        try await Door.open(tls: true) { door in
            let certificates = try #require(door.doors.certificates)
            let held = try await Subject.connected(port: door.port)
            #expect(held.subject == "first")
            try SelfSigned.write(to: door.directory, name: "second")
            #expect(certificates.refresh())
            let second = try await Subject.connected(port: door.port)
            #expect(second.subject == "second")
            try "no certificate".write(toFile: door.directory + "/chain.pem", atomically: true, encoding: .utf8)
            #expect(!certificates.refresh())
            let third = try await Subject.connected(port: door.port)
            #expect(third.subject == "second")
            #expect(held.isOpen)
        }
    }
}

/// The curl program as a client of another make.
enum Curl {
    static func run(_ arguments: [String]) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
                process.arguments = ["-sk"] + arguments
                let pipe = Pipe()
                process.standardOutput = pipe
                do {
                    try process.run()
                    let data = pipe.fileHandleForReading.readDataToEndOfFile()
                    process.waitUntilExit()
                    continuation.resume(returning: String(decoding: data, as: UTF8.self))
                } catch { continuation.resume(throwing: error) }
            }
        }
    }
}
