import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import PushIngest

/// Real encoders over a real socket.
@Suite(.outsideProcess, .timeLimit(.minutes(5))) struct PushListenerLiveTests {
    private static let group = MultiThreadedEventLoopGroup.singleton

    private func listen(_ sink: KeepingSink, logs: KeptLog = KeptLog()) async throws -> (PushListener, BoundPushListener, Int) {
        let logger = Logger(label: "push") { _ in logs }
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 0)
        let listener = PushListener(address: address, group: Self.group, logger: logger) { key, _ in
            key == "hall-key-0123456789" ? .accept(sink) : .unknownKey
        }
        let bound = try await listener.bind()
        return (listener, bound, try #require(bound.address?.port))
    }

    /// Runs a program to its end. - Returns: its exit status and all it printed.
    private func run(_ program: String, _ arguments: [String]) async throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                let output = pipe.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                continuation.resume(returning: (process.terminationStatus, String(decoding: output, as: UTF8.self)))
            }
        }
    }

    /// The program has ended before its last bytes are read here: waits until the sink was told of the end, a minute at most.
    private func end(of sink: KeepingSink) async throws {
        let limit = ContinuousClock.now + .seconds(60)
        while sink.ends == 0, ContinuousClock.now < limit { try await Task.sleep(for: .milliseconds(10)) }
        #expect(sink.ends == 1)
    }

    /// `codec,packets` of each stream, as ffprobe counts them.
    private func frames(of flv: ByteBuffer) async throws -> [Substring] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("push-\(UUID()).flv")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(flv.readableBytesView).write(to: file)
        let entries = ["-show_entries", "stream=codec_name,nb_read_packets", "-of", "csv=p=0"]
        return try await run("ffprobe", ["-v", "error", "-count_packets"] + entries + [file.path]).output.split(separator: "\n")
    }

    private func push(to port: Int, key: String, _ output: [String]) async throws -> (status: Int32, output: String) {
        let input = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
        return try await run(
            "ffmpeg",
            ["-hide_banner", "-v", "warning"] + input + ["-t", "4"] + output + ["-f", "flv", "rtmp://127.0.0.1:\(port)/live/\(key)"])
    }

    @Test func `ffmpeg pushes and every frame arrives`() async throws {
        let sink = KeepingSink()
        let (listener, bound, port) = try await listen(sink)
        let result = try await push(
            to: port, key: "hall-key-0123456789",
            ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-pix_fmt", "yuv420p", "-b:v", "2M", "-c:a", "aac"])
        #expect(result.status == 0, "\(result.output)")
        try await end(of: sink)
        #expect(listener.metrics.accepted == 1)
        #expect(listener.metrics.bytesReceived > 100_000)

        let streams = try await frames(of: sink.flv)
        #expect(streams.contains("h264,100"))
        #expect(streams.contains { $0.hasPrefix("aac,") })
        await bound.close()
    }

    /// librtmp is what OBS speaks; rtmp2sink is a client of its own.
    @Test(arguments: ["rtmpsink", "rtmp2sink"]) func `GStreamer pushes and every frame arrives`(element: String) async throws {
        let source = FileManager.default.temporaryDirectory.appendingPathComponent("push-\(UUID()).flv")
        defer { try? FileManager.default.removeItem(at: source) }
        let encode = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-f", "lavfi", "-i", "sine", "-t", "3"]
        let codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
        let encoded = try await run("ffmpeg", ["-v", "error"] + encode + codecs + [source.path])
        try #require(encoded.status == 0, "\(encoded.output)")

        let sink = KeepingSink()
        let (_, bound, port) = try await listen(sink)
        let mux = "flvmux name=m streamable=true ! \(element) location=rtmp://127.0.0.1:\(port)/live/hall-key-0123456789"
        let pipeline =
            "filesrc location=\(source.path) ! flvdemux name=d d.video ! queue ! h264parse ! \(mux) d.audio ! queue ! aacparse ! m."
        let result = try await run("gst-launch-1.0", ["-q"] + pipeline.split(separator: " ").map(String.init))
        #expect(result.status == 0, "\(result.output)")
        try await end(of: sink)
        #expect(try await frames(of: sink.flv).contains("h264,75"))
        await bound.close()
    }

    @Test func `a wrong key makes ffmpeg fail, and is in no log`() async throws {
        let sink = KeepingSink()
        let logs = KeptLog()
        let (listener, bound, port) = try await listen(sink, logs: logs)
        let result = try await push(to: port, key: "guess-0123456789", ["-c:v", "libx264", "-preset", "ultrafast", "-an"])
        #expect(result.status != 0)
        #expect(result.output.contains("not known"), "\(result.output)")
        #expect(listener.metrics.refusedKeys == 1)
        #expect(logs.text.contains("127.0.0.1"))
        #expect(!logs.text.contains("guess"))
        #expect(sink.flv.readableBytes == 0)
        await bound.close()
    }

    @Test func `an old codec is refused with the remedy in ffmpeg's log`() async throws {
        let sink = KeepingSink()
        let (listener, bound, port) = try await listen(sink)
        let result = try await push(to: port, key: "hall-key-0123456789", ["-c:v", "flv1", "-an", "-re"].dropLast() + ["-b:v", "500k"])
        #expect(result.status != 0)
        try await end(of: sink)
        #expect(listener.metrics.faults == 1)
        await bound.close()
    }
}

/// A log that keeps its lines.
final class KeptLog: LogHandler {
    private let lines = Mutex("")
    var text: String { lines.withLock { $0 } }

    func log(event: LogEvent) { lines.withLock { $0 += "\(event.level) \(event.message)\n" } }
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
}
