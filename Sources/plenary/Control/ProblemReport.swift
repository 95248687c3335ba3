import Commons
import Foundation
import Gateway
import NIOCore

/// What an RFC 9457 problem of the daemon says, and how a command ends with it.
struct ProblemReport: Decodable, Sendable {
    struct Fault: Decodable, Sendable {
        var line: Int
        var column: Int
        var message: String?
        var problem: String?
    }

    struct Change: Decodable, Sendable {
        var seq: Int64
        var type: String
    }

    var type: String
    var detail: String?
    var code: String?
    var field: String?
    var current: Int64?
    var since: [Change]?
    var faults: [Fault]?

    /// - Parameter file: the file that was sent; its faults are written as `file:line:column`.
    static func failure(_ reply: HTTPReply, file: String?) -> CommandFailure {
        guard let problem = try? JSONDecoder().decode(Self.self, from: Data(reply.body.readableBytesView)) else {
            return CommandFailure(reply.status >= 500 ? .temporary : .refused, "the daemon answered \(reply.status)")
        }
        var failure = CommandFailure(problem.status(of: reply), problem.text(file: file))
        failure.problem = jsonLine(reply.body)
        failure.code = problem.code
        return failure
    }

    private func status(of reply: HTTPReply) -> ExitStatus {
        if code == ProblemCode.faultyConfiguration.rawValue { return .configuration }
        if faults?.isEmpty == false { return .faultyInput }
        return reply.status >= 500 || reply.status == 429 ? .temporary : .refused
    }

    func text(file: String?) -> String {
        if let faults, !faults.isEmpty {
            return faults.map { fault in
                let place = file.map { "\($0):\(fault.line):\(fault.column)" } ?? "line \(fault.line), column \(fault.column)"
                return "\(place): \(fault.message ?? fault.problem ?? "fault")"
            }.joined(separator: "\n")
        }
        var lines = [detail ?? type]
        if let since, !since.isEmpty {
            lines.append("since then: " + since.prefix(20).map { "\($0.type) (\($0.seq))" }.joined(separator: ", "))
        }
        return lines.joined(separator: "\n")
    }
}
