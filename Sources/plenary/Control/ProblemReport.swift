import Commons
import Foundation
import Gateway
import NIOCore

/// How a command ends with the daemon's problem (RFC 9457).
enum ProblemReport {
    /// - Parameter file: the file that was sent; its faults are written as `file:line:column`.
    static func failure(_ reply: HTTPReply, file: String?) -> CommandFailure {
        guard let problem = try? JSONDecoder().decode(Problem.self, from: Data(reply.body.readableBytesView)) else {
            return CommandFailure(reply.status >= 500 ? .temporary : .refused, "the daemon answered \(reply.status)")
        }
        var failure = CommandFailure(status(of: problem, reply), problem.text(file: file))
        failure.problem = jsonLine(reply.body)
        failure.code = problem.code?.rawValue
        return failure
    }

    private static func status(of problem: Problem, _ reply: HTTPReply) -> ExitStatus {
        if problem.code == .faultyConfiguration { return .configuration }
        if problem.faults?.isEmpty == false { return .faultyInput }
        return reply.status >= 500 || reply.status == 429 ? .temporary : .refused
    }
}

extension Problem {
    func text(file: String?) -> String {
        if let faults, !faults.isEmpty {
            return faults.map { fault in
                let place = file.map { "\($0):\(fault.line):\(fault.column)" } ?? "line \(fault.line), column \(fault.column)"
                return "\(place): \(fault.message)"
            }.joined(separator: "\n")
        }
        var lines = [detail]
        if let since, !since.isEmpty {
            lines.append("since then: " + since.prefix(20).map { "\($0.type) (\($0.sequence))" }.joined(separator: ", "))
        }
        return lines.joined(separator: "\n")
    }
}
