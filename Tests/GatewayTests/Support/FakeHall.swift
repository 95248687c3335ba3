import Commons
import NIOCore
import StreamRelay
import Synchronization

@testable import Gateway

/// A live window that the test fills by hand.
final class FakeHall: LiveSource {
    private struct State {
        var answers: [String: LiveAnswer] = [:]
        var observers: [UInt64: @Sendable () -> Void] = [:]
        var next: UInt64 = 1
        var asked = 0
    }
    private let state = Mutex(State())

    func answer(_ request: LiveRequest) -> LiveAnswer {
        let key = request.query.isEmpty ? String(request.name) : "\(request.name)?\(request.query)"
        return state.withLock {
            $0.asked += 1
            return $0.answers[key] ?? .refused(LiveRequestRefusal(status: 404, reason: "“\(key)” is not in the window"))
        }
    }

    func observe(_ changed: @escaping @Sendable () -> Void) -> LiveObservation {
        state.withLock {
            $0.next += 1
            $0.observers[$0.next] = changed
            return LiveObservation(id: $0.next)
        }
    }

    func cancelObservation(_ observation: LiveObservation) { state.withLock { $0.observers[observation.id] = nil } }

    /// Puts an answer in the window and tells who observes.
    func put(_ name: String, _ answer: LiveAnswer) {
        let observers = state.withLock { state in
            state.answers[name] = answer
            return Array(state.observers.values)
        }
        for changed in observers { changed() }
    }

    var observerCount: Int { state.withLock { $0.observers.count } }
    var questionCount: Int { state.withLock { $0.asked } }

    static func playlist(_ text: String, etag: String = "\"p1\"") -> LiveAnswer {
        .ready(LiveResource(chunks: [ByteBuffer(string: text)], kind: .playlist, etag: etag, maxAge: 1, immutable: false))
    }

    static func media(_ chunks: [String], etag: String = "\"m1\"") -> LiveAnswer {
        .ready(
            LiveResource(
                chunks: chunks.map { ByteBuffer(string: $0) }, kind: .media(contentType: "video/mp4"), etag: etag, maxAge: 600,
                immutable: true))
    }
}

/// A daemon with the halls a test gives it.
final class FakeControl: HallControl {
    let hall = FakeHall()
    let halls: [HallSummary]
    private let commands = Mutex<[String]>([])
    private let lines = Mutex<AsyncStream<LogLine>.Continuation?>(nil)

    init(halls: [HallSummary] = [HallSummary(name: "demo", title: "Рада <міста> & \"гості\"", language: "uk")]) { self.halls = halls }

    let record = FakeRecord()
    /// The hall's picture, where the test gives it one.
    let armsFile = Mutex<String?>(nil)
    func arms(_ hall: String) -> String? { armsFile.withLock { $0 } }
    /// Where the test says the event channel is.
    let channelPlace = Mutex<ChannelPlace?>(nil)
    var channel: ChannelPlace? { channelPlace.withLock { $0 } }

    func events(_ hall: String) -> (any EventSource)? { halls.contains { $0.name == hall } ? record : nil }

    func events() async -> EventFigures? {
        var figures = EventFigures()
        figures.connections = 11
        figures.listeners = [("demo", 9)]
        figures.snapshots = 6
        figures.answered = [(426, 2)]
        figures.closed = [("slow", 1)]
        return figures
    }

    var boards: [BoardFigures] {
        var board = BoardFigures(hall: "demo", sequence: 77)
        board.refused = [("ballot_twice", 3)]
        board.diskSeconds = 0.25
        return [board]
    }

    var encoders: EncoderFigures? {
        var figures = EncoderFigures()
        figures.connections = 2
        figures.accepted = 5
        figures.refused = [("key", 7)]
        figures.bytesReceived = 4096
        return figures
    }

    func live(_ hall: String) -> (any LiveSource)? { halls.contains { $0.name == hall } ? self.hall : nil }
    func status(_ hall: String) -> StreamStatus? {
        guard halls.contains(where: { $0.name == hall }) else { return nil }
        var status = StreamStatus(hall: hall, state: .live, onAir: .camera, camera: "test:", targetDuration: 10, since: 42)
        status.vitals.bitRate = 4_000_000
        status.vitals.frameRate = 25
        status.failures = ["unauthorized": 3]
        return status
    }
    func perform(_ command: StreamCommand, on hall: String) async throws(Problem) {
        if command == .start {
            throw Problem(.alreadyRunning, detail: "it runs already")
        }
        commands.withLock { $0.append("\(command.rawValue) \(hall)") }
    }
    func probe(_ hall: String) async throws(Problem) -> SourceDescription {
        SourceDescription(format: "test", video: nil, audio: [], ignored: [])
    }
    func reload() async throws(Problem) -> ReloadReport {
        ReloadReport(added: ["new"], removed: [], changed: [], unchanged: ["demo"], needRestart: [])
    }
    func logLines(last count: Int, follow: Bool) -> AsyncStream<LogLine> {
        AsyncStream { continuation in
            for number in 0..<min(count, 3) {
                continuation.yield(LogLine(at: Int64(number), level: "info", hall: "demo", message: "line \(number)"))
            }
            if follow {
                continuation.onTermination = { [self] _ in lines.withLock { $0 = nil } }
                lines.withLock { $0 = continuation }
            } else {
                continuation.finish()
            }
        }
    }

    var performed: [String] { commands.withLock { $0 } }
    var isFollowed: Bool { lines.withLock { $0 != nil } }
}
