import Commons

extension CommandRefusal {
    /// As the API answers it; `members` stand beside it.
    package var problem: Problem { Problem(problemCode, detail: sentence, field: field) }

    /// What a page needs to say the refusal in its reader's language, and after a conflict what has happened since.
    package var members: [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        if !values.isEmpty { members["values"] = .object(values) }
        if case .conflict(_, let current, let since) = self {
            members["current"] = .integer(current)
            members["since"] = .array(since.map { .fields(["seq": .integer($0.sequence), "type": .string($0.type)]) })
        }
        return members
    }
}

extension ImportFaults {
    /// For a file or body that could not be read; `members` has every fault.
    package var problem: Problem { Problem(.badInput, detail: faults.first?.sentence ?? "The input could not be read.") }

    package var members: [String: JSONValue] {
        let listed = faults.prefix(200).map { fault -> JSONValue in
            .fields(["line": .number(fault.line), "column": .number(fault.column), "message": .string(fault.problem)])
        }
        return ["faults": .array(listed)]
    }
}
