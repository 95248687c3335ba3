import Foundation
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import StreamRelay

/// The hall's thread with real children: the program's own worker where it is built, else shells that misbehave.
@Suite(.outsideProcess, .serialized) struct HallRelayTests {
    private let folder = NSTemporaryDirectory() + "plenary-hall-" + UUID().uuidString

    /// `plenary` beside the test bundle.
    private static var program: String? {
        let path = Bundle.main.bundlePath + "/plenary"
        let beside = (CommandLine.arguments[0] as NSString).deletingLastPathComponent + "/plenary"
        return [path, beside, ProcessInfo.processInfo.environment["PLENARY_BIN"] ?? ""].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    private func hall(_ settings: StreamSettings, executable: String) throws -> HallRelay {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let resources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../../web/media"
        return HallRelay(
            settings: settings, stateDirectory: folder, workerExecutable: executable, resources: resources,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A program that runs `script` as the worker.
    private func script(_ text: String) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/worker.sh"
        try "#!/bin/sh\n\(text)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    /// Asks again at every change, as the door does, until `condition` holds; at most `seconds`.
    private func until(_ hall: HallRelay, seconds: Double = 60, _ condition: () -> Bool) async -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while !condition() {
            guard Date() < deadline else { return false }
            await withCheckedContinuation { (next: CheckedContinuation<Void, Never>) in
                let waiting = Mutex<CheckedContinuation<Void, Never>?>(next)
                let observation = hall.observe { waiting.withLock { $0.take() }?.resume() }
                Task {
                    try? await Task.sleep(for: .milliseconds(200))
                    waiting.withLock { $0.take() }?.resume()
                    hall.cancelObservation(observation)
                }
            }
        }
        return true
    }

    private func text(_ hall: HallRelay, _ name: Substring, _ query: Substring = "") -> String? {
        guard case .ready(let resource) = hall.answer(LiveRequest(name: name, query: query)) else { return nil }
        return resource.chunks.map { String(buffer: $0) }.joined()
    }

    @Test func `a worker that dies at once is tried again, with the reason in the status, and a stop still ends it`() async throws {
        let hall = try hall(SupervisionHarness.settings(), executable: script("echo 'cannot rtsp://user:secret@camera/1' >&2; exit 3"))
        try hall.start()
        #expect(await until(hall) { hall.status.workerStarts >= 3 })
        #expect(hall.status.failure?.message.contains("status 3") == true)
        guard case .refused(let refusal) = hall.answer(LiveRequest(name: "index.m3u8")) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.status == 503)
        try await hall.stop()
        #expect(hall.status.state == .stopped)
        await #expect(throws: StreamCommandRefusal.notRunning(hall: "rada")) { try await hall.stop() }
    }

    @Test func `a worker that sends garbage is killed and reported`() async throws {
        let hall = try hall(SupervisionHarness.settings(), executable: script("echo 'HTTP/1.1 200 OK'; exec sleep 60"))
        try hall.start()
        #expect(await until(hall) { hall.status.failure?.message.contains("misbehaved") == true })
        await hall.shutdown()
    }

    @Test func `a program that cannot be started is reported`() async throws {
        let hall = try hall(SupervisionHarness.settings(), executable: "/nowhere/plenary")
        try hall.start()
        #expect(await until(hall) { hall.status.failure?.message.contains("/nowhere/plenary") == true })
        await hall.shutdown()
        await hall.shutdown()
    }

    @Test func `starts and stops in any haste leave a stopped stream and no child`() async throws {
        let hall = try hall(SupervisionHarness.settings(), executable: script("exec sleep 60"))
        for _ in 0..<20 {
            try hall.start()
            #expect(throws: StreamCommandRefusal.alreadyRunning(hall: "rada")) { try hall.start() }
            async let first: Void = hall.shutdown()
            async let second: Void = hall.shutdown()
            _ = await (first, second)
            #expect(hall.status.state == .stopped)
        }
    }

    @Test func `an encoder's bytes beyond the bound are refused`() async throws {
        let hall = try hall(SupervisionHarness.settings(camera: "rtmp-push:12345678"), executable: script("exec sleep 60"))
        #expect(hall.acceptPush(from: "a") == nil)
        try hall.start()
        let feed = try #require(hall.acceptPush(from: "a"))
        #expect(hall.acceptPush(from: "b") == nil)
        let chunk = ByteBuffer(repeating: 7, count: 1 << 20)
        var taken = 0
        while feed.feed(chunk), taken < 100 { taken += 1 }
        #expect(taken >= 8 && taken < 20)
        feed.end()
        await hall.shutdown()
        #expect(!feed.feed(chunk))
    }

    @Test(.enabled(if: program != nil))
    func `the generated hall comes on air, is hidden, shown, lost and found, and ends`() async throws {
        let settings = try SupervisionHarness.settings(camera: "test:?size=640x360&rate=25&gop=25", segmentMaximum: 2)
        var quick = settings
        quick.segmentDuration = 1
        quick.partDuration = 0.2
        let hall = try hall(quick, executable: Self.program!)
        try hall.start()
        #expect(await until(hall) { hall.status.state == .live })
        let playlist = try #require(text(hall, "main.m3u8"))
        #expect(playlist.contains("#EXT-X-PART-INF:PART-TARGET=0.21000\n"))
        #expect(text(hall, "index.m3u8")?.contains("RESOLUTION=640x360") == true)

        let worker = try #require(hall.status.workerPID)
        // The gap may be over before it is looked at: it is counted.
        var gaps = hall.status.gapParts
        kill(worker, SIGKILL)
        #expect(await until(hall) { hall.status.gapParts > gaps })
        #expect(await until(hall) { hall.status.onAir == .camera && hall.status.reconnects >= 1 })
        gaps = hall.status.gapParts
        kill(try #require(hall.status.workerPID), SIGSTOP)
        #expect(await until(hall) { hall.status.gapParts > gaps })
        #expect(await until(hall) { hall.status.onAir == .camera && hall.status.reconnects >= 2 })

        #expect(await until(hall) { hall.status.slateParts > 0 || (try? hall.hide()) == nil || hall.status.onAir == .hidden })
        let parts = hall.status.parts
        #expect(await until(hall) { hall.status.slateParts >= 5 })
        #expect(hall.status.parts == parts)
        try hall.show()
        #expect(await until(hall) { hall.status.onAir == .camera })

        let last = hall.status.mediaSequence
        try await hall.stop()
        #expect(text(hall, "main.m3u8")?.hasSuffix("#EXT-X-ENDLIST\n") == true)
        let after = try self.hall(quick, executable: Self.program!)
        try after.start()
        #expect(await until(after) { after.status.state == .live })
        let again = try #require(text(after, "main.m3u8"))
        #expect(again.contains("#EXT-X-MEDIA-SEQUENCE:\(last + 1)\n"))
        #expect(again.contains("#EXT-X-DISCONTINUITY\n"))
        await after.shutdown()
    }
}
