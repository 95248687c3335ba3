import Commons
import Gateway
import VoteBoard

// The board's answers as the door sends them.

extension CouncilAnswer {
    /// - Parameters:
    ///   - epoch: the record that the sequences count in.
    ///   - beside: further fields of an answer that is no refusal.
    init(_ answer: Answer, epoch: String, beside: [String: JSONValue] = [:]) {
        switch answer {
        case .done(let first, let last, let repeated):
            var fields = beside
            fields["epoch"] = .string(epoch)
            fields["first"] = .integer(first)
            fields["last"] = .integer(last)
            fields["repeated"] = .bool(repeated)
            self = .json(fields, outcome: "\(repeated ? "done before" : "done") \(first)–\(last)")
        case .refused(let refusal):
            self.init(refusal.problem, adding: refusal.members)
        }
    }

    init(_ faults: ImportFaults) {
        self.init(faults.problem, adding: faults.members)
    }

    static func json(_ fields: [String: JSONValue], outcome: String) -> CouncilAnswer {
        CouncilAnswer(status: 200, contentType: "application/json", body: JSONValue.object(fields).bytes, outcome: outcome)
    }

    /// - Parameter members: further members of the problem.
    init(_ problem: Problem, adding members: [String: JSONValue] = [:]) {
        self.init(
            status: problem.status, contentType: Problem.contentType, body: problem.json(adding: members.mapValues(\.bytes)),
            outcome: "refused \(problem.code?.rawValue ?? "")")
    }

    static func noBoard(_ hall: String) -> CouncilAnswer { CouncilAnswer(Problem.noRecord(hall)) }

    static func badField(_ field: String, _ rule: String) -> CouncilAnswer { CouncilAnswer(Problem.badValue(field, rule)) }
}
