import Commons
import Synchronization

/// How a command or a file ended, for the log and the metrics. Nothing in it tells of a deputy's choice.
enum CommandOutcome: Equatable {
    case done(first: Int64, last: Int64)
    /// It was done before, as these events.
    case repeated(first: Int64, last: Int64)
    case dryRun
    case refused(code: String)

    init(_ answer: CouncilAnswer) {
        self =
            switch answer {
            case .failure(let problem): .refused(problem)
            case .success(let answer):
                answer.events.map { $0.repeated ? .repeated(first: $0.first, last: $0.last) : .done(first: $0.first, last: $0.last) }
                    ?? .dryRun
            }
    }

    static func refused(_ problem: Problem) -> CommandOutcome { .refused(code: problem.code?.rawValue ?? "refused") }

    /// For the log.
    var words: String {
        switch self {
        case .done(let first, let last): "done \(first)–\(last)"
        case .repeated(let first, let last): "done before \(first)–\(last)"
        case .dryRun: "dry run"
        case .refused(let code): "refused \(code)"
        }
    }

    /// For the metrics.
    var name: String {
        switch self {
        case .done: "done"
        case .repeated: "repeated"
        case .dryRun: "dry_run"
        case .refused(let code): code
        }
    }
}

/// How many commands ended how, for the metrics. Refusals' codes are few.
final class CommandTally: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func count(_ outcome: CommandOutcome) { counts.withLock { $0[outcome.name, default: 0] += 1 } }

    var all: [(outcome: String, count: Int)] {
        counts.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }
}
