import ArgumentParser
import Foundation
import Gateway
import Glibc
import NIOCore
import StreamRelay

/// A hall's status, with what the door adds to it.
struct HallReport: Decodable, Sendable {
    var status: StreamStatus
    /// Viewers now; `nil` when the daemon does not count them.
    var viewers: Int?
    /// What does not verify in the hall's record of sittings.
    var recordDamage: String?

    private enum Keys: CodingKey { case viewers, recordDamage }

    init(status: StreamStatus, viewers: Int? = nil, recordDamage: String? = nil) {
        self.status = status
        self.viewers = viewers
        self.recordDamage = recordDamage
    }

    init(from decoder: any Decoder) throws {
        status = try StreamStatus(from: decoder)
        let container = try decoder.container(keyedBy: Keys.self)
        viewers = try container.decodeIfPresent(Int.self, forKey: .viewers)
        recordDamage = try container.decodeIfPresent(String.self, forKey: .recordDamage)
    }
}

extension StreamCommandGroup {
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a hall's stream: state, picture, sound, bitrate, window, clock.",
            discussion: """
                plenary stream status council
                plenary stream status council --watch     looks again every second until Ctrl-C
                Without a hall: every hall, one after the other.
                """)
        @OptionGroup var control: ControlOptions
        @Argument(help: "The hall's name.") var hall: String?
        @Flag(help: "Look again every second; on a terminal the text is redrawn in place, else one line each.") var watch = false
        @OptionGroup var output: JSONOption

        mutating func validate() throws {
            if let hall { try checkHallName(hall) }
        }

        func run() async throws {
            try await reportingFailure {
                if watch { try await watchForever() } else { writeOut(try await once()) }
            }
        }

        private func names() async throws -> [String] {
            if let hall { return [hall] }
            return try await control.client.value([PublicStream].self, .GET, "/api/v1/halls").map(\.hall)
        }

        private func bodies() async throws -> [ByteBuffer] {
            var bodies: [ByteBuffer] = []
            for name in try await names() { bodies.append(try await control.client.json(.GET, "/api/v1/halls/\(name)/stream")) }
            return bodies
        }

        private func reports(_ bodies: [ByteBuffer]) throws -> [HallReport] {
            try bodies.map { try JSONDecoder().decode(HallReport.self, from: Data($0.readableBytesView)) }
        }

        private func once() async throws -> String {
            let bodies = try await bodies()
            if output.json { return bodies.map { jsonLine($0) }.joined() }
            return try reports(bodies).map { StatusText.page($0, now: currentMilliseconds()) }.joined(separator: "\n")
        }

        /// Goes on through a restart of the daemon; a daemon that never answered is a failure.
        private func watchForever() async throws {
            let terminal = isatty(STDOUT_FILENO) == 1 && !output.json
            var drawn = 0
            var hasAnswered = false
            while true {
                var text: String
                do {
                    text = terminal || output.json ? try await once() : try await lines()
                    hasAnswered = true
                } catch let failure as CommandFailure where hasAnswered && failure.status == .unreachable {
                    text = output.json ? "" : failure.message + "\n"
                }
                writeOut(terminal ? Self.redrawn(text, over: drawn) : text)
                drawn = text.count { $0 == "\n" }
                try await Task.sleep(for: .seconds(1))
            }
        }

        private func lines() async throws -> String {
            try reports(await bodies()).map { StatusText.line($0, now: currentMilliseconds()) + "\n" }.joined()
        }

        /// Up over what was drawn, then each line cleared to its end, and what is below the last cleared; long lines are cut, not wrapped.
        static func redrawn(_ text: String, over lines: Int) -> String {
            let up = lines > 0 ? "\u{1B}[\(lines)A" : ""
            return "\u{1B}[?7l" + up + text.replacing("\n", with: "\u{1B}[K\n") + "\u{1B}[J\u{1B}[?7h"
        }
    }
}

/// UTC milliseconds.
func currentMilliseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
}
