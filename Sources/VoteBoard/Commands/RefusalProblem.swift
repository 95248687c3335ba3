import Commons

extension CommandRefusal {
    /// As the API answers it, with what a page needs to say it in its reader's language, and after a conflict what has happened since.
    package var problem: Problem {
        var problem = Problem(problemCode, detail: sentence, field: field)
        if !values.isEmpty { problem.values = values }
        if case .conflict(_, let current, let since) = self {
            problem.current = current
            problem.since = since.map { Problem.Change(sequence: $0.sequence, type: $0.type) }
        }
        return problem
    }
}

extension ImportFaults {
    /// For a file or body that could not be read, with every fault.
    package var problem: Problem {
        var problem = Problem(.badInput, detail: faults.first?.sentence ?? "The input could not be read.")
        problem.faults = faults.prefix(200).map { Problem.Fault(line: $0.line, column: $0.column, message: $0.problem) }
        return problem
    }
}
