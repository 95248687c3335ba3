import Gateway
import VoteBoard

// The board's answers as the door sends them.

extension CouncilAnswer {
    static let problemType = "application/problem+json"

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
            self.init(
                status: refusal.status, contentType: Self.problemType, body: refusal.problem.bytes, outcome: "refused \(refusal.code)")
        }
    }

    init(_ faults: ImportFaults) {
        self.init(status: 422, contentType: Self.problemType, body: faults.problem.bytes, outcome: "refused bad_input")
    }

    static func json(_ fields: [String: JSONValue], outcome: String) -> CouncilAnswer {
        CouncilAnswer(status: 200, contentType: "application/json", body: JSONValue.object(fields).bytes, outcome: outcome)
    }

    static func problem(_ status: Int, _ code: String, _ detail: String, field: String? = nil) -> CouncilAnswer {
        var fields: [String: JSONValue] = [
            "type": .string("urn:plenary:\(code)"), "title": .string(code.replacing("_", with: " ")), "status": .integer(Int64(status)),
            "detail": .string(detail), "code": .string(code),
        ]
        fields["field"] = field.map(JSONValue.string)
        return CouncilAnswer(
            status: status, contentType: problemType, body: JSONValue.object(fields).bytes, outcome: "refused \(code)")
    }

    static func noBoard(_ hall: String) -> CouncilAnswer {
        problem(404, "no_record", "Hall “\(hall)” keeps no record of sittings on this server.")
    }

    static func badField(_ field: String, _ rule: String) -> CouncilAnswer {
        problem(422, "bad_field", "\(field): write \(rule).", field: field)
    }
}
